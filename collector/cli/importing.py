"""``collector import``: published data of others as a store that ``collector report`` reads."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from collector.cli._json import emit, json_option
from collector.imports import import_published
from collector.latecommands import ListedGroup


@click.group(name="import", cls=ListedGroup)
def import_() -> None:
    """Read published data into a folder that `collector report` reads.

    \b
    collector import e18 reducer.100.json.gz --out e18
    collector report e18
    """


@import_.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to make; it must not hold a store yet.",
)
@json_option
def e18(file: Path, out: Path, as_json: bool) -> None:
    """Timelines of the Italian election of 2018 (reducer/1: JSON, or JSON packed with gzip).

    \b
    collector import e18 reducer.100.json.gz --out e18
    collector report e18
    """
    found = import_published("e18", file, out)
    click.echo(
        f"{found.impressions:,} impressions of {found.posts:,} posts in {found.timelines:,}"
        f" timelines of {found.profiles} profiles",
        err=True,
    )
    if as_json:
        emit({"out": str(out), **asdict(found)})
    else:
        click.echo(str(out))


commands: list[click.Command] = [import_]
