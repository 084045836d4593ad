"""What every session of a run needs is made once, in the process that they are forked from."""

from __future__ import annotations

import gc

import pytest

from collector.drivers.base import HTTP
from collector.profile import persona
from collector.session import forkserver


def test_names_are_read_before_the_first_fork_and_garbage_is_looked_for_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thresholds: list[int] = []
    monkeypatch.setattr(gc, "set_threshold", thresholds.append)
    persona.names.cache_clear()
    forkserver.load(HTTP)
    assert persona.names.cache_info().currsize == 1
    assert thresholds == [forkserver.NEW_OBJECTS]
    read = persona.names.cache_info().misses
    persona.persona_from({"locale": "de-DE", "timezone": "Europe/Berlin"})
    assert persona.names.cache_info().misses == read
