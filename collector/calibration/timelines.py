"""Timelines of a feed for thousands of puppets at once: the world's scores, its noise, its penalty
for a source that stands above already, its tosses for adverts and suggested posts.

The summands are those that the world's own ``Ranking`` gives each post. What is done a second time
is the order of places of ``composing.compose``, for all timelines side by side: a toss a place, the
best forty that are left weighed against each other. Posts that a puppet has been sent count as the
probe's twins had been sent them: what one drawn timeline held has no bearing on the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.calibration.scenes import Catalogue, Lists, Rows
from collector.common.model import ItemKind, Surface
from mockserver.world.social import SocialWorld
from mockserver.world.social.composing import PLAIN_TOP, WINDOW
from mockserver.world.social.model import Post
from mockserver.world.social.viewers import FeedSnapshot

_AT_ONCE = 500
"""Timelines drawn together: noise for some two thousand posts each."""


@dataclass(frozen=True, eq=False)
class TimelineScene:
    """One tested timeline of one arm: a :class:`~.scenes.Scene`."""

    arm: str
    slot: str
    surface: Surface
    entries: int
    parts: Mapping[str, Floats]
    own: np.ndarray
    """Posts of followed pages, of friends and of groups, bool, shape (states, posts)."""
    suggested: np.ndarray
    """Posts of pages that are not followed."""
    ads: int
    """Different adverts there are."""
    friends: bool
    """There are some, who may have reacted to a post."""
    params: Mapping[str, float]
    """Of the feed: rates, noise and diversity."""

    groups: ClassVar[int] = 1
    moved: ClassVar[str] = "affinity"

    @property
    def states(self) -> int:
        """Return how many states there are: pasts, for a feed has one test group."""
        return len(self.own)

    def stage(self, catalogue: Catalogue, totals: Floats) -> TimelineStage:
        """Make it ready to be drawn from, in every state of its viewers.

        :param totals: the scores in force without noise, shape (states, posts).
        """
        return TimelineStage(self, totals)


@dataclass(frozen=True, eq=False)
class TimelineStage:
    """A timeline under one truth, ready to be drawn from."""

    scene: TimelineScene
    totals: Floats

    def draw(
        self, catalogue: Catalogue, states: NDArray[np.intp], generator: np.random.Generator
    ) -> Lists:
        """A timeline for each of ``states``, shape (lists,)."""
        items = np.empty((len(states), self.scene.entries), dtype=np.int32)
        for state in np.unique(states):
            which = np.flatnonzero(states == state)
            for first in range(0, len(which), _AT_ONCE):
                some = which[first : first + _AT_ONCE]
                items[some] = self._drawn(int(state), len(some), catalogue.channel, generator)
        return Lists(items)

    def _drawn(
        self, state: int, lists: int, source: np.ndarray, generator: np.random.Generator
    ) -> Rows:
        scene, params = self.scene, self.scene.params
        own, suggested = (
            Pool.of(np.flatnonzero(mask[state]), self, state, source, lists, generator)
            for mask in (scene.own, scene.suggested)
        )
        items = np.full((lists, scene.entries), -2, dtype=np.int32)
        paid = np.zeros(lists, dtype=np.intp)
        after_ad = np.zeros(lists, dtype=np.bool_)
        reacted = params["reacted_rate"] if scene.friends else 0.0
        bounds = np.cumsum([params["ad_rate"], params["suggested_rate"], reacted])
        for place in range(scene.entries):
            toss = generator.random(lists)
            ad: NDArray[np.bool_] = ~after_ad
            ad &= (toss < bounds[0]) & (paid < scene.ads) & (place >= PLAIN_TOP)
            strange = (toss >= bounds[0]) & (toss < bounds[2])
            from_own = ~ad & ~(strange & suggested.left()) & own.left()
            from_suggested = ~ad & ~from_own & suggested.left()
            items[ad, place] = -1
            for pool, here in ((own, from_own), (suggested, from_suggested)):
                which = np.flatnonzero(here)
                if len(which):
                    items[which, place] = pool.take(which)
            paid += ad
            after_ad = ad
        return items


@dataclass(eq=False)
class Pool:
    """Posts of one kind for many timelines, best first; what is taken is gone. No source has posts
    of both kinds: a page is followed or not."""

    rows: Rows
    """Posts, shape (timelines, posts kept)."""
    score: Floats
    """With noise; −inf: taken."""
    source: NDArray[np.int32]
    above: NDArray[np.int32]
    """Places that each post's source holds already."""
    cost: float

    @classmethod
    def of(
        cls, posts: NDArray[np.intp], stage: TimelineStage, state: int, source: np.ndarray,
        lists: int, generator: np.random.Generator,
    ) -> Pool:  # fmt: skip
        """Toss the noise of each timeline's posts, and keep the best of them.

        :param posts: those of the kind; as many are kept as could come into the window.
        """
        params = stage.scene.params
        noise = params["noise"] * generator.gumbel(size=(lists, len(posts)))
        score = stage.totals[state, posts] + noise
        kept = min(len(posts), stage.scene.entries + WINDOW)
        if kept < len(posts):
            best = np.argpartition(-score, kept - 1, axis=1)[:, :kept]
            score = np.take_along_axis(score, best, axis=1)
        else:
            best = np.broadcast_to(np.arange(len(posts)), score.shape)
        order = np.argsort(-score, axis=1, kind="stable")
        rows = posts[np.take_along_axis(best, order, axis=1)].astype(np.int32)
        return cls(
            rows,
            np.take_along_axis(score, order, axis=1),
            source[rows].astype(np.int32),
            np.zeros(rows.shape, dtype=np.int32),
            params["diversity"],
        )

    def left(self) -> NDArray[np.bool_]:
        """Which timelines have a post left in it."""
        return np.asarray((self.score > -np.inf).any(axis=1), dtype=np.bool_)

    def take(self, which: NDArray[np.intp]) -> Rows:
        """The best for the next place of these timelines, what stands above counted."""
        score = self.score[which]
        there = score > -np.inf
        window = there & (np.cumsum(there, axis=1) <= WINDOW)
        net = np.where(window, score - self.cost * self.above[which], -np.inf)
        best = net.argmax(axis=1)
        taken: Rows = self.rows[which, best]
        source = self.source[which, best][:, None]
        self.score[which, best] = -np.inf
        self.above[which] += self.source[which] == source
        return taken


def scene_of(
    world: SocialWorld,
    told: Sequence[FeedSnapshot],
    catalogue: Catalogue,
    *,
    arm: str,
    slot: str,
    entries: int,
) -> TimelineScene:
    """A timeline's scores for viewers as they are, one state each, as the world's ranking gives
    them."""
    row = {post: number for number, post in enumerate(catalogue.ids)}
    own, suggested = (np.zeros((len(told), len(row)), dtype=np.bool_) for _ in range(2))
    parts: dict[str, Floats] = {}
    there = None
    for state, viewer in enumerate(told):
        there = world.candidates(viewer)
        summands = world.ranking.for_viewer(viewer, "probe", frozenset(there.friends))
        for mask, posts in ((own, there.own), (suggested, there.suggested)):
            for post in posts:
                if post.id in viewer.hidden:
                    continue
                at = row[post.id]
                mask[state, at] = True
                for name, part in summands(post).items():
                    if name != "noise":
                        if name not in parts:
                            parts[name] = np.zeros((len(told), len(row)))
                        parts[name][state, at] = part
    assert there is not None
    return TimelineScene(
        arm=arm,
        slot=slot,
        surface=Surface.FEED,
        entries=entries,
        parts=parts,
        own=own,
        suggested=suggested,
        ads=len(there.ads),
        friends=bool(there.friends),
        params=world.params,
    )


def catalogue_of(world: SocialWorld, labels: Mapping[str, str]) -> Catalogue:
    """The feed's posts as columns, with these labels by id. A post that is not public shows neither
    an id nor a source, so it has no label."""
    posts = [post for post in world.posts.values() if not post.sponsored]
    names = tuple(dict.fromkeys(labels.values()))
    number = {name: at for at, name in enumerate(names)}
    sources = {source.id: at for at, source in enumerate(world.sources.everybody())}

    def label(post: Post) -> int:
        keys = (post.id, post.source_id) if post.public else ()
        return next((number[labels[key]] for key in keys if key in labels), -1)

    none = np.zeros(0, dtype=np.int64)
    return Catalogue(
        channel=np.array([sources[post.source_id] for post in posts], dtype=np.int32),
        topic=np.array([label(post) for post in posts], dtype=np.int16),
        labels=names,
        ids=tuple(post.id for post in posts),
        channels=tuple(source.name for source in world.sources.everybody()),
        short=np.zeros(len(posts), dtype=np.bool_),
        news={},
        playlists=none,
        rates={},
        kinds=(ItemKind.POST, ItemKind.POST, ItemKind.POST),
    )
