"""``collector dataset``: fixture datasets from a scenario, without a server and a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from collector.cli._complete import scenario_names
from collector.cli._json import emit, json_option
from collector.cli._mock import mock_options, on_mock
from collector.datasets import DatasetSpec, Shape, build
from collector.datasets import check as check_dataset
from collector.export import Format
from collector.latecommands import ListedGroup
from collector.scenario.loader import load_scenario


@click.group(cls=ListedGroup)
def dataset() -> None:
    """Make fixture datasets from a scenario, and check them.

    \b
    collector dataset new --like quick --rows 100000 --out datasets/quick
    collector dataset check datasets/quick
    collector report datasets/quick
    """


def _formats(ctx: click.Context, param: click.Parameter, value: str) -> tuple[Format, ...]:
    known = [str(form) for form in Format]
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is not a format; choose from {', '.join(known)}")
    return tuple(dict.fromkeys(map(Format, names)))


@dataset.command()
@click.option(
    "--like",
    required=True,
    metavar="SCENARIO",
    shell_complete=scenario_names,
    help="A scenario: a file, or a name.",
)
@click.option("--rows", required=True, type=int, help="Impressions to reach (at least 1).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to make; a new or an empty one.",
)
@click.option("--seed", type=int, help="The master seed; without it the scenario's own.")
@click.option(
    "--format",
    "formats",
    default=",".join(Format),
    show_default=True,
    callback=_formats,
    help="One or more of them, with commas between.",
)
@click.option(
    "--shape",
    type=click.Choice(["twinwatch", "e18"]),
    default="twinwatch",
    show_default=True,
    help="The tables of a run, or the published election data (scenarios on a feed).",
)
@mock_options
@click.option("--licence", default="CC0-1.0", show_default=True, help="What the card states.")
@json_option
@click.option("--processes", type=click.IntRange(1, 64), hidden=True)
def new(
    like: str,
    rows: int,
    out: Path,
    seed: int | None,
    formats: tuple[Format, ...],
    shape: str,
    licence: str,
    world: str | None,
    era: str | None,
    recommender: tuple[str, ...],
    fault: tuple[str, ...],
    truth: Path | None,
    as_json: bool,
    processes: int | None,
) -> None:
    """Write a dataset: what the scenario's puppets would have seen on the mock.

    Sessions are simulated, round after round, until there are ROWS impressions; the last page is
    whole, so there may be a few more. The same scenario, seed and ROWS give the same bytes. The
    folder has the tables as collector export writes them, store.db, README.md and datacard.json.
    --world, --recommender, --fault and --truth make the mock another one, as in collector run.

    \b
    collector dataset new --like quick --rows 1000 --out datasets/small
    collector dataset new --like feed-polarisation --rows 5000 --shape e18 \\
        --out datasets/e18
    """
    wanted = DatasetSpec(
        scenario=on_mock(load_scenario(like), world, recommender, fault, truth, era),
        rows=rows,
        out=out,
        seed=seed,
        formats=formats,
        shape=Shape(shape),
        licence=licence,
        processes=processes,
    )
    with _bar(rows) as told:
        built = build(wanted, told, lambda sentence: click.echo(f"warning: {sentence}", err=True))
    if as_json:
        found: dict[str, Any] = {
            "dataset": str(built.out),
            "impressions": built.rows,
            "sessions": built.sessions,
            "plan_hash": built.plan_hash,
            "counts": built.counts,
        }
        emit(found)
        return
    click.echo(f"{built.rows:,} impressions in {built.sessions:,} sessions", err=True)
    click.echo(str(built.out))


class _bar:  # noqa: N801
    """A progress bar on standard error, if somebody looks at it."""

    def __init__(self, rows: int) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            "impressions",
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("", total=max(rows, 1))

    def __enter__(self) -> Any:
        self._bar.start()
        return lambda done: self._bar.update(self._task, completed=done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


@dataset.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@json_option
@click.pass_context
def check(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Is a dataset whole? Card, hashes, columns, types, references, formats, pseudonymity.

    Each problem is one line with file, line or row, and column. Exit code 0: whole; 2: not.

    \b
    collector dataset check datasets/quick
    """
    found = check_dataset(folder)
    if as_json:
        emit(found.to_dict())
    else:
        for problem in found.problems:
            click.echo(f"error: {problem}", err=True)
        if found.more:
            click.echo(f"error: and {found.more:,} more of the same", err=True)
        if found.whole:
            rows = sum(found.counts.values())
            formats = ", ".join(found.formats)
            click.echo(f"{folder}: whole; {rows:,} rows, the same in {formats}")
    if not found.whole:
        ctx.exit(2)


commands: list[click.Command] = [dataset]
