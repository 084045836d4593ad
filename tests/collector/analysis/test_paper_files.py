"""Which files a paper's figures and tables are written to, in which format and size.

A run by hand stands for what is read; pages of SVG and PDF tell their size alone.
"""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hand_runs import hand_run
from matplotlib.figure import Figure

from collector.analysis import canvas, figures, paper, papertables, plots
from collector.analysis.behind import behind, captures_table
from collector.analysis.flow import streams
from collector.analysis.judging import judge
from collector.analysis.paper import Form, write_paper
from collector.analysis.rundata import RunData
from collector.analysis.sensitivity import choices
from collector.common.errors import UserError


@pytest.fixture(name="data")
def _data(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunData]:
    """A run by hand in place of what is read from a folder."""
    lists = {
        f"{arm}-{n}": {
            "after.0": " ".join(
                f"{k}:{'news' if k < n % 3 + 3 * (arm == 't') else 'x'}" for k in range(8)
            )
        }
        for arm in "ct"
        for n in range(1, 4)
    }
    data = hand_run(lists, exposure=["news"], outcomes=["exposure-share", "jaccard"])
    rows = (
        {**row, "puppet": row["id"][2:], "started": "2026", "state": "done", "detail": ""}
        for row in data.sessions
    )
    data = replace(data, sessions=tuple(rows), run={**data.run, "plan_hash": "h"})
    asked: list[object] = []

    def load(folder: Path, labels: object) -> RunData:
        asked.append((folder, labels))
        return data

    monkeypatch.setattr(paper, "load_run", load)
    monkeypatch.setattr(canvas, "as_pdf", lambda figure: b"%PDF " + repr(size(figure)).encode())
    monkeypatch.setattr(plots, "svg", lambda figure: f"<svg> {size(figure)}")
    with plots.style():
        yield data
    assert set(asked) == {(Path("run"), "v2")}


def size(figure: Figure) -> list[float]:
    return [round(float(each), 3) for each in figure.get_size_inches()]


def pictures(data: RunData) -> list[figures.Picture]:
    judgement = judge(data)
    found, picked = streams(data, judgement), choices(data, judgement)
    return [
        *figures.exposure(data), *figures.session(data),
        *figures.overlap(data, figures.likenesses(data, judgement)),
        *(each for own in figures.paper(found, picked).values() for each in own),
    ]  # fmt: skip


def test_every_figure_its_numbers_and_every_table(data: RunData, tmp_path: Path) -> None:
    """SVG and PDF without a wish, of the report's size; the folder is made; the paths in order."""
    out = tmp_path / "a" / "b"
    written = write_paper(Path("run"), out, labels="v2")
    judgement = judge(data)
    found, picked = streams(data, judgement), choices(data, judgement)
    expected: dict[str, bytes] = {}
    for picture in pictures(data):
        told = size(picture.draw())
        expected[f"{picture.name}.svg"] = f"<svg> {told}".encode()
        expected[f"{picture.name}.pdf"] = b"%PDF " + repr(told).encode()
        if picture.columns:
            expected[f"{picture.name}.csv"] = papertables.as_csv(
                picture.columns, picture.rows
            ).encode()
    tables = papertables.tables(judgement, found, picked, data.labelling)
    for table in (*tables, captures_table(behind(judgement))):
        expected[f"table-{table.name}.csv"] = papertables.as_csv(table.columns, table.rows).encode()
        if table.name != "captures":
            expected[f"table-{table.name}.tex"] = papertables.as_latex(table).encode()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == expected
    assert written == [out / name for name in expected]
    assert {"figure-flow.svg", "figure-sensitivity.pdf", "figure-overlap.csv"} <= expected.keys()
    rows = list(csv.reader(io.StringIO((out / "table-flow.csv").read_text("utf-8"))))
    assert rows[1][:2] == ["c", "3"]


@pytest.mark.slow
def test_a_width_a_format_and_a_resolution(data: RunData, tmp_path: Path) -> None:
    """Millimetres; the height stays; dots an inch of PNG files, which name no program."""
    written = write_paper(
        Path("run"), tmp_path, forms=[Form.PNG, Form.SVG], width_mm=127.0, dpi=50, labels="v2"
    )
    assert not any(path.suffix == ".pdf" for path in written)
    for picture in pictures(data):
        wide = size(picture.draw())
        assert (tmp_path / f"{picture.name}.svg").read_text() == f"<svg> {[5.0, wide[1]]}"
        content = (tmp_path / f"{picture.name}.png").read_bytes()
        assert content.startswith(b"\x89PNG")
        assert b"Software" not in content
        width, height = struct.unpack(">II", content[16:24])
        assert width == 250
        assert height == pytest.approx(50 * wide[1], abs=1)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("width", [85.0, 127.0])
def test_nothing_is_cut_in_a_narrow_column(
    data: RunData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: float
) -> None:
    """All that is drawn lies inside the figure, to half a millimetre: the room of a letter."""
    drawn: list[tuple[float, float]] = []

    def svg(figure: Figure) -> str:
        box = figure.get_tightbbox()
        drawn.append((box.x0, box.x1))
        return ""

    monkeypatch.setattr(plots, "svg", svg)
    write_paper(Path("run"), tmp_path, forms=[Form.SVG], width_mm=width, labels="v2")
    assert len(drawn) == len(pictures(data))
    for left, right in drawn:
        assert left * 25.4 >= -0.5
        assert right * 25.4 <= width + 0.5


@pytest.mark.slow
def test_the_usual_resolution(data: RunData, tmp_path: Path) -> None:
    write_paper(Path("run"), tmp_path, forms=[Form.PNG], width_mm=127.0, labels="v2")
    content = (tmp_path / "figure-flow.png").read_bytes()
    assert struct.unpack(">I", content[16:20]) == (1500,)


@pytest.mark.slow
def test_a_style_of_ones_own(
    data: RunData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is checked first, and in force while the figures are drawn."""
    own = tmp_path / "mine.mplstyle"
    own.write_text("font.size: 21\n")
    seen: list[float] = []

    def svg(figure: Figure) -> str:
        seen.append(canvas.settings()["font.size"])
        return ""

    monkeypatch.setattr(plots, "svg", svg)
    write_paper(Path("run"), tmp_path / "out", forms=[Form.SVG], style=own, labels="v2")
    assert set(seen) == {21.0}
    own.write_text("no such key: 3\n")
    with pytest.raises(UserError):
        write_paper(Path("run"), tmp_path / "two", style=own, labels="v2")
    assert not (tmp_path / "two").exists()


def test_a_blinded_run_has_its_letters(data: RunData, tmp_path: Path) -> None:
    scenario = {**data.run["scenario_json"], "registration": {"blinded": True}}
    assert isinstance(data.run, dict)
    data.run["scenario_json"] = scenario
    write_paper(Path("run"), tmp_path, forms=[], labels="v2")
    rows = list(csv.reader(io.StringIO((tmp_path / "table-flow.csv").read_text("utf-8"))))
    assert sorted(row[0] for row in rows[1:]) == ["A", "B"]


def test_a_folder_that_cannot_be_written(data: RunData, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(UserError) as caught:
        write_paper(Path("run"), file, forms=[], labels="v2")
    assert "name a folder that can be written: --out" in str(caught.value)
    assert str(file) in str(caught.value)
