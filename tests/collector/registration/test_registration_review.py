"""Every deviation of a run from its registration is found, and none where there is none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coding_tools import fill
from planted_deviations import PLANTED, in_parts
from registered_runs import call, copy_of, make_run, manifest, sql

import twinwatch
from collector.analysis.blinding import Blinded
from collector.analysis.report import report_data, write_report
from collector.registration.checklist import ITEMS, checklist
from collector.registration.deviations import Kind, Severity
from collector.registration.facts import read_facts
from collector.registration.prereg import Prereg
from collector.registration.review import review, review_of
from collector.store import Store


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that went as it was registered."""
    return make_run(tmp_path_factory.mktemp("registered"))


def test_a_run_that_went_as_registered_has_no_deviation(run: Path) -> None:
    """Nothing is called a deviation that is none: with its registration, and by its plan alone."""
    assert review(run) == ()
    result = call("review", run)
    assert "no deviation" in result.stdout
    (run / "prereg.json").rename(run / "away.json")
    try:
        assert review(run) == ()
    finally:
        (run / "away.json").rename(run / "prereg.json")


def test_more_than_twenty_deviations_are_planted() -> None:
    """The sweep covers every kind of deviation that is not announced by the person who runs it."""
    assert len(PLANTED) >= 20
    seen = {kind for _, kind, _ in PLANTED.values()}
    others = {Kind.DECLARED, Kind.SCENARIO, Kind.SESSION, Kind.INTERRUPTION}
    assert seen == set(Kind) - others


@pytest.mark.sweep(20)
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_deviation_is_found(name: str, run: Path, tmp_path: Path) -> None:
    """Each is named by its kind, with at least its severity, and makes the exit code 1."""
    spoil, kind, severity = PLANTED[name]
    copy = copy_of(run, tmp_path)
    spoil(copy)
    told = json.loads(call("review", copy, "--json", code=1).stdout)
    found = [(each["kind"], each["severity"]) for each in told["deviations"]]
    assert (kind.value, severity.value) in found, found
    assert sum(told["counts"].values()) == len(found)


def test_a_copy_has_no_deviation(run: Path, tmp_path: Path) -> None:
    """What is found above is what was planted; the command tells what the function finds."""
    copy = copy_of(run, tmp_path)
    assert review(copy) == ()
    PLANTED["persona"][0](copy)
    told = json.loads(call("review", copy, "--json", code=1).stdout)
    assert [(each["kind"], each["severity"]) for each in told["deviations"]] == [
        (each.kind.value, each.severity.value) for each in review(copy)
    ]


def test_a_way_out_that_was_taken_is_told_and_no_deviation(run: Path, tmp_path: Path) -> None:
    """The plan has it; how often it was needed is for the reader to know."""
    assert json.loads(call("review", run, "--json").stdout)["otherwise"] == 0
    copy = copy_of(run, tmp_path)
    with Store(copy / "store.db") as store:
        store.db.execute(
            "UPDATE steps SET detail = 'v at 1; otherwise: nothing about x' WHERE kind = 'watch'"
        )
        (row,) = store.rows("SELECT count(*) AS n FROM steps WHERE kind = 'watch'")
    assert review(copy) == ()
    assert json.loads(call("review", copy, "--json").stdout)["otherwise"] == row["n"] > 0
    assert f"{row['n']} steps found nothing" in call("review", copy).stdout
    assert f"{row['n']} steps took another item" in checklist(read_facts(copy), ())


def test_parts_of_a_block_may_be_as_far_apart_as_its_puppets(run: Path, tmp_path: Path) -> None:
    """Two seconds, as within a part; what is further apart is told with its block."""
    copy = copy_of(run, tmp_path)
    manifest(lambda m: m.update(blocks=in_parts(2.0)))(copy)
    assert review(copy) == ()
    manifest(lambda m: m.update(blocks=in_parts(9.5)))(copy)
    (told,) = review(copy)
    assert (told.where, told.found) == ("block 2", "in 2 parts, as far as 9.5 s apart")


def test_the_gravest_come_first(run: Path, tmp_path: Path) -> None:
    """Several deviations are listed by severity, none hides another."""
    copy = copy_of(run, tmp_path)
    for name in ("skew", "short watch", "persona"):
        PLANTED[name][0](copy)
    grave = [each.severity for each in review(copy)]
    order = [Severity.CRITICAL, Severity.MAJOR, Severity.MINOR]
    assert grave == sorted(grave, key=order.index)
    assert set(grave) == set(order)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    """Exit code 2 and one message, for a folder without a run and for a run without a plan."""
    assert "not the directory of a run" in call("review", tmp_path, code=2).stderr


def test_a_run_without_its_plan_is_refused(run: Path, tmp_path: Path) -> None:
    """Without a plan there is nothing to hold the run against."""
    copy = copy_of(run, tmp_path)
    (copy / "plan.json").unlink()
    assert "no plan" in call("review", copy, code=2).stderr


def test_the_checklist_has_25_items_filled_from_the_run(run: Path, tmp_path: Path) -> None:
    """Items that run and registration answer are ticked; others say that nobody stated them."""
    file = tmp_path / "checklist.md"
    call("review", run, "--checklist", file)
    text = file.read_text("utf-8")
    lines = [line for line in text.splitlines() if line[:1].isdigit() and "**" in line]
    assert len(lines) == len(ITEMS) == 25
    assert "civic discourse (DSA, Article 34)" in lines[1]
    assert lines[1].startswith("2. [x]")
    assert lines[2] == "3. [ ] **Hypotheses, with their direction**: not stated"
    assert "6 of 6 watches" in text
    assert text.count("3 →     3 →         3") == 2  # both arms: assigned, begun, completed
    facts = read_facts(run)
    assert text == checklist(facts, ())


def test_an_item_of_which_half_is_known_is_not_ticked(run: Path) -> None:
    """Personas without the reason for them, a sample without power, load without ethics."""
    facts = read_facts(run)
    assert facts.prereg is not None
    power = facts.prereg.fields["power"]
    rates = {"20 points": {"3": 0.45, "8": 1.0}, "5 points": {"3": 0.05}}
    stated = Prereg(facts.prereg.fields | {"power": power | {"simulated": {"power": rates}}})
    said = {"why_sample": "the languages of the region", "ethics": "approved", "blinded": True}
    plan = replace(facts.plan, scenario=facts.plan.scenario | {"registration": said})
    halves = {9: "selection: not stated", 10: "reason: not stated", 24: "ethics: not stated"}
    whole = {9: "selection: the languages of the region", 24: "ethics: approved",
             10: "power: 45 % of 20 points, 5 % of 5 points with 3 twins an arm"}  # fmt: skip
    for told, box, expected in (
        (facts, " ", halves),
        (replace(facts, plan=plan), " ", {10: "power: not stated"}),
        (replace(facts, plan=plan, prereg=stated), "x", whole),
    ):
        lines = checklist(told, ()).splitlines()
        for number, words in expected.items():
            line = next(each for each in lines if each.startswith(f"{number}."))
            assert line.startswith(f"{number}. [{box}]")
            assert words in line
        ticked = sum(". [x]" in each[:7] for each in lines)
        assert f"{ticked} of 25 items are filled in." in lines


# ---- labels that were given after the run


def _code(run: Path, folder: Path, *names: str) -> Path:
    """Every item gets a label from each coder, one of which differs on a tenth."""
    coders = [word for name in names for word in ("--coder", name)]
    call("label", "export", run, *coders, "--out", folder)
    (folder / "codebook.yaml").unlink()
    sheets = [folder / f"coder-{name}.csv" for name in names]
    for at, sheet in enumerate(sheets):
        fill(sheet, lambda item, at=at: ("x" if at and item < "H" else "conspiracy", "", ""))
    call("label", "import", run, *sheets, code=None)
    return run


@pytest.mark.slow
def test_labels_given_after_the_run_are_a_deviation_unless_announced(
    run: Path, tmp_path: Path
) -> None:
    """They replace those of the registration, so a reader has to be told; and the checklist tells
    who gave them and how far they agree, not what the run began with."""
    copy = _code(copy_of(run, tmp_path), tmp_path / "coding", "A", "B")
    (found,) = review(copy)
    assert (found.kind, found.severity) == (Kind.LABELS, Severity.MAJOR)
    assert (found.planned, found.found) == ("labels of mock", "version 1 by A, B")
    facts = read_facts(copy)
    said = next(x for x in checklist(facts, ()).splitlines() if x.startswith("17."))
    assert "given after the run by A, B (version 1); A and B: " in said
    assert "Cohen's kappa" in said
    assert "mock" not in said
    for key, value in (("labels", "later"), ("registration", {"labelling": "two coders"})):
        told = replace(facts, plan=replace(facts.plan, scenario=facts.plan.scenario | {key: value}))
        assert not [d for d in review_of(told) if d.where.startswith("labels after the run")]


# ---- blinding


def _verdict(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = report_data(run)["verdicts"][0]
    return found


@pytest.mark.slow
def test_a_blinded_report_names_no_arm_until_it_is_unblinded(run: Path, tmp_path: Path) -> None:
    """Numbers are the same but for the names and, with two arms, the sign; the moment of unblinding
    stands in the event log and a second call leaves it."""
    copy = copy_of(run, tmp_path)
    html = write_report(copy).read_text("utf-8")
    hidden = _verdict(copy)
    assert {hidden["arm"], hidden["control"]} == {"A", "B"}
    for told in ("neutral", "flat earth", "hollow earth", "street food", "conspiracy-1"):
        assert told not in html, told
    first = json.loads(call("unblind", copy, "--json").stdout)
    again = json.loads(call("unblind", copy, "--json").stdout)
    assert first == again
    with closing(sqlite3.connect(copy / "store.db")) as db:
        rows = db.execute("SELECT time FROM events WHERE kind = 'unblind'").fetchall()
    assert rows == [(first["time"],)]
    shown = _verdict(copy)
    assert (shown["arm"], shown["control"]) == ("conspiracy", "neutral")
    turned = first["arms"]["A"] == "conspiracy"
    assert hidden["estimate"] == pytest.approx((-1 if turned else 1) * shown["estimate"], abs=1e-12)
    assert hidden["p"] == pytest.approx(shown["p"], abs=1e-12)
    assert "conspiracy" in write_report(copy).read_text("utf-8")
    assert review(copy) == ()  # to unblind is no deviation


def test_nothing_that_is_made_of_a_blinded_run_names_its_arms(run: Path, tmp_path: Path) -> None:
    """Figures and tables for a paper have the report's letters; what cannot, is refused."""
    copy = copy_of(run, tmp_path)
    figures = tmp_path / "figures"
    call("figures", copy, "--out", figures, "--format", "svg")
    written = [path for path in figures.iterdir() if path.suffix != ".pdf"]
    assert written
    for path in written:
        for told in ("neutral", "conspiracy-1"):
            assert told not in path.read_text("utf-8"), (path.name, told)
    refused = [
        call("compare", copy, copy, code=2).stderr,
        call("export", copy, "--frames", "--out", tmp_path / "frames", code=2).stderr,
    ]
    with pytest.raises(Blinded) as caught:
        twinwatch.load(copy)
    for said in (*refused, str(caught.value)):
        assert "the run is blinded, and " in said
        assert "collector unblind ends the blinding" in said
    call("unblind", copy)
    assert twinwatch.load(copy).arms == ("neutral", "conspiracy")
    assert "both are the run" in call("compare", copy, copy, code=2).stderr


def test_a_run_that_was_not_blinded_cannot_be_unblinded(run: Path, tmp_path: Path) -> None:
    """It says so, with exit code 2."""
    copy = copy_of(run, tmp_path)
    sql("UPDATE runs SET scenario_json = json_remove(scenario_json, '$.registration')")(copy)
    assert "was not blinded" in call("unblind", copy, code=2).stderr


# ---- beginning a run under a registration


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda text: text.replace("exposure: [conspiracy]", "exposure: [music]"), "exposure"),
        (lambda text: text.replace("watch: 5s", "watch: 6s"), "arms."),
        (lambda text: text.replace("seed: 7", "seed: 8"), "seed"),
        (lambda text: text + "# a remark\n", "the file of the scenario differs"),
    ],
    ids=["outcome", "treatment", "seed", "file only"],
)
def test_a_plan_that_was_not_registered_is_refused(
    change: Change, named: str, run: Path, tmp_path: Path
) -> None:
    """Nothing is written, and what differs is named."""
    text = change((run.parent / "scenario.yaml").read_text("utf-8"))
    other = tmp_path / "scenario.yaml"
    other.write_text(text, "utf-8")
    given = ("--driver", "http", "--prereg", run.parent / "prereg.md", "--out", tmp_path / "out")
    result = call("run", other, *given, code=2)
    assert "another plan was registered" in result.stderr
    assert named in result.stderr
    assert not (tmp_path / "out").exists()


def test_another_driver_than_was_registered_is_refused(run: Path, tmp_path: Path) -> None:
    """Whether puppets are browsers is part of what is registered."""
    given = ("--prereg", run.parent / "prereg.md", "--out", tmp_path / "out")
    result = call("run", run.parent / "scenario.yaml", *given, code=2)
    assert "driver was http and is chromium" in result.stderr


def test_reasons_need_a_registration(run: Path) -> None:
    """``--deviate`` without ``--prereg`` deviates from nothing."""
    result = call("run", run.parent / "scenario.yaml", "--deviate", "why not", code=2)
    assert "nothing to deviate from" in result.stderr


def test_an_announced_deviation_is_run_and_recorded(run: Path, tmp_path: Path) -> None:
    """With a reason another plan is run; the reason and the changed key are both reviewed."""
    other = tmp_path / "scenario.yaml"
    text = (run.parent / "scenario.yaml").read_text("utf-8")
    other.write_text(text.replace("twins: 3", "twins: 1"), "utf-8")
    given = ("--driver", "http", "--submit-to", "none", "--prereg", run.parent / "prereg.md")
    reason = "a machine was lost before the start"
    call("run", other, *given, "--deviate", reason, "--out", tmp_path / "out")
    found = review(tmp_path / "out")
    assert {each.kind for each in found} == {Kind.DECLARED, Kind.PLAN, Kind.TWIN, Kind.BLOCK}
    (declared,) = [each for each in found if each.kind is Kind.DECLARED]
    assert declared.found == reason
    told = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["prereg"]
    assert told["deviations"] == [reason]
