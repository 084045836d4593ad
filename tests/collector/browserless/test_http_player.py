"""The computed player reports what the mock's player reports; a watch of it leaves a receipt."""

from __future__ import annotations

from typing import Any

import pytest

from collector.browserless.player import Phase, Player
from collector.browserless.watching import watch
from collector.common.model import Receipt, ReceiptStatus


def config(**given: Any) -> dict[str, Any]:
    return {
        "videoId": "aaaaaaaaaaa",
        "seconds": 95,
        "load": "load-1",
        "ad": None,
        "fault": None,
        "next": "bbbbbbbbbbb",
        "autoplay": True,
        "upcoming": False,
        "strings": {"error": "It broke.", "errorHint": "Playback: {n}"},
        **given,
    }


AD = {"id": "ad1", "seconds": 15, "title": "", "sponsor": "", "site": ""}


class Sent:
    """A player with everything it reported."""

    def __init__(self, **given: Any) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.player = Player(config(**given), self.bodies.append)

    def let_pass(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            step = min(left, self.player.next_s())
            self.player.advance(step)
            left -= step

    def watch(self, **given: Any) -> Receipt:
        wanted: dict[str, Any] = {"planned_s": None, "share": None, "cap_s": 14400.0, **given}
        return watch(
            self.player, self.player.advance, video_id="aaaaaaaaaaa", progress=None, **wanted
        )

    @property
    def segments(self) -> list[tuple[float, float, str | None, str]]:
        return [(b["st"][0], b["et"][-1], b["ad"], b["state"]) for b in self.bodies]


def test_a_report_goes_out_every_ten_seconds_and_on_the_planned_second() -> None:
    sent = Sent()
    receipt = sent.watch(planned_s=25.0)
    assert sent.segments == [
        (0.0, 10.0, None, "playing"),
        (10.0, 20.0, None, "playing"),
        (20.0, 25.0, None, "paused"),
    ]
    assert (receipt.status, receipt.watched_s, receipt.planned_s) == (
        ReceiptStatus.COMPLETE, 25.0, 25.0,
    )  # fmt: skip
    assert (receipt.duration_s, receipt.rate, receipt.visible_share) == (95.0, 1.0, 1.0)
    assert receipt.samples[0] == (0.0, 0.0)
    assert receipt.samples[-1] == (25.0, 25.0)
    assert len(receipt.samples) == 26


def test_what_played_before_belongs_to_the_first_watch_and_to_no_second_one() -> None:
    sent = Sent()
    sent.let_pass(4.0)
    assert sent.watch(planned_s=10.0).watched_s == 10.0
    assert sent.player.at_s == 10.0
    assert sent.watch(planned_s=20.0).watched_s == 20.0
    assert sent.player.at_s == 30.0


def test_an_advert_is_sat_through_and_counted_apart() -> None:
    sent = Sent(ad=AD)
    receipt = sent.watch(planned_s=12.0)
    assert sent.segments[:2] == [(0.0, 10.0, "ad1", "playing"), (10.0, 15.0, "ad1", "ended")]
    assert sent.segments[2:] == [(0.0, 10.0, None, "playing"), (10.0, 12.0, None, "paused")]
    assert (receipt.ad_s, receipt.watched_s) == (15.0, 12.0)


def test_the_end_comes_at_the_end_and_then_autoplay_moves_on() -> None:
    sent = Sent(seconds=23)
    receipt = sent.watch()
    assert (receipt.status, receipt.watched_s, receipt.ended) == (
        ReceiptStatus.COMPLETE, 23.0, True,
    )  # fmt: skip
    assert sent.segments[-1] == (20.0, 23.0, None, "ended")
    assert sent.player.moves_on is None
    sent.let_pass(5.0)
    assert sent.player.moves_on == "bbbbbbbbbbb"


def test_a_share_is_a_share_of_the_length() -> None:
    assert Sent(ad=AD).watch(share=0.2).watched_s == pytest.approx(19.0)


def test_a_live_stream_ends_at_the_cap() -> None:
    receipt = Sent(seconds=None).watch(cap_s=33.0)
    assert (receipt.watched_s, receipt.duration_s, receipt.ended) == (33.0, None, False)


def test_a_stall_is_time_in_which_nothing_is_watched() -> None:
    receipt = Sent(fault="stall", stall={"at": 5, "for": 8}).watch(planned_s=20.0)
    assert (receipt.stalled_s, receipt.watched_s) == (8.0, 20.0)
    assert (5.0, 5.0) in receipt.samples
    assert (13.0, 5.0) in receipt.samples


def test_a_player_error_fails_the_watch_in_the_words_of_the_page() -> None:
    sent = Sent(fault="player_error")
    receipt = sent.watch(planned_s=20.0)
    assert (receipt.status, receipt.watched_s) == (ReceiptStatus.FAILED, 0.0)
    assert receipt.error == "It broke. Playback: load-1"
    assert sent.bodies == []


def test_a_premiere_to_come_does_not_advance() -> None:
    sent = Sent(upcoming=True)
    receipt = sent.watch(planned_s=20.0)
    assert sent.player.phase is Phase.IDLE
    assert receipt.error == "playback did not advance for 30 s"


def test_a_page_without_a_player_leaves_a_failed_receipt() -> None:
    receipt = watch(
        None, lambda _: None, video_id="aaaaaaaaaaa", planned_s=5.0, share=None, cap_s=9.0,
        progress=None,
    )  # fmt: skip
    assert (receipt.status, receipt.error) == (ReceiptStatus.FAILED, "no player on the page")
