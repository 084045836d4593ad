"""``collector status``: where a run stands, once or live."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from collector.cli._begun import once_begun
from collector.cli._console import console
from collector.cli._json import emit, json_option
from collector.common.typed import typed
from collector.run.runlock import clock_of
from collector.run.status import PuppetStatus, RunStatus, run_status

#: Seconds between two looks at a run that is watched.
EVERY_S = 1.0
_COLOURS = {
    "done": "green", "running": "cyan", "ready": "cyan", "planned": "dim", "failed": "red",
    "interrupted": "yellow", "contaminated": "red", "skipped": "yellow",
}  # fmt: skip


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--watch",
    is_flag=True,
    help="Look again every second until the run has ended; waits for one that has not begun.",
)
@json_option
def status(run_dir: Path, watch: bool, as_json: bool) -> None:
    """Say where a run stands: arms, puppets, steps, skew, what is missing, what is unsent.

    Reads the run's folder and changes nothing; the run may be under way, killed, waiting or over.

    \b
    collector status runs/quick
    collector status runs/quick --watch
    collector status runs/quick --json
    """
    if watch and as_json:
        raise click.UsageError(
            "--watch and --json cannot be used together: run it again for newer numbers"
        )
    if watch:
        _follow(run_dir, once_begun(run_dir, lambda: run_status(run_dir), _pause))
        return
    found = run_status(run_dir)
    if as_json:
        emit(found.to_dict())
    else:
        _console().print(_drawn(found, run_dir))


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _follow(run_dir: Path, found: RunStatus) -> None:
    """Redraw until the run is over; off a terminal there is only the last word to print."""
    console = _console()
    with Live(console=console, auto_refresh=False, transient=not console.is_terminal) as live:
        while True:
            live.update(_drawn(found, run_dir), refresh=console.is_terminal)
            if found.over:
                break
            time.sleep(EVERY_S)
            found = run_status(run_dir)
    if not console.is_terminal:
        console.print(_drawn(found, run_dir))


def _console() -> Any:
    return console()


def _drawn(found: RunStatus, run_dir: Path) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("arm", "puppet", "state", "steps", "missing", "skew", "doing"):
        numeric = name in ("steps", "missing", "skew")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=name != "doing")
    now = clock_of(run_dir)
    for puppet in sorted(found.puppets, key=_order):
        table.add_row(*_row(puppet, now))
    lines = [Text(line) for line in _summary(found, run_dir)]
    return Group(*lines, table) if found.puppets else Group(*lines)


def _order(puppet: PuppetStatus) -> tuple[str, int, str]:
    return puppet.arm, puppet.block, puppet.name


def _row(puppet: PuppetStatus, now: datetime) -> tuple[RenderableType, ...]:
    state = Text(puppet.state or "-", style=_COLOURS.get(puppet.state, ""))
    if puppet.sessions > 1:
        state.append(f" ({puppet.sessions_done} of {puppet.sessions} sessions)", style="dim")
    lost = Text(str(puppet.missing), style="yellow" if puppet.missing else "dim")
    words = [puppet.doing or puppet.detail]
    if puppet.contaminated:
        words.append("contaminated: not in the analysis")
    if puppet.spacing_s is not None:
        words.append(f"searches at least {puppet.spacing_s:.0f} s apart")
    if puppet.held_by and puppet.held_until:
        left = datetime.fromisoformat(puppet.held_until) - now
        words.append(f"held by {puppet.held_by} for {max(0, left.total_seconds()):.0f} s")
    return (
        Text(puppet.arm),
        Text(puppet.name),
        state,
        Text(f"{puppet.steps_ended}/{puppet.steps}" if puppet.steps else "-"),
        lost,
        Text("-" if puppet.skew_ms is None else f"{puppet.skew_ms:.0f} ms"),
        Text("; ".join(word for word in words if word)),
    )


def _summary(found: RunStatus, run_dir: Path) -> list[str]:
    steps = dict(found.steps)
    open_steps = steps.pop("open", 0)
    ended = sum(steps.values())
    lines = [
        f"run:      {found.run} ({found.scenario}, {found.platform}): {found.state}",
        f"steps:    {ended} of {ended + open_steps} ended"
        + _counts({k: v for k, v in steps.items() if k != "done"}),
        f"sessions: {sum(found.sessions.values())}" + _counts(found.sessions),
        f"outbox:   {sum(found.outbox.values())}" + _counts(found.outbox),
    ]
    if found.next_due:
        lines.append(f"next due: {found.next_due}")
    if found.state in ("broken off", "interrupted", "waiting"):
        lines.append(f"go on:    collector run --resume {typed(run_dir)}")
    return [*lines, ""]


def _counts(counts: Any) -> str:
    return f" ({', '.join(f'{n} {name}' for name, n in counts.items())})" if counts else ""


commands: list[click.Command] = [status]
