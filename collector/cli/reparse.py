"""``collector reparse``: evidence through today's parser again."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from collector.environment import refusals
from collector.outputs import output
from collector.reparse import Outcome, find_jobs
from collector.reparse import reparse as reparse_jobs


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="File of JSON lines to write, one a page; - is standard output.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--timings", is_flag=True, help="Say the median parsing time a page, reading apart.")
@click.option(
    "--compat",
    type=click.Choice(["reference"]),
    help="Give the answers of the ytTREX 2022 parser, mistakes included.",
)
def reparse(
    paths: tuple[Path, ...], out: Path, jobs: int, timings: bool, compat: str | None
) -> None:
    """Parse evidence again, one JSON observation a page and line.

    PATHS are run folders (with store.db), or files and folders of .html, .mhtml, .json (captures,
    or answers of the site's API), .har, .warc and .wacz, packed (.gz, .zst) or not. A page without
    an address is told from its own marks. A file that cannot be read is a line with status "error"
    and makes the exit code 1. The same evidence and parser give the same bytes.

    \b
    collector reparse runs/quick --out quick.jsonl
    collector reparse pages/ --out pages.jsonl --jobs 4 --timings
    """
    found = find_jobs(paths)
    times: list[float] = []
    outcomes = reparse_jobs(found, workers=jobs, reference=compat == "reference")
    if str(out) == "-":
        pages, broken = _write(sys.stdout.buffer, outcomes, times)
    else:
        with refusals(out, fix=_FIX):
            out.parent.mkdir(parents=True, exist_ok=True)
        with output(out, fix=_FIX) as draft, draft.open("wb") as file:
            pages, broken = _write(file, outcomes, times)
    if timings and times:
        click.echo(f"median: {statistics.median(times) * 1000:.1f} ms", err=str(out) == "-")
    click.echo(f"{pages} pages, {broken} unreadable", err=True)
    if broken:
        raise SystemExit(1)  # something is missing of what was asked for


_FIX = "name a file that can be written: --out FILE"


def _write(file: BinaryIO, outcomes: Iterable[Outcome], times: list[float]) -> tuple[int, int]:
    """Return how many lines were written, and how many of them report an unreadable file."""
    pages = broken = 0
    for outcome in outcomes:
        file.write(outcome.line)
        times.extend(outcome.parse_s)
        pages += 1
        broken += not outcome.parse_s
    return pages, broken


commands: list[click.Command] = [reparse]
