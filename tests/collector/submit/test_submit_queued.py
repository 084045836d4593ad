"""What comes into the outbox: good pages, once, with the capture or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from submit_tools import capture, fill, keys_of, outbox_at

from collector.adapters.youtube.yttrex import YTTREX
from collector.common.model import PageKind, PageStatus, Platform
from collector.submit import Outbox, OutboxState

TARGET = "mock"


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    made = outbox_at(None)
    yield made
    made.db.close()


def test_a_capture_is_queued_in_the_callers_transaction(tmp_path: Path) -> None:
    outbox = outbox_at(tmp_path / "store.db")
    key = keys_of("control-1").public_key
    try:
        with outbox.db.atomic():
            outbox.enqueue(capture(1), target=TARGET, public_key=key, dialect=YTTREX)
            raise RuntimeError("the capture could not be filed")
    except RuntimeError:
        pass
    assert outbox.counts(TARGET)[OutboxState.QUEUED] == 0
    with outbox.db.atomic():
        assert outbox.enqueue(capture(1), target=TARGET, public_key=key, dialect=YTTREX)
        assert not outbox.enqueue(capture(1), target=TARGET, public_key=key, dialect=YTTREX)
    assert outbox.counts(TARGET)[OutboxState.QUEUED] == 1
    outbox.db.close()


@pytest.mark.parametrize(
    "change",
    [
        {"status": PageStatus.CONSENT},
        {"status": PageStatus.UNKNOWN},
        {"kind": PageKind.OTHER},
        {"platform": Platform.FACEBOOK},
    ],
)
def test_only_good_pages_are_queued(outbox: Outbox, change: dict[str, Any]) -> None:
    assert not outbox.enqueue(capture(0, **change), target=TARGET, public_key="k", dialect=YTTREX)
    assert outbox.counts(TARGET)[OutboxState.QUEUED] == 0


def test_rows_stay_small_and_readable(outbox: Outbox) -> None:
    fill(outbox, 1, TARGET)
    row = next(outbox.db.query("SELECT * FROM outbox"))
    assert len(json.dumps(row)) < 1000
    assert row["content_hash"] == capture(0).content_hash
    assert "ytd-app" not in json.dumps(row)
