"""The process that forks sessions: ``python -m collector.session.forkserver SOCKET DRIVER``.

It is started by :func:`collector.session.forked.forking`, which says what it is for. Nothing else
imports it: it loads all that a session needs.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from collector import posix
from collector.drivers.base import HTTP
from collector.drivers.choice import driver_of
from collector.platforms.registry import platforms
from collector.profile.persona import names
from collector.session import (
    session,  # noqa: F401
    steps,  # noqa: F401
    worker,
)
from collector.surroundings import trusted

#: New objects between two searches for garbage: a page is read into many that refer to no other.
NEW_OBJECTS = 20_000


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
        """Who stands for a session was ended, so the session is, with the group that it leads; in
        its first moment it leads none and has started nothing."""
        self._events.unregister(self._clients[pid])
        posix.end_led(pid)


def load(driver: str = HTTP) -> None:
    """Load what every session of a driver needs beside the modules above: what is found by its
    name, the authorities that this machine trusts, and the names that personas are checked by."""
    driver_of(driver)
    if driver != HTTP:
        import playwright.sync_api  # noqa: F401  # heavy: for sessions with a browser alone
    for spec in platforms().values():
        spec.load("runner")
        spec.load("http_actions" if driver == HTTP else "actions")
    trusted()
    names()
    gc.set_threshold(NEW_OBJECTS)


def main() -> int:
    """``python -m collector.session.forkserver SOCKET DRIVER``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load(sys.argv[2])
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
