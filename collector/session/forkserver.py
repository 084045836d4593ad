"""Session processes that start in milliseconds: forked from one that has imported everything.

Much of a short session is the start of its process, which is imports: most of one without a
browser. Here a process of the run's own imports all that once and forks for each session. What a
session is to its supervisor stays the same: a process (:data:`CLIENT`) with the session's standard
files and the end that the session had; when it is ended, the session is.

Protects two rules: only processes we started are ever ended; a session that cannot be forked is
started as any other, so nothing depends on this one.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class _Server:
    """Forks a session for each client. The process has one thread, so forking is safe."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._events = selectors.DefaultSelector()
        self._clients: dict[int, socket.socket] = {}
        """Session's process → who stands for it."""

    def serve(self) -> None:
        """Until standard input is closed and no session is left."""
        events = self._events
        events.register(self._listening, selectors.EVENT_READ, self._accept)
        events.register(0, selectors.EVENT_READ, self._closing)
        self._open = True
        while self._open or self._clients:
            for key, _ in events.select():
                key.data()

    def _closing(self) -> None:
        """Whoever started this is done, or gone."""
        if not os.read(0, 100):
            self._events.unregister(0)
            self._events.unregister(self._listening)
            self._open = False

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        _, given, _, _ = socket.recv_fds(client, 1, 3)
        if len(given) != 3:
            client.close()
            return
        pid = os.fork()
        if not pid:
            self._session(client, given)
        for each in given:
            os.close(each)
        self._watch(pid, client)

    def _watch(self, pid: int, client: socket.socket) -> None:
        """Hear of the end of a process, and of whoever stands for it."""
        self._clients[pid] = client
        done = os.pidfd_open(pid)
        self._events.register(done, selectors.EVENT_READ, lambda: self._ended(pid, done))
        self._events.register(client, selectors.EVENT_READ, lambda: self._gone(pid))

    def _session(self, client: socket.socket, given: list[int]) -> None:
        """In the new process: be a worker, and never come back."""
        # In the child alone: the server itself does no session.
        from collector.session import worker

        self._become(client, given)
        code = 70
        try:
            code = worker.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
        except BaseException:
            traceback.print_exc()
            code = 1
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _become(self, client: socket.socket, given: list[int]) -> None:
        """In the new process: let go of the server's files, and take the client's."""
        self._listening.close()
        self._events.close()
        client.close()
        for other in self._clients.values():
            other.close()
        for number, each in enumerate(given):
            os.dup2(each, number)
            os.close(each)
        sys.stdin = os.fdopen(0, encoding="utf-8")
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")
        posix.lead_group()

    def _ended(self, pid: int, done: int) -> None:
        """A session is over: who stands for it ends in the same way."""
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        client = self._clients.pop(pid)
        with suppress(KeyError):
            self._events.unregister(client)
        with suppress(OSError):
            client.sendall(code.to_bytes(4, "little", signed=True))
        client.close()
        self._events.unregister(done)
        os.close(done)

    def _gone(self, pid: int) -> None:
        """Who stands for a session was ended, so the session is: its process group is its own."""
        self._events.unregister(self._clients[pid])
        posix.signal_group(pid)


def _import_everything(driver: str = HTTP) -> None:
    """What every session would import, and the authorities that this machine trusts."""
    from collector.bounded import trusted  # heavy (httpx): for the process that forks alone
    from collector.drivers.choice import driver_of
    from collector.platforms.registry import platforms
    from collector.session import (
        session,  # noqa: F401
        steps,  # noqa: F401
        worker,  # noqa: F401
    )

    driver_of(driver)
    if driver != HTTP:
        import playwright.sync_api  # noqa: F401
    for spec in platforms().values():
        spec.load("runner")
        spec.load("http_actions" if driver == HTTP else "actions")
    trusted()


def main() -> int:
    """``python -m collector.session.forkserver SOCKET DRIVER``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_everything(sys.argv[2])
    gc.freeze()  # nothing of it is garbage: no fork looks through it, and its memory stays shared
    listening = socket.socket(socket.AF_UNIX)
    path = Path(sys.argv[1])
    try:
        listening.bind(str(path))
    except OSError:
        return 1
    path.chmod(0o600)
    listening.listen(64)
    print("ready", flush=True)
    _Server(listening).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
