"""A truth log of many rows: those that left the memory are told like all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collector.common.model import Surface
from mockserver.world import World
from mockserver.world.rows import Rows
from mockserver.world.truthlog import TruthLog

KEPT = {"impressions": 5, "pages": 3, "watches": None, "probes": None}


def _log(**kept: int | None) -> TruthLog:
    def now() -> datetime:
        return datetime(2026, 3, 4, tzinfo=UTC)

    return TruthLog(now, {**KEPT, **kept})


def _filled(log: TruthLog) -> TruthLog:
    for slot in range(1, 15):
        for visitor in ("one", "two"):
            row: dict[str, Any] = {"kind": "post", "item_id": f"{visitor}-{slot}", "topic": "é",
                                   "post": {"texts": ["a"], "shared": None}}  # fmt: skip
            assert log.posted(visitor, load=f"{visitor}-{slot % 2}", slot=slot, row=row)
            log.page(visitor, load="l", path="/", kind="home", status="ok", lang="en")
    return log


def test_every_question_has_the_same_answer_as_from_memory() -> None:
    small, large = _filled(_log()), _filled(_log(impressions=None, pages=None))
    for table in ("impressions", "pages"):
        for visitor in (None, "one", "two", "nobody"):
            for where in ({}, {"load": "two-1"}, {"kind": "post", "load": ""}, {"kind": "ad"}):
                for after in (0, 3, 20, 99):
                    for limit in (None, 1, 6):
                        asked: dict[str, Any] = {"visitor": visitor, "where": where,
                                                 "after": after, "limit": limit}  # fmt: skip
                        assert small.rows(table, **asked) == large.rows(table, **asked), asked
    assert small.rows("impressions")[1] == 28


def test_a_retried_request_is_not_logged_twice_long_afterwards() -> None:
    log = _filled(_log())
    assert not log.posted("one", load="one-1", slot=1, row={"kind": "post"})
    assert log.posted("one", load="one-1", slot=2, row={"kind": "post"})
    assert len(log.impressions(visitor="one")) == 15


def test_what_was_told_cannot_be_changed_from_outside() -> None:
    log = _filled(_log())
    for row in log.impressions():
        row["item_id"] = "changed"
    assert "changed" not in {row["item_id"] for row in log.impressions()}


def test_rows_in_order_and_by_number() -> None:
    rows = Rows(keep=2)
    for number in range(7):
        rows.append({"n": number})
    assert [row["n"] for row in rows] == list(range(7))
    assert (len(rows), rows[0], rows[6]) == (7, {"n": 0}, {"n": 6})
    for beyond in (7, -1):
        with pytest.raises(IndexError):
            rows[beyond]


def test_all_of_it_is_written_to_the_database(tmp_path: Any) -> None:
    import sqlite_utils

    log = _filled(_log())
    log.persist(tmp_path / "truth.db")
    log.flush()
    table = sqlite_utils.Database(tmp_path / "truth.db")["truth_impressions"]
    assert [row["item_id"] for row in table.rows_where(order_by="seq")] == [
        row["item_id"] for row in log.impressions()
    ]


def test_what_both_sites_log_can_leave_the_memory() -> None:
    world = World.build(seed=3, clock="0")
    small, large = _log(impressions=1), _log(impressions=None)
    entries = world.feed(Surface.HOME, world.viewer("v"), count=30, load="l")
    for log in (small, large):
        log.served("v", load="l", surface=Surface.HOME, context=None, entries=entries, lang="en")
    assert small.impressions() == large.impressions()
    assert len(large.impressions()) == 30
