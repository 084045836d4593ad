"""A disk that fills up while evidence is sent: what is queued stays, one sentence, exit code 1."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from collector import submit
from collector.environment import DiskFull, EnvironmentRefused
from collector.submit.outbox import Outbox


def failing(code: int, words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code  # type: ignore[misc]
    return error


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fleet_tools import make_run

    out, _ = make_run(tmp_path / "run")

    def flush(*_: object, **__: object) -> None:
        raise failing(sqlite3.SQLITE_FULL, "database or disk is full")

    monkeypatch.setattr("collector.submit.flush", flush)
    with pytest.raises(DiskFull, match="free some space") as caught:
        submit.submit_run(out.root, "http://127.0.0.1:9/api", keys=lambda name: None)  # type: ignore[arg-type,return-value]
    assert caught.value.exit_code == 1
    assert "store.db" in caught.value.place


def test_a_store_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fleet_tools import make_run

    out, _ = make_run(tmp_path / "run")

    def adopt(*_: object) -> int:
        raise failing(sqlite3.SQLITE_READONLY, "attempt to write a readonly database")

    monkeypatch.setattr(Outbox, "adopt", adopt)
    with pytest.raises(EnvironmentRefused, match="submit the copy") as caught:
        submit.submit_run(out.root, "http://127.0.0.1:9/api", keys=lambda name: None)  # type: ignore[arg-type,return-value]
    assert caught.value.exit_code == 2
    assert "store.db" in caught.value.place
