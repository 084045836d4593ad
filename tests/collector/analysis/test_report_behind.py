"""From a number to its captures; and what people stated of the study, with the load it was."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from bs4 import BeautifulSoup
from places import ROOT
from registered_runs import copy_of, make_run, sql
from report_page import words_of
from synthetic_run import Made, build

import twinwatch
from collector.analysis.report import report_data, write_report
from collector.store import Store

MADE = Made(
    arms=("neutral", "conspiracy", "science"), twins=3, watches=2, lost={"science-2": 9},
    blocked={"neutral-1": 8},
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build(tmp_path_factory.mktemp("behind") / "run", MADE)
    write_report(folder)
    return folder


@pytest.fixture(scope="module")
def rows(run: Path) -> list[dict[str, str]]:
    with (run / "report-figures" / "table-captures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def question(row: Any) -> tuple[str, str, str, str]:
    return row["surface"], row["outcome"], row["arm"], row["control"]


def test_every_value_can_be_computed_again_from_its_captures(
    run: Path, rows: list[dict[str, str]]
) -> None:
    """With the frames alone: the exposure of the captures that are named gives each value, and the
    values give each mean of the report."""
    frame = twinwatch.load(run).exposure()
    hit = frame.weight.where(frame.topic == "conspiracy", 0.0)
    share = hit.groupby([frame.surface, frame.capture], observed=True).sum().to_dict()
    pages: dict[Any, list[float]] = defaultdict(list)
    values: dict[Any, float] = {}
    for row in rows:
        pages[*question(row), row["puppet"]].append(share[row["surface"], row["capture"]])
        if row["value"]:
            values[*question(row), row["puppet"]] = float(row["value"])
    assert values
    for key, value in values.items():
        assert fmean(pages[key]) == pytest.approx(value, abs=1e-12)
    for verdict in report_data(run)["verdicts"]:
        for arm, mean in ((verdict["arm"], "arm_mean"), (verdict["control"], "control_mean")):
            own = [v for key, v in values.items()
                   if key[:4] == question(verdict) and key[4].startswith(arm)]  # fmt: skip
            if verdict[mean] is not None:
                assert fmean(own) == pytest.approx(verdict[mean], abs=1e-12)


def test_the_captures_are_those_of_the_store(run: Path, rows: list[dict[str, str]]) -> None:
    """Puppet, session and step of each are its own; what is not in use says so."""
    with Store(run / "store.db", readonly=True) as store:
        there = {row["id"]: row for row in store.rows("SELECT * FROM captures")}
    for row in rows:
        capture = there[row["capture"]]
        assert (row["puppet"], row["session"], row["step"]) == (
            capture["puppet"], capture["session"], str(capture["step"]),
        )  # fmt: skip
        assert row["puppet"].startswith(row["puppet_arm"])
    assert {row["counts"] for row in rows} <= {"True", "False"}
    in_use = Counter(question(row) for row in rows if row["counts"] == "True")
    for verdict in report_data(run)["verdicts"]:
        assert in_use[question(verdict)] >= sum(verdict["puppets"])


def test_the_page_lists_them_under_each_row(run: Path, rows: list[dict[str, str]]) -> None:
    """One list a verdict, with an anchor of its own, of the captures in the table."""
    soup = BeautifulSoup((run / "report.html").read_text("utf-8"), "lxml")
    lists = soup.select("details.behind")
    verdicts = report_data(run)["verdicts"]
    assert [each["id"] for each in lists] == [f"captures-{n + 1}" for n in range(len(verdicts))]
    for shown, verdict in zip(lists, verdicts, strict=True):
        wanted = [r["capture"] for r in rows if question(r) == question(verdict)]
        assert [code.get_text() for code in shown.select("code")] == wanted
        counting = [r for r in rows if question(r) == question(verdict) and r["counts"] == "True"]
        summary = shown.find("summary")
        assert summary is not None
        assert f"The {len(counting)} captures behind it" in summary.get_text()
    assert not (run / "report-figures" / "table-captures.tex").exists()


@pytest.mark.slow
def test_a_blinded_report_names_no_capture_by_its_arm(tmp_path: Path) -> None:
    """Captures bear their puppet's name: they have the report's letters until the run is open."""
    folder = copy_of(make_run(tmp_path), tmp_path)
    with Store(folder / "store.db") as store:
        (row,) = store.rows("SELECT scenario_json FROM runs")
    scenario = json.loads(row["scenario_json"])
    scenario["registration"] = {**scenario.get("registration", {}), "blinded": True}
    text = json.dumps(scenario).replace("'", "''")
    sql(f"UPDATE runs SET scenario_json = '{text}'")(folder)
    page = write_report(folder).read_text("utf-8")
    table = (folder / "report-figures" / "table-captures.csv").read_text("utf-8")
    assert "behind it" in page
    assert table.count("\n") > 1
    for arm in scenario["arms"]:
        assert f"{arm}-1" not in table
        assert f"{arm}-1-" not in page


# ---- risk, ethics, load


def test_what_was_stated_and_what_was_not_stand_in_one_place(tmp_path: Path) -> None:
    folder = make_run(tmp_path)
    told = report_data(folder)["stated"]
    assert told["risk"] == "civic discourse (DSA, Article 34)"
    soup = BeautifulSoup(write_report(folder).read_text("utf-8"), "lxml")
    (heading,) = soup.select("#design #risk")
    assert words_of(heading) == "Risk, ethics and load"
    said = {
        words_of(name): words_of(text)
        for name, text in zip(soup.select(".stated dt"), soup.select(".stated dd"), strict=True)
    }
    assert said["Risk that the study is about"] == told["risk"]
    empty = [name for name, text in said.items() if text.startswith("not stated")]
    assert len(empty) == sum(not text for text in told.values()) > 0


def test_the_load_is_counted_from_the_ledger(run: Path) -> None:
    """Every step planned and done, views by video: again in SQL."""
    load = report_data(run)["load"]
    with Store(run / "store.db", readonly=True) as store:
        steps = {
            (row["kind"], row["n"], row["done"])
            for row in store.rows(
                "SELECT kind, count(*) AS n, sum(coalesce(outcome, '') = 'done') AS done"
                " FROM steps GROUP BY kind"
            )
        }
        views = [
            row["n"]
            for row in store.rows(
                "SELECT count(*) AS n FROM receipts WHERE watched_s > 0 GROUP BY video_id"
            )
        ]
        (captures,) = (row["n"] for row in store.rows("SELECT count(*) AS n FROM captures"))
    assert {(each["kind"], each["planned"], each["done"]) for each in load["steps"]} == steps
    assert (load["views"], load["videos"], load["most_views"]) == (
        sum(views), len(views), max(views),
    )  # fmt: skip
    assert load["captures"] == captures
    text = words_of(BeautifulSoup((run / "report.html").read_text("utf-8"), "lxml").body)
    assert f"9 puppets in 9 sessions that began; {captures} pages filed;" in text
    assert f"at most {max(views)} view" in text


@pytest.mark.slow
def test_the_limits_that_the_scenario_set_are_told(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=1))
    for politeness, told in ((None, None), ({"seconds": 8, "quiet": None}, "seconds 8.")):
        with Store(folder / "store.db") as store:
            (row,) = store.rows("SELECT scenario_json FROM runs")
            scenario = json.loads(row["scenario_json"]) | {"politeness": politeness}
            store.db.execute("UPDATE runs SET scenario_json = ?", [json.dumps(scenario)])
        text = write_report(folder).read_text("utf-8")
        said = "Limits that the scenario set (<code>politeness</code>): "
        assert (said in text) == (told is not None)
        assert told is None or said + told in text


def test_the_docs_name_every_section_with_its_anchor(run: Path) -> None:
    """In the report's order, under the heading that the page has."""
    text = (ROOT / "docs" / "report.md").read_text("utf-8")
    told = re.findall(r"^\| ([^|]+) \| `#(\w+)` \|", text, re.MULTILINE)
    soup = BeautifulSoup((run / "report.html").read_text("utf-8"), "lxml")
    there = [(words_of(s.find("h2")), str(s["id"])) for s in soup.select("main section[id]")]
    further = {"timelines", "labels"}  # of some runs only
    for (name, anchor), (heading, found) in zip(
        [each for each in told if each[1] not in further], there, strict=True
    ):
        assert anchor == found
        assert heading.replace(".", "").startswith(name.split(" and ")[0])
    rooms = ROOT / "collector" / "analysis" / "templates"
    for anchor in further:
        assert f'<section id="{anchor}"' in "".join(
            path.read_text("utf-8") for path in rooms.glob("*.j2")
        )
