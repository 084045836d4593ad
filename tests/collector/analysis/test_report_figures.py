"""The figures: as files beside the report, restyled by a file, and what is drawn in figure 5."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from known_worlds import base, run
from synthetic_run import Made, build

from collector.analysis import figures, plots, tables
from collector.analysis.judging import Judgement, judge
from collector.analysis.load import load_run
from collector.analysis.outcomes import attention_of
from collector.analysis.report import report_data, write_report
from collector.analysis.rundata import RunData
from collector.common.errors import UserError


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Made(arms=("neutral", "conspiracy", "science"), twins=2, watches=1)
    return write_report(build(tmp_path_factory.mktemp("figures") / "run", made))


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three waves, one session each, the pages after the treatment in every one."""
    scenario = base(2, name="waves", block=2, repeat="weekly", waves=3)
    return run(tmp_path_factory.mktemp("waves") / "run", scenario, seed=3)


def folder(report: Path) -> Path:
    return report.with_name("report-figures")


def test_a_file_explains_itself(report: Path) -> None:
    """Legend and axes are in the file, not only on the page around it."""
    text = (folder(report) / "figure-exposure-home.svg").read_text("utf-8")
    words = re.findall(r"<text[^>]*>([^<]+)</text>", text)
    assert {"neutral", "conspiracy", "science"} <= set(words)
    assert any("share of attention" in word for word in words)
    overlap = (folder(report) / "figure-overlap.svg").read_text("utf-8")
    assert {"twins, neutral", "between arms"} <= set(re.findall(r">([^<]+)</text>", overlap))


@pytest.mark.parametrize("line", ["font.size: large as life", "no.such.key: 3", "\x00\xff: 1"])
def test_a_style_that_is_none_is_named(report: Path, tmp_path: Path, line: str) -> None:
    """Before anything is written; matplotlib itself would go on without the line."""
    style = tmp_path / "broken.mplstyle"
    style.write_bytes(f"axes.grid: True\n{line}\n".encode("latin-1"))
    with pytest.raises(UserError, match="style file") as caught:
        write_report(report.parent, tmp_path / "x.html", style)
    assert caught.value.place == str(style)
    assert not (tmp_path / "x.html").exists()


def test_a_line_a_topic_and_a_panel_an_arm(waves: Path) -> None:
    """Figure 5 against the pages: means by arm, topic and step, counted again by hand."""
    data = load_run(waves)
    (picture, *_) = [p for p in figures.session(data) if p.numbers["surface"] == "home"]
    with plots.style():
        figure = picture.draw()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["neutral", "treated"]
    topics = picture.numbers["topics"]
    assert topics[0] == "conspiracy"
    for axes, arm in zip(figure.axes, ("neutral", "treated"), strict=True):
        lines = [line for line in axes.lines if len(line.get_xdata()) == 3]
        assert len(lines) == len(topics)
        pages = [p for p in data.pages if p.surface == "home" and p.puppet.arm == arm]
        for line, topic in zip(lines, topics, strict=True):
            for step, mean in zip(*line.get_data(), strict=True):
                own = [page for page in pages if page.step == step]
                assert len(own) == 2
                by_hand = 0.0
                for page in own:
                    weights = [0.85**rank for rank in range(len(page.topics))]
                    met = sum(w for w, t in zip(weights, page.topics, strict=True) if t == topic)
                    by_hand += met / sum(weights) / 2
                assert attention_of(data) == "geometric"
                assert mean == pytest.approx(by_hand)


def test_sessions_and_phases_are_marked_where_they_begin(waves: Path) -> None:
    """By arm, from the ledger: before, treatment, after, and the three sessions."""
    data = load_run(waves)
    parts = tables.session_parts(data, "treated")
    assert [part.session for part in parts if part.session] == ["w1s1", "w2s1", "w3s1"]
    cells = sorted(
        (cell for cell in data.cells if cell["puppet"] == "treated-1"), key=lambda c: c["step"]
    )
    for part in parts:
        (cell,) = [each for each in cells if each["step"] == part.start]
        head = {"before": "before", "arms": "treatment", "after": "after"}[
            cell["path"].partition(".")[0]
        ]
        assert part.phase == head
    (picture, *_) = figures.session(data)
    with plots.style():
        axes = picture.draw().axes[1]
    drawn = [line.get_xdata()[0] for line in axes.lines if len(set(line.get_xdata())) == 1]
    assert drawn == [part.start - 0.5 for part in parts]
    solid = [line for line in axes.lines if line.get_xdata()[0] in drawn and line.get_ls() == "-"]
    assert len([line for line in solid if len(set(line.get_xdata())) == 1]) == 3


def test_a_row_a_session_and_the_trend(waves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are those of the numbers in points; the trend of three is half the span."""
    numbers = report_data(waves)
    monkeypatch.setattr(figures, "draw", lambda each: figures.Drawn(each, "<svg></svg>", b""))
    soup = BeautifulSoup(write_report(waves).read_text("utf-8"), "lxml")
    table = soup.select_one('[aria-label="Sessions"] table')
    assert table is not None
    rows = [[c.get_text(" ", strip=True) for c in r.find_all(["th", "td"])]
            for r in table.select("tbody tr")]  # fmt: skip
    home = [row for row in numbers["sessions"] if row["surface"] == "home"]
    assert [row["moment"] for row in home] == ["w1s1", "w2s1", "w3s1"]
    told = [float(row[4].split()[0].replace("−", "-")) for row in rows[:4]]
    assert told[:3] == pytest.approx([100 * row["estimate"] for row in home], abs=0.051)
    assert told[3] == pytest.approx((told[2] - told[0]) / 2, abs=0.11)
    assert rows[2][1] == "w3s1 tested"
    assert rows[3][1] == "trend"


def test_many_pairs_are_not_drawn_one_by_one() -> None:
    """Twenty twins have 190 pairs an arm and 400 between: a bar holds their middle half."""
    few = [(f"surface {n}", [i / 50 for i in range(50)], 0) for n in range(2)]
    many = [(f"surface {n}", [i / 400 for i in range(400)], 0) for n in range(2)]
    with plots.style():
        dots = plots.svg(plots.overlap({"RBO": few}, ["a", "b"])).count("<use ")
        bars = plots.svg(plots.overlap({"RBO": many}, ["a", "b"])).count("<use ")
    assert dots >= 100
    assert bars < 20


def test_each_figure_is_drawn_once(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work, not seconds: one drawing for page, SVG and PDF, and one judgement a report."""
    drawn: list[str] = []
    judged: list[int] = []

    def counting(picture: figures.Picture, own: Path | None = None) -> figures.Drawn:
        drawn.append(picture.name)
        return figures.Drawn(picture, "<svg></svg>", b"")

    monkeypatch.setattr(figures, "draw", counting)

    def judging(data: RunData) -> Judgement:
        judged.append(1)
        return judge(data)

    monkeypatch.setattr("collector.analysis.page.judge", judging)
    write_report(report.parent, tmp_path / "again.html")
    assert len(drawn) == len(set(drawn)) >= 4
    assert len(judged) == 1


@pytest.mark.slow
def test_a_style_file_changes_the_files_alone(
    report: Path, tmp_path: Path, whole_reports: None
) -> None:
    """One key of a reader's own style; the page keeps its look, and what is no figure stays."""
    write_report(report.parent)
    style = tmp_path / "mine.mplstyle"
    style.write_text('axes.prop_cycle: cycler("color", ["123456", "654321", "abcdef"])\n')
    out = tmp_path / "restyled.html"
    own = tmp_path / "restyled-figures"
    own.mkdir()
    (own / "figure-of-an-earlier-report.svg").write_text("<svg/>")
    (own / "notes.txt").write_text("mine")
    write_report(report.parent, out, style)
    text = (own / "figure-exposure-home.svg").read_text("utf-8")
    assert "#123456" in text
    assert plots.page_looks().colours[0] not in text
    drawings = [BeautifulSoup(page.read_text("utf-8"), "lxml").select("figure .drawing > svg")
                for page in (out, report)]  # fmt: skip
    assert drawings[0] == drawings[1] != []
    assert not (own / "figure-of-an-earlier-report.svg").exists()
    assert (own / "notes.txt").read_text() == "mine"


@pytest.mark.slow
def test_every_figure_is_a_file(report: Path, whole_reports: None) -> None:
    """Each figure of the page as SVG, PDF and the numbers in it, and no others."""
    write_report(report.parent)
    soup = BeautifulSoup(report.read_text("utf-8"), "lxml")
    named = {code.get_text() for code in soup.select("figcaption.files code:first-child")}
    found = {path.name for path in folder(report).iterdir() if path.name[:6] != "table-"}
    assert len(named) >= 4
    stems = {name.removesuffix(".svg") for name in named}
    assert found == {f"{stem}.{kind}" for stem in stems for kind in ("svg", "pdf", "csv")}
    assert len(soup.select("figure .drawing > svg")) == len(named)
    for name in named:
        ElementTree.fromstring((folder(report) / name).read_text("utf-8"))
        assert (folder(report) / name.replace(".svg", ".pdf")).read_bytes().startswith(b"%PDF-")
