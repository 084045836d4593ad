"""``collector export``: the tables of a run as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from collector.export import Format, export_run, exportable, formats


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in formats()]),
    default=Format.JSONL.value,
    show_default=True,
    help="How to write them.",
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Choice(exportable()),
    help="A table or view; may be given several times. Without it: all of them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder, or a file for one table. Without it: the standard output (jsonl, csv).",
)
def export(run: Path, form: str, tables: tuple[str, ...], out: Path | None) -> None:
    """Write the tables of a run: observations, impressions, receipts, captures, steps, …

    The columns are described in docs/store.md. CSV is RFC 4180; a text cell that a spreadsheet
    would run as a formula (and one that begins with an apostrophe) has an apostrophe in front:
    drop one leading apostrophe to read it back.

    \b
    collector export runs/quick --format csv --out quick-csv
    collector export runs/quick --format csv --table impressions > impressions.csv
    collector export runs/quick --format sqlite --out quick.db
    """
    for path in export_run(
        run, form=Format(form), tables=tables, out=out, stdout=sys.stdout.buffer
    ):
        click.echo(f"wrote {path}", err=True)


commands: list[click.Command] = [export]
