"""How much memory a puppet's browser uses, and an end to one that uses far too much.

A page that lives long leaks: DOM nodes grow by hundreds of megabytes in a few hundred loads. Asked
between steps, :func:`group_bytes` says when it is time to relaunch; within a step
:class:`MemoryGuard` looks on and ends a browser that would take the machine down with it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import psutil

from collector.posix import group_of

#: How often a running browser is looked at.
EVERY_S = 2.0


def group_bytes(pid: int) -> int:
    """Resident bytes of a process and of all in its process group, what they share counted once.

    0 when the process is gone, and where it has no group of its own: then nothing can be told
    apart from this process.
    """
    group = group_of(pid)
    if group is None:
        return 0
    own, shared = 0, 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if group_of(process.pid) != group:
                continue
            used = process.memory_info()
            of_all = getattr(used, "shared", 0)
            own += used.rss - of_all
            shared = max(shared, of_all)
    return own + shared


class MemoryGuard:
    """Looks at a browser's memory from a thread of its own, until :meth:`stop`.

    :param most_bytes: above it ``end`` is called, once.
    :param end: ends the browser, and nothing else.
    """

    def __init__(self, pid: int, most_bytes: int, end: Callable[[], None]) -> None:
        self.pid = pid
        self.most_bytes = most_bytes
        self.used: int | None = None
        """What it used when it was ended for it, bytes."""
        self._end = end
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="memory", daemon=True)
        self._thread.start()

    def _look_on(self) -> None:
        while not self._stopped.wait(EVERY_S):
            used = group_bytes(self.pid)
            if used > self.most_bytes:
                self.used = used
                self._end()
                return

    def stop(self) -> None:
        """Look no more; a second call does nothing."""
        self._stopped.set()
        self._thread.join()
