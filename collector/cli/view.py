"""``collector view``: a run on a local page, to watch it and to look back at it."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType

import click

from collector.cli._begun import once_begun
from collector.store import NotBegun
from collector.view import viewing


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path), metavar="RUN_DIR")
@click.option(
    "--live",
    is_flag=True,
    help="The tiles follow the run, at most a second behind; waits for one that has not begun.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The port on 127.0.0.1; 0: any free one.",
)
def view(run_dir: Path, live: bool, port: int) -> None:
    """Watch a run, or look back at it, on a local page: tiles, pages side by side, evidence.

    Prints the address, which is for this machine alone, and answers until Ctrl-C. Reads the run's
    folder and changes nothing; the run may be under way, killed, waiting or over.

    \b
    collector view runs/quick
    collector view runs/quick --live
    """
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with ExitStack() as stack:
            opened = partial(viewing, run_dir, live=live, port=port)
            try:
                address = (
                    once_begun(run_dir, lambda: stack.enter_context(opened()), over.wait)
                    if live
                    else stack.enter_context(opened())
                )
            except NotBegun:
                if over.is_set():
                    return
                raise
            click.echo(address)
            click.echo(f"showing {run_dir}; Ctrl-C ends it", err=True)
            over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


commands: list[click.Command] = [view]
