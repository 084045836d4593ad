"""Commands that follow a run wait while it has not begun: its site is still being started."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from collector.run.runlock import holder
from collector.store import NotBegun

Seen = TypeVar("Seen")
#: Seconds between two looks at a run that has not begun.
EVERY_S = 0.5


def once_begun(run_dir: Path, look: Callable[[], Seen], pause: Callable[[float], bool]) -> Seen:
    """What ``look`` answers, from when the run has begun; said once that it is waited for.

    :param pause: waits so many seconds; true where nobody wants to wait any longer.
    :raises NotBegun: nobody carries the run out, or nobody wants to wait any longer.
    """
    said, alone = False, 0
    while True:
        try:
            return look()
        except NotBegun:
            # A folder is made a moment before whoever carries the run out is written down.
            alone = alone + 1 if holder(run_dir) is None else 0
            if alone > 2:
                raise
            if not said:
                click.echo(f"{run_dir}: not begun yet; waiting, Ctrl-C ends it", err=True)
                said = True
            if pause(EVERY_S):
                raise
