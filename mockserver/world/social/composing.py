"""A timeline place by place: what the tosses ask for, the best that is left of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from collector.common.model import Reason
from mockserver.world.seeded import rng
from mockserver.world.social.model import Post, Story
from mockserver.world.social.viewers import FeedSnapshot

#: Places of the first view and of each continuation, and of a whole timeline.
FIRST_PAGE, NEXT_PAGE, LONGEST = 8, 6, 128

#: Places at the top of a timeline that are never paid for.
PLAIN_TOP = 2

#: How many of the best are weighed against each other for the sake of diversity.
WINDOW = 40


class Rates(Protocol):
    """Summands of a post's score by name, and their sum."""

    def __call__(self, post: Post) -> dict[str, float]:
        """The summands by name."""
        ...

    @property
    def scores(self) -> Any:
        """A function of many posts that gives their sums in order, an array of float64."""
        ...


@dataclass
class Pool:
    """Posts of one kind, best first; the best for a place depends on what stands above."""

    rates: Rates
    posts: tuple[Post, ...]
    scores: list[float]
    """In the order of ``posts``."""
    left: list[int]
    """Rows of those that are left, best first."""

    @classmethod
    def of(cls, some: Iterable[Post], rates: Rates) -> Pool:
        """Rate posts, best first; equal ones go by their ids."""
        posts = tuple(some)  # what is a tuple stays the same object, by which columns are known
        found = rates.scores(posts)
        left, scores = np.argsort(-found, kind="stable").tolist(), found.tolist()
        if len(set(scores)) < len(scores):
            left.sort(key=lambda row: (-scores[row], posts[row].id))
        return cls(rates, posts, scores, left)

    def take(
        self, used: set[str], above: Counter[str], cost: float
    ) -> tuple[float, Post, dict[str, float]] | None:
        """The best that is left, earlier places of its source counted; it is taken out."""
        best: int | None = None
        best_score = 0.0
        looked = 0
        gone: list[int] = []
        for index, row in enumerate(self.left):
            score, post = self.scores[row], self.posts[row]
            if post.id in used:
                gone.append(index)
                continue
            if best is not None and (score <= best_score or looked >= WINDOW):
                break
            looked += 1
            net = score - cost * above[post.source_id]
            if best is None or net > best_score:
                best, best_score = index, net
        if best is None:
            self.left.clear()
            return None
        post = self.posts[self.left[best]]
        for index in sorted({*gone, best}, reverse=True):
            del self.left[index]
        paid = cost * above[post.source_id]
        summands = self.rates(post)
        return best_score, post, {**summands, "diversity": -paid} if paid else summands


def places(
    *,
    seed: int,
    viewer: FeedSnapshot,
    load: str,
    rates: Rates,
    params: Mapping[str, float],
    own: Iterable[Post],
    suggested: Iterable[Post],
    ads: Iterable[Post],
    friends: tuple[str, ...],
) -> Iterator[Story]:
    """The timeline of one load, place by place.

    :param own: posts of followed pages, of groups and of friends
    :param suggested: public posts of pages that the viewer does not follow
    :param friends: ids of the friends who may have reacted to something
    """
    draw = rng(seed, "timeline", viewer.visitor_id, load)
    organic, others = Pool.of(own, rates), Pool.of(suggested, rates)
    paid = sorted(ads, key=lambda ad: ad.id)
    draw.shuffle(paid)
    used: set[str] = set(viewer.hidden)
    above: Counter[str] = Counter()

    made, after_ad = 0, False

    def place(
        taken: tuple[float, Post, dict[str, float]],
        reason: Reason | None = None,
        people: tuple[str, ...] = (),
    ) -> Story:
        score, post, summands = taken
        used.add(post.id)
        above[post.source_id] += 1
        return Story(made + 1, post, reason, people, score, summands)

    def organic_one(toss: float, who: float) -> Story | None:
        limit = params["ad_rate"]
        if limit <= toss < limit + params["suggested_rate"]:
            taken = others.take(used, above, params["diversity"])
            if taken is not None:
                return place(taken, Reason.SUGGESTED)
        limit += params["suggested_rate"]
        if limit <= toss < limit + params["reacted_rate"] and friends:
            taken = others.take(used, above, params["diversity"])
            if taken is not None:
                return place(taken, Reason.FRIEND, (friends[int(who * len(friends))],))
        taken = organic.take(used, above, params["diversity"])
        if taken is not None:
            return place(taken)
        taken = others.take(used, above, params["diversity"])
        return place(taken, Reason.SUGGESTED) if taken is not None else None

    while made < LONGEST:
        toss, who = draw.random(), draw.random()
        plain = made < PLAIN_TOP or after_ad
        if toss < params["ad_rate"] and not plain and paid:
            story: Story | None = place((0.0, paid.pop(), {}))
        else:
            story = organic_one(toss, who)
        if story is None:
            return
        yield story
        made, after_ad = made + 1, story.post.sponsored
