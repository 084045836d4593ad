"""A report's figures and tables alone, in the formats and the size that a journal asks for."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from collector.analysis import canvas, figures, papertables, plots
from collector.analysis.behind import behind, captures_table
from collector.analysis.blinding import blinded
from collector.analysis.flow import streams
from collector.analysis.judging import judge
from collector.analysis.labelling import Wanted
from collector.analysis.load import load_run
from collector.analysis.sensitivity import choices
from collector.environment import refusals
from collector.files import shared_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MM = 25.4


class Form(StrEnum):
    """A format of a figure."""

    SVG = "svg"
    PDF = "pdf"
    PNG = "png"


def write_paper(
    run: Path,
    out: Path,
    *,
    forms: Collection[Form] = (Form.SVG, Form.PDF),
    style: Path | None = None,
    width_mm: float | None = None,
    dpi: int = 300,
    labels: Wanted = None,
) -> list[Path]:
    """Write every figure of a run's report, its numbers (CSV), and its tables (CSV, LaTeX).

    :param width_mm: width of the figures; letters keep their size, and what is too long for it is
        wrapped. Without it that of the report.
    :param dpi: of PNG files.
    :raises UserError: no run, a style file that is none, or a folder that cannot be written.
    """
    if style is not None:
        figures.check_style(style)
    data = blinded(load_run(run, labels))
    judgement = judge(data)
    found, picked = streams(data, judgement), choices(data, judgement)
    pictures = [
        *figures.exposure(data),
        *figures.session(data),
        *figures.overlap(data, figures.likenesses(data, judgement)),
        *(each for own in figures.paper(found, picked).values() for each in own),
    ]
    files: dict[str, bytes] = {}
    with plots.style(style):
        for picture in pictures:
            for form in forms:
                figure = picture.draw()
                if width_mm is not None:
                    figure = plots.narrowed(figure, width_mm / MM)
                files[f"{picture.name}.{form.value}"] = _drawn(figure, form, dpi)
            if picture.columns:
                text = papertables.as_csv(picture.columns, picture.rows)
                files[f"{picture.name}.csv"] = text.encode()
    given = papertables.tables(judgement, found, picked, data.labelling)
    for table in (*given, captures_table(behind(judgement))):
        text = papertables.as_csv(table.columns, table.rows)
        files[f"table-{table.name}.csv"] = text.encode()
        if table.in_print:
            files[f"table-{table.name}.tex"] = papertables.as_latex(table).encode()
    with refusals(out, fix="name a folder that can be written: --out"):
        shared_files(out, files)
    return [out / name for name in files]


def _drawn(figure: Figure, form: Form, dpi: int) -> bytes:
    if form is Form.SVG:
        return plots.svg(figure).encode()
    if form is Form.PDF:
        return canvas.as_pdf(figure)
    return canvas.as_png(figure, dpi)
