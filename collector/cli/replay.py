"""``collector replay``: a recorded run once more, without a network, compared with then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from collector.cli._console import console
from collector.cli._json import emit, json_option
from collector.replay.replay import ReplayResult, SessionReplay
from collector.replay.replay import replay as do_again
from collector.schedule.display import display_for

_MOST_SHOWN = 10


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option("--session", metavar="ID", help="Only this session. [default: all recorded ones]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new directory that keeps the replay. [default: it is compared and removed]",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Browsers at once.")
@json_option
def replay(
    run_dir: Path, session: str | None, out: Path | None, workers: int | None, as_json: bool
) -> None:
    """Replay the recorded sessions of RUN_DIR and say what differs from then.

    \b
    collector run quick --speed max --record --out runs/quick
    collector replay runs/quick
    collector replay runs/quick --session b01-music-1 --out runs/quick-again

    The same puppet with the same snapshot, clock, steps and seeds gets the recorded answers. No
    server is needed and none can be reached; a request that was not recorded is refused and named.

    Exit code 0: every observation is equal; 1: something differs, or a recorded session cannot be
    replayed; 2: this is no recorded run, or a file of it is damaged; 130: interrupted.
    """
    result = do_again(
        run_dir,
        display=display_for(Console(stderr=True)),
        session=session,
        out=out,
        workers=workers,
    )
    if as_json:
        emit(to_json(result))
    else:
        console().print(_table(result))
        for line in _lines(result):
            click.echo(line)
    raise SystemExit(result.exit_code)


commands: list[click.Command] = [replay]


def to_json(result: ReplayResult) -> dict[str, Any]:
    """A replay's result as plain data."""
    return {
        "run": result.run,
        "out": None if result.out is None else str(result.out),
        "equal": all(each.equal for each in result.sessions),
        "sessions": [
            {
                "session": each.session,
                "state": each.state,
                "detail": each.detail,
                "equal": each.equal,
                "observations": [
                    {
                        "step": one.step,
                        "what": one.what,
                        "items": one.items,
                        "equal": one.equal,
                        "differences": list(one.differences),
                    }
                    for one in each.compared
                ],
                "answers": dict(each.answers),
                "unused": each.unused,
                "misses": [dict(miss) for miss in each.misses],
            }
            for each in result.sessions
        ],
        "left_out": dict(result.left_out),
        "interrupted": result.interrupted,
        "exit_code": result.exit_code,
    }


def _table(result: ReplayResult) -> Table:
    table = Table("session", "step", "what", "items", "then and now", box=box.SIMPLE)
    for each in result.sessions:
        for one in each.compared:
            table.add_row(
                each.session,
                str(one.step + 1),
                one.what,
                str(one.items),
                "equal" if one.equal else f"[red]{escape('; '.join(one.differences))}[/red]",
            )
    return table


def _lines(result: ReplayResult) -> list[str]:
    compared = [one for each in result.sessions for one in each.compared]
    same = sum(one.equal for one in compared)
    lines = [f"equal:     {same} of {len(compared)} in {len(result.sessions)} sessions"]
    for each in result.sessions:
        lines += _session_lines(each)
    lines += [f"left out:  {name}: {why}" for name, why in result.left_out.items()]
    if result.out is not None:
        lines.append(f"kept in:   {result.out}")
    return lines


def _session_lines(each: SessionReplay) -> list[str]:
    how = ", ".join(f"{count} {name}" for name, count in each.answers.items() if count)
    lines = [f"answers:   {each.session}: {how or 'none'}; {each.unused} not asked for"]
    if each.state != "done":
        lines.append(f"ended:     {each.session}: {each.state}, {each.detail}")
    lines += [
        f"  step {miss['step'] + 1}: {miss['method']} {miss['url']} {miss['why']}"
        for miss in each.misses[:_MOST_SHOWN]
    ]
    if len(each.misses) > _MOST_SHOWN:
        lines.append(f"  … and {len(each.misses) - _MOST_SHOWN} more")
    return lines
