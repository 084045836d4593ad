"""Private files and directories: 0600 and 0700 from the moment they exist, whatever the umask.

Protects secret keys and browser sessions: nothing is created readable and tightened later.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.errors import UserError


def private_dir(path: Path) -> Path:
    """``path`` as a directory of mode 0700; missing parents are made the same way."""
    missing = []
    at = path
    while not at.exists():
        missing.append(at)
        at = at.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        each.chmod(0o700)
    if not missing:
        path.chmod(0o700)
    return path


def private_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all, mode 0600; an older file is replaced."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = create_private(beside)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def create_private(path: Path) -> int:
    """A file descriptor, open for writing, of a new file of mode 0600. Raises FileExistsError."""
    handle = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600
    )
    os.fchmod(handle, 0o600)
    return handle


def lock_path(state_dir: Path) -> Path:
    """The file whose ``flock`` a browser on ``state_dir`` holds."""
    return state_dir.parent / f".{state_dir.name}.lock"


@contextmanager
def unused(state_dir: Path) -> Iterator[None]:
    """Keep browsers off ``state_dir`` for a while. Raises UserError while one is open on it."""
    handle = os.open(lock_path(state_dir), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                "a browser is open on this profile",
                place=str(state_dir),
                fix="close it, or wait until the run is over",
            ) from None
        yield
    finally:
        os.close(handle)
