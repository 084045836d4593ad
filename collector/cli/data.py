"""``collector export``: the tables of a run as files."""

from __future__ import annotations

import sys
from pathlib import Path
from pkgutil import resolve_name

import click

from collector.common.errors import UserError
from collector.export import Format, export_run, formats

#: The whole analysis, and Arrow, of which the run's own tables need nothing.
_EXPORT_FRAMES = "collector.frames.files:export_frames"


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
    metavar="NAME",
    help="A table, view or frame; may be given several times. Without it: all of them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder, or a file for one table. Without it: the standard output (jsonl, csv).",
)
@click.option(
    "--frames",
    is_flag=True,
    help="The documented frames of docs/frames.md, typed, instead of the store's tables.",
)
@click.option(
    "--labels",
    metavar="VERSION|FILE|run",
    help="With --frames: the labels to use.  [default: the newest version]",
)
def export(
    run: Path,
    form: str,
    tables: tuple[str, ...],
    out: Path | None,
    frames: bool,
    labels: str | None,
) -> None:
    """Write the tables of a run: observations, impressions, receipts, captures, steps, …

    The columns are described in docs/store.md. CSV is RFC 4180; a text cell that a spreadsheet
    would run as a formula (and one that begins with an apostrophe) has an apostrophe in front:
    drop one leading apostrophe to read it back.

    \b
    collector export runs/quick --format csv --out quick-csv
    collector export runs/quick --format csv --table impressions > impressions.csv
    collector export runs/quick --format sqlite --out quick.db
    collector export runs/quick --frames --format parquet --out quick-frames

    Beside the files lies datapackage.json (Frictionless) with what each column is. In R:
    arrow::read_parquet("quick-frames/exposure.parquet").
    """
    if frames:
        if out is None:
            raise UserError("--frames requires a folder", place="--out", fix="name one with --out")
        for path in resolve_name(_EXPORT_FRAMES)(run, labels, out, Format(form), tables):
            click.echo(f"wrote {path}", err=True)
        return
    if labels is not None:
        raise UserError("--labels requires --frames", place="--labels", fix="give --frames too")
    for path in export_run(
        run, form=Format(form), tables=tables, out=out, stdout=sys.stdout.buffer
    ):
        click.echo(f"wrote {path}", err=True)


commands: list[click.Command] = [export]
