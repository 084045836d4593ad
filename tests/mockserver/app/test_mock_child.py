"""The mock's own process, seen from inside: what stays is taken out of the searches for garbage
once it is there, before anybody is told the address."""

from __future__ import annotations

import gc
import io
import json
import sys

import pytest

from mockserver import child


def test_the_world_is_set_aside_before_the_address_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[tuple[str, str]] = []

    def note(what: str) -> None:
        done.append((what, capsys.readouterr().out))

    monkeypatch.setattr(gc, "freeze", lambda: note("freeze"))
    monkeypatch.setattr(gc, "set_threshold", lambda number: note(f"{number}"))
    monkeypatch.setattr(child.signal, "signal", lambda *handler: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"seed": 1}\n'))
    assert child.main() == 0
    assert done == [("freeze", ""), (str(child.NEW_OBJECTS), "")]
    assert json.loads(capsys.readouterr().out)["url"].startswith("http://127.0.0.1:")
