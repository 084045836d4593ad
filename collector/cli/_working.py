"""What every command that carries a scenario out needs: progress, interruption, confirmation."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
from rich.console import Console


def progress_console() -> Any:
    """The console of progress: standard error."""
    return Console(stderr=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C and a termination signal end the work cleanly, with exit code 130."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("interrupted; everything captured so far is kept", err=True)
        raise SystemExit(130) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def confirmation(yes: bool) -> Callable[[str], bool]:
    """Asks at the terminal; ``yes``: every question is answered so. Off a terminal
    the answer is no."""

    def ask(question: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            return False
        return click.confirm(question, err=True)

    return ask
