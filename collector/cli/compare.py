"""``collector compare``: two runs side by side."""

from __future__ import annotations

from pathlib import Path

import click

from collector.analysis.sidebyside import as_data, as_html, compare_runs, headline
from collector.cli._json import emit
from collector.common.errors import UserError
from collector.environment import refusals
from collector.outputs import write_output


@click.command()
@click.argument("first", type=click.Path(path_type=Path), metavar="RUN_A")
@click.argument("second", type=click.Path(path_type=Path), metavar="RUN_B")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: compare.html in the second run's folder]",
)
@click.option("--json", "as_json", is_flag=True, help="The comparison as JSON, on standard output.")
@click.option(
    "--labels", metavar="VERSION|FILE|run", help="The labels to use for both. [default: the newest]"
)
def compare(first: Path, second: Path, out: Path | None, as_json: bool, labels: str | None) -> None:
    """Hold two runs against each other: design, verdicts, and how far the outcomes agree.

    Prints whether both say the same of each outcome, a line each, writes one HTML file without
    anything outside itself, and prints its path last. Two runs of different designs are told to be
    no replication.

    Exit code 0: the same design; 1: another one; 2: something to mend.

    \b
    collector compare runs/quick runs/again
    collector compare runs/quick runs/again --json
    """

    compared = compare_runs(first, second, labels)
    if compared.one_run:
        raise UserError(
            f"both are the run {compared.first.run}",
            place=f"{first}, {second}",
            fix="name two runs: collector run SCENARIO --out FOLDER makes another",
        )
    if as_json:
        emit(as_data(compared))
    else:
        target = out or second / "compare.html"
        fix = "name a file that can be written: --out FILE"
        with refusals(target, fix=fix):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_output(target, as_html(compared), fix=fix)
        click.echo("\n".join((*headline(compared), str(target))))
    if not compared.same_design:
        raise SystemExit(1)


commands: list[click.Command] = [compare]
