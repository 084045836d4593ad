"""Session processes that start in milliseconds: forked from one that has imported everything.

Much of a short session is the start of its process, which is imports: most of one without a
browser. Here a process of the run's own (:mod:`collector.session.forkserver`) imports all that once
and forks for each session. What a session is to its supervisor stays the same: a process
(:data:`CLIENT`) with the session's standard files and the end that the session had; when it is
ended, the session is.

Protects two rules: only processes we started are ever ended; a session that cannot be forked is
started as any other, so nothing depends on this one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import posix
from collector.drivers.base import HTTP

COMMAND = (sys.executable, "-m", "collector.session.forkserver")

#: What stands for a process waits, and ends as that did.
ENDS_ALIKE = """
os.close(0); os.close(1)
told = to.recv(4)
status = int.from_bytes(told, "little", signed=True) if told else 70
if status < 0:
    if status != -signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)
"""
#: Stands for a session's process: hands its standard files over, waits, and ends as the session
#: did. ``python -S -E -c CLIENT SOCKET``; where nobody answers it becomes an ordinary worker.
CLIENT = (
    """
import os, signal, socket, sys
to = socket.socket(socket.AF_UNIX)
try:
    to.connect(sys.argv[1])
    socket.send_fds(to, [b"x"], [0, 1, 2])
except OSError:
    os.execv(sys.executable, [sys.executable, "-m", "collector.session.worker"])
"""
    + ENDS_ALIKE
)

_START_LIMIT_S = 60.0


@contextmanager
def forking(driver: str = HTTP) -> Iterator[tuple[str, ...] | None]:
    """A fork server for the time of the block; yields the command that starts a session by it.

    :param driver: that of the sessions.

    ``None``: it did not come up, and sessions are started the long way. The server ends when the
    block does, once its last session has ended.
    """
    if not posix.FORKS:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="twinwatch-") as folder:
        path = Path(folder) / "fork"
        process = subprocess.Popen(
            [*COMMAND, str(path), driver],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            ready = process.stdout.readline() == b"ready\n"
            yield (sys.executable, "-S", "-E", "-c", CLIENT, str(path)) if ready else None
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(_START_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
