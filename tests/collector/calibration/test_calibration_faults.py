"""A calibration fails where the statistics are wrong: defects are planted one by one, and it has to
break a promise or to differ from the table that was made without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from calibration_tools import batch, scenario, true_of

from collector.analysis import inference, many, outcomes, shifts
from collector.analysis.rundata import RunData
from collector.calibration import table
from collector.calibration.batches import differences
from collector.calibration.probe import Probe, probe, with_twins
from collector.calibration.rates import cell
from collector.calibration.truths import TRUTHS, Truth
from collector.scenario.loader import parse_scenario

RUNS = 120


def small_table(
    names: list[str],
    on: Probe | None = None,
    judged: int = 2,
    twins: int = 6,
    runs: int = RUNS,
    *,
    fresh: bool = False,
) -> dict[str, Any]:
    """A table of a few cells in this process, as ``collector calibrate --truth`` has it."""
    cells, differing = [], []
    for name in names:
        truth: Truth = TRUTHS[name]
        own, told, found = batch(truth, runs, on=on, twins=twins, fresh=fresh)
        differing += list(differences(own, told, found, judged))
        smallest = table.smallest_of(own, own.questions)
        cells.append({"twins": twins, **cell(truth, found, true_of(own, truth), smallest)})
    return {
        "format": table.FORMAT,
        "cells": cells,
        "judged": {"audits": judged, "differing": len(differing), "first": differing[:5]},
    }


def wrong(found: dict[str, Any], committed: dict[str, Any]) -> list[str]:
    return [*table.broken_promises(found), *table.deviations(found, committed)]


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return small_table(["null", "effect-20"])


@pytest.mark.slow
def test_without_a_fault_every_promise_is_kept(committed: dict[str, Any]) -> None:
    """And the same seed gives the same table."""
    assert wrong(committed, committed) == []
    assert small_table(["null", "effect-20"], fresh=True) == committed


@pytest.mark.slow
def test_p_that_leaves_out_the_observed_exchange_breaks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``>`` in place of ``>=``: six pairs, whose p is never below 2/64, would find effects of four
    outcomes in a null world. (Of hundreds of exchanges one more or less is nothing.)"""
    right = shifts.shifts

    def strict(values: Any, treated: Any, sizes: Any, **more: Any) -> Any:
        found = right(values, treated, sizes, **more)
        count = inference.exchanges(sizes, more["seed"]).count
        return shifts.Shifts(found.estimates, found.p - 2 / count, found.up, found.down, found.tie)

    pairs = probe(with_twins(parse_scenario(scenario()), 6, block=1))
    before = small_table(["null"], on=pairs, runs=600)
    assert list(table.broken_promises(before)) == []
    for module in (many, inference):
        monkeypatch.setattr(module, "shifts", strict)
    problems = wrong(small_table(["null"], on=pairs, runs=600), before)
    called = [each for each in problems if ": effect " in each]
    assert called, problems
    assert called[0].endswith("committed 0.0%")


@pytest.mark.slow
def test_pages_of_the_treatment_that_are_tested_break_it(
    committed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list beside a watched video depends on the video: a difference without any effect."""

    def any_page(data: RunData, surface: str) -> tuple[Any, ...]:
        return tuple(p for p in data.pages if p.surface == surface and p.phase in ("after", "arms"))

    monkeypatch.setattr(outcomes, "outcome_pages", any_page)
    spoiled = probe(parse_scenario(scenario()))
    found = small_table(["null"], on=spoiled, judged=0)
    problems = list(table.broken_promises(found))
    assert any("called an effect" in each for each in problems), problems
    assert any("related: intervals hold" in each for each in problems), problems


@pytest.mark.slow
def test_twins_that_are_paired_across_arms_break_it(
    committed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs of different arms counted among the twins: the overlap finds nothing any more."""
    right = inference._excess

    def mixed(labels: Any, pairs: Any, usable: Any) -> Any:
        # Every puppet's arm is taken to be that of the puppet beside it.
        return right(np.roll(labels, 1, axis=1), pairs, usable)

    monkeypatch.setattr(inference, "_excess", mixed)
    problems = wrong(small_table(["null", "effect-20"]), committed)
    assert problems


@pytest.mark.slow
def test_labels_dealt_out_across_blocks_break_it(
    committed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One block for all: not the design that ran, and ``judge`` says something else."""
    right = many.Many.of.__func__  # type: ignore[attr-defined]

    def one_block(cls: Any, name: Any, measure: Any, treated: Any, strata: Any, *more: Any) -> Any:
        return right(cls, name, measure, treated, np.zeros_like(strata), *more)

    monkeypatch.setattr(many.Many, "of", classmethod(one_block))
    assert wrong(small_table(["null", "effect-20"]), committed)


@pytest.mark.slow
def test_a_sign_that_is_turned_breaks_it(
    committed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control minus arm: ``judge`` differs from the decisions of the same audits."""
    right = shifts.shifts

    def turned(*args: Any, **more: Any) -> Any:
        found = right(*args, **more)
        return shifts.Shifts(-found.estimates, found.p, found.down, found.up, found.tie)

    monkeypatch.setattr(many, "shifts", turned)
    found = small_table(["effect-20"])
    outcome = found["cells"][0]["outcomes"][0]
    assert outcome["bias"] < -0.3
    assert outcome["sign_errors"]["rate"] == 1
