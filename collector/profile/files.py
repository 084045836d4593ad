"""The lock of a browser's state: two programs never have the same profile open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.common.errors import UserError
from collector.environment import refusals
from collector.files import create_private, private_dir, private_file, private_handle
from collector.posix import lock

__all__ = ["create_private", "lock_path", "private_dir", "private_file", "unused"]


def lock_path(state_dir: Path) -> Path:
    """The file whose ``flock`` a browser on ``state_dir`` holds."""
    return state_dir.parent / f".{state_dir.name}.lock"


@contextmanager
def unused(state_dir: Path) -> Iterator[None]:
    """Keep browsers off ``state_dir`` for a while. Raises UserError while one is open on it."""
    handle = private_handle(lock_path(state_dir), os.O_RDWR)
    try:
        with refusals(state_dir):
            free = lock(handle)
        if not free:
            raise UserError(
                "a browser is open on this profile",
                place=str(state_dir),
                fix="close it, or wait until the run is over",
            )
        yield
    finally:
        os.close(handle)
