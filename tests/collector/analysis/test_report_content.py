"""The report tells what the store holds, also when a run broke off, and stands on its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from known_worlds import run
from synthetic_run import Made, build

from collector.analysis import figures, plots
from collector.analysis.report import report_data, write_report
from collector.cli import main
from collector.cli.report import report
from collector.common.errors import UserError
from collector.scenario.loader import load_scenario
from collector.store import Store, StoreMissing

SECTIONS = ["summary", "verdicts", "design", "missing", "puppets", "exposure", "session", "overlap",
            "surfaces", "truth", "coverage", "submission", "limits", "certificate", "environment",
            "cite"]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def without_figures(undrawn: Callable[..., Any]) -> None:
    """Where a test does not ask for them."""


def soup_of(folder: Path) -> BeautifulSoup:
    return BeautifulSoup(write_report(folder).read_text("utf-8"), "lxml")


def text_of(soup: BeautifulSoup, section: str) -> str:
    found = soup.select_one(f"section#{section}")
    assert found is not None
    return " ".join(found.get_text(" ").split())


KINDS: dict[str, Made] = {
    "usual": Made(),
    "crashed": Made(watches=1, lost={"neutral-1": 5, "conspiracy-2": 0}, blocked={"neutral-2": 6}),
    "no truth": Made(watches=1, truth=False),
    "one arm": Made(watches=1, arms=("neutral",), control=None),
    "one puppet an arm": Made(watches=1, twins=1),
    "no captures": Made(watches=1, captures=False, truth=False),
    "nothing began": Made(watches=1, captures=False, truth=False, lost={f"{a}-{t}": 0 for a in
                          ("neutral", "conspiracy") for t in (1, 2)}, finished=False),
    "no labels": Made(watches=1, labels=False),
    "nothing declared": Made(watches=1, exposure=(), surfaces=(), control=None),
    "an undeclared control": Made(watches=1, control="no-such-arm"),
    "three arms": Made(watches=1, arms=("neutral", "conspiracy", "science"),
                       exposure=("science", "x")),
    "no outbox": Made(watches=1, with_outbox=False),
    "all of an arm lost": Made(watches=1, lost={"neutral-1": 0, "neutral-2": 0}),
    "one page each": Made(watches=0),
}  # fmt: skip
#: Of which figures a file is made too: one that is usual, and one with gaps.
DRAWN = ("crashed", "one page each")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A run of each kind, made once; whoever changes one makes a run of its own."""

    @cache
    def made(kind: str) -> Path:
        return build(tmp_path_factory.mktemp("kind") / "run", KINDS[kind])

    return made


@pytest.mark.sweep(1)  # the others' whole texts: test_report_text.py
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_has_a_report(
    kind: str,
    kinds: Callable[[str], Path],
    undrawn: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With figures that are laid out; that files can be made of them is tried of some kinds."""

    def laid_out(picture: figures.Picture, own: Path | None = None) -> figures.Drawn:
        with plots.style(own):
            picture.draw()
        return figures.Drawn(picture, "<svg></svg>", b"")

    monkeypatch.setattr(figures, "draw", undrawn if kind in DRAWN else laid_out)
    folder = kinds(kind)
    soup = soup_of(folder)
    assert [section["id"] for section in soup.select("main section")] == SECTIONS
    for word in ("None", "nan", "Undefined", "built-in", "object at"):
        assert not re.search(rf"\b{word}\b", soup.get_text(" ")), word
    json.dumps(report_data(folder), allow_nan=False)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in DRAWN])
def test_every_kind_of_run_has_figures(
    kind: str, kinds: Callable[[str], Path], drawn: None
) -> None:
    """As files, of the kinds that the test above does not draw."""
    assert soup_of(kinds(kind)).select("figure .drawing > svg")


@pytest.fixture(scope="module")
def usual(undrawn: Callable[..., Any], kinds: Callable[[str], Path]) -> str:
    """The page of the usual run with its figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw", undrawn)
        return write_report(kinds("usual")).read_text("utf-8")


def test_nothing_is_loaded_from_outside(usual: str) -> None:
    text = usual
    soup = BeautifulSoup(text, "lxml")
    assert not soup.select("script, iframe, img, object, embed, base, link[rel=stylesheet]")
    for tag in soup.find_all(True):
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            told = str(tag.get(name, "#"))
            beside = tag.name == "a" and told.startswith("report-figures/table-")
            assert beside or told.startswith(("#", "data:,")), (tag.name, told)
    assert "url(http" not in text
    assert "@import" not in text


def test_ids_are_unique_and_references_lead_somewhere(usual: str) -> None:
    text = usual
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'(?:href="#|url\(#)([^")]+)', text):
        assert target in ids


def test_an_effect_is_found_and_said(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=7, effect=0.6, watches=1))
    numbers = report_data(folder)
    home = next(v for v in numbers["verdicts"] if v["surface"] == "home")
    assert (home["verdict"], home["arm"], home["control"]) == ("effect", "conspiracy", "neutral")
    assert home["estimate"] > 0.3
    assert home["p"] == pytest.approx(1 / 64)
    assert home["p_adjusted"] == pytest.approx(2 / 64)
    assert home["interval"][0] > 0
    soup = soup_of(folder)
    assert soup.select_one(".verdict.effect") is not None
    assert "Effect: conspiracy on the home page (exposure share)" in text_of(soup, "summary")
    assert (
        "randomisation test (permutation test: arm labels are exchanged within blocks"
        in text_of(soup, "design")
    )


def test_a_null_run_is_undecided_and_says_what_could_have_been_seen(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=7, effect=0.0, watches=1))
    numbers = report_data(folder)
    for verdict in numbers["verdicts"]:
        assert verdict["verdict"] == "undecided"
        assert verdict["p_adjusted"] > 0.05
        assert verdict["interval"][0] < 0 < verdict["interval"][1]
        assert 0 < verdict["detectable"] < 0.5
    soup = soup_of(folder)
    text = text_of(soup, "summary") + text_of(soup, "verdicts")
    assert "Undecided: conspiracy on the home page" in text
    assert "in 80 of 100 runs" in text
    assert "No effect" not in text


@pytest.mark.slow
def test_a_declared_smallest_effect_can_be_excluded(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=10, effect=0.0, watches=1))
    with Store(folder / "store.db") as store:
        declared = json.loads(next(store.rows("SELECT analysis FROM runs"))["analysis"])
        declared["smallest_effect"] = "30 points"
        store.db.execute("UPDATE runs SET analysis = ?", [json.dumps(declared)])
    for verdict in report_data(folder)["verdicts"]:
        assert verdict["verdict"] == "no effect larger than X"
        low, high = verdict["simultaneous"]
        assert -0.3 < low < 0 < high < 0.3
    assert "no effect larger than 30.0 points" in text_of(soup_of(folder), "summary")


def test_two_twins_are_told_to_be_too_few(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=2, effect=0.7, watches=1))
    soup = soup_of(folder)
    assert "No result of these puppets could be significant" in text_of(soup, "verdicts")
    assert "7 twins an arm in blocks of" in text_of(soup, "limits")
    assert soup.select_one(".verdict.undecided") is not None
    assert {v["bounded"] for v in report_data(folder)["verdicts"]} == {False}


def test_plan_check_and_report_print_one_number(tmp_path: Path) -> None:
    """The least attainable p, from the plan's blocks, in the same words everywhere."""
    plan = CliRunner().invoke(main, ["plan", "null"]).stdout
    (planned,) = re.findall(r"^can show +(.+)$", plan, re.MULTILINE)
    told = CliRunner().invoke(main, ["scenarios", "check", "null", "--json"]).stdout
    assert json.loads(told)[0]["design"] == planned
    out = tmp_path / "null"
    folder = run(out, load_scenario("null"), seed=1)
    assert report_data(folder)["power"]["sentence"] == planned
    assert planned in text_of(soup_of(folder), "design")


def test_missing_cells_come_with_their_reason(tmp_path: Path) -> None:
    made = Made(lost={"neutral-2": 5}, blocked={"conspiracy-1": 12}, stalls={"conspiracy-2": 5})
    folder = build(tmp_path / "run", made)
    cells = report_data(folder)["cells"]
    assert cells["planned"] == 56
    assert cells["counts"]["skipped"] == 8
    assert cells["counts"]["contaminated"] == cells["counts"]["captcha"] == 1
    assert cells["counts"]["missing"] == 1
    assert cells["data"] == 56 - 11
    soup = soup_of(folder)
    rows = [r for r in soup.select("table.matrix tbody tr") if "neutral-2" in r.get_text()]
    assert [cell.get_text() for row in rows for cell in row.select("td")][5:] == ["X"] + ["–"] * 8
    text = text_of(soup, "missing")
    assert "watched 12 of 60 s" in text
    assert "the browser is gone" in text
    assert "Cells are missing" in text_of(soup, "limits")


def test_missed_and_invented_impressions_are_counted(
    tmp_path: Path, kinds: Callable[[str], Path]
) -> None:
    exact = report_data(kinds("usual"))["truth"]["total"]
    assert (exact["missed"], exact["invented"], exact["exact"]) == (0, 0, True)
    lossy = build(tmp_path / "lossy", Made(watches=1, missed=3))
    assert report_data(lossy)["truth"]["total"]["missed"] == 3
    assert "They do not agree" in text_of(soup_of(lossy), "truth")
    with Store(lossy / "store.db") as store:
        store.db.execute("DELETE FROM truth_impressions WHERE load = 'conspiracy-1-1'")
        store.db.execute(
            "UPDATE impressions SET item_id = 'invented' WHERE position = 2"
            " AND capture = (SELECT id FROM captures WHERE event = 'conspiracy-2-1')"
        )
    total = report_data(lossy)["truth"]["total"]
    assert (total["missed"], total["invented"], total["unlogged"]) == (4, 1, 1)


def test_a_page_counts_once_by_its_last_capture(tmp_path: Path) -> None:
    """Scrolling adds captures of one page load; its items must not count twice."""
    folder = build(tmp_path / "run", Made(watches=1))
    before = report_data(folder)
    with Store(folder / "store.db") as store:
        for row in list(store.rows("SELECT * FROM captures")):
            number = row["seq"] + 1000
            copy = {**row, "id": row["id"] + "-again", "seq": number}
            store.db.table("captures").insert(copy)
            for item in list(
                store.rows("SELECT * FROM impressions WHERE capture = ?", [row["id"]])
            ):
                store.db.table("impressions").insert({**item, "capture": copy["id"]})
    after = report_data(folder)
    assert after["verdicts"] == before["verdicts"]
    assert after["truth"] == before["truth"]


def test_text_of_a_page_cannot_become_markup(tmp_path: Path, drawn: None) -> None:
    folder = build(tmp_path / "run", Made(watches=1))
    with Store(folder / "store.db") as store:
        attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
        store.db.execute("UPDATE labels SET label = ? WHERE label = 'music'", [attack])
        store.db.execute("UPDATE unparsed SET sample = ?, renderer = ?", [attack, attack])
        store.db.execute("UPDATE steps SET detail = ?, outcome = 'failed' WHERE step = 3", [attack])
        store.db.execute("UPDATE runs SET command = ?", [attack])
    soup = soup_of(folder)
    assert not soup.select("script, img")
    assert "<script>alert(1)</script>" in soup.get_text()


def test_labels_in_other_scripts_and_with_dollars(tmp_path: Path, drawn: None) -> None:
    folder = build(tmp_path / "run", Made(watches=1, exposure=("陰謀 $x^2$",)))
    with Store(folder / "store.db") as store:
        store.db.execute("UPDATE labels SET label = '陰謀 $x^2$' WHERE label = 'conspiracy'")
    assert "陰謀 $x^2$" in text_of(soup_of(folder), "exposure")


def test_the_command(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(watches=1))
    result = CliRunner().invoke(report, [str(folder)])
    assert (result.exit_code, result.output) == (0, f"{folder / 'report.html'}\n")
    out = tmp_path / "paper" / "report.html"  # of the same name: it links to its figures' folder
    assert CliRunner().invoke(report, [str(folder), "--out", str(out)]).output == f"{out}\n"
    assert out.read_bytes() == (folder / "report.html").read_bytes()
    numbers: dict[str, Any] = json.loads(CliRunner().invoke(report, [str(folder), "--json"]).output)
    assert numbers["run"]["scenario"] == "quick"
    assert numbers["arms"][0]["arm"] == "neutral"


def test_a_folder_that_holds_no_run(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match=r"store\.db is missing"):
        write_report(tmp_path)
    with Store(tmp_path / "store.db"):
        pass
    with pytest.raises(UserError, match="holds no run"):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    folder = build(tmp_path / "run", Made(twins=1, watches=0))
    (folder / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="not JSON"):
        write_report(folder)


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_same_store_gives_the_same_bytes(
    request: pytest.FixtureRequest, drawn: None, tmp_path: Path, kinds: Callable[[str], Path],
    whole: bool,
) -> None:  # fmt: skip
    if whole:
        request.getfixturevalue("whole_reports")
    folder = kinds("crashed")
    one, two = (write_report(folder, tmp_path / n / "a b.html").read_bytes() for n in "12")
    assert one == two
    figures = sorted(path.name for path in (tmp_path / "1" / "a b-figures").iterdir())
    assert figures
    for name in figures:
        drawn = (tmp_path / "1" / "a b-figures" / name).read_bytes()
        assert drawn == (tmp_path / "2" / "a b-figures" / name).read_bytes(), name
    links = re.findall(r'<a href="([^"#][^"]*)"', one.decode())
    assert {unquote(link) for link in links} == {
        f"a b-figures/{name}" for name in figures if name.startswith("table-")
    }
