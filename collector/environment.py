"""What a machine refuses, as one sentence with what to do: the one place that knows such errors.

Protects the rule that a traceback is a defect of the program. A folder that cannot be written, a
full disk, a file system without locks, a home that is none: none of these is.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from collector.common.errors import UserError
from collector.streams import STDOUT


class EnvironmentRefused(UserError):
    """The machine refused what the program had to do."""


class DiskFull(EnvironmentRefused):
    """No room is left where something had to be written."""


_ELSEWHERE = "name another place, or change who may read and write there"
_WORDS: dict[int, tuple[str, str]] = {
    errno.EROFS: (
        "the file system cannot be written",
        "name a place that can be written, or copy the folder to one",
    ),
    errno.EACCES: ("permission denied", _ELSEWHERE),
    errno.EPERM: ("not permitted", _ELSEWHERE),
    errno.ENOENT: ("there is nothing of this name", "check the path; make its folder first"),
    errno.EEXIST: ("something of this name is in the way", "remove it, or choose another name"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "check the path"),
    errno.EISDIR: ("this is a folder, not a file", "name a file"),
    errno.ENOTEMPTY: ("the folder is not empty", "name another one"),
    errno.ELOOP: ("links lead in a circle", "check the path"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.EXDEV: ("it lies on two file systems", "choose a place on one"),
    errno.EFBIG: ("the file grows too large", "choose another file system, or raise its limit"),
    errno.EIO: ("the disk does not answer as it should", "check the disk; copy what is readable"),
    errno.ESTALE: ("the file system has gone", "mount it again, and try again"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n), or use fewer workers"),
    errno.ENFILE: ("the machine has too many files open", "end other programs, and try again"),
    errno.ENOMEM: ("there is no memory left", "end other programs, or use fewer workers"),
    errno.EAGAIN: ("the machine starts no more processes", "raise the limit (ulimit -u)"),
    errno.ENOEXEC: ("this program cannot be started here", "install one for this machine"),
    errno.ECONNREFUSED: ("nothing answers there", "start it, or check the address"),
    errno.EADDRINUSE: ("the address is taken", "use another port"),
    errno.EADDRNOTAVAIL: ("the address is not this machine's", "use one of its own"),
    errno.ENETUNREACH: ("the network cannot be reached", "check the connection"),
    errno.EHOSTUNREACH: ("the machine cannot be reached", "check the address"),
}
_NOWHERE = ("this is a link that leads nowhere", "remove it, or choose another name")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
#: What a write to an open file is refused for, without a name.
_NAMELESS = _FULL | {errno.EFBIG, errno.EIO}
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
#: Bytes: its file of locks is 32 KiB at first, and one page of the log comes to that.
_SQLITE_NEEDS = 64 << 10
_CIRCLE = re.compile(r"Symlink loop from '(.*)'")
#: As Python's ``tempfile`` says it, with a list of those that it tried.
_NO_FOLDER = re.compile(r"No usable temporary directory found in \[(.*)\]")
_QUOTED = re.compile(r"'([^']*)'")
_HOME = "could not determine home directory"


def with_extra(name: str) -> str:
    """How to install the packages of an extra beside the installed program, as a fix says it.

    True of a checkout and of a package alike: pip keeps the program that is installed, and looks
    for the packages of the extra alone.

    >>> with_extra("frames")
    "pip install 'twinwatch[frames]' where twinwatch is installed ('.[frames]' in its source)"
    """
    return (
        f"pip install 'twinwatch[{name}]' where twinwatch is installed ('.[{name}]' in its source)"
    )


def refusal_of(
    error: BaseException, *, place: Path | str | None = None, fix: str = ""
) -> UserError | None:
    """The user's error behind the machine's; ``None`` for what is a defect of the program.

    :param place: what it is about, where the error does not say; ``fix``: a better one than the
        general one.
    """
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return _of_system(error, place, fix)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, place, fix)
    if isinstance(error, UnicodeEncodeError):
        return EnvironmentRefused(
            "the name must be text (UTF-8)",
            place=ascii(error.object)[:200],
            fix="use a name that is text (UTF-8)",
        )
    if isinstance(error, RuntimeError) and (circle := _CIRCLE.fullmatch(str(error))):
        # as a path says it that is made absolute
        return _of_system(OSError(errno.ELOOP, "", circle[1]), place, fix)
    if isinstance(error, RuntimeError) and _HOME in str(error).lower():
        return EnvironmentRefused(
            "there is no home directory: HOME is not set, and the user has no entry of its own",
            place="HOME",
            fix="set HOME, or TWINWATCH_PROFILES, XDG_DATA_HOME and XDG_CACHE_HOME, to folders"
            " that may be written",
        )
    return None


def leads_nowhere(path: Path | str) -> bool:
    """Whether ``path`` is a link to what is not there."""
    return os.path.islink(path) and not os.path.exists(path)


def _of_system(error: OSError, place: Path | str | None, fix: str) -> UserError:
    where = error.filename if error.filename2 is None else error.filename2
    at = str(place if place is not None else where if where is not None else "")
    at = os.fsencode(at).decode("utf-8", "backslashreplace")
    if where == STDOUT and place is None:
        said = error.strerror or str(error)
        return EnvironmentRefused(
            f"cannot be written ({said})",
            place=STDOUT,
            fix="send it to a place that has room and may be written",
        )
    if error.errno in _FULL:
        return _full(at, fix, "what was finished before is kept")
    if (tried := _NO_FOLDER.fullmatch(error.strerror or "")) and error.filename is None:
        return EnvironmentRefused(
            "no folder for temporary files can be written, or has room",
            place=", ".join(dict.fromkeys(_QUOTED.findall(tried[1]))),
            fix="free some space in one of them, or set TMPDIR to a folder that can be written",
        )
    if error.errno in _NO_LOCKS:
        return EnvironmentRefused(
            "this file system has no locks, without which two programs could write one run",
            place=at,
            fix=fix or "use a folder of a local file system",
        )
    said, mend = _WORDS.get(error.errno or 0, (error.strerror or str(error), "check the path"))
    if error.errno in (errno.ENOENT, errno.EEXIST) and leads_nowhere(at):
        said, mend = _NOWHERE
    return EnvironmentRefused(said, place=at, fix=fix or mend)


def _of_sqlite(error: sqlite3.Error, place: Path | str | None, fix: str) -> UserError | None:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    at = str(place or "")
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _no_room(at)):
        return _full(at, fix, "what was committed before is safe")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return EnvironmentRefused(
            f"the database cannot be opened for writing ({error})",
            place=at,
            fix=fix or "check that its folder exists and may be written, or name another",
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return EnvironmentRefused(
            f"the database is damaged, or none ({error})",
            place=at,
            fix=fix or "restore it from a copy, or name another file",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return EnvironmentRefused(
            "another process keeps the database locked, or its file system has no locks",
            place=at,
            fix=fix or "end the other program; choose a local file",
        )
    if primary == sqlite3.SQLITE_IOERR:
        return EnvironmentRefused(
            f"the database cannot be read or written ({error})",
            place=at,
            fix=fix or "check the disk and its free space; a network file system may lack locks",
        )
    return None


def _full(at: str, fix: str, kept: str) -> DiskFull:
    """The error of a full disk; ``at``: what could not be written, empty where nobody said."""
    mend = f"free some space and try again; {kept}"
    if not at:
        at = _filled()
        with suppress(OSError):
            if at == tempfile.gettempdir():
                mend = f"free some space there, or set TMPDIR to a folder that has room; {kept}"
    return DiskFull("the disk is full", place=at, fix=fix or mend)


def _no_room(path: str) -> bool:
    """Whether less is free where ``path`` lies than SQLite writes at once beside a database; of one
    that nobody named, as of the mock's own, where temporary files lie."""
    return _little_left(Path(path).parent if path else _filled() or ".")


def _filled() -> str:
    """Which disk it is that is full, where the system did not say what it could not write: the one
    of the temporary folder where that has no room, else the one of this folder."""
    with suppress(OSError):
        here = os.getcwd()
        aside = tempfile.gettempdir()
        return aside if _little_left(aside) and not _little_left(here) else here
    return ""


def _little_left(folder: Path | str) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < _SQLITE_NEEDS
    return False


@contextmanager
def full_at(place: Path) -> Iterator[None]:
    """A disk that is full in the block, or takes no more of a file, is that of ``place`` where the
    system does not say what it could not write."""
    try:
        yield
    except OSError as error:
        if error.errno in _NAMELESS and error.filename is None:
            error.filename = str(place)
        raise


def something_there(path: Path) -> bool:
    """Whether a file or folder is at ``path``.

    :raises EnvironmentRefused: it is a link to what is not there: writing would take its place.
    """
    if leads_nowhere(path):
        raise EnvironmentRefused(_NOWHERE[0], place=str(path), fix=_NOWHERE[1])
    return path.exists()


def refuse_unwritable(path: Path, *, fix: str = "") -> None:
    """Refuse a file that cannot be written, before the work whose result it is to hold.

    What is there keeps its bytes, and what is not there is not made.

    :raises EnvironmentRefused: with ``fix``
    """
    with refusals(path, fix=fix):
        new = not os.path.lexists(path)
        if not new and not path.is_file() and not path.is_dir():
            return  # a pipe or a terminal: opened once, by who writes
        with path.open("ab"):
            pass
        if new:
            path.unlink()


@contextmanager
def refusals(place: Path | str | None = None, *, fix: str = "") -> Iterator[None]:
    """The machine's errors in the block as the user's, about ``place`` where it is given."""
    try:
        yield
    except (OSError, sqlite3.Error, UnicodeEncodeError, RuntimeError) as error:
        found = refusal_of(error, place=place, fix=fix)
        if found is None:
            raise
        raise found from error
