"""A timeline place by place: what the tosses ask for, the best that is left of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass
class Pool:
    """Posts of one kind, best first; the best for a place depends on what stands above."""

    scored: list[tuple[float, Post, dict[str, float]]] = field(default_factory=list)

    @classmethod
    def of(cls, posts: Iterable[Post], parts: Callable[[Post], dict[str, float]]) -> Pool:
        """Rate posts by the sum of their parts, best first; equal ones go by their ids.

        :param parts: summands of a post's score, by name
        """
        found = [(sum(summands.values()), post, summands)
                 for post in posts for summands in (parts(post),)]  # fmt: skip
        found.sort(key=lambda item: (-item[0], item[1].id))
        return cls(found)

    def take(
        self, used: set[str], above: Counter[str], cost: float
    ) -> tuple[float, Post, dict[str, float]] | None:
        """The best that is left, earlier places of its source counted; it is taken out."""
        best: int | None = None
        best_score = 0.0
        looked = 0
        gone: list[int] = []
        for index, (score, post, _) in enumerate(self.scored):
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
        _, post, summands = self.scored[best]
        for index in sorted({*gone, best}, reverse=True):
            del self.scored[index]
        paid = cost * above[post.source_id]
        return best_score, post, {**summands, "diversity": -paid} if paid else summands


def compose(
    *,
    seed: int,
    viewer: FeedSnapshot,
    load: str,
    parts: Callable[[Post], dict[str, float]],
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
    organic, others = Pool.of(own, parts), Pool.of(suggested, parts)
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
