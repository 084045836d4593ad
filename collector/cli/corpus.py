"""``collector corpus``: what two parsers make of the same pages, and new entries for the table."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from collector.cli._json import emit, json_option
from collector.common.errors import UserError
from collector.common.typed import typed
from collector.coverage import compare
from collector.latecommands import ListedGroup
from collector.mending import Page, Unmended, mend
from collector.outputs import write_output
from collector.reparse import Unreadable, find_jobs, load_job
from collector.reparse import reparse as reparse_jobs


@click.group(cls=ListedGroup)
def corpus() -> None:
    """Pages kept to test the parser: compare two versions of it, mend its element table.

    \b
    collector corpus check pages/ --baseline before.jsonl
    collector corpus heal pages/
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
            fix=f"make one: collector reparse {typed(folder)} --out {typed(baseline)}",
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
        fix = "name a baseline that can be written: --baseline"
        write_output(baseline, b"".join(lines), fix=fix)
    if lost:
        raise SystemExit(1)


@corpus.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def heal(folder: Path, as_json: bool) -> None:
    """Propose entries for the element table, from pages of FOLDER whose cards are unknown.

    Each unknown element is read as each known one in turn; the reader that finds its items where
    they stand, with the ids, titles and lengths that are known of them, is proposed as a diff to be
    reviewed (git apply takes it). An entry that would change anything else in FOLDER is not
    proposed. Exits with 1 if an unknown element is left without a proposal.

    \b
    collector corpus heal pages/ > mend.diff
    """
    pages = []
    for job in find_jobs([folder]):
        try:
            found = load_job(job)
        except Unreadable as error:
            click.echo(f"{job.id}: {error}", err=True)
            continue
        told = [Page(job.id, page, job.platform) for page in found]
        pages += [page for page in told if page.spec.elements is not None]
    results = list(mend(pages))
    left = [result for result in results if isinstance(result, Unmended)]
    if as_json:
        emit(
            {
                "pages": len(pages),
                "proposals": [asdict(r) for r in results if not isinstance(r, Unmended)],
                "left": [asdict(r) for r in left],
            }
        )
    for result in results:
        if isinstance(result, Unmended):
            click.echo(f"{result.unknown}: {result.items} items, {result.reason}", err=True)
            continue
        click.echo(
            f"{result.unknown}: {result.items} items on {result.pages} pages read as"
            f" {result.like}; {result.agreeing} values agree, {result.disagreeing} disagree,"
            f" {result.filled} are new",
            err=True,
        )
        if not as_json:
            click.echo(result.diff, nl=False)
    click.echo(f"{len(pages)} pages, {len(results)} unknown elements, {len(left)} left", err=True)
    if left:
        raise SystemExit(1)


commands: list[click.Command] = [corpus]
