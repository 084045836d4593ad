"""Processes that start in milliseconds: forked from one that has imported everything.

``python forks.py SOCKET`` serves; :func:`command` is what stands for a process of a
role, with its own environment, folder, standard files and end. What a process does once it
runs is the program's own code; only the seconds of importing it are saved.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.session.forked import ENDS_ALIKE
from collector.session.forkserver import _Server

#: ``python -S -E -c CLIENT SOCKET ROLE [ARGUMENT …]``
CLIENT = (
    """
import json, os, signal, socket, sys
to = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
to.connect(sys.argv[1])
told = json.dumps([sys.argv[2:], dict(os.environ), os.getcwd()]).encode()
to.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
socket.send_fds(to, [told], [0, 1, 2])
"""
    + ENDS_ALIKE
)
_MOST = 1 << 20

#: Seeds of most of the mocks that tests start: their catalogues are made once, before any fork.
SEEDS = (1, 3, 7)
#: Of the server itself, for those that are forked from it.
_path = ""


def session() -> int:
    from collector.session import worker

    return worker.main()


def mock() -> int:
    from mockserver import child

    return child.main()


def mortal() -> int:
    """A session that kills itself where the environment's ``MORTAL_PLACES`` says."""
    import mortal_worker

    from collector.session import worker

    mortal_worker.install()
    return worker.main()


def _fork_its_own() -> None:
    """Sessions and mocks of this process are forked, too."""
    from collector.mock import ownmock
    from collector.schedule import supervised

    vars(supervised)["WORKER"] = command(_path)("session")
    vars(ownmock)["COMMAND"] = command(_path)("mock")


def collector() -> int:
    """The command line, its signals and all."""
    from collector import start

    _fork_its_own()
    return start.main()


def inner_pytest() -> int:
    """pytest, in a folder that holds the files."""
    import pytest

    _fork_its_own()
    sys.path.insert(0, os.getcwd())
    return int(pytest.main(sys.argv[1:]))


def python() -> int:
    """``python -c``: the first argument is the program, the others are its own."""
    code = sys.argv.pop(1)
    sys.argv[0] = "-c"
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    return 0


ROLES: dict[str, Callable[[], int]] = {
    "session": session, "mock": mock, "mortal": mortal, "collector": collector,
    "pytest": inner_pytest, "python": python,
}  # fmt: skip


class Forks(_Server):
    """Forks the role that each client asks for."""

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        told, given, _, _ = socket.recv_fds(client, _MOST, 3)
        if len(given) != 3:
            client.close()
            return
        pid = os.fork()
        if not pid:
            self._play(client, given, *json.loads(told))
        for each in given:
            os.close(each)
        self._watch(pid, client)

    def _play(
        self, client: socket.socket, given: list[int], argv: list[str], env: dict[str, str],
        folder: str,
    ) -> None:  # fmt: skip
        """In the new process: be what is asked for, and never come back."""
        code = 70
        try:
            self._become(client, given)
            os.environ.clear()
            os.environ.update(env)
            os.chdir(folder)
            sys.argv = argv
            code = ROLES[argv[0]]()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
        except BaseException:
            traceback.print_exc()
            code = 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def _import_everything() -> None:
    import playwright.sync_api  # noqa: F401

    import mockserver.child  # noqa: F401
    from collector.session import forkserver
    from mockserver.mounted import FACES
    from mockserver.world import World

    forkserver.load()
    for face in FACES:
        if face.ready is not None:
            face.ready()
    for seed in SEEDS:
        World.build(seed=seed)
    gc.freeze()  # what was imported is shared with all that are forked


def command(path: str) -> Callable[..., tuple[str, ...]]:
    """What makes the command that stands for a role, of the server at a path."""
    return lambda *role: (sys.executable, "-S", "-E", "-c", CLIENT, path, *role)


@contextmanager
def forks(folder: Path) -> Iterator[str]:
    """A server of forks while the block runs; yields its path."""
    path = folder / "forks"
    process = subprocess.Popen(
        [sys.executable, __file__, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield str(path)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def main() -> None:
    global _path
    _path = sys.argv[1]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_everything()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(sys.argv[1])
    listening.listen(64)
    print("ready", flush=True)
    Forks(listening).serve()


if __name__ == "__main__":
    main()
