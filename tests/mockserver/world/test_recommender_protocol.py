"""Every recommender keeps the protocol: seeded, of parts that sum, blind to what it may not see."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from world_oracle import NEIGHBOURS, START, TOPICS, small_catalogue

from collector.common.errors import UserError
from collector.common.model import Surface
from mockserver.world import World
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd, crowd
from mockserver.world.mechanisms import Ranker, make_ranker, names, protocol, rank
from mockserver.world.viewers import Event, EventKind, Snapshot

ALL = names()
SEED = 5


@lru_cache
def arrays() -> Arrays:
    catalogue = small_catalogue(3, videos=400, channels=30)
    return Arrays(catalogue, TOPICS, NEIGHBOURS, START)


def ranker(name: str, seed: int = SEED, **params: float) -> Ranker:
    return make_ranker(name, seed, arrays(), params)


def viewer(visitor: str = "v", events: tuple[Event, ...] = (), **given: Any) -> Snapshot:
    none: frozenset[str] = frozenset()
    plain = Snapshot(visitor, 1, "en", "US", events, none, none, none, none)
    return replace(plain, **given)


def watched(*rows: int, fraction: float = 1.0) -> tuple[Event, ...]:
    return tuple(
        Event(EventKind.WATCH, arrays().videos[row].id, 100.0, fraction, load=str(number))
        for number, row in enumerate(rows)
    )


def asked(context: str | None = None, load: str = "l", **more: Any) -> dict[str, Any]:
    topics = len(arrays().topics)
    return {"context": context, "load": load, "similarity": None,
            "search_topics": lambda query: np.full(topics, 1.0 / topics), **more}  # fmt: skip


def listed(made: Ranker, seen: Snapshot, surface: Surface = Surface.HOME, **more: Any) -> list[Any]:
    return rank(made, surface, seen, arrays(), 20, **asked(**more))


def test_there_are_todays_formula_and_five_classical_mechanisms() -> None:
    assert set(ALL) >= {
        "formula", "chronological", "popularity-loop", "item-cf", "epsilon-greedy", "traffic-pool",
    }  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_it_is_what_the_protocol_says(name: str) -> None:
    made = ranker(name)
    assert isinstance(made, Ranker)
    assert made.name == name
    assert made.params
    told = made.describe()
    assert told["params"] == dict(made.params)
    assert "score(v)" in str(told["formula"])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("surface", [Surface.HOME, Surface.RELATED, Surface.SEARCH])
def test_parts_sum_to_the_score(name: str, surface: Surface) -> None:
    made = ranker(name)
    seen = viewer(
        events=watched(3, 50, 77), subscriptions=frozenset([arrays().videos[9].channel_id])
    )
    more: dict[str, Any] = {}
    if surface is Surface.RELATED:
        more["context"] = arrays().videos[12].id
    if surface is Surface.SEARCH:
        more |= {"context": "x", "similarity": np.linspace(0, 1, len(arrays()))}
    scores = made.scores(surface, seen, **asked(**more))
    assert scores.total == pytest.approx(np.sum(list(scores.parts.values()), axis=0), abs=1e-9)
    for _, score, parts in listed(made, seen, surface, **more):
        assert sum(parts.values()) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_bytes_whoever_asked_before(name: str) -> None:
    seen = viewer(events=watched(3, 50))
    one, other = ranker(name), ranker(name)
    for number in range(5):
        listed(other, viewer(f"stranger{number}", watched(number)), load=str(number), at_s=9999.0)
    assert listed(one, seen) == listed(other, seen)
    assert one.state() == other.state()


@pytest.mark.sweep(1)
@pytest.mark.parametrize("name", ALL)
def test_another_process_gives_the_same_bytes(name: str) -> None:
    """Python's own string hashing differs there, and nothing else may."""
    code = (
        "import sys; sys.path[:0] = ['.', 'tests/tools']\n"
        "from tests.mockserver.world.test_recommender_protocol import listed, ranker\n"
        "from tests.mockserver.world.test_recommender_protocol import viewer, watched\n"
        f"print(listed(ranker({name!r}), viewer(events=watched(3, 50))))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(listed(ranker(name), viewer(events=watched(3, 50))))


@pytest.mark.parametrize("name", ALL)
def test_what_it_observes_is_in_its_state_or_changes_nothing(name: str) -> None:
    people = crowd(1, arrays(), 300, 6)
    one, other = ranker(name), ranker(name)
    one.observe(people)
    other.observe(Crowd(people.rows[:100], people.topic[:100]))
    if one.state() == other.state():
        assert listed(one, viewer()) == listed(other, viewer())
    third = ranker(name)
    third.observe(people)
    assert (third.state(), listed(third, viewer())) == (one.state(), listed(one, viewer()))


@pytest.mark.parametrize("name", ALL)
def test_a_parameter_that_it_lacks_is_refused_by_name(name: str) -> None:
    with pytest.raises(UserError, match="charm"):
        ranker(name, charm=1.0)
    with pytest.raises(UserError, match="possible value"):
        make_ranker(name, SEED, arrays(), {"noise": -1.0})


@pytest.mark.parametrize("name", ALL)
def test_a_world_of_it_serves_lists_with_its_name(name: str) -> None:
    world = World.build(seed=1, clock="0", mechanism=name)
    someone = world.viewer("v")
    home = world.feed(Surface.HOME, someone, load="l")
    related = world.feed(Surface.RELATED, someone, load="l", context="dQw4w9WgXcQ")
    search = world.feed(Surface.SEARCH, someone, load="l", context="moon")
    assert [len(home), len(related)] == [24, 20]
    assert search
    if name != "formula":
        assert world.describe()["mechanism"] == name


def test_nobody_of_that_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match="no recommender is called 'magic'") as refused:
        make_ranker("magic", 1, arrays())
    assert "item-cf" in refused.value.fix


def test_what_is_registered_and_is_no_recommender_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Point:
        name, value = "odd", "odd:thing"

        def load(self) -> Any:
            return lambda seed, arrays, overrides: object()

    monkeypatch.setattr(protocol, "_registered", lambda: {"odd": Point()})
    with pytest.raises(UserError, match="odd:thing is not a recommender"):
        make_ranker("odd", 1, arrays())


# -- each mechanism's formula, by hand -------------------------------------------------------------


def test_chronological_is_the_order_of_ages() -> None:
    made = ranker("chronological", diversity=0.0, language=0.0)
    found = [item for item, _, _ in listed(made, viewer())]
    ages = {v.id: a for v, a in zip(arrays().videos, arrays().age_days, strict=True)}
    plain = sorted(
        (max(ages[v.id], 0.0), row, v.id)
        for row, v in enumerate(arrays().videos) if not arrays().short[row]
    )  # fmt: skip
    assert found == [item for _, _, item in plain[:20]]


def test_the_popularity_loop_counts_what_its_audience_drew() -> None:
    """Each step adds its audience and nothing else, and the rich get richer with time."""
    made: Any = ranker("popularity-loop", audience=500.0, steps=4.0, step_s=100.0)
    made.observe(crowd(1, arrays(), 200, 5))
    start = made.counts(0.0).sum()
    assert start == 200 * 5 + 4 * 500
    assert made.counts(99.0).sum() == start
    assert made.counts(250.0).sum() == start + 2 * 500
    steep: Any = ranker("popularity-loop", audience=500.0, steps=40.0, power=1.5)
    even: Any = ranker("popularity-loop", audience=500.0, steps=40.0, power=0.0)
    for each in (steep, even):
        each.observe(crowd(1, arrays(), 200, 5))
    assert steep.counts(0).max() > 2 * even.counts(0).max()
    assert listed(made, viewer("a", watched(1)))[0][2]["popularity"] == pytest.approx(4.0)


def test_item_filtering_is_the_cosine_of_columns() -> None:
    """sim(i, j) counted from sets of users, and the personal summand from that."""
    made: Any = ranker("item-cf", noise=0.0)
    people = crowd(2, arrays(), 150, 8)
    made.observe(people)
    fans: dict[int, set[int]] = {}
    for user, rows in enumerate(people.rows.tolist()):
        for row in rows:
            fans.setdefault(row, set()).add(user)

    def sim(i: int, j: int) -> float:
        mine, theirs = fans.get(i, set()), fans.get(j, set())
        return len(mine & theirs) / (len(mine) * len(theirs)) ** 0.5 if mine and theirs else 0.0

    seen = [max(fans, key=lambda row: len(fans[row])), sorted(fans)[5]]
    for row in seen:
        expected = [sim(row, other) for other in range(len(arrays()))]
        assert made.similar(row) == pytest.approx(expected)
    scores = made.scores(Surface.HOME, viewer(events=watched(*seen, fraction=0.5)), **asked())
    expected = [8.0 * 0.5 * sum(sim(row, v) for row in seen) / 3 for v in range(len(arrays()))]
    assert scores.parts["history"] == pytest.approx(expected)


def test_the_bandit_values_topics_by_their_rewards_and_explores_its_share() -> None:
    made: Any = ranker("epsilon-greedy", epsilon=0.25)
    topic = int(arrays().topic[7])
    rows = [row for row in range(len(arrays())) if arrays().topic[row] == topic][:3]
    seen = viewer(events=watched(*rows, fraction=0.8))
    values = made.values(seen)
    assert values[topic] == pytest.approx((2 * 0.3 + 3 * 0.8) / 5)
    assert set(np.delete(values, topic)) == {0.3}
    tossed = [made.explores(Surface.HOME, seen, str(load)).mean() for load in range(50)]
    assert np.mean(tossed) == pytest.approx(0.25, abs=0.02)
    scores = made.scores(Surface.HOME, seen, **asked())
    exploring = made.explores(Surface.HOME, seen, "l")
    assert not scores.parts["history"][exploring].any()
    assert not scores.parts["exploration"][~exploring].any()


def test_pools_let_the_good_rise_and_time_lets_them() -> None:
    """Where the testers are many, a video rises through a stage when its quality passes."""
    made: Any = ranker("traffic-pool", first=200.0, growth=1.0, stages=4.0)
    sure = np.abs(made.quality - 0.5) > 0.15
    assert (made._passed[sure] == np.where(made.quality[sure] > 0.5, 4.0, 0.0)).all()
    slow: Any = ranker("traffic-pool", stages=4.0, stage_s=86_400.0)
    old, lived = slow._passed >= 1, np.maximum(arrays().age_days, 0.0)
    expected = np.minimum(slow._passed, np.floor(lived))
    assert slow.stage(0.0) == pytest.approx(expected)
    assert (slow.stage(86_400.0 * 5000)[old] == slow._passed[old]).all()


@pytest.mark.parametrize("name", ["epsilon-greedy", "item-cf", "traffic-pool", "formula"])
def test_what_is_personal_is_called_history(name: str) -> None:
    """So that the truths about personalisation bear on every mechanism alike."""
    made = ranker(name)
    if name == "item-cf":
        made.observe(crowd(1, arrays(), 300, 10))
    popular = int(np.argmax(crowd(1, arrays(), 300, 10).counts(len(arrays()))))
    scores = made.scores(Surface.HOME, viewer(events=watched(popular)), **asked())
    assert scores.parts["history"].any()
    newcomer = made.scores(Surface.HOME, viewer(), **asked())
    assert not np.any(newcomer.parts.get("history", 0.0))
