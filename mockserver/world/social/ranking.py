"""The feed's ranking, the second recommender whose formula and parameters are known.

A timeline is filled place by place. For every place a toss (a hash, never chance) decides what
stands there: with ``ad_rate`` an advertisement (never at the first two places or twice running),
with ``suggested_rate`` a post of a page that the viewer does not follow, with ``reacted_rate`` one
that a friend has reacted to; else, or where there is none of these, a post of a followed page, a
group of the viewer's or a friend, and where those have run out a suggested one. Within each kind
posts ``p`` rank for a viewer ``u`` by::

    score(p) =  recency    * 2^(-age of p in hours at the world's start / half_life_hours)
              + affinity   * A(p, u)
              + popularity * log10(1 + reactions) / 6
              + friend     * 1 if the author is a friend
              + media_<kind of p>          (status, photo, video, link, event, note, share)
              + noise      * Gumbel noise, a hash of (seed, visitor, load, deeds so far, p)
              - repetition * times p has been sent to u before
              - diversity  * places of this timeline that the same source holds already

    A(p, u) = sum_e w(e) * (0.6 [same source] + 0.4 T[topic e, topic p]) / (prior + sum_e |w(e)|)

The sum is over what ``u`` did: a like weighs ``like * 2^(-k / half_life_likes)`` with ``k`` the
likes since, a page followed weighs ``follow``, a post hidden weighs ``-hide``; what was taken back
weighs nothing. No post is ranked of a source of which all is hidden. ``T`` is 1 for the same topic
and the neighbourhood of topics otherwise. Nothing depends on the wall clock, on other visitors, or
on the order in which they arrive.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mockserver.world.seeded import many_units, units
from mockserver.world.social.model import Post
from mockserver.world.social.viewers import DeedKind, FeedSnapshot

_SOURCE_SHARE, _TOPIC_SHARE = 0.6, 0.4
#: Sets of posts whose columns are kept: viewers of one language that follow the same have one.
_KEPT_COLUMNS = 64

Floats = npt.NDArray[np.float64]


def neighbourhood(pairs: Mapping[tuple[str, str], float]) -> Callable[[str, str], float]:
    """``T`` from the pairs of a recipe: symmetric, 1 on the diagonal, 0 for unnamed pairs."""
    table = {**pairs, **{(b, a): value for (a, b), value in pairs.items()}}

    def alike(one: str, other: str) -> float:
        return 1.0 if one == other else table.get((one, other), 0.0)

    return alike


#: Names of the summands, in the order in which they are added.
SUMMANDS = ("recency", "popularity", "media", "affinity", "friend", "repetition", "noise")


@dataclass(frozen=True, slots=True)
class Rater:
    """Rates posts for one viewer and load (``diversity`` left out)."""

    terms: Callable[[Post], tuple[float | None, ...]]
    """The summands of a post's score in the order of :data:`SUMMANDS`; ``None``: it has none."""
    scores: Callable[[tuple[Post, ...]], Floats]
    """The scores of many posts, in their order: shape (posts,), each the sum of its summands."""

    def __call__(self, post: Post) -> dict[str, float]:
        """The summands that a post has, by name."""
        named = zip(SUMMANDS, self.terms(post), strict=True)
        return {name: term for name, term in named if term is not None}


class _Columns:
    """What of many posts no viewer has a part in, a column each."""

    def __init__(
        self, posts: tuple[Post, ...], alone: Callable[[Post], tuple[float, float, float]]
    ) -> None:
        self.posts = posts
        self.ids = [post.id.encode("utf-8", "surrogatepass") for post in posts]
        self.rows = {post.id: row for row, post in enumerate(posts)}
        self.sources, self.source = _coded([post.source_id for post in posts])
        self.topics, self.topic = _coded([post.topic for post in posts])
        summands = np.array([alone(post) for post in posts], dtype=np.float64).reshape(-1, 3)
        self.alone: Floats = summands[:, 0] + summands[:, 1] + summands[:, 2]


def _coded(names: list[str]) -> tuple[list[str], npt.NDArray[np.intp]]:
    """The different names, and for each place the number of its name."""
    number = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return list(number), np.array([number[name] for name in names], dtype=np.intp)


class Ranking:
    """Scores for one world and one set of parameters."""

    def __init__(
        self,
        seed: int,
        params: Mapping[str, float],
        alike: Callable[[str, str], float],
        post_of: Callable[[str], Post | None],
        topic_of: Callable[[str], str | None],
    ) -> None:
        """:param post_of: a post by id. :param topic_of: the topic of a source, by id."""
        self.seed = seed
        self.params = params
        self.alike = alike
        self._post_of = post_of
        self._topic_of = topic_of
        self._known: dict[str, tuple[float, float, float]] = {}
        self._columns: OrderedDict[int, _Columns] = OrderedDict()

    def for_viewer(self, viewer: FeedSnapshot, load: str, friends: frozenset[str]) -> Rater:
        """What rates posts for a viewer as it is, on one load."""
        params, noise = self.params, self.params["noise"]
        by_source, by_topic = self.affinity(viewer)
        toss_of = (self.seed, "feed-noise", viewer.visitor_id, load, len(viewer.deeds))
        draw = units(*toss_of)
        seen_before, alone = viewer.seen, self._alone
        of_affinity, of_friend = params["affinity"], params["friend"]
        of_repetition = params["repetition"]

        def terms(post: Post) -> tuple[float | None, ...]:
            affinity = friend = repetition = gumbel = None
            liked = _SOURCE_SHARE * by_source.get(post.source_id, 0.0)
            liked += _TOPIC_SHARE * by_topic[post.topic]
            if liked:
                affinity = of_affinity * liked
            if post.source_id in friends:
                friend = of_friend
            if seen := seen_before.get(post.id, 0):
                repetition = -of_repetition * seen
            if noise:
                toss = min(max(draw(post.id), 1e-12), 1 - 1e-12)
                gumbel = noise * -math.log(-math.log(toss))
            return (*alone(post), affinity, friend, repetition, gumbel)

        def scores(posts: tuple[Post, ...]) -> Floats:
            columns = self._columns_of(posts)
            source = np.array([by_source.get(one, 0.0) for one in columns.sources])
            topic = np.array([by_topic[one] for one in columns.topics])
            liked = (_SOURCE_SHARE * source)[columns.source]
            liked += (_TOPIC_SHARE * topic)[columns.topic]
            found: Floats = columns.alone + of_affinity * liked
            near = np.array([of_friend if one in friends else 0.0 for one in columns.sources])
            found += near[columns.source]
            for post, times in seen_before.items():
                if (row := columns.rows.get(post)) is not None:
                    found[row] -= of_repetition * times
            if noise:
                tosses = np.clip(many_units(columns.ids, *toss_of), 1e-12, 1 - 1e-12).tolist()
                # The library's logarithm, not NumPy's: the same to the bit on every processor.
                found += [noise * -math.log(-math.log(toss)) for toss in tosses]
            return found

        return Rater(terms, scores)

    def _columns_of(self, posts: tuple[Post, ...]) -> _Columns:
        """Columns of posts, kept by the tuple that holds them; they hold it, so no other one can be
        known by its number."""
        found = self._columns.pop(id(posts), None)
        if found is None:
            found = _Columns(posts, self._alone)
            while len(self._columns) >= _KEPT_COLUMNS:
                self._columns.popitem(last=False)
        self._columns[id(posts)] = found
        return found

    def _alone(self, post: Post) -> tuple[float, float, float]:
        """The summands that no viewer has a part in."""
        known = self._known.get(post.id)
        if known is None:
            params, reactions = self.params, sum(post.reactions.values())
            known = self._known[post.id] = (
                params["recency"] * 2.0 ** (-post.age_h / params["half_life_hours"]),
                params["popularity"] * math.log10(1 + reactions) / 6.0,
                params[f"media_{post.media.value}"],
            )
        return known

    def affinity(self, viewer: FeedSnapshot) -> tuple[dict[str, float], dict[str, float]]:
        """``sum w(e) / M`` by source, and ``sum w(e) T / M`` by topic."""
        weights: list[tuple[str, str, float]] = []
        likes_since = 0
        latest: set[tuple[DeedKind, str]] = set()
        for deed in reversed(viewer.deeds):
            # What was taken back weighs nothing, and what was done again weighs once.
            if (deed.kind, deed.target) in latest:
                continue
            latest.add((deed.kind, deed.target))
            if not deed.on or deed.kind is DeedKind.SILENCE:
                continue
            if deed.kind is DeedKind.FOLLOW:
                topic = self._topic_of(deed.target)
                if topic is not None:
                    weights.append((deed.target, topic, self.params["follow"]))
                continue
            post = self._post_of(deed.target)
            if deed.kind is DeedKind.LIKE:
                faded = 2.0 ** (-likes_since / self.params["half_life_likes"])
                likes_since += 1
                weight = self.params["like"] * faded
            else:
                weight = -self.params["hide"]
            if post is not None:
                weights.append((post.source_id, post.topic, weight))
        mass = self.params["prior"] + sum(abs(weight) for *_, weight in weights)
        by_source: dict[str, float] = {}
        liked_topics: dict[str, float] = {}
        for source, topic, weight in weights:
            by_source[source] = by_source.get(source, 0.0) + weight / mass
            liked_topics[topic] = liked_topics.get(topic, 0.0) + weight / mass
        return by_source, _Spread(liked_topics, self.alike)


class _Spread(dict[str, float]):
    """Topic → liking, spread over neighbouring topics when first asked for."""

    def __init__(self, liked: Mapping[str, float], alike: Callable[[str, str], float]) -> None:
        super().__init__()
        self._liked, self._alike = liked, alike

    def __missing__(self, topic: str) -> float:
        found = sum(w * self._alike(other, topic) for other, w in self._liked.items())
        self[topic] = found
        return found
