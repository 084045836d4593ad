"""``collector figures``: the figures and tables of a run, for a paper."""

from __future__ import annotations

import re
from pathlib import Path

import click

from collector.analysis.paper import Form, write_paper
from collector.cli._json import emit


def _mm(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """``85mm``, ``8.5cm`` or ``3.35in`` in millimetres."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mm|cm|in)?", value.strip())
    size = float(found[1]) * {"cm": 10.0, "in": 25.4}.get(found[2], 1.0) if found else 0.0
    if not 40 <= size <= 1000:
        raise click.BadParameter(f"{value!r} is not a width of 40 to 1000 mm: write 85mm or 17cm")
    return size


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder. [default: RUN_DIR/figures]",
)
@click.option(
    "--format",
    "forms",
    default="svg,pdf",
    show_default=True,
    metavar="svg,pdf,png",
    help="The formats, with commas between them.",
)
@click.option(
    "--width",
    callback=_mm,
    metavar="WIDTH",
    help="Such as 85mm; letters keep their size. [default: the report's, 163mm]",
)
@click.option(
    "--dpi", type=click.IntRange(50, 1200), default=300, show_default=True, help="Of PNG files."
)
@click.option(
    "--style",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Matplotlib style file, laid over the project's.",
)
@click.option(
    "--labels", metavar="VERSION|FILE|run", help="The labels to use.  [default: the newest version]"
)
@click.option("--json", "as_json", is_flag=True, help="The files as JSON.")
def figures(
    run: Path,
    out: Path | None,
    forms: str,
    width: float | None,
    dpi: int,
    style: Path | None,
    labels: str | None,
    as_json: bool,
) -> None:
    """Write the figures of the report with their numbers as CSV, and its tables as CSV and LaTeX.

    The same numbers give the same bytes. A figure's legend and axes are in it; its CSV has what is
    drawn. `collector report` writes the same beside the page, as SVG and PDF.

    \b
    collector figures runs/quick --out paper/figures
    collector figures runs/quick --format pdf,png --width 85mm --dpi 600 \\
        --style journal.mplstyle
    """

    wanted = [form.strip().lower() for form in forms.split(",") if form.strip()]
    known = [form.value for form in Form]
    if not wanted or set(wanted) - set(known):
        raise click.BadParameter(f"choose from {', '.join(known)}", param_hint="--format")
    written = write_paper(
        run,
        out or run / "figures",
        forms=[Form(form) for form in dict.fromkeys(wanted)],
        style=style,
        width_mm=width,
        dpi=dpi,
        labels=labels,
    )
    if as_json:
        emit({"files": [str(path) for path in written]})
        return
    for path in written:
        click.echo(str(path))


commands: list[click.Command] = [figures]
