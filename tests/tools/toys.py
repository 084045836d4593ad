"""The collector beside a package of somebody else, which is found by its entry points alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from forks import command, forks


def collector_beside(toy: Path | None, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``collector`` in a process of its own that has the package's folder on its path.

    :param toy: without one nothing is beside it.
    """
    path = os.pathsep.join(filter(None, [str(toy or ""), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-m", "collector.start", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def collectors_beside(
    toy: Path, folder: Path
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The same for many calls: each is forked from one process that has the package on its path.

    :param folder: an empty one, of a short path.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(toy), prepend=os.pathsep)
        server = forks(folder)
        path = server.__enter__()
    try:

        def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
            words = command(path)("collector", *map(str, arguments))
            return subprocess.run(words, capture_output=True, text=True, check=False)

        yield call
    finally:
        server.__exit__(None, None, None)
