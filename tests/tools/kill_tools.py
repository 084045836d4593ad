"""Sessions whose processes are forked from one that has imported everything, for tests of kills."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from places import TOOLS
from zygote import CLIENT

from collector.schedule import supervised

ZYGOTE = TOOLS / "zygote.py"


@contextmanager
def zygote(folder: Path, places: Path) -> Iterator[tuple[str, ...]]:
    """A process that sessions are forked from; yields the command that does it.

    :param places: the file that tells ``mortal_worker`` where to die; it need not be there.
    """
    path = folder / "zygote"
    process = subprocess.Popen(
        [sys.executable, str(ZYGOTE), str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "MORTAL_PLACES": str(places)},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield (sys.executable, "-S", "-E", "-c", CLIENT, str(path))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def forked_workers(folder: Path, places: Path) -> Iterator[tuple[str, ...]]:
    """While the block runs, this process's sessions are forked; yields the command that does it."""
    with zygote(folder, places) as command, pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervised, "WORKER", command)
        yield command
