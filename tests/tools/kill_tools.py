"""Runs that are killed: their sessions and their mock are forked, so that each begins at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.mock import ownmock
from collector.schedule import supervised

ROLE = -1
"""Where a command of ``forks`` names the role."""


@contextmanager
def mortal_workers(places: Path) -> Iterator[None]:
    """While the block runs, this process's sessions die where they are told (``mortal_worker``).

    :param places: the file that tells them where; it need not be there.
    """
    assert supervised.WORKER[ROLE] == "session", "sessions are forked"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MORTAL_PLACES", str(places))
        patch.setattr(supervised, "WORKER", (*supervised.WORKER[:ROLE], "mortal"))
        yield


def collector_command(*args: str) -> list[str]:
    """``collector`` in a process of its own, whose sessions and mock are forked as those here."""
    call = "from collector.mock import ownmock; from collector.schedule import supervised;"
    call += f"supervised.WORKER = {supervised.WORKER!r}; ownmock.COMMAND = {ownmock.COMMAND!r};"
    call += "from collector.cli import main; main()"
    return [sys.executable, "-c", call, *args]
