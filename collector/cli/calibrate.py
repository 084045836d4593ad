"""``collector calibrate``: how often a design is wrong, on platforms whose truth is known."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import click

from collector.calibration.extras import extras
from collector.calibration.probe import probe
from collector.calibration.table import (
    Wanted,
    broken_promises,
    deviations,
    standard,
    with_losses,
)
from collector.calibration.table import calibrate as made
from collector.calibration.truths import truth_of
from collector.calibration.words import lines
from collector.cli._complete import scenario_names
from collector.cli._json import emit, json_option
from collector.cli.power import twins_of
from collector.common.errors import UserError
from collector.environment import refuse_unwritable
from collector.outputs import write_output
from collector.pathrefused import NumberIn
from collector.scenario.loader import load_scenario


@click.command()
@click.argument("scenario", shell_complete=scenario_names)
@click.option(
    "--n",
    type=click.IntRange(20, 1_000_000),
    default=10_000,
    show_default=True,
    help="Experiments of each null; effects and faults get a fifth of it. With --truth: of each.",
)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    metavar="NAME|FILE",
    help="A truth instead of the standard ones; may be repeated (docs/calibration.md).",
)
@click.option(
    "--twins",
    metavar="LIST",
    help="Twins of an arm to try, such as 5,8, instead of the scenario's.",
)
@click.option("--block", type=click.IntRange(1), help="Twins of an arm in a block.")
@click.option("--lost", type=NumberIn(0, 0.9), default=0.0, help="Share of pages lost.")
@click.option("--seed", type=click.IntRange(min=0), default=12, help="Of the simulated audits.")
@click.option("--processes", type=click.IntRange(1), help="By default one a core.")
@json_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the table.")
@click.option(
    "--check", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Hold the table against a committed one: exit 1 where it differs by more than chance.",
)  # fmt: skip
def calibrate(
    scenario: str,
    n: int,
    truths: tuple[str, ...],
    twins: str | None,
    block: int | None,
    lost: float,
    seed: int,
    processes: int | None,
    as_json: bool,
    out: Path | None,
    check: Path | None,
) -> None:
    """Put known truths into SCENARIO and count the report's verdicts.

    Thousands of audits of this very design are simulated on the mock's recommender, judged by the
    report's own tests, gates and verdicts, and counted: false alarms with their upper bound, power,
    coverage of the intervals, bias, abstention; and, at twice the smallest size that is found, how
    often the mechanism of an effect is named. Exit 1 where a promise is broken or, with --check,
    where the numbers differ from a committed table by more than chance.

    \b
    collector calibrate calibration --n 10000 --check docs/calibration.json
    collector calibrate my-audit.yaml --truth null --truth effect-10 \\
        --twins 5,8 --n 2000
    collector calibrate calibration --json > table.json
    """
    counts = twins_of(twins) if twins else []
    named = [truth_of(name) for name in truths]
    committed = _read(check) if check else None
    if out is not None:
        refuse_unwritable(out, fix=_OUT)
    began = time.monotonic()
    found = probe(load_scenario(scenario))
    if found.assumed:
        click.echo(f"note: {found.assumed}", err=True)
    for gate in {gate.sentence for gate in found.standing.values()}:
        click.echo(f"warning: withheld whatever is shown: {gate}", err=True)
    if truths:
        every: list[int | None] = [*counts] or [None]
        wanted = [Wanted(truth, k, n, block) for truth in named for k in every]
    else:
        wanted = standard(found, n, counts)
    table = made(
        found,
        with_losses(wanted, lost),
        seed=seed,
        processes=processes,
        told=lambda line: click.echo(f"{time.monotonic() - began:6.1f} s  {line}", err=True),
        beyond=None if truths else lambda why: click.echo(f"warning: left out: {why}", err=True),
    )
    if not truths:
        table |= extras(found, n=n, seed=seed, processes=processes)
        click.echo(f"{time.monotonic() - began:6.1f} s  groups, carry-over, mechanism", err=True)
    seconds = round(time.monotonic() - began, 1)
    wrong = list(broken_promises(table))
    if committed is not None:
        wrong += list(deviations(table, committed))
    if out is not None:
        cores = os.cpu_count() or 1
        kept = {**table, "made": {"seconds": seconds, "cores": cores, "load": _load()}}
        text = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
        write_output(out, text, fix=_OUT)
        click.echo(str(out), err=as_json)
    if as_json:
        emit({**table, "seconds": seconds, "wrong": wrong})
    else:
        _print(table, seconds)
    for sentence in wrong:
        click.echo(f"not as promised: {sentence}", err=True)
    if wrong:
        raise SystemExit(1)


_OUT = "name a file that can be written: --out FILE"


def _load() -> float:
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UserError(
            f"this is not a table: {error}",
            place=str(path),
            fix="make one: collector calibrate --out",
        ) from error
    if not isinstance(found, dict) or "cells" not in found:
        raise UserError(
            "this is not a table of a calibration",
            place=str(path),
            fix="make one: collector calibrate --out",
        )
    return found


def _print(table: dict[str, Any], seconds: float) -> None:

    for line in lines(table):
        click.echo(line)
    click.echo(f"{table['experiments']:,} experiments in {seconds:.0f} s")


commands: list[click.Command] = [calibrate]
