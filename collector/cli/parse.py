"""``collector reparse`` and ``collector corpus check``: evidence through today's parser again."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from shlex import quote
from typing import BinaryIO

import click

from collector.cli._json import emit, json_option
from collector.coverage import compare
from collector.environment import refusals
from collector.errors import UserError
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
        with refusals(out, fix="name a file that can be written: --out FILE"):
            out.parent.mkdir(parents=True, exist_ok=True)
            file = out.open("wb")
        with file:
            pages, broken = _write(file, outcomes, times)
    if timings and times:
        click.echo(f"median: {statistics.median(times) * 1000:.1f} ms", err=str(out) == "-")
    click.echo(f"{pages} pages, {broken} unreadable", err=True)
    if broken:
        raise SystemExit(1)  # something is missing of what was asked for


def _write(file: BinaryIO, outcomes: Iterable[Outcome], times: list[float]) -> tuple[int, int]:
    """Number of lines written, and of those that stand for a file that could not be read."""
    pages = broken = 0
    for outcome in outcomes:
        file.write(outcome.line)
        times.extend(outcome.parse_s)
        pages += 1
        broken += not outcome.parse_s
    return pages, broken


@click.group()
def corpus() -> None:
    """Compare what two versions of the parser make of the same pages.

    \b
    collector corpus check pages/ --baseline before.jsonl
    """


@corpus.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="What `collector reparse FOLDER --out FILE` wrote before the change.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--update", is_flag=True, help="Write today's reading as the new baseline.")
@json_option
def check(folder: Path, baseline: Path, jobs: int, update: bool, as_json: bool) -> None:
    """Read the pages of FOLDER again and say which fields were gained, lost or changed.

    Exits with 1 if coverage was lost: a page, an item or a field that had a value has none.

    \b
    collector reparse pages/ --out before.jsonl        before the change
    collector corpus check pages/ --baseline before.jsonl
    """
    if not baseline.exists():
        raise UserError(
            "there is no such baseline",
            place=str(baseline),
            fix=f"make one: collector reparse {quote(str(folder))} --out {quote(str(baseline))}",
        )
    lines = [outcome.line for outcome in reparse_jobs(find_jobs([folder]), workers=jobs)]
    change = compare(baseline.read_bytes().splitlines(), lines)
    rows = [
        {"change": kind, "field": name, "count": count, "example": change.examples[kind, name]}
        for kind in ("gained", "lost", "changed")
        for name, count in getattr(change, kind).most_common()
    ]
    if as_json:
        emit({"pages": change.pages, "changes": rows})
    else:
        for row in rows:
            click.echo("\t".join(str(value) for value in row.values()))
    lost = sum(change.lost.values())
    click.echo(
        f"{change.pages} pages: {sum(change.gained.values())} values gained, {lost} lost, "
        f"{sum(change.changed.values())} changed",
        err=True,
    )
    if update:
        baseline.write_bytes(b"".join(lines))
    if lost:
        raise SystemExit(1)


commands: list[click.Command] = [reparse, corpus]
