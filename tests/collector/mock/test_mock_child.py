"""The mock of a run that is taken up waits for its predecessor to give the state up."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from collector.common.errors import UserError
from collector.mock import ownmock
from mockserver.world.journal import Journal


def test_a_mock_waits_until_the_state_is_free(tmp_path: Path) -> None:
    path = tmp_path / "mock.state"
    other = Journal(path)
    with pytest.raises(UserError, match="another mock server"):
        Journal(path)
    got: list[Journal] = []
    waiting = threading.Thread(target=lambda: got.append(Journal(path, patient=True)))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    other.close()
    waiting.join(60)
    got[0].close()


def test_whoever_is_interrupted_while_it_starts_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard against a mock that never answers is called off, whatever ends the waiting."""

    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> str:
            raise KeyboardInterrupt

    class Silent:
        def __init__(self, *_: object, **__: object) -> None:
            self.stdin, self.stdout = io.StringIO(), Interrupted()

        def wait(self, *_: object) -> int:
            return 0

        def kill(self) -> None: ...

    monkeypatch.setattr(ownmock.subprocess, "Popen", Silent)
    begun: list[threading.Timer] = []

    class Noted(threading.Timer):
        def start(self) -> None:
            begun.append(self)
            super().start()

    monkeypatch.setattr(ownmock.threading, "Timer", Noted)
    told = {"seed": 1, "db": None, "state": tmp_path / "state", "log": tmp_path / "log"}
    with pytest.raises(KeyboardInterrupt), ownmock.own_mock(**told):  # type: ignore[arg-type]
        pass
    (guard,) = begun
    assert guard.finished.is_set()


@pytest.mark.slow
def test_two_mocks_of_one_state_follow_one_another(tmp_path: Path) -> None:
    told = json.dumps({"seed": 1, "state": str(tmp_path / "mock.state")}) + "\n"
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "mockserver.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for each in both:
            assert each.stdin is not None
            each.stdin.write(told)
            each.stdin.close()  # nobody holds it: it answers once, and ends
        for each in both:
            assert each.stdout is not None
            assert "url" in json.loads(each.stdout.readline())
            assert each.wait(60) == 0
    finally:
        for each in both:
            each.kill()
            each.wait()
            assert each.stdout is not None
            each.stdout.close()
