"""What only a POSIX system has, in one place: locks that a death frees, and groups of processes.

Nothing else of the project imports ``fcntl`` or asks for a process group. Linux is what the tests
run on; macOS has all of it. For Windows, this file would be written again over ``msvcrt.locking``
and job objects.

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
from typing import IO

import psutil


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


def group_of(pid: int) -> int | None:
    """The group that a process is in; ``None``: it is gone, or in the group of this process.

    Then nothing can be told apart from this process, and nothing may be done to the group.
    """
    try:
        group = os.getpgid(pid)
    except ProcessLookupError:
        return None
    return None if group == os.getpgrp() else group


def signal_group(leader: int, number: signal.Signals = signal.SIGKILL) -> None:
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
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
