"""What only a POSIX system has, in one place: locks that a death frees, groups of processes, users.

Nothing else of the project asks for it, but for the server that forks sessions, which is used on
Linux alone (:data:`FORKS`); a test reads the source for it. Linux is what the tests run on; macOS
has all of this file. For Windows, it would be written again over ``msvcrt.locking`` and job
objects.

Protects the rule that a lock is freed when its holder dies, however it dies: it belongs to an open
file, and the system closes that.

Why not filelock: our lock files hold the name of their holder, for people and for the run that
takes over, and whoever is refused reads it there. filelock 3.20 empties the file before it has the
lock, so a refused caller deletes the name; filelock 4.3, which keeps it, still opens the file
itself. It can lock neither a folder (``IsADirectoryError``), as the store does, nor a file that is
open already, and it waits by asking again and again. Processes are psutil's, and what psutil cannot
do, a signal to a whole group, is here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
from pathlib import Path
from typing import IO

import psutil

#: Whether a process can be forked whose end wakes a selector.
FORKS = hasattr(os, "fork") and hasattr(os, "pidfd_open")

#: The end that no process can put off.
KILL = signal.SIGKILL


def user_id() -> int:
    """The number of the user that this process acts for."""
    return os.geteuid()


def is_root() -> bool:
    """Whether this process may do everything on this machine, so that no ``sudo`` is needed."""
    return user_id() == 0


def owner_only(handle: int) -> None:
    """Take an open file from everybody but its owner, whatever the umask was: mode 0600."""
    os.fchmod(handle, 0o600)


def lead_group() -> None:
    """Make this process the leader of a group of its own. Raises OSError: it leads one already."""
    os.setsid()


def lock(file: int | IO[bytes], *, wait: bool = False) -> bool:
    """Lock an open file (or folder) for this open file alone, until it is closed.

    :param wait: for whoever has it; otherwise the answer is at once.
    :returns: False, and no lock, while somebody else has it.
    :raises OSError: the file system has no locks.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as one, open(one.name, "rb") as other:
    ...     (lock(one), lock(other))
    (True, False)
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def folder_handle(folder: Path) -> int:
    """Open a folder, to lock it; the caller closes the handle. A link in its place is not followed.

    :raises OSError: there is none, or this system opens no folders.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     handle = folder_handle(Path(here))
    ...     print(lock(handle))
    ...     os.close(handle)
    True
    """
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def group_of(pid: int) -> int | None:
    """The group that a process is in; ``None``: it is gone, or in the group of this process.

    Then nothing can be told apart from this process, and nothing may be done to the group.
    """
    try:
        group = os.getpgid(pid)
    except ProcessLookupError:
        return None
    return None if group == os.getpgrp() else group


def signal_group(leader: int, number: signal.Signals = KILL) -> None:
    """Signal a process that leads a group (``start_new_session``) and all that it has started.

    Harmless when it is gone.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def end_with_group(process: psutil.Process) -> None:
    """Kill a process and the group it is in; if that group is ours, it and its children only.

    Harmless when it is gone.
    """
    if not process.is_running():
        return
    group = group_of(process.pid)
    if group is not None:
        signal_group(group)
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()


def end_led(pid: int) -> None:
    """Kill the group that a process leads; of one that leads none, the process alone."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, KILL)
        else:
            os.kill(pid, KILL)


def fill_streams() -> None:
    """Let standard streams that the caller has closed lead nowhere. Else the next file that is
    opened takes the place of one, and what is printed is written into it."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
