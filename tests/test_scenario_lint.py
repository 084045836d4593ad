"""Warnings about a design: each appears when it should, and not when it should not."""

from __future__ import annotations

from typing import Any

import pytest

from collector.scenario.lint import smallest_p, warnings
from collector.scenario.loader import load_scenario, parse_scenario

START: list[Any] = [{"visit": "home"}, {"consent": "reject"}]


def lint(**changes: Any) -> list[str]:
    sound: dict[str, Any] = {
        "name": "t",
        "before": START,
        "arms": {"a": {"twins": 6}, "b": {"twins": 6, "steps": [{"search": "x"}]}},
        "analysis": {"exposure": ["music"]},
        "factors": {"treatment": "steps"},
    }
    return warnings(parse_scenario(sound | changes))


def test_a_sound_design_is_left_alone() -> None:
    assert lint() == []


@pytest.mark.parametrize(("twins", "least"), [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125)])
def test_the_smallest_p(twins: int, least: float) -> None:
    assert smallest_p(twins) == least


@pytest.mark.parametrize(
    ("twins", "words"),
    [
        ((1, 1), "one puppet an arm shows no noise"),
        ((5, 5), "with 5 twins no p can be below 0.0625"),
        ((4, 4), "4 twins are too few to tell the random buckets"),
        ((6, 7), "unequal numbers of twins (a 6, b 7)"),
    ],
)
def test_too_few_twins(twins: tuple[int, int], words: str) -> None:
    steps = [{"search": "x"}]
    told = lint(
        factors={},
        arms={name: {"twins": k, "steps": steps} for name, k in zip("ab", twins, strict=True)},
    )
    assert any(words in sentence for sentence in told)
    assert len(told) == (2 if twins == (4, 4) else 1)


def test_a_single_arm_compares_nothing_and_needs_no_twins() -> None:
    assert lint(factors=None, arms={"a": {"steps": [{"search": "x"}]}}) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([{"visit": "home"}, {"search": "x"}], "no consent step before the first search"),
        ([{"search": "x"}, {"consent": "reject"}], "no consent step before the first search"),
        ([{"visit": "home"}, "capture"], "no consent step before the first capture"),
        ([{"consent": "reject"}, {"visit": "home"}], "consent comes before any page is open"),
        ([*START, {"search": "x"}, {"watch": "5s"}], "watch right after search"),
    ],
)
def test_steps_that_cannot_happen(before: list[Any], words: str) -> None:
    told = lint(factors={}, before=before, arms={"a": {"steps": [{"visit": "home"}]}})
    assert any(words in sentence for sentence in told), told


def test_a_language_far_from_home() -> None:
    (told,) = lint(persona={"locale": "fr-FR", "timezone": "Asia/Tokyo"})
    assert "speaks fr-FR in Asia/Tokyo; usual would be Europe/Paris" in told
    assert lint(persona={"locale": "fr-FR", "timezone": "Europe/Brussels"}) == []


def test_searches_too_close() -> None:
    def told(*between: Any, **keys: Any) -> list[str]:
        steps = [{"search": "x"}, *between, {"search": "y"}]
        return lint(factors={}, arms={"a": {"steps": steps}}, **keys)

    assert "searches less than 11m apart" in told({"pause": "10m"})[0]
    assert told({"pause": "11m"}) == []
    assert told(spacing="11m") == []
    assert "less than 11m apart" in told(spacing="5m")[0]
    watching = {"repeat": {"times": 4, "steps": [{"follow": "up_next"}, {"watch": "3m"}]}}
    assert told(watching) == []
    again = {"repeat": {"times": 2, "steps": [{"search": "z"}]}}
    (sentence,) = lint(factors={}, arms={"a": {"steps": [again]}})
    assert "add spacing: 11m" in sentence


def test_what_has_no_end() -> None:
    """A scroll to the end of a feed ends where the site lets it, unless it has a cap."""
    arms = {"a": {"twins": 5, "steps": [{"visit": "home"}, {"scroll": "end"}]}}
    (told,) = [line for line in lint(arms=arms) if "no end" in line]
    assert told.startswith("arms.a: scroll: a feed may have no end; the step stops after 240 s")
    for sound in ({"end": True, "cap": "2m"}, {"until": 40}, {"screens": 2}):
        arms["a"]["steps"] = [{"visit": "home"}, {"scroll": sound}]
        assert not [line for line in lint(arms=arms) if "no end" in line]


def test_topics_without_labels() -> None:
    assert "labels: mock, but the site is none" in lint(site="https://www.youtube.com")[0]
    assert "exposure: empty" in lint(analysis={})[0]


@pytest.mark.parametrize("name", ["quick", "filter-bubble", "search-personalisation", "null"])
def test_the_shipped_scenarios_lack_only_twins(name: str) -> None:
    told = warnings(load_scenario(name))
    few = ("twins no p can be below", "twins are too few")
    assert all(any(words in sentence for words in few) for sentence in told), told


def test_what_a_foreign_file_asked_for_comes_first(tmp_path: Any) -> None:
    file = tmp_path / "own.csv"
    file.write_text("url,colour\nhttps://www.youtube.com/,red\n")
    assert warnings(load_scenario(file))[0].startswith("column 'colour'")
