"""Truths of what a viewer did before, by numbers that are counted another way."""

from __future__ import annotations

import pytest
from truth_lists import BARE, at, ids, listed, plain_with_time, watched, world

from collector.common.model import Surface
from mockserver.world import World


def history_of(found: World, visitor: str, second: float) -> float:
    """The largest summand of history on home at a second."""
    entries = listed(found, visitor, second=second, load=f"h{second}")
    return max((entry.parts.get("history", 0.0) for entry in entries), default=0.0)


def test_forgetting_by_time_halves_what_is_known_in_a_half_life() -> None:
    """With a large prior H is the sum of weights over the prior, so it halves as they do."""
    found = world({"truth": "forgetting", "half_life_s": 900}, recommender={
        **BARE, "history_prior": 1e3, "home.history": 3e3, "noise": 0.0, "seen": 0.0})  # fmt: skip
    watched(found, "treated0", "conspiracy")
    first, second, third = (history_of(found, "treated0", at_s) for at_s in (0, 900, 1800))
    assert second / first == pytest.approx(0.5, rel=0.02)
    assert third / first == pytest.approx(0.25, rel=0.02)


def test_forgetting_by_watches_is_the_recommenders_own_half_life() -> None:
    truth = world({"truth": "forgetting", "half_life_watches": 2})
    known = World.build(seed=3, clock="0", recommender={"half_life_watches": 2.0})
    for found in (truth, known):
        watched(found, "treated0", "conspiracy")
        watched(found, "treated0", "science", 3)
    assert listed(truth, "treated0") == known.feed(Surface.HOME, known.viewer("treated0"), load="l")


def carried(found: World, visitor: str, second: float) -> float:
    entries = listed(
        found, visitor, Surface.SEARCH, context="cats", second=second, load=f"s{second}"
    )
    return max((entry.parts.get("carry_over", 0.0) for entry in entries), default=0.0)


def test_carry_over_halves_with_its_half_life_and_is_gone_in_a_day() -> None:
    """A second search a second, one half-life, two and 20 hours after the first one."""
    found = world({"truth": "carry-over", "half_life_s": 660, "weight": 2})
    at(found, "treated0").searched("cats")
    just, one, two, late = (carried(found, "treated0", s) for s in (0, 660, 1320, 72_000))
    assert just > 0.5
    assert one / just == pytest.approx(0.5, rel=1e-3)
    assert two / just == pytest.approx(0.25, rel=1e-3)
    assert late < 1e-9
    assert carried(plain_with_time(), "treated0", 10) == 0.0


def test_a_search_changes_the_next_lists_a_second_later_and_not_a_day_later() -> None:
    found = world({"truth": "carry-over", "half_life_s": 660, "weight": 6}, recommender={
        **BARE, "noise": 0.0, "history": 0.0, "bucket_effect": 0.0})  # fmt: skip
    query = "live moon"
    before = ids(listed(found, "control0", Surface.SEARCH, context=query))
    for visitor in ("treated0", "treated1"):
        at(found, visitor).searched("moon landing hoax")
    soon = ids(listed(found, "treated0", Surface.SEARCH, context=query, second=1))
    late = ids(listed(found, "treated1", Surface.SEARCH, context=query, second=72_000))
    assert soon != before
    assert late == before


def test_used_visitors_bring_a_history_once() -> None:
    found = world({"truth": "used", "watches": 12, "topic": "conspiracy", "arms": ["treated"]})
    viewer = at(found, "treated0")
    assert [found.videos[event.target].topic for event in viewer.history] == ["conspiracy"] * 12
    at(found, "treated0", 50)
    assert len(viewer.history) == 12
    assert at(found, "control0").history == ()
    assert {e.target for e in viewer.history} != {e.target for e in at(found, "treated1").history}
