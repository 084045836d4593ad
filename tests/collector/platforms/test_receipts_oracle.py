"""Watch receipts from the player's readings, worked out a second time and by hand."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from typing import Any

import pytest

from collector.browser.receipts import classify, no_player, receipt
from collector.common.model import ReceiptStatus


def verdict(watched: float, planned: float | None, *, ended: bool, error: str | None) -> str:
    """The rule in words: no error, the clock moved a tenth of a second, and the end was reached
    (the planned second less a quarter, or the player's own end)."""
    if error is None and watched >= 0.1:
        reached = planned is not None and planned - watched <= 0.25
        return "complete" if reached or ended else "short"
    return "failed"


def test_every_end_of_a_watch_is_classified() -> None:
    """All combinations around each threshold."""
    seen = set()
    for watched, planned, ended, error in itertools.product(
        (0.0, 0.099, 0.1, 0.101, 5.0, 29.7, 29.75, 29.76, 30.0, 31.0),
        (None, 0.0, 0.2, 5.0, 30.0, 30.01),
        (False, True),
        (None, "", "the player says no"),
    ):
        found = classify(watched_s=watched, planned_s=planned, ended=ended, error=error)
        assert found == verdict(watched, planned, ended=ended, error=error)
        seen.add(found)
    assert seen == {ReceiptStatus.COMPLETE, ReceiptStatus.SHORT, ReceiptStatus.FAILED}


def state(**changes: Any) -> dict[str, Any]:
    """What ``receipt.js`` last said of the player."""
    return {
        "videoId": "dQw4w9WgXcQ", "watched": 12, "duration": 212.5, "ad": 6, "stalled": 2,
        "rates": [1, 2, 1.5], "visible": 0.75, "ended": False, "error": None,
        "nextVideoId": "next0000000", "samples": [[0, 0], [1.5, 1], [3, 2.5]],
    } | changes  # fmt: skip


def test_a_receipt_says_what_the_player_said() -> None:
    """Every field has its own reading; numbers are seconds as floats."""
    found = receipt(state(), planned_s=30, cap_s=100)
    expected = {
        "video_id": "dQw4w9WgXcQ", "status": "short", "planned_s": 30.0, "watched_s": 12.0,
        "duration_s": 212.5, "ad_s": 6.0, "stalled_s": 2.0, "rate": 1.5, "visible_share": 0.75,
        "ended": False, "error": None, "next_video_id": "next0000000",
        "samples": ((0.0, 0.0), (1.5, 1.0), (3.0, 2.5)),
    }  # fmt: skip
    assert asdict(found) == expected
    numbers = [found.planned_s, found.watched_s, found.ad_s, found.stalled_s, found.rate]
    numbers += [value for sample in found.samples for value in sample]
    assert {type(number) for number in numbers} == {float}
    assert isinstance(receipt(state(duration=7), planned_s=1, cap_s=9).duration_s, float)


@pytest.mark.parametrize(
    ("planned", "duration", "cap", "target"),
    [
        (30.0, 212.5, 100.0, 30.0),
        (None, 50.0, 100.0, 50.0),
        (None, 212.5, 100.0, 100.0),
        (None, None, 100.0, 100.0),
        (0.0, 212.5, 100.0, 0.0),
    ],
)
def test_what_was_planned(
    planned: float | None, duration: float | None, cap: float, target: float
) -> None:
    """The planned seconds; to the end means the video's own, at most the cap."""
    found = receipt(state(duration=duration), planned_s=planned, cap_s=cap)
    assert found.planned_s == target
    assert found.duration_s == duration


@pytest.mark.parametrize(
    ("watched", "planned", "cap", "status"),
    [
        (99.8, None, 100.0, "complete"),
        (99.7, None, 100.0, "short"),
        (49.9, None, 100.0, "short"),
        (29.8, 30.0, 10.0, "complete"),
        (10.0, 30.0, 10.0, "short"),
    ],
)
def test_to_the_end_needs_the_end_or_the_cap(
    watched: float, planned: float | None, cap: float, status: str
) -> None:
    """Without a plan only the player's end, or the cap, makes a watch complete."""
    told = state(watched=watched, duration=50.0)
    assert receipt(told, planned_s=planned, cap_s=cap).status == status
    assert receipt(told | {"ended": True}, planned_s=planned, cap_s=cap).status == "complete"


def test_an_error_is_the_watchers_or_the_players() -> None:
    """What stopped the watcher comes before what the player said; either fails the watch."""
    both = receipt(state(error="theirs"), planned_s=5, cap_s=9, error="ours")
    theirs = receipt(state(error="theirs"), planned_s=5, cap_s=9)
    ours = receipt(state(), planned_s=5, cap_s=9, error="ours")
    none = receipt(state(), planned_s=5, cap_s=9)
    assert [one.error for one in (both, theirs, ours, none)] == ["ours", "theirs", "ours", None]
    assert [one.status for one in (both, theirs, ours)] == ["failed"] * 3
    assert none.status == "complete"


def test_what_comes_next_is_the_watchers_or_the_players() -> None:
    found = receipt(state(), planned_s=5, cap_s=9, next_video_id="chosen00000")
    assert found.next_video_id == "chosen00000"
    assert receipt(state(nextVideoId=None), planned_s=5, cap_s=9).next_video_id is None


@pytest.mark.parametrize(
    ("rates", "rate"), [([], 0.0), ([2], 2.0), ([1, 2], 1.5), ([1, 1, 9], 1.0)]
)
def test_the_rate_is_the_median_reading(rates: list[float], rate: float) -> None:
    found = receipt(state(rates=rates), planned_s=5, cap_s=9).rate
    assert found == rate
    assert isinstance(found, float)


@pytest.mark.parametrize("planned", [None, 0, 30])
def test_a_watch_that_could_not_begin(planned: float | None) -> None:
    """Nothing was measured, so every reading is none, and the reason is kept."""
    found = no_player("dQw4w9WgXcQ", planned, "no player on the page")
    assert asdict(found) == {
        "video_id": "dQw4w9WgXcQ", "status": "failed", "planned_s": float(planned or 0),
        "watched_s": 0.0, "duration_s": None, "ad_s": 0.0, "stalled_s": 0.0, "rate": 0.0,
        "visible_share": 0.0, "ended": False, "error": "no player on the page",
        "next_video_id": None, "samples": (),
    }  # fmt: skip
    assert found.status is ReceiptStatus.FAILED
    assert isinstance(found.planned_s, float)
