"""``collector compare``: what two runs have in common, verdict beside verdict."""

from __future__ import annotations

import json
import math
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Page
from synthetic_run import Made, build

from collector.analysis.report import report_data
from collector.analysis.sidebyside import compare_runs
from collector.analysis.words import amount
from collector.cli import main


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same scenario twice, with another seed."""
    folder = tmp_path_factory.mktemp("compare")
    return (
        build(folder / "one", Made(twins=7, seed=1, watches=1)),
        named(build(folder / "two", Made(twins=7, seed=2, watches=1)), "run-2"),
    )


def named(run: Path, name: str) -> Path:
    """The same run under another id, as every run has its own."""
    with sqlite3.connect(run / "store.db") as connection:
        tables = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]  # fmt: skip
        for table in tables:
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            column = "id" if table == "runs" else "run" if "run" in columns else None
            if column:
                connection.execute(f"UPDATE {table} SET {column} = ?", [name])
    return run


def collector(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_every_outcome_stands_with_both_verdicts(runs: tuple[Path, Path]) -> None:
    """The reports' own numbers; the change is their difference, its interval the triangle's."""
    told = json.loads(collector("compare", *runs, "--json").stdout)
    reports = [report_data(run)["verdicts"] for run in runs]
    assert len(told["outcomes"]) == len(reports[0]) == 2
    for outcome, first, second in zip(told["outcomes"], *reports, strict=True):
        for side, verdict in (("first", first), ("second", second)):
            assert outcome[side]["verdict"] == verdict["verdict"]
            assert outcome[side]["estimate"] == verdict["estimate"]
            assert outcome[side]["interval"] == list(verdict["interval"])
        change = second["estimate"] - first["estimate"]
        assert outcome["change"] == pytest.approx(change, abs=1e-12)
        (l1, h1), (l2, h2) = first["interval"], second["interval"]
        assert outcome["interval"] == pytest.approx([
            change - math.hypot(second["estimate"] - l2, h1 - first["estimate"]),
            change + math.hypot(h2 - second["estimate"], first["estimate"] - l1),
        ])  # fmt: skip
        same = first["verdict"] == second["verdict"]
        assert outcome["stable"] == ("same verdict" if same else "same sign")


def test_what_agrees_is_said_where_it_is_asked(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """A line for each outcome with both verdicts, and the page's path last."""
    found = compare_runs(*runs)
    done = collector("compare", *runs, "--out", tmp_path / "a.html")
    first, *each, path = done.stdout.splitlines()
    assert first == (
        "the same design, the same plan; the same verdict in both runs:"
        f" {found.stable} of 2 outcomes"
    )
    assert path == str(tmp_path / "a.html")
    for line, outcome in zip(each, found.outcomes, strict=True):
        assert line.startswith(f"{outcome.stable}: {outcome.name}: ")
        assert outcome.first is not None
        assert str(outcome.first.verdict) in line
        assert amount(outcome.first.estimate, outcome.unit) in line
    other = named(
        build(tmp_path / "other", Made(twins=7, arms=("neutral", "science"), watches=1)), "run-3"
    )
    first, *each, path = collector(
        "compare", runs[0], other, "--out", tmp_path / "b.html"
    ).stdout.splitlines()
    assert first.startswith("not the same design")
    assert each
    assert all(line.startswith("not comparable: ") and "not declared" in line for line in each)


def test_another_machine_is_told_and_is_no_other_design(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    """System, processors, speed and workers, from the manifests."""
    there = []
    for number, run in enumerate((runs[0], runs[0])):
        copy = Path(shutil.copytree(run, tmp_path / str(number)))
        path = copy / "manifest.json"
        manifest = json.loads(path.read_text("utf-8")) if path.exists() else {}
        manifest["environment"] = {"system": "Linux 6", "processors": 2 + number, "headed": False}
        path.write_text(json.dumps(manifest), "utf-8")
        there.append(named(copy, f"run-{number}"))
    found = compare_runs(*there)
    (differs,) = found.differences
    assert (differs.what, differs.first, differs.second) == ("environment: processors", "2", "3")
    assert found.same_design


def test_a_run_beside_one_that_found_the_same_differs_in_nothing(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    """No change, every verdict the same, nothing in the list."""
    again = named(Path(shutil.copytree(runs[0], tmp_path / "again")), "run-6")
    found = compare_runs(runs[0], again)
    assert found.same_design
    assert found.same_plan
    assert not found.differences
    assert {each.change for each in found.outcomes} == {0.0}
    assert found.stable == len(found.outcomes)


@pytest.mark.slow
def test_another_seed_is_the_same_design_another_arm_is_not(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    """A replication is told from another question, by exit code, JSON and page."""
    done = collector("compare", *runs, "--out", tmp_path / "a.html")
    assert done.exit_code == 0, done.output
    assert "The same design" in (tmp_path / "a.html").read_text("utf-8")
    other = named(
        build(tmp_path / "other", Made(twins=7, arms=("neutral", "science"), watches=1)), "run-3"
    )
    done = collector("compare", runs[0], other, "--out", tmp_path / "b.html")
    assert done.exit_code == 1
    page = (tmp_path / "b.html").read_text("utf-8")
    assert "Not the same design" in page
    assert "is no replication" in page
    found = compare_runs(runs[0], other)
    assert {"scenario: arms", "puppets of science"} <= {d.what for d in found.differences}
    assert {each.stable for each in found.outcomes} == {"not comparable"}
    fewer = named(build(tmp_path / "fewer", Made(twins=3, seed=1, watches=1)), "run-4")
    assert not compare_runs(runs[0], fewer).same_design


def test_opposite_effects_are_not_the_same(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """The same word with the other sign is no agreement."""
    turned = named(build(tmp_path / "turned", Made(twins=7, seed=1, watches=1)), "run-5")
    with sqlite3.connect(turned / "store.db") as db:
        db.execute("UPDATE puppets SET arm = CASE arm WHEN 'neutral' THEN 'conspiracy'"
                   " ELSE 'neutral' END")  # fmt: skip
    db.close()
    found = compare_runs(runs[0], turned)
    home = found.outcomes[0]
    assert home.first is not None
    assert home.second is not None
    assert home.first.verdict == home.second.verdict == "effect"
    assert home.stable == "opposite sign"


def test_what_is_no_run_is_said(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit code 2, the folder, the fix."""
    done = collector("compare", runs[0], tmp_path)
    assert (done.exit_code, str(tmp_path) in done.output) == (2, True)
    assert "fix:" in done.output


@pytest.fixture(scope="module")
def out(runs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the two."""
    out = tmp_path_factory.mktemp("page") / "page.html"
    collector("compare", *runs, "--out", out)
    return out


@pytest.mark.sweep(1)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_stands_alone_and_fits(page: Page, out: Path, width: int) -> None:
    """No request, no overflow, every cell with its column's name on a phone."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(out.as_uri())
    assert asked == [out.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = out.read_text("utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:,)", text)
    if width < 500:
        seen = page.evaluate(
            "[...document.querySelectorAll('td[data-label]')].map("
            "e => getComputedStyle(e, '::before').content)"
        )
        assert '"first: "' in seen or any("first" in each for each in seen)


def test_a_run_is_not_compared_with_itself(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Given twice, by another path, or as a copy: it would agree with itself whatever it says."""
    copy = shutil.copytree(runs[0], tmp_path / "copy")
    for other in (runs[0], runs[0] / ".." / runs[0].name, copy):
        refused = collector("compare", runs[0], other)
        assert refused.exit_code == 2
        assert f"error: {runs[0]}, {other}: both are the run " in refused.stderr
        assert not (other / "compare.html").exists()
