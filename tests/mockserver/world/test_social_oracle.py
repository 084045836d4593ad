"""The feed's ranking and its timelines against their docstrings, computed a second time.

Fifty posts, every kind of deed, taken back and done again; every summand, and every place.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.common.model import Reason
from mockserver.world import World
from mockserver.world.social import ranking as ranking_module
from mockserver.world.social.composing import Pool, places
from mockserver.world.social.model import Media, Post, Story
from mockserver.world.social.parameters import NULL_PARAMETERS, PARAMETERS, with_overrides
from mockserver.world.social.ranking import Ranking, neighbourhood
from mockserver.world.social.viewers import Deed, DeedKind, FeedSnapshot, FeedViewer

START = datetime(2026, 3, 1, tzinfo=UTC)
TOPICS = ("music", "news", "science", "sport")
NEAR = {("news", "science"): 0.4, ("sport", "music"): 0.2}
SOURCES = {f"s{n}": TOPICS[n % 4] for n in range(9)}
FRIENDS = ("s6", "s7", "s8")


def posts(seed: int, count: int = 50) -> dict[str, Post]:
    dice = random.Random(seed)
    made = [
        Post(
            id=f"p{n:02}", source_id=dice.choice([*SOURCES]), topic=dice.choice(TOPICS), lang="en",
            media=dice.choice([*Media]), published=START - timedelta(hours=n), texts=(),
            reactions={k: dice.randint(1, 900) for k in ("LIKE", "WOW") if dice.random() < 0.7},
            comments=0, shares=0, age_h=dice.uniform(0, 200),
        )
        for n in range(count)
    ]  # fmt: skip
    return {post.id: post for post in made}


def viewer(dice: random.Random, known: Mapping[str, Post], deeds: int) -> FeedSnapshot:
    """A visitor who did many things, some of them back and forth."""
    one = FeedViewer(f"v{dice.random()}")
    for _ in range(deeds):
        target = dice.choice([*list(known)[:6], "gone"])
        act: Callable[..., None]
        act, what = dice.choice([(one.like, target), (one.hide, target),
                                 (one.follow, dice.choice([*SOURCES, "nobody"]))])  # fmt: skip
        act(what, dice.random() < 0.6)
    for post_id in dice.sample(list(known), 8):
        one.seen[post_id] += dice.randint(1, 3)
    return one.snapshot()


def near(one: str, other: str) -> float:
    return 1.0 if one == other else max(NEAR.get((one, other), 0), NEAR.get((other, one), 0))


def standing(deeds: Sequence[Deed]) -> list[tuple[int, Deed]]:
    """What was done and not taken back since, each once: the deed that put it there."""
    on: dict[tuple[str, str], int] = {}
    for place, deed in enumerate(deeds):
        if deed.on:
            on[deed.kind.value, deed.target] = place
        else:
            on.pop((deed.kind.value, deed.target), None)
    return [(place, deeds[place]) for place in sorted(on.values())]


def affinity(
    post: Post, seen_by: FeedSnapshot, known: Mapping[str, Post], params: Mapping[str, float]
) -> float:
    """``A(p, u)``, deed by deed."""
    kept, top, mass = standing(seen_by.deeds), 0.0, params["prior"]
    for place, deed in kept:
        since = sum(other.kind == "like" and later > place for later, other in kept)
        if deed.kind == "follow":
            source, topic, weight = deed.target, SOURCES.get(deed.target), params["follow"]
        else:
            about = known.get(deed.target)
            source, topic = (about.source_id, about.topic) if about else ("", None)
            faded = 0.5 ** (since / params["half_life_likes"])
            weight = params["like"] * faded if deed.kind == "like" else -params["hide"]
        if topic is None:
            continue
        mass += abs(weight)
        top += weight * (0.6 * (source == post.source_id) + 0.4 * near(topic, post.topic))
    return top / mass


def noise(seed: int, seen_by: FeedSnapshot, load: str, post: Post) -> float:
    name = [str(seed), "feed-noise", seen_by.visitor_id, load, str(len(seen_by.deeds)), post.id]
    number = int(hashlib.sha256("\x1f".join(name).encode()).hexdigest()[:16], 16)
    return -math.log(-math.log((number >> 11) / 2**53))


def formula(
    post: Post, seen_by: FeedSnapshot, known: Mapping[str, Post], params: Mapping[str, float],
    seed: int, load: str,
) -> dict[str, float]:  # fmt: skip
    """Every summand of the docstring but diversity; those that are nothing are left out."""
    found = {
        "recency": params["recency"] * 0.5 ** (post.age_h / params["half_life_hours"]),
        "affinity": params["affinity"] * affinity(post, seen_by, known, params),
        "popularity": params["popularity"] * math.log10(1 + sum(post.reactions.values())) / 6,
        "friend": params["friend"] * (post.source_id in FRIENDS),
        "media": params[f"media_{post.media.value}"],
        "noise": params["noise"] * noise(seed, seen_by, load, post),
        "repetition": -params["repetition"] * seen_by.seen.get(post.id, 0),
    }
    return {name: value for name, value in found.items() if abs(value) > 1e-12}


VARIED = {
    name: value * 1.5 + 0.05 for name, value in PARAMETERS.items()
    if not name.endswith("_rate") and name not in ("friends", "groups")
}  # fmt: skip


@pytest.mark.parametrize("overrides", [{}, VARIED, {"noise": 0.0, "half_life_likes": 1.0}])
def test_every_summand_is_the_formulas(overrides: dict[str, float]) -> None:
    """For many histories and loads; what was taken back weighs nothing, what was redone once."""
    params, known = with_overrides(overrides), posts(1)
    ranking = Ranking(5, params, neighbourhood(NEAR), known.get, SOURCES.get)
    dice = random.Random(2)
    for number in range(25):
        seen_by, load = viewer(dice, known, number), f"load-{number}"
        parts = ranking.for_viewer(seen_by, load, frozenset(FRIENDS))
        for post in known.values():
            found = {name: value for name, value in parts(post).items() if abs(value) > 1e-12}
            assert found == pytest.approx(formula(post, seen_by, known, params, 5, load))
        many = tuple(known.values())
        for some in (many, many[::-2], many):
            assert parts.scores(some).tolist() == pytest.approx(
                [sum(parts(post).values()) for post in some], rel=1e-14
            )


def test_a_summand_of_weight_zero_is_told_and_one_that_a_post_has_not_is_not() -> None:
    """The truth log has all that there is, whatever it weighs."""
    known = posts(1)
    params = with_overrides({"affinity": 0.0, "friend": 0.0, "repetition": 0.0, "noise": 0.0})
    ranking = Ranking(5, params, neighbourhood(NEAR), known.get, SOURCES.get)
    post = known["p00"]
    liked = (Deed(DeedKind.LIKE, post.id),)
    stranger, reader = (
        FeedSnapshot("v", "en", deeds, (), frozenset(), frozenset(), seen)
        for deeds, seen in (((), {}), (liked, {post.id: 2}))
    )
    alone = {"recency", "popularity", "media"}
    assert set(ranking.for_viewer(stranger, "l", frozenset())(post)) == alone
    known_to = ranking.for_viewer(reader, "l", frozenset({post.source_id}))
    assert set(known_to(post)) == alone | {"affinity", "friend", "repetition"}
    assert known_to.scores((post,)).tolist() == [sum(known_to(post).values())]


def test_a_like_given_twice_is_one() -> None:
    """Liked, taken back, liked again: as if liked now, and only once."""
    known = posts(1)
    ranking = Ranking(5, PARAMETERS, neighbourhood(NEAR), known.get, SOURCES.get)
    once, twice = FeedViewer("v"), FeedViewer("v")
    once.like("p01")
    for on in (True, False, True):
        twice.like("p01", on)
    assert ranking.affinity(twice.snapshot())[0] == ranking.affinity(once.snapshot())[0]
    assert ranking.affinity(once.snapshot())[0] == {known["p01"].source_id: 1 / 3}


def second(
    seed: int, seen_by: FeedSnapshot, load: str, score: Callable[[Post], dict[str, float]],
    params: Mapping[str, float], own: list[Post], suggested: list[Post], ads: list[Post],
    friends: tuple[str, ...],
) -> list[tuple[str, Reason | None, tuple[str, ...], float, dict[str, float]]]:  # fmt: skip
    """A timeline place by place, from the ranking's docstring: all that is left is looked at."""
    name = [str(seed), "timeline", seen_by.visitor_id, load]
    draw = random.Random(int(hashlib.sha256("\x1f".join(name).encode()).hexdigest()[:32], 16))
    paid = sorted(ads, key=lambda ad: ad.id)
    draw.shuffle(paid)
    out: list[tuple[str, Reason | None, tuple[str, ...], float, dict[str, float]]] = []
    sources: list[str] = []
    used, sponsored = set(seen_by.hidden), False

    def best(among: list[Post]) -> tuple[Post, float, dict[str, float]] | None:
        left = [post for post in among if post.id not in used]
        if not left:
            return None
        cost = params["diversity"]

        def net(post: Post) -> float:
            return sum(score(post).values()) - cost * sources.count(post.source_id)

        top = max(left, key=lambda post: (net(post), -left.index(post)))
        parts = score(top)
        if taken := cost * sources.count(top.source_id):
            parts["diversity"] = -taken
        return top, net(top), parts

    while len(out) < 128:
        toss, who = draw.random(), draw.random()
        shares = [params[f"{kind}_rate"] for kind in ("ad", "suggested", "reacted")]
        kind = next((n for n in range(3) if toss < sum(shares[: n + 1])), 3)
        reason, people, found = None, (), None
        if kind == 0 and len(out) >= 2 and not sponsored and paid:
            ad = paid.pop()
            found = (ad, 0.0, {})
            sponsored = True
        else:
            sponsored = False
            if kind == 1:
                reason, found = Reason.SUGGESTED, best(suggested)
            elif kind == 2 and friends:
                reason, people = Reason.FRIEND, (friends[int(who * len(friends))],)
                found = best(suggested)
            if found is None:
                reason, people, found = None, (), best(own)
            if found is None:
                reason, found = Reason.SUGGESTED, best(suggested)
            if found is None:
                return out
        post, value, parts = found
        used.add(post.id)
        sources.append(post.source_id)
        out.append((post.id, reason, people, value, parts))
    return out


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"ad_rate": 0.5, "suggested_rate": 0.3, "reacted_rate": 0.2},
        {"ad_rate": 0.0, "suggested_rate": 0.0, "reacted_rate": 0.9, "diversity": 2.0},
        {"ad_rate": 1.0, "diversity": 0.0},
    ],
)
def test_timelines_are_the_formulas_place_by_place(overrides: dict[str, float]) -> None:
    params = with_overrides(overrides)
    dice = random.Random(7)
    for number in range(8):
        known = posts(number, 60)
        every = list(known.values())
        own, suggested = every[:25], every[25:50]
        ads = [
            Post(**{**{name: getattr(ad, name) for name in ad.__dataclass_fields__},
                    "sponsored": True})
            for ad in every[50 : 50 + number]
        ]  # fmt: skip
        seen_by, load = viewer(dice, known, 10), f"l{number}"
        friends = FRIENDS if number % 3 else ()
        score = Ranking(5, params, neighbourhood(NEAR), known.get, SOURCES.get).for_viewer(
            seen_by, load, frozenset(friends)
        )
        found: tuple[Story, ...] = tuple(places(
            seed=9, viewer=seen_by, load=load, rates=score, params=params, own=own,
            suggested=suggested, ads=ads, friends=friends,
        ))  # fmt: skip
        expected = second(9, seen_by, load, score, params, own, suggested, ads, friends)
        assert [story.slot for story in found] == list(range(1, len(expected) + 1))
        assert [(s.post.id, s.reason, s.people) for s in found] == [one[:3] for one in expected]
        for story, (_, _, _, value, parts) in zip(found, expected, strict=True):
            assert story.score == pytest.approx(value)
            assert story.parts == pytest.approx(parts)


def test_without_personalisation_nothing_that_was_done_counts() -> None:
    """Under the null parameters two histories of one length give the same scores."""
    known = posts(3)
    params = with_overrides({n.removeprefix("feed."): v for n, v in NULL_PARAMETERS.items()})
    ranking = Ranking(5, params, neighbourhood(NEAR), known.get, SOURCES.get)
    likes, hides = (
        [Deed(kind, f"p0{n}") for n in range(4)] for kind in (DeedKind.LIKE, DeedKind.HIDE)
    )
    one, two = (
        FeedSnapshot("v", "en", tuple(done), (), frozenset(f"p0{n}" for n in range(4)),
                     frozenset(), {f"p1{n}": 2})
        for n, done in enumerate((likes, hides))
    )  # fmt: skip
    for post in known.values():
        scores = [
            sum(ranking.for_viewer(each, "l", frozenset())(post).values()) for each in (one, two)
        ]
        assert scores[0] == pytest.approx(scores[1])


@dataclass
class Recent:
    """Rates posts by one summand."""

    score: Callable[[Post], float]

    def __call__(self, post: Post) -> dict[str, float]:
        return {"recency": self.score(post)}

    def scores(self, many: tuple[Post, ...]) -> np.ndarray:
        return np.array([self.score(post) for post in many])


def left_of(pool: Pool) -> list[Post]:
    return [pool.posts[row] for row in pool.left]


@pytest.mark.parametrize(("place", "chosen"), [(38, True), (39, True), (40, False)])
def test_the_best_forty_are_weighed_for_diversity(place: int, chosen: bool) -> None:
    """Of many posts of one source, another's goes first though it scores less: from among the
    forty best that are left, those that were sent already not counted."""
    made = list(posts(4, 60).values())
    sources = ["s1"] * 60
    sources[place + 3] = "s2"
    every = [replace(post, source_id=one) for post, one in zip(made, sources, strict=True)]
    pool = Pool.of(every, Recent(lambda post: -every.index(post) / 1000))
    taken = pool.take({post.id for post in every[:3]}, Counter(s1=2), 0.5)
    assert taken is not None
    score, post, parts = taken
    expected = every[place + 3] if chosen else every[3]
    assert post is expected
    assert score == pytest.approx(-(place + 3) / 1000 if chosen else -0.003 - 1.0)
    assert parts.get("diversity", 0) == (0 if chosen else -1.0)
    assert left_of(pool) == [post for post in every[3:] if post is not expected]


def test_a_pool_of_nothing_new_is_empty_from_then_on() -> None:
    every = [*posts(4, 5).values()]
    pool = Pool.of(every, Recent(lambda post: 1.0))
    assert [post.id for post in left_of(pool)] == sorted(post.id for post in every)
    assert pool.take({post.id for post in every}, Counter(), 0.5) is None
    assert left_of(pool) == []


def test_nothing_of_a_silenced_source_is_a_candidate_and_the_deed_weighs_nothing() -> None:
    """Kept by the site's memory, which may be an earlier release's that has none of it."""
    social = World.build(seed=1, clock="0").social
    visitor = social.viewer("v", lang="en")
    before = social.candidates(visitor.snapshot())
    source = before.own[0].source_id
    affinity = social.ranking.affinity(visitor.snapshot())
    visitor.silence(source)
    there = social.candidates(visitor.snapshot())
    every = [*there.own, *there.suggested, *there.ads]
    assert source not in {post.source_id for post in every}
    assert there.own == tuple(post for post in before.own if post.source_id != source)
    assert social.ranking.affinity(visitor.snapshot()) == affinity
    memory = visitor.memory()
    other = FeedViewer("other")
    other.remember(memory)
    assert other.snapshot().silenced == {source}
    other.silence(source, on=False)
    assert other.snapshot().silenced == frozenset()
    earlier = {name: value for name, value in memory.items() if name != "silenced"}
    other.remember(earlier | {"deeds": []})
    assert other.snapshot().silenced == frozenset()


@pytest.mark.parametrize(
    ("toss", "gumbel"), [(0.0, -math.log(12 * math.log(10))), (1.0, 12 * math.log(10))]
)
def test_noise_is_finite_at_either_end(
    toss: float, gumbel: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash may be 0, of which there is no logarithm: it is held a billionth of a thousandth
    off both ends."""
    monkeypatch.setattr(ranking_module, "units", lambda *name: lambda post_id: toss)
    monkeypatch.setattr(ranking_module, "many_units", lambda last, *name: np.full(len(last), toss))
    known = posts(1, 1)
    ranking = Ranking(5, PARAMETERS, neighbourhood(NEAR), known.get, SOURCES.get)
    seen_by = FeedViewer("v").snapshot()
    rated = ranking.for_viewer(seen_by, "l", frozenset())
    found = rated(known["p00"])
    assert rated.scores((known["p00"],)).tolist() == pytest.approx([sum(found.values())])
    assert found["noise"] == pytest.approx(PARAMETERS["noise"] * gumbel, rel=1e-4)
