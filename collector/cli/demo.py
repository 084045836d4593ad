"""``collector demo``: a whole audit on the bundled mock, and its report."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from collector.analysis.report import write_report
from collector.cli._json import emit, json_option
from collector.cli._result import in_words, summary
from collector.cli._working import interruptible, progress_console
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import load_scenario
from collector.schedule.display import display_for


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-run"),
    show_default=True,
    help="Directory of the demo; one that an earlier demo made is made anew.",
)
@click.option(
    "--speed",
    metavar="FACTOR|max",
    default="max",
    show_default=True,
    help="How fast time passes in the browsers.",
)
@json_option
def demo(out: Path, speed: str, as_json: bool) -> None:
    """A whole audit in about a minute: puppets, mock platform, signed evidence, report.

    \b
    collector demo --out demo-run

    The last line printed is the path of the report.
    """
    options = RunOptions(
        site="mock",
        out=out,
        speed=speed,
        purpose="demo",
        command=shlex.join(["collector", "demo", "--out", str(out), "--speed", speed]),
    )
    with interruptible():
        result = run_scenario(
            load_scenario("quick"),
            options,
            display=display_for(progress_console()),
            confirm=lambda question: False,
            read_after=True,
        )
        if not as_json:
            click.echo(in_words(result, options))
        if result.interrupted:
            raise SystemExit(130)
        report = write_report(result.out.root)
    if as_json:
        emit({**summary(result), "report": str(report)})
    else:
        click.echo("report:")
        click.echo(str(report))
    raise SystemExit(result.exit_code)


commands: list[click.Command] = [demo]
