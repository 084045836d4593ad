"""Receipts: what was watched, to the second, and in real time the same as in virtual time."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from browser_bench import NEXT, Bench, advert
from playwright.sync_api import Error as PlaywrightError

from collector.browser import receipts
from collector.browser.running import PuppetBrowser
from collector.browser.watch import WatchTarget, watch
from collector.common.model import ReceiptStatus


@pytest.mark.browser
def test_the_planned_seconds_are_watched_exactly_and_the_server_knows(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=600)
    mine.goto(url)
    receipt = mine.watch(60)
    assert receipt.status is ReceiptStatus.COMPLETE
    assert receipt.watched_s == pytest.approx(60, abs=0.01)
    assert (receipt.planned_s, receipt.duration_s, receipt.video_id) == (60, 600, bench.video_id)
    assert (receipt.ad_s, receipt.rate, receipt.visible_share) == (0, 1, 1)
    assert not receipt.ended
    assert receipt.error is None
    told = bench.truth(url)
    assert told is not None
    assert told["seconds"] == pytest.approx(receipt.watched_s, abs=0.01)
    assert told["beacons"] >= 6, "a beacon every ten seconds"


@pytest.mark.browser
def test_the_samples_are_one_a_second_and_advance_with_the_clock(
    bench: Bench, mine: PuppetBrowser
) -> None:
    mine.goto(bench.watch_page(seconds=600))
    samples = mine.watch(30).samples
    assert 30 <= len(samples) <= 33
    for (at, position), (later, further) in itertools.pairwise(samples[:-1]):
        assert later - at == pytest.approx(1, abs=0.3)
        assert further - position == pytest.approx(later - at, abs=0.01)


@pytest.mark.browser
def test_a_minute_costs_a_few_calls_to_the_browser_and_no_waiting(
    bench: Bench, mine: PuppetBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is counted, not time: three calls for each step of ten seconds, and a few about it."""
    mine.goto(bench.watch_page(seconds=600))
    asked: list[str] = []
    answer = mine.evaluate
    monkeypatch.setattr(
        mine, "evaluate", lambda js, *rest, **given: asked.append(js) or answer(js, *rest, **given)
    )
    monkeypatch.setattr(mine, "_really_wait", lambda seconds_s: pytest.fail("it waited"))
    assert mine.watch(60).status is ReceiptStatus.COMPLETE
    assert 3 * 6 <= len(asked) <= 3 * 8 + 6


@pytest.mark.browser
def test_a_page_left_in_mid_play_reports_before_the_next_is_asked_for(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=600)
    mine.goto(url)
    mine.let_pass(7)
    bench.hits.clear()
    assert bench.truth(url) is None, "nothing was due yet"
    bench.page("/elsewhere", "<p>elsewhere")
    mine.goto(bench.origin + "/elsewhere")
    told = bench.truth(url)
    assert told is not None
    assert told["seconds"] == pytest.approx(7, abs=0.5)


@pytest.mark.browser
def test_watching_goes_on_where_it_was_left_and_counts_nothing_twice(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=600)
    mine.goto(url)
    first, second = mine.watch(20), mine.watch(15)
    assert first.watched_s == pytest.approx(20, abs=0.01)
    assert second.watched_s == pytest.approx(15, abs=0.01)
    assert second.samples[-1][1] == pytest.approx(35, abs=0.01)
    told = bench.truth(url)
    assert told is not None
    assert told["seconds"] == pytest.approx(35, abs=0.01)


@pytest.mark.browser
def test_a_share_and_a_cap(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=200))
    half = mine.watch(share=0.5)
    assert (half.status, half.planned_s) == (ReceiptStatus.COMPLETE, 100)
    assert half.watched_s == pytest.approx(100, abs=0.01)

    mine.goto(bench.watch_page(seconds=200))
    capped = mine.watch(until_end=True, cap_s=30)
    assert (capped.status, capped.planned_s) == (ReceiptStatus.COMPLETE, 30)
    assert capped.watched_s == pytest.approx(30, abs=0.01)


@pytest.mark.browser
def test_a_video_shorter_than_planned_is_complete_at_its_end(
    bench: Bench, mine: PuppetBrowser
) -> None:
    url = bench.watch_page(seconds=12)
    mine.goto(url)
    receipt = mine.watch(60)
    assert receipt.ended
    assert receipt.status is ReceiptStatus.COMPLETE
    assert receipt.watched_s == pytest.approx(12, abs=0.01)
    told = bench.truth(url)
    assert told is not None
    assert (told["seconds"], told["state"]) == (12, "ended")


@pytest.mark.browser
def test_a_live_stream_has_no_length_and_no_end(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=None))
    receipt = mine.watch(until_end=True, cap_s=25)
    assert receipt.duration_s is None
    assert receipt.status is ReceiptStatus.COMPLETE
    assert receipt.watched_s == pytest.approx(25, abs=0.01)


@pytest.mark.browser
def test_a_long_watch_tells_each_reading_once(
    bench: Bench, mine: PuppetBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a watch of hours would take minutes of telling the same again."""
    told, evaluate = [0], mine.evaluate

    def counting(js: str, arg: Any = None, timeout_s: float = 20.0) -> Any:
        answer = evaluate(js, arg, timeout_s)
        told[0] += len(answer.get("samples", ())) if isinstance(answer, dict) else 0
        return answer

    monkeypatch.setattr(mine, "evaluate", counting)
    mine.goto(bench.watch_page(seconds=None))
    receipt = mine.watch(until_end=True, cap_s=90)
    assert [at for at, _ in receipt.samples] == list(range(len(receipt.samples)))
    assert told == [len(receipt.samples)]
    assert len(receipt.samples) >= 90


@pytest.mark.browser
def test_a_share_of_what_has_no_length_ends_at_the_cap(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=None))
    receipt = mine.watch(share=0.5, cap_s=25)
    assert (receipt.duration_s, receipt.planned_s) == (None, 25)
    assert receipt.watched_s == pytest.approx(25, abs=0.01)


@pytest.mark.browser
def test_adverts_are_sat_through_and_counted_apart(bench: Bench, mine: PuppetBrowser) -> None:
    url = bench.watch_page(seconds=100, ad=advert(bench, 12))
    mine.goto(url)
    receipt = mine.watch(20)
    assert receipt.ad_s == pytest.approx(12, abs=0.05)
    assert receipt.watched_s == pytest.approx(20, abs=0.01)
    assert receipt.duration_s == 100
    assert receipt.samples[0][0] >= 11, "samples are of the video, not of its advert"
    told = bench.truth(url)
    assert told is not None
    assert told["ad_seconds"] == pytest.approx(12, abs=0.05)
    assert told["seconds"] == pytest.approx(20, abs=0.01)


@pytest.mark.browser
def test_adverts_are_skipped_when_asked_as_soon_as_the_site_lets(
    bench: Bench, mine: PuppetBrowser
) -> None:
    mine.goto(bench.watch_page(seconds=100, ad=advert(bench, 15)))
    receipt = mine.watch(10, skip_ads=True)
    assert 5 <= receipt.ad_s < 6
    assert receipt.status is ReceiptStatus.COMPLETE


@pytest.mark.browser
def test_a_stall_is_measured_and_sat_through(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=60, fault="stall", stall={"at": 5, "for": 8}))
    receipt = mine.watch(20)
    assert receipt.stalled_s == pytest.approx(8, abs=0.3)
    assert receipt.status is ReceiptStatus.COMPLETE
    assert receipt.rate == 1


@pytest.mark.browser
def test_a_stall_for_ever_is_given_up(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=60, fault="stall", stall={"at": 5, "for": None}))
    receipt = mine.watch(20)
    assert receipt.status is ReceiptStatus.SHORT
    assert receipt.watched_s == pytest.approx(5, abs=0.5)


@pytest.mark.browser
def test_a_player_error_is_a_failed_watch(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=60, fault="player_error"))
    receipt = mine.watch(20)
    assert receipt.status is ReceiptStatus.FAILED
    assert receipt.error is not None
    assert "error occurred" in receipt.error
    assert receipt.watched_s == 0


@pytest.mark.browser
def test_a_page_without_a_player_is_a_failed_watch(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.page("/no-player", "<p>Are you a robot?"))
    receipt = mine.watch(20)
    assert (receipt.status, receipt.error) == (ReceiptStatus.FAILED, "no player on the page")


@pytest.mark.browser
def test_what_stands_in_the_players_place_is_the_reason(bench: Bench, mine: PuppetBrowser) -> None:
    """A bot check replaces the player: there is no video element to wait for."""
    said = "Sign in to confirm you\u2019re not a bot"
    element = "yt-player-error-message-renderer"
    mine.goto(bench.page("/asked", f"<{element}>{said}</{element}>"))
    receipt = mine.watch(20)
    assert receipt.status is ReceiptStatus.FAILED
    assert receipt.error == said


@pytest.mark.browser
def test_playback_that_never_advances_is_a_failed_watch(bench: Bench, mine: PuppetBrowser) -> None:
    url = bench.page(
        "/dead",
        '<div id="movie_player"><video data-seconds="60"></video></div>'
        "<script>const v = document.querySelector('video'); v.load(); v.playbackRate = 0;</script>",
    )
    mine.goto(url)
    receipt = mine.watch(20)
    assert receipt.status is ReceiptStatus.FAILED
    assert receipt.error is not None
    assert "did not advance" in receipt.error


@pytest.mark.browser
def test_a_paused_player_is_started_and_a_half_watch_is_short(
    bench: Bench, mine: PuppetBrowser
) -> None:
    mine.goto(bench.watch_page(seconds=60))
    mine.evaluate("() => document.querySelector('video').pause()")
    assert mine.watch(5).status is ReceiptStatus.COMPLETE

    mine.goto(bench.watch_page(seconds=600))
    mine.evaluate("() => { setTimeout(() => document.querySelector('video').pause(), 12000); }")
    receipt = mine.watch(60)
    assert receipt.status is ReceiptStatus.SHORT
    assert receipt.watched_s == pytest.approx(12, abs=0.5)


@pytest.mark.browser
def test_a_seek_is_not_watching(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=600))
    mine.evaluate(
        "() => { setTimeout(() => { document.querySelector('video').currentTime = 500 }, 5000); }"
    )
    receipt = mine.watch(20)
    assert receipt.watched_s == pytest.approx(20, abs=0.3)
    assert receipt.samples[-1][1] == pytest.approx(515, abs=0.5)


@pytest.mark.browser
def test_the_rate_is_the_players(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=600))
    mine.evaluate("() => { document.querySelector('video').playbackRate = 2; }")
    receipt = mine.watch(40)
    assert receipt.rate == 2
    assert receipt.watched_s == pytest.approx(40, abs=0.01)
    assert receipt.samples[-1][0] == pytest.approx(20, abs=0.5), "40 media seconds in 20"


@pytest.mark.browser
def test_autoplay_moves_on_and_the_receipt_says_where(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=10, next=NEXT, autoplay=True))
    receipt = mine.watch(until_end=True, after_end_s=8)
    assert receipt.ended
    assert receipt.next_video_id == NEXT
    assert receipt.video_id == bench.video_id
    assert receipt.watched_s == pytest.approx(10, abs=0.01)


@pytest.mark.browser
def test_without_autoplay_nothing_follows(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.watch_page(seconds=10, next=NEXT, autoplay=False))
    receipt = mine.watch(until_end=True, after_end_s=8)
    assert (receipt.ended, receipt.next_video_id) == (True, None)


@pytest.mark.browser
def test_a_document_replaced_in_mid_watch_ends_it_with_what_was_seen(
    bench: Bench, mine: PuppetBrowser
) -> None:
    bench.page("/other", "<p>other")
    mine.goto(bench.watch_page(seconds=600))
    mine.evaluate(
        "(to) => { setTimeout(() => { location.href = to }, 15000); }",
        f"{bench.origin}/other?v={NEXT}",
    )
    receipt = mine.watch(60)
    assert receipt.status is ReceiptStatus.SHORT
    assert 9 < receipt.watched_s < 16
    assert receipt.next_video_id == NEXT


PLAYING: dict[str, Any] = {
    "videoId": "aaaaaaaaaaa", "nextVideoId": None, "duration": 600.0, "watched": 3.0, "ad": 0.0,
    "stalled": 0.0, "visible": 1.0, "rate": 1.0, "rates": [1.0], "samples": [], "ended": False,
    "error": None, "done": False, "paused": False, "hasPlayer": True, "inAd": False,
    "mediaLeft": 597.0,
}  # fmt: skip


class Replaced:
    """A browser whose document is replaced while it plays; its page hears of it later."""

    virtual = True

    def __init__(self, replaced_again: int) -> None:
        self.page = SimpleNamespace(url="https://site.test/watch?v=aaaaaaaaaaa")
        self.replaced_again = replaced_again
        self.begun = False

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        if not self.begun:
            self.begun = True
            return dict(PLAYING)
        if js != "() => location.href":
            raise PlaywrightError("Execution context was destroyed")
        if self.replaced_again:
            self.replaced_again -= 1
            raise PlaywrightError("Execution context was destroyed")
        return f"https://site.test/other?v={NEXT}"

    def let_pass(self, seconds_s: float) -> None:
        """Time passes."""


@pytest.mark.parametrize(("replaced_again", "at"), [(0, NEXT), (4, NEXT), (5, None)])
def test_where_a_replaced_page_went_is_asked_of_the_new_one(
    replaced_again: int, at: str | None
) -> None:
    browser: Any = Replaced(replaced_again)
    receipt = watch(browser, WatchTarget(60, None, 600))
    assert (receipt.status, receipt.next_video_id) == (ReceiptStatus.SHORT, at)


@pytest.mark.parametrize(
    ("watched", "planned", "ended", "error", "status"),
    [
        (30.0, 30.0, False, None, ReceiptStatus.COMPLETE),
        (29.8, 30.0, False, None, ReceiptStatus.COMPLETE),
        (29.0, 30.0, False, None, ReceiptStatus.SHORT),
        (12.0, 30.0, True, None, ReceiptStatus.COMPLETE),
        (12.0, None, True, None, ReceiptStatus.COMPLETE),
        (12.0, None, False, None, ReceiptStatus.SHORT),
        (0.0, 30.0, False, None, ReceiptStatus.FAILED),
        (0.0, None, True, None, ReceiptStatus.FAILED),
        (30.0, 30.0, False, "error", ReceiptStatus.FAILED),
    ],
)
def test_the_verdict(
    watched: float,
    planned: float | None,
    ended: bool,
    error: str | None,
    status: ReceiptStatus,
) -> None:
    found = receipts.classify(watched_s=watched, planned_s=planned, ended=ended, error=error)
    assert found is status


@pytest.mark.parametrize("wanted", [{}, {"planned_s": 5, "until_end": True}, {"planned_s": 0}])
def test_a_watch_without_a_clear_amount_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        PuppetBrowser.watch(object.__new__(PuppetBrowser), **wanted)
