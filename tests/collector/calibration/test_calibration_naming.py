"""Mechanisms at twice the smallest size: what is changed in the lists, and what is promised."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from calibration_tools import small
from places import ROOT

from collector.analysis import mechanism
from collector.analysis.mechanism import Mechanism
from collector.calibration import naming, table
from collector.calibration.audits import Audits, audits, design_of, platform
from collector.calibration.changes import CHANGES, Chance, Change
from collector.calibration.truths import TRUTHS
from collector.calibration.words import lines, mechanisms

COMMITTED = ROOT / "docs" / "calibration.json"
EIGHT = set(Mechanism) - {Mechanism.UNKNOWN}


@pytest.fixture
def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(COMMITTED.read_text("utf-8"))
    return found


def of(name: str) -> Change:
    return next(each for each in CHANGES if each.name == name)


@cache
def drawn() -> tuple[Audits, Chance, np.ndarray]:
    """Audits in which nothing moves a list, and which puppets are of the treated arm."""
    probe = small()
    design = design_of(probe, 6)
    told = audits(platform(probe, TRUTHS["null"]), design, 6, np.random.default_rng(5))
    treated = np.isin([p.arm for p in design.puppets], probe.questions[0].contrast.treated)
    return told, Chance.of(probe, told, np.random.default_rng(6)), treated


def changed(name: str, size: float) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(lists before, lists after, treated puppets) of each slot."""
    told, chance, treated = drawn()
    for key, items in of(name).changed(told, size, chance, treated).items():
        yield told.lists[key].items, items, treated


@pytest.mark.sweep(3)
@pytest.mark.parametrize("change", [c for c in CHANGES if c.make], ids=lambda c: c.name)
def test_no_size_changes_nothing_and_no_change_shows_an_item_twice(change: Change) -> None:
    """And what a list's end is stays one."""
    for before, after, _ in changed(change.name, 0.0):
        assert np.array_equal(before, after)
    for before, after, _ in changed(change.name, 0.5):
        assert not np.array_equal(before, after)
        assert np.array_equal(before == -2, after == -2)
        for row in after.reshape(-1, after.shape[-1]).tolist():
            shown = [item for item in row if item >= 0]
            assert len(shown) == len(set(shown))


@pytest.mark.parametrize("name", ["replace", "reorder", "language or country", "ads", "carry-over"])
def test_the_control_is_left_alone_and_the_share_is_about_the_size(name: str) -> None:
    told, moved = 0, 0
    for before, after, treated in changed(name, 0.5):
        assert np.array_equal(before[:, ~treated], after[:, ~treated])
        told += int((before[:, treated] >= 0).sum())
        moved += int((before[:, treated] != after[:, treated]).sum())
    assert 0.38 <= moved / told <= 0.55


def test_what_replaces_has_the_same_label_and_what_is_reordered_is_the_same() -> None:
    topic = small().catalogue.topic
    for before, after, _ in changed("replace", 0.7):
        here = (before >= 0) & (after >= 0)
        assert np.array_equal(topic[before[here]], topic[after[here]])
    for before, after, _ in changed("reorder", 0.7):
        assert np.array_equal(np.sort(before, axis=-1), np.sort(after, axis=-1))
        assert np.array_equal(before < 0, after < 0)
    for before, after, _ in changed("ads", 0.3):
        assert set(after[before != after].tolist()) == {-1}


def test_groups_lie_across_the_arms_and_drift_grows_from_block_to_block() -> None:
    """Five of six treated and one of six others are shown more of the label; the first block of
    the control is as it was, and each later moment shows more."""
    told, _, treated = drawn()
    label = small().questions[0].label
    number = small().catalogue.labels.index(label or "")
    in_group = np.zeros((len(told), len(treated)), dtype=bool)
    for before, after, _ in changed("test groups", 0.6):
        in_group |= (before != after).any(axis=2)
    assert in_group[:, treated].sum(axis=1).tolist() == [5] * len(told)
    assert in_group[:, ~treated].sum(axis=1).tolist() == [1] * len(told)
    blocks = told.design.blocks - told.design.blocks.min()
    for name, moment in (("drift", blocks + treated), ("drift of one arm", blocks * treated)):
        gained = Counter[int]()
        for before, after, _ in changed(name, 0.2):
            more = (small().catalogue.topic[np.maximum(after, 0)] == number) & (after != before)
            for at in np.unique(moment):
                gained[int(at)] += more[:, moment == at].mean()
        told_by = [gained[at] for at in sorted(gained)]
        assert told_by[0] == 0
        assert told_by == sorted(set(told_by))


@pytest.mark.slow
def test_a_fault_in_the_telling_breaks_the_promise(
    monkeypatch: pytest.MonkeyPatch, committed: dict[str, Any]
) -> None:
    """Of advertising, in few audits; the fault takes every difference of advertising for none."""

    def problems(row: dict[str, Any]) -> list[str]:
        told = table.broken_promises(committed | {"mechanism": [row]})
        return [each for each in told if each.startswith("mechanism, ads")]

    found = naming.row(small(), 1, "ads", 8)
    assert found is not None
    assert found["of"] == found["found"] == 8
    assert found["size"] == pytest.approx(2 * found["detectable"], abs=1e-4)
    assert problems(found) == []
    right = mechanism._p

    def blind(data: Any, question: Any, measure: Any, declared: Any) -> float:
        told = right(data, question, measure, declared)
        return 1.0 if measure.name == "ad-share" else told

    monkeypatch.setattr(mechanism, "_p", blind)
    bench = naming._bench(small(), of("ads"), platform(small(), TRUTHS["null"]))
    assert problems(found | naming._counted(bench, found["size"], 8, 1))


def test_the_committed_table_has_all_eight_at_twice_the_detectable(
    committed: dict[str, Any],
) -> None:
    """Enough effects of each, and every mechanism is promised."""
    rows = committed["mechanism"]
    assert {each["right"] for each in rows if each["promised"]} == {str(m) for m in EIGHT}
    for each in rows:
        assert each["size"] == pytest.approx(2 * each["detectable"], abs=1e-3)
        assert each["of"] == 200
        assert each["of"] == each["count"] + each["wrong"] + each["not_told"]
        assert not each["promised"] or each["rate"] >= table.NAMED
        assert each["differing"] == 0


def test_the_docs_show_the_committed_mechanisms(committed: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "calibration.md").read_text("utf-8")
    assert mechanisms(committed) in page
    told = [line for line in lines(committed) if line.startswith("mechanism")]
    assert len(told) == len(committed["mechanism"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rate": 0.7, "count": 28}, "named in 70%"),
        ({"rate": None, "count": 0, "of": 0}, "no effect was found"),
        ({"differing": 2}, "the report names 2 otherwise"),
        ({"size": None, "rate": None}, None),
    ],
)
def test_what_breaks_the_promise_of_a_mechanism(
    committed: dict[str, Any], changes: dict[str, Any], says: str | None
) -> None:
    spoiled = copy.deepcopy(committed)
    spoiled["mechanism"][1] |= changes
    assert list(table.broken_promises(spoiled)) == (
        [f"mechanism, {spoiled['mechanism'][1]['mechanism']}: {says}"] if says else []
    )


def test_a_mechanism_that_is_named_less_often_is_a_deviation(committed: dict[str, Any]) -> None:
    spoiled = copy.deepcopy(committed)
    spoiled["mechanism"][2] |= {"rate": 0.5, "count": 20}
    (problem,) = table.deviations(spoiled, committed)
    assert problem.startswith("mechanism, ")


def test_nothing_is_counted_where_verdicts_are_withheld_whatever_is_shown() -> None:
    shut = replace(small(), standing={"home": object()})  # type: ignore[dict-item]
    assert naming.table(shut, wanted=1, seed=1, processes=1) == []


def test_test_groups_are_asked_about_where_a_surface_has_two_pages() -> None:
    """With one page a puppet nobody can tell them: no promise, and a line that says so. An effect
    on such a surface is not counted either."""
    many = small()
    assert any(len(slots) > 1 for slots in many.slots.values())
    single = replace(many, slots={name: slots[:1] for name, slots in many.slots.items()})
    row = naming.row(single, 1, "test groups", 40)
    assert row is not None
    assert (row["size"], row["detectable"], row["single"]) == (None, None, True)
    committed = json.loads(COMMITTED.read_text("utf-8"))
    at = next(n for n, r in enumerate(committed["mechanism"]) if r["mechanism"] == "test groups")
    committed["mechanism"][at] = row
    assert list(table.broken_promises(committed)) == []
    says = "mechanism, test groups: cannot be told where no surface has two pages a puppet"
    assert says in list(lines(committed))
    assert mechanisms(committed).count(f"| test groups | {row['twins']} | – |") == 1
    asked = [
        naming._tells(each, of(name), question)
        for each in (many, single)
        for name in ("topic", "test groups")
        for question in many.questions
    ]
    two = [len(many.slots[q.surface]) > 1 for q in many.questions]
    every = [True] * len(two)
    assert asked == every + two + every + [False] * len(two)


def test_rows_of_several_contrasts_name_their_arm() -> None:
    """With three arms an outcome has a row for each contrast; with two nobody need be named."""
    verdicts = {"effect": 1, "no_larger": 0, "undecided": 1, "withheld": 0}
    rows = [
        {"surface": "home", "outcome": "exposure_share", "arm": arm, "verdicts": verdicts}
        for arm in ("low", "high")
    ]
    cell = {"truth": "null", "twins": 5, "experiments": 2, "false_effect": None}
    _, *several = lines({"cells": [{**cell, "outcomes": rows}]})
    assert "low home: exposure_share" in several[0]
    assert "high home: exposure_share" in several[1]
    _, *one = lines({"cells": [{**cell, "outcomes": rows[:1]}]})
    assert "low" not in one[0]
