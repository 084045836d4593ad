"""A timeline place by place: what the tosses ask for, the best that is left of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

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

    def score(self, post: Post) -> float:
        """Their sum."""
        ...


@dataclass
class Pool:
    """Posts of one kind, best first; the best for a place depends on what stands above."""

    rates: Rates
    scored: list[tuple[float, Post]] = field(default_factory=list)

    @classmethod
    def of(cls, posts: Iterable[Post], rates: Rates) -> Pool:
        """Rate posts, best first; equal ones go by their ids."""
        score = rates.score
        ranked = sorted([(-score(post), post.id, post) for post in posts])
        return cls(rates, [(-negative, post) for negative, _, post in ranked])

    def take(
        self, used: set[str], above: Counter[str], cost: float
    ) -> tuple[float, Post, dict[str, float]] | None:
        """The best that is left, earlier places of its source counted; it is taken out."""
        best: int | None = None
        best_score = 0.0
        looked = 0
        gone: list[int] = []
        for index, (score, post) in enumerate(self.scored):
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
            self.scored.clear()
            return None
        post = self.scored[best][1]
        for index in sorted({*gone, best}, reverse=True):
            del self.scored[index]
        paid = cost * above[post.source_id]
        summands = self.rates(post)
        return best_score, post, {**summands, "diversity": -paid} if paid else summands


def compose(
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
) -> tuple[Story, ...]:
    """The whole timeline of one load.

    :param own: posts of followed pages, of groups and of friends
    :param suggested: public posts of pages that the viewer does not follow
    :param friends: ids of the friends who may have reacted to something
    """
    draw = rng(seed, "timeline", viewer.visitor_id, load)
    organic, others = Pool.of(own, rates), Pool.of(suggested, rates)
    paid = sorted(ads, key=lambda ad: ad.id)
    draw.shuffle(paid)
    stories: list[Story] = []
    used: set[str] = set(viewer.hidden)
    above: Counter[str] = Counter()

    def place(
        taken: tuple[float, Post, dict[str, float]],
        reason: Reason | None = None,
        people: tuple[str, ...] = (),
    ) -> None:
        score, post, summands = taken
        used.add(post.id)
        above[post.source_id] += 1
        stories.append(Story(len(stories) + 1, post, reason, people, score, summands))

    while len(stories) < LONGEST:
        toss, who = draw.random(), draw.random()
        limit = params["ad_rate"]
        plain = len(stories) < PLAIN_TOP or (stories and stories[-1].post.sponsored)
        if toss < limit and not plain and paid:
            place((0.0, paid.pop(), {}))
            continue
        if limit <= toss < limit + params["suggested_rate"]:
            taken = others.take(used, above, params["diversity"])
            if taken is not None:
                place(taken, Reason.SUGGESTED)
                continue
        limit += params["suggested_rate"]
        if limit <= toss < limit + params["reacted_rate"] and friends:
            taken = others.take(used, above, params["diversity"])
            if taken is not None:
                place(taken, Reason.FRIEND, (friends[int(who * len(friends))],))
                continue
        taken = organic.take(used, above, params["diversity"])
        if taken is not None:
            place(taken)
            continue
        taken = others.take(used, above, params["diversity"])
        if taken is None:
            break
        place(taken, Reason.SUGGESTED)
    return tuple(stories)
