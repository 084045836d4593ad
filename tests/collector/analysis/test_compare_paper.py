"""Figures and tables for a paper: flow of puppets, sensitivity, CSV, LaTeX, any size and format."""

from __future__ import annotations

import csv
import io
import struct
from pathlib import Path
from statistics import fmean

import pytest
from click.testing import CliRunner, Result
from synthetic_run import Made, build

from collector.analysis.flow import streams
from collector.analysis.judging import judge
from collector.analysis.load import load_run
from collector.analysis.metrics import Attention, exposure_share
from collector.analysis.papertables import Table, as_latex, latex
from collector.analysis.report import report_data
from collector.analysis.sensitivity import choices
from collector.cli import main

MADE = Made(
    arms=("neutral", "conspiracy"), twins=7,
    # the last page, the first of the arms' own steps, one watch, and the whole session
    lost={"conspiracy-2": 13, "neutral-3": 3}, blocked={"conspiracy-4": 12},
    stalls={"conspiracy-1": 5},
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("paper") / "run", MADE)


def collector(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_the_flow_counts_every_puppet(run: Path) -> None:
    """Assigned as planned; what is lost is lost at its stage, with its reason."""
    data = load_run(run)
    flow = {each.arm: each for each in streams(data, judge(data))}
    neutral, treated = flow["neutral"], flow["conspiracy"]
    assert (neutral.assigned, neutral.begun, neutral.delivered) == (7, 7, 6)
    assert neutral.not_delivered == ("a step may or may not have happened (1)",)
    # one is contaminated at its last page; one watch of nine steps that stalled is above 80 %
    assert (treated.assigned, treated.begun, treated.delivered) == (7, 7, 6)
    used = {
        answer.question.surface: {p.name for p in answer.measured.puppets if p.arm == "conspiracy"}
        for answer in judge(data).answers
    }
    assert treated.analysed == len(set.union(*used.values()))
    assert treated.in_all == len(set.intersection(*used.values())) < treated.analysed
    told = report_data(run)["flow"]
    assert [row["analysed"] for row in told] == [neutral.analysed, treated.analysed]


def test_a_puppet_that_never_began_is_in_the_flow(tmp_path: Path) -> None:
    """With the reason that its session has."""
    from collector.store import Store

    run = build(tmp_path / "run", Made(twins=3, watches=0))
    with Store(run / "store.db") as store:
        store.db.execute("UPDATE sessions SET started = NULL, state = 'skipped', detail ="
                         " 'its slot was missed' WHERE puppet = 'neutral-1'")  # fmt: skip
    data = load_run(run)
    neutral = streams(data, judge(data))[0]
    assert (neutral.assigned, neutral.begun) == (3, 2)
    assert neutral.not_begun == ("its slot was missed (1)",)


def test_sensitivity_is_the_same_outcome_under_other_choices(run: Path) -> None:
    """Six rows an outcome; the declared one is the verdict's; each estimate computed again."""
    data = load_run(run)
    found = choices(data, judge(data))
    assert len(found) == 2 * 3 * 2
    verdicts = report_data(run)["verdicts"]
    declared = [choice for choice in found if choice.declared]
    assert [c.estimate for c in declared] == [v["estimate"] for v in verdicts]
    assert [c.puppets for c in declared] == [sum(v["puppets"]) for v in verdicts]
    for choice in found:
        if choice.surface != "home":
            continue
        # one page a puppet on the home page after the treatment: mean over blocks with both
        by_block: dict[int, dict[str, float]] = {}
        for page in data.pages:
            if page.surface == "home" and page.phase == "after":
                share = exposure_share(page.topics, {"conspiracy"}, Attention(choice.attention))
                by_block.setdefault(page.puppet.block, {})[page.puppet.arm] = share or 0.0
        pairs = [b["conspiracy"] - b["neutral"] for b in by_block.values() if len(b) == 2]
        assert choice.estimate == pytest.approx(fmean(pairs), abs=1e-12)


def test_incomplete_puppets_count_where_the_choice_says_so(tmp_path: Path) -> None:
    """A puppet that lacks one of two pages is in the hollow rows and in no other."""
    run = build(tmp_path / "run", Made(twins=7, watches=0))
    from collector.store import Store

    with Store(run / "store.db") as store:
        # the related list becomes a second home page, and one puppet lost its first
        store.db.execute("UPDATE impressions SET surface = 'home' WHERE capture IN (SELECT c.id"
                         " FROM captures c JOIN steps s ON s.session = c.session AND"
                         " s.step = c.step WHERE s.path = 'after.1')")  # fmt: skip
        store.db.execute(
            "UPDATE captures SET status = 'captcha' WHERE puppet = 'neutral-1'"
            " AND step IN (SELECT step FROM steps WHERE path = 'after.0')"
        )
    data = load_run(run)
    home = [c for c in choices(data, judge(data)) if c.surface == "home"]
    assert {(c.incomplete, c.puppets) for c in home} == {(False, 12), (True, 14)}
    by_curve = {(c.attention, c.incomplete): c.estimate for c in home}
    assert all(by_curve[curve, True] != by_curve[curve, False] for curve in Attention)


@pytest.mark.slow
def test_files_have_the_numbers_in_them(run: Path, tmp_path: Path) -> None:
    """Every figure in every format with a CSV; tables as CSV and LaTeX; the same bytes twice."""
    for name in ("a", "b"):
        done = collector("figures", run, "--out", tmp_path / name, "--format", "svg,pdf,png",
                         "--width", "85mm", "--dpi", "200")  # fmt: skip
        assert done.exit_code == 0, done.output
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    stems = {name.partition(".")[0] for name in files}
    assert {"figure-flow", "figure-sensitivity", "figure-overlap", "table-verdicts"} <= stems
    for stem in stems:
        kinds = {name.partition(".")[2] for name in files if name.startswith(f"{stem}.")}
        expected = {"csv", "tex"} if stem.startswith("table") else {"svg", "pdf", "png", "csv"}
        if stem == "table-captures":  # of rows that no paper prints
            expected = {"csv"}
        assert kinds == expected, stem
    png = files["figure-flow.png"]
    assert png.startswith(b"\x89PNG")
    width, _ = struct.unpack(">II", png[16:24])
    assert abs(width - 85 / 25.4 * 200) <= 1
    rows = list(csv.DictReader(io.StringIO(files["table-verdicts.csv"].decode())))
    verdicts = report_data(run)["verdicts"]
    assert [float(row["estimate"]) for row in rows] == [v["estimate"] for v in verdicts]
    home = csv.DictReader(io.StringIO(files["figure-exposure-home.csv"].decode()))
    shares = [float(r["share"]) for r in home
              if (r["topic"], r["arm"]) == ("conspiracy", "conspiracy")]  # fmt: skip
    mean = next(v["arm_mean"] for v in verdicts if v["surface"] == "home")
    assert fmean(shares) == pytest.approx(mean, abs=1e-12)


def test_latex_is_text_and_no_command() -> None:
    """Whatever a label is called, LaTeX sets it; as many cells in every row."""
    hostile = "a_b & 50% $x$ #1 {\\input{/etc/passwd}} ~^"
    assert latex(hostile) == (
        r"a\_\allowbreak{}b \& 50\% \$x\$ \#1 \{\textbackslash{}input\{/etc/passwd\}\}"
        r" \textasciitilde{}\textasciicircum{}"
    )
    text = as_latex(Table("t", "A <b>", ("one", "two"), ((hostile, 0.25), (None, -1))))
    body = text.split("\\midrule\n")[1].split("\\bottomrule")[0].splitlines()
    assert len(body) == 2
    assert all(line.replace(r"\&", "").count("&") == 1 for line in body)
    assert text.count("\\begin") == text.count("\\end") == 2


def test_options_that_cannot_be_are_refused(run: Path, tmp_path: Path) -> None:
    """A format, a width: exit code 2 and what to write instead."""
    for arguments, told in (
        (["--format", "gif"], "svg, pdf, png"),
        (["--width", "wide"], "85mm"),
        (["--width", "5mm"], "40 to 1000"),
        (["--labels", "9"], "--labels"),
    ):
        done = collector("figures", run, "--out", tmp_path / "x", *arguments)
        assert (done.exit_code, told in done.output) == (2, True), done.output
