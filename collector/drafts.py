"""What is written beside its place first, so that it is there whole or not at all.

Protects the rule that nothing half-written is left: a draft lies in a folder of its own, which its
process keeps locked. Whoever is killed leaves that folder behind; the next to write the same thing
finds it unlocked and removes it. A draft that somebody still writes is never touched.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from collector import posix

_END = ".part"
_RANDOM = 8
"""Characters that the system's own temporary names have of their own."""


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """A private folder (0700) in ``folder`` for drafts of ``name``; it goes with the block.

    What dead processes left of the same name is removed before.

    :raises OSError: ``folder`` is not there, or cannot be written.

    >>> with tempfile.TemporaryDirectory() as here, scratch(Path(here), "pack.zip") as place:
    ...     (place.is_relative_to(here), place.parent.name.startswith(".pack.zip."))
    (True, True)
    """
    sweep(folder, name)
    place, handle = _locked(folder, name)
    try:
        inner = place / "drafts"  # whoever writes may lock the folder of what is written, too
        inner.mkdir(mode=0o700)
        yield inner
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(handle)


@contextmanager
def drafting(target: Path, *, new: bool = False) -> Iterator[Path]:
    """Where to write what takes the place of ``target`` when the block ends without an error.

    :param new: ``target``, a file, takes no other's place.
    :raises OSError: the folder of ``target`` cannot be written, or a folder is in its place;
        FileExistsError: something is, with ``new``.
    """
    if new and os.path.lexists(target):
        raise _taken(target)
    with scratch(target.parent, target.name) as place:
        yield place / target.name
        if new:
            name_once(place / target.name, target)
        else:
            (place / target.name).replace(target)


def name_once(draft: Path, target: Path) -> None:
    """Give a finished file its name where nothing has it yet.

    :raises FileExistsError: something has it, and stays as it is.
    """
    try:
        os.link(draft, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        if os.path.lexists(target):  # a file system without hard links
            raise _taken(target) from error
        draft.replace(target)


def _taken(target: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def sweep(folder: Path, name: str) -> list[Path]:
    """Remove what dead processes left in ``folder`` of drafts of ``name``; returns what it was.

    Nothing is removed where the file system has no locks: who is dead cannot be told.
    """
    begin, length = f".{name}.", len(name) + 2 + _RANDOM + len(_END)

    def ours(found: str) -> bool:
        return len(found) == length and found.startswith(begin) and found.endswith(_END)

    swept = []
    with suppress(OSError):  # whoever writes says what is wrong with the folder
        for each in [Path(entry) for entry in os.scandir(folder) if ours(entry.name)]:
            with suppress(OSError):
                handle = posix.folder_handle(each)
                try:
                    if os.fstat(handle).st_uid == posix.user_id() and posix.lock(handle):
                        shutil.rmtree(each, ignore_errors=True)
                        swept.append(each)
                finally:
                    os.close(handle)
    return swept


def _locked(folder: Path, name: str) -> tuple[Path, int]:
    """A new folder and the open file that keeps it locked, where there are locks."""
    while True:
        place = Path(tempfile.mkdtemp(dir=folder, prefix=f".{name}.", suffix=_END))
        try:
            handle = posix.folder_handle(place)
        except FileNotFoundError:
            continue  # somebody swept before it was locked
        try:
            locked = posix.lock(handle)
        except OSError:
            return place, handle  # no locks here, so nobody sweeps either
        if locked and place.is_dir():
            return place, handle
        os.close(handle)
