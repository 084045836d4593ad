"""Private files and directories: 0600 and 0700 from the moment they exist, whatever the umask.

Beside them those that others may read where the umask lets them, and that nobody else may write.

Protects secret keys, browser sessions and whatever else tells who a puppet is: nothing is created
readable and tightened later. And protects SQLite's files: closing any descriptor of a file drops
every lock that the process holds on it, so one that exists is never opened here
(https://sqlite.org/howtocorrupt.html, section 2.2).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from collector import posix
from collector.drafts import drafting, scratch

#: The file that tells whoever looks into a folder what in it is for its owner alone.
FOR_YOU_ALONE = "FOR-YOU-ALONE.txt"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def keep_for_owner() -> None:
    """Take out of the umask what would keep this process out of the files that it makes."""
    os.umask(os.umask(0o077) & 0o077)


def private_dir(path: Path) -> Path:
    """``path`` as a directory of mode 0700; missing parents are made the same way."""
    missing = _missing(path)
    for each in missing:
        each.mkdir(mode=0o700, exist_ok=True)
        each.chmod(0o700)
    if not missing and path.stat().st_mode & 0o777 != 0o700:
        path.chmod(0o700)  # else nothing is written: whoever looks may be on a read-only disk
    return path


def _missing(path: Path) -> list[Path]:
    """The folders of a path that are not there, outermost first."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    return missing[::-1]


def private_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all, mode 0600; an older file is replaced."""
    _whole(path, data, create_private)


def shared_dir(path: Path) -> Path:
    """``path`` as a directory that others may read where the umask lets them, and never write.

    Missing parents are made the same way; what is there stays as it is.
    """
    for each in _missing(path):
        each.mkdir(mode=0o755, exist_ok=True)
    path.mkdir(mode=0o755, exist_ok=True)  # refuses what is there and no folder
    return path


def shared_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all; an older file is replaced.

    Others may read it where the umask lets them, and never write it.
    """
    _whole(path, data, lambda draft: os.open(draft, _NEW, 0o644))


def shared_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files by their names in a folder, as :func:`shared_file` writes one; none takes its place
    before all are written."""
    shared_dir(folder)
    with scratch(folder, "files") as place:
        for name, content in files.items():
            shared_file(place / name, content)
        for name in files:
            (place / name).replace(folder / name)


def _whole(path: Path, data: bytes, create: Callable[[Path], int]) -> None:
    try:
        with drafting(path) as draft, os.fdopen(create(draft), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        error.filename = str(path)  # not the draft; and of a full disk the system says no name
        error.filename2 = None
        raise


def create_private(path: Path) -> int:
    """A file descriptor, open for writing, of a new file of mode 0600. Raises FileExistsError."""
    handle = os.open(path, _NEW, 0o600)
    posix.owner_only(handle)
    return handle


def make_private(path: Path) -> None:
    """An empty file of mode 0600 where none is yet, for SQLite to fill; an existing one is never
    opened, only closed to others."""
    try:
        os.close(create_private(path))
    except FileExistsError:
        if not path.is_symlink() and path.is_file() and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def open_private(path: Path, mode: str) -> IO[bytes]:
    """A binary file of mode 0600, made when it is missing: ``ab`` to append, ``wb`` to begin anew.

    For logs and lock files; not for SQLite's.
    """
    flags = {"ab": os.O_APPEND, "wb": os.O_TRUNC}[mode]
    return os.fdopen(private_handle(path, os.O_WRONLY | flags), mode)


def private_handle(path: Path, flags: int) -> int:
    """A file descriptor of a file of mode 0600, made when it is missing.

    :param flags: of ``os.open``: how it is opened, as ``os.O_RDWR | os.O_APPEND``.
    :raises OSError: it cannot be opened.
    """
    handle = os.open(path, flags | os.O_CREAT, 0o600)
    try:
        if stat.S_IMODE(os.fstat(handle).st_mode) != 0o600:
            posix.owner_only(handle)
    except BaseException:
        os.close(handle)
        raise
    return handle
