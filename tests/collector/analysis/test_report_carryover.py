"""A run made for it tells half-life and safe gap in its report; any other run tells neither."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from places import ROOT

from collector.analysis.judging import declaration_of
from collector.analysis.load import RunData, load_run
from collector.analysis.spaced import spaced
from collector.analysis.templating import environment
from collector.datasets.build import one_run
from collector.datasets.simulator import Job, Simulator
from collector.scenario.loader import parse_scenario
from collector.store import Store

HALF_LIFE_S = 180.0
REPORT = ROOT / "collector/analysis/templates/report.html.j2"


def with_gaps(folder: Path) -> RunData:
    """A simulated run with the gaps between its searches. A session that is simulated files no
    queries, but its steps have the times of the puppet's own clock."""
    with Store(folder / "store.db") as store:
        rows = store.rows(
            "SELECT n.puppet, s.finished FROM steps s JOIN sessions n ON n.id = s.session"
            " WHERE s.kind = 'search' ORDER BY n.puppet, s.step"
        )
        times: dict[str, list[datetime]] = {}
        for row in rows:
            times.setdefault(row["puppet"], []).append(datetime.fromisoformat(row["finished"]))
    gaps = {
        name: tuple((late - early).total_seconds() for early, late in pairwise(own))
        for name, own in times.items()
    }
    return replace(load_run(folder), gaps=gaps)


def scenario() -> dict[str, Any]:
    """A small run of the design in docs/howto/carry-over.md."""
    search, twins = {"search": {"query": "football", "capture": False}}, 8
    arms: dict[str, Any] = {
        "rested": {"twins": 16, "steps": [*[search] * 4, {"pause": "20h"}]},
    }
    for gap in (1, 4, 9, 18):
        wait, long = {"pause": f"{gap}m"}, {"pause": "20h"}
        arms[f"once-{gap}m"] = {"twins": twins, "steps": [*[search] * 3, long, search, wait]}
        arms[f"often-{gap}m"] = {"twins": twins, "steps": [long, *[search] * 4, wait]}
    return {
        "name": "carry-over", "persona": "marie-us", "labels": "mock", "arms": arms,
        "mock": {"truths": [{"truth": "carry-over", "half_life_s": HALF_LIFE_S}]},
        "analysis": {"exposure": ["sports"], "surfaces": ["search"], "attention": "uniform",
                     "control": "rested"},
        "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
        "after": [{"search": "how to"}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Iterator[RunData]:
    with tempfile.TemporaryDirectory() as name:
        one_run(Simulator(Job(parse_scenario(scenario()), 1, "spaced")), Path(name))
        yield with_gaps(Path(name))


def test_the_half_life_is_read_off_the_run(run: RunData) -> None:
    (found,) = spaced(run, declaration_of(run))
    assert found.label == "sports"
    assert found.controls == 16
    assert {(cell.searches, round(cell.gap_s / 60), cell.puppets) for cell in found.cells} == {
        (n, gap, 8) for n in (1, 4) for gap in (1, 4, 9, 18)
    }
    assert found.half_life_s == pytest.approx(HALF_LIFE_S, rel=0.25)
    assert found.half_life_interval is not None
    assert found.safe_gap_interval is not None
    low, high = found.half_life_interval
    assert low <= HALF_LIFE_S <= high
    assert low < found.half_life_s < high
    assert found.safe_gap_interval[0] < 15.9 * 60 < found.safe_gap_interval[1]
    assert found.explained > 0.9


def without(run: RunData, *heads: str) -> RunData:
    """Without the puppets of some arms."""
    kept = tuple(p for p in run.puppets if not p.arm.startswith(heads))
    names = {p.name for p in kept}
    return replace(
        run,
        puppets=kept,
        pages=tuple(p for p in run.pages if p.puppet.name in names),
        treatment=tuple(step for step in run.treatment if step.puppet in names),
    )


def test_another_design_says_nothing(run: RunData) -> None:
    """Only one number of searches, no control, two gaps, other words, or no gaps at all."""
    declared = declaration_of(run)
    assert spaced(without(run, "often"), declared) == ()
    assert spaced(without(run, "rested"), declared) == ()
    assert spaced(without(run, "once-9", "once-18", "often-9", "often-18"), declared) == ()
    first = replace(run.treatment[0], args={"query": "cooking"})
    assert spaced(replace(run, treatment=(first, *run.treatment[1:])), declared) == ()
    assert spaced(replace(run, gaps={}), declared) == ()


def test_the_report_prints_it(run: RunData) -> None:
    """The part of section 4: with a half-life, and where there is none; nothing of another run."""
    found = spaced(run, declaration_of(run))
    part = environment().get_template("spaced.html.j2")
    told = " ".join(part.render(carry=found).split())
    (one,) = found
    assert one.half_life_s is not None
    assert f"fades by half in {one.half_life_s / 60:.1f} minutes (95 % interval" in told
    assert told.count("<tr><td") == 8
    none = replace(one, half_life_s=None, why="nothing fades")
    assert "sports: no half-life. Nothing fades." in part.render(carry=(none,))
    assert part.render(carry=()).strip() == ""
    assert '{% include "spaced.html.j2" %}' in REPORT.read_text("utf-8")
