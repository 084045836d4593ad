"""Session processes that start in milliseconds: forked from a process that has imported everything.

``python zygote.py SOCKET [PLACES.json]`` serves; :data:`CLIENT` is the command that stands for a
session's process. It hands its standard files over, waits, and ends the way the session ended.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path

#: ``python -S -E -c CLIENT SOCKET``
CLIENT = """
import os, signal, socket, sys
to = socket.socket(socket.AF_UNIX)
to.connect(sys.argv[1])
socket.send_fds(to, [b"x"], [0, 1, 2])
os.close(0); os.close(1)
status = int.from_bytes(to.recv(4), "little", signed=True)
if status < 0:
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


def serve(path: Path) -> None:
    """Fork a session for every client, for ever. The process has one thread, so forking is safe."""
    import mortal_worker

    from collector.adapters.youtube import browserless as youtube  # noqa: F401
    from collector.drivers import browserless as http_driver  # noqa: F401
    from collector.session import worker  # noqa: F401

    mortal_worker.install()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(64)
    print("ready", flush=True)
    events = selectors.DefaultSelector()
    events.register(listening, selectors.EVENT_READ, None)
    while True:
        for key, _ in events.select():
            if key.data is None:
                client, _ = listening.accept()
                pid = _fork(client, listening)
                done = os.pidfd_open(pid)
                events.register(done, selectors.EVENT_READ, (pid, client))
                continue
            pid, client = key.data
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            client.sendall(code.to_bytes(4, "little", signed=True))
            client.close()
            events.unregister(key.fileobj)
            os.close(int(key.fd))


def _fork(client: socket.socket, listening: socket.socket) -> int:
    from collector.session import worker

    _, given, _, _ = socket.recv_fds(client, 1, 3)
    pid = os.fork()
    if pid:
        for each in given:
            os.close(each)
        return pid
    listening.close()
    client.close()
    for number, each in enumerate(given):
        os.dup2(each, number)
        os.close(each)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8")
    os.setsid()
    code = 70
    try:
        code = worker.main()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Path(sys.argv[1]))
