"""``collector report``: the HTML report of a run, or its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from collector.analysis.report import report_data, write_report
from collector.browser.printing import print_pdf
from collector.outputs import write_output


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON instead of the HTML.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, instead of report.html in the run's folder.",
)
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Print the report into this PDF file too, with the browser of the puppets.",
)
@click.option(
    "--style",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Matplotlib style file for the figures' files, laid over the project's.",
)
@click.option(
    "--labels",
    metavar="VERSION|FILE|run",
    help="The labels to use: a version of `collector label import`, a file, or the run's own."
    "  [default: the newest version]",
)
def report(
    run: Path,
    as_json: bool,
    out: Path | None,
    pdf: Path | None,
    style: Path | None,
    labels: str | None,
) -> None:
    """Write the report of a run: one HTML file without anything outside itself.

    Prints the paths of the files. A run that broke off has a report too: it says what is missing.
    The figures lie beside it as SVG and PDF, in NAME-figures.

    \b
    collector report runs/quick
    collector report runs/quick --out paper/quick.html
    collector report runs/quick --pdf quick.pdf
    collector report runs/quick --style journal.mplstyle
    collector report runs/quick --labels 2 --out second-coding.html
    collector report runs/quick --json
    """
    if as_json and pdf is not None:
        raise click.UsageError("--json and --pdf cannot go together; leave one of them out")
    if as_json:
        text = json.dumps(report_data(run, labels), indent=2, ensure_ascii=False, allow_nan=False)
        if out is None:
            click.echo(text)
            return
        write_output(out, text + "\n", fix="name a file that can be written: --out FILE")
        click.echo(str(out))
        return
    written = write_report(run, out, style, labels)
    click.echo(str(written))
    if pdf is not None:
        print_pdf(written, pdf)
        click.echo(str(pdf))


commands: list[click.Command] = [report]
