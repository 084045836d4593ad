"""``collector power``: what a design could find, before it is run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.table import Table

from collector.analysis.load import load_run
from collector.calibration import power as room
from collector.calibration.piloted import pilot as piloted
from collector.calibration.plot import power_plot
from collector.calibration.probe import probe
from collector.cli._complete import scenario_names
from collector.cli._console import console
from collector.cli._json import emit, json_option
from collector.common.errors import UserError
from collector.environment import refuse_unwritable
from collector.outputs import write_output
from collector.pathrefused import NumberIn
from collector.scenario.designhash import design_sha256
from collector.scenario.loader import load_scenario


@click.command()
@click.argument("scenario", shell_complete=scenario_names)
@click.option("--points", default="5,10,20", show_default=True, help="Sizes, in points of share.")
@click.option(
    "--effect",
    "effects",
    multiple=True,
    metavar="NAME=VALUE",
    help="In place of --points, a size as a parameter of the mock's recommender, e.g."
    " home.history=0.2; may be repeated.",
)
@click.option(
    "--twins",
    metavar="LIST",
    help="Twins of each arm to try, such as 5,8 or 3..14. [default: 3 to 8, 10, 12, 14]",
)
@click.option("--block", type=click.IntRange(1), help="Twins of each arm in a block.")
@click.option(
    "--lost", type=NumberIn(0, 0.9), default=0.0,
    help="Share of pages lost; with --pilot, of puppets.",
)  # fmt: skip
@click.option(
    "--pilot",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RUN",
    help="A run whose puppets give the noise, instead of the mock's recommender.",
)
@click.option(
    "--runs",
    type=click.IntRange(20, 100_000),
    default=200,
    show_default=True,
    help="Simulated audits of each size and number of twins.",
)
@click.option("--seed", type=click.IntRange(min=0), default=12, help="Of the simulated audits.")
@click.option("--processes", type=click.IntRange(1), help="By default one a core.")
@json_option
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg",
    help="Draw power against twins.",
)  # fmt: skip
def power(
    scenario: str,
    points: str,
    effects: tuple[str, ...],
    twins: str | None,
    block: int | None,
    lost: float,
    pilot: Path | None,
    runs: int,
    seed: int,
    processes: int | None,
    as_json: bool,
    plot: Path | None,
) -> None:
    """Say what SCENARIO could find: power by size and twins, and what it costs.

    Audits of this design are simulated on the mock's recommender, or with the noise of a --pilot
    run, and judged by the report's own tests. Printed: how often the first exposure share (without
    one: the first outcome) is called an effect, false alarms, the smallest shift that 80 of 100
    audits find, the twins that find each size, and the cost: puppet-hours, page loads, views.

    \b
    collector power calibration
    collector power my-audit.yaml --points 10 --twins 5,8,12 --lost 0.1 \\
        --plot power.svg
    collector power my-audit.yaml --effect home.history=0.5 --block 2
    collector power my-audit.yaml --pilot runs/pilot --json
    """
    began = time.monotonic()
    loaded = load_scenario(scenario)
    given = click.get_current_context().get_parameter_source("points")
    if effects and given is ParameterSource.COMMANDLINE:
        raise UserError(
            "a size is one or the other", place="--points, --effect", fix="leave one of them out"
        )
    wanted = _points(points)
    counts = twins_of(twins) if twins else list(room.TWINS)
    if plot is not None:
        _refuse_plot(plot)
    if pilot is not None:
        if effects:
            raise UserError(
                "a pilot run has no recommender to change",
                place="--effect",
                fix="give the sizes as --points",
            )
        found = piloted(
            loaded, load_run(pilot), wanted, counts, block=block, lost=lost, runs=runs, seed=seed
        )
        channels: dict[str, str] = {}
    else:
        known = probe(loaded)
        if known.assumed:
            click.echo(f"note: {known.assumed}", err=True)
        if known.apart:
            click.echo(
                f"warning: {known.apart[0]} and {known.apart[1]} differ in their personas' locale,"
                " which moves what they are shown whatever a viewer does: its effect counts as a"
                " false alarm",
                err=True,
            )
        for gate in {gate.sentence for gate in known.standing.values()}:
            click.echo(f"warning: withheld whatever is shown: {gate}", err=True)
        sizes = [room.size_of_effect(known, *_pair(each)) for each in effects]
        found = room.power(
            known, sizes or room.sizes_of_points(wanted), counts, block=block, lost=lost,
            runs=runs, seed=seed, processes=processes,
        )  # fmt: skip
        found["how"] += f"; {known.assumed}" if known.assumed else ""
        channels = room.channels_of(known)
    best = max((k for k in found["recommended"].values() if k is not None), default=max(counts))
    found["cost"] = room.cost(loaded, best, block, channels)
    found["scenario"] = loaded.scenario.name
    found["seed"] = seed
    found["design_sha256"] = design_sha256(loaded.scenario)
    cells = len(found["cells"]) + len((found["blocks"] or {}).get("power", ()))
    found["experiments"] = cells * found["runs"]
    found["seconds"] = round(time.monotonic() - began, 1)
    if plot is not None:
        write_output(plot, power_plot(found), fix=_PLOT)
        click.echo(str(plot), err=as_json)
    if as_json:
        emit(found)
    else:
        _print(found)


_PLOT = "name a file that can be written: --plot FILE.svg"


def _refuse_plot(plot: Path) -> None:
    if (plot.is_file() or not plot.exists()) and plot.suffix.lower() != ".svg":
        raise UserError("a plot is SVG", place=f"--plot {plot}", fix="--plot power.svg")
    refuse_unwritable(plot, fix=_PLOT)


def twins_of(text: str) -> list[int]:
    """``5,8`` or ``3..14``. Raises UserError."""
    first, dots, last = text.partition("..")
    fix = "--twins 5,8 or 3..14"
    try:
        found = [int(each) for each in ((first, last) if dots else text.split(","))]
    except ValueError:
        problem = "write whole numbers with commas between, or the first and the last of a range"
    else:
        if not all(2 <= each <= 200 for each in found):
            problem = "an arm must have 2 to 200 twins"
        elif dots and found[0] > found[1]:
            problem, fix = "the range ends before it begins", f"--twins {found[1]}..{found[0]}"
        else:
            return list(range(found[0], found[1] + 1)) if dots else sorted({*found})
    raise UserError(f"{text!r} is not a number of twins: {problem}", place="--twins", fix=fix)


def _points(text: str) -> list[float]:
    try:
        found = [float(each) / 100 for each in text.split(",")]
    except ValueError:
        problem = "write numbers with commas between"
    else:
        if all(0 < each <= 1 for each in found):
            return found
        problem = "a size must be above 0 and at most 100"
    raise UserError(
        f"{text!r} is not a size in points: {problem}", place="--points", fix="--points 5,10,20"
    )


def _pair(text: str) -> tuple[str, float]:
    name, _, written = text.partition("=")
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not name.strip() or not 0 <= value < 1e6:
        raise UserError(
            f"{text!r} is not NAME=NUMBER", place="--effect", fix="--effect home.history=0.2"
        )
    return name.strip(), value


def cost_lines(cost: Mapping[str, Any], block: int) -> Iterator[str]:
    """What the design takes in one line, and a line a channel of the views that it causes."""
    channels = cost["views_by_channel"]
    yield (
        f"{cost['twins']} twins in blocks of {block}: {cost['puppets']} puppets,"
        f" {cost['puppet_hours']:g} puppet-hours ({cost['hours']:g} h on the clock),"
        f" {cost['page_loads']:,} page loads, {cost['views']:,} views caused"
        f"{':' if channels else ''}"
    )
    for name, count in list(channels.items())[:12]:
        yield f"  {count:>6,}  {name}"


_WORTH_SAYING = 0.05
"""Share of a cell's audits that are withheld, from which the reason is printed."""


def withheld_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """For each size of which audits are withheld: with how many twins most, and by which gates.

    :param found: what ``power.power`` or ``piloted.pilot`` gives; a pilot's noise has no gates.
    """
    target = found["target"]
    most: dict[str, tuple[float, int, Mapping[str, float]]] = {}
    for cell in found["cells"]:
        own = next(
            each for each in cell["outcomes"] if all(each[key] == target[key] for key in target)
        )
        share = own.get("withheld", 0.0)
        if share >= _WORTH_SAYING and share > most.get(cell["effect"], (0.0,))[0]:
            most[cell["effect"]] = (share, cell["twins"], own["gates"])
    for name, (share, twins, gates) in most.items():
        by = ", ".join(f"{gate} {100 * part:.0f} %" for gate, part in gates.items())
        size = "no effect" if name == "none" else name
        yield f"withheld, at most, of {size}: {100 * share:.0f} % with {twins} twins ({by})"


def _print(found: dict[str, Any]) -> None:
    out = console()
    target = found["target"]
    table = Table(title=f"power: {target['surface']}, {target['outcome']}")
    table.add_column("twins", justify="right")
    for name in found["power"]:
        table.add_column(name, justify="right")
    table.add_column("false alarm", justify="right")
    table.add_column("finds from", justify="right")
    for k, false in found["false_effect"].items():
        shift = found["detectable"].get(k)
        table.add_row(
            k,
            *(f"{100 * own[k]:.0f} %" for own in found["power"].values()),
            f"{100 * false['rate']:.1f} %",
            "–" if shift is None else f"{100 * shift:.1f} points",
        )
    out.print(table)
    for name, k in found["recommended"].items():
        told = f"{k} twins an arm" if k is not None else "more twins than were tried"
        out.print(f"{name}: 80 % needs {told}", markup=False)
    for line in withheld_lines(found):
        out.print(line, markup=False)
    if (blocks := found["blocks"]) and blocks["power"]:
        told = ", ".join(f"{b}: {100 * share:.0f} %" for b, share in blocks["power"].items())
        out.print(
            f"blocks, with {blocks['twins']} twins and {blocks['effect']}: {told}", markup=False
        )
    for line in cost_lines(found["cost"], found["block"]):
        out.print(line, markup=False, soft_wrap=True)
    out.print(
        f"{found['runs']} audits a cell; {found['how']}; {found['seconds']:g} s", markup=False
    )


commands: list[click.Command] = [power]
