"""What a puppet does on a page and how it is judged, with a browser that only pretends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_browser import SITE, FakeBrowser, one, planned, video
from playwright.sync_api import Error as PlaywrightError

from collector.browser import BrowserGone
from collector.common.model import (
    PageStatus,
    Surface,
)
from collector.contract.job import Pace, SessionJob
from collector.platforms.acting import ActionFailed, Settled
from collector.session.describe import in_words, limit_s
from collector.session.pacing import Interrupted
from collector.session.steps import StepRunner
from collector.store import Outcome, Store
from collector.store.details import otherwise_of, taken_of


def test_following_reads_the_page_and_clicks_what_was_chosen(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    fake.shown = (video(1, "aaaaaaaaaaa"), video(2, "bbbbbbbbbbb"))
    store.add_labels({"bbbbbbbbbbb": "science"}, source="mock")
    result = runner.run(one({"follow": {"topic": "science"}}))
    assert (result.outcome, result.detail) == (Outcome.DONE, "bbbbbbbbbbb at 2")
    assert ("follow", "bbbbbbbbbbb") in fake.log


def test_a_way_out_that_was_taken_stands_in_the_steps_detail(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    """Of that step alone, and not of one that failed for another reason."""
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    fake.shown = (video(1, "aaaaaaaaaaa"), video(2, "bbbbbbbbbbb"))
    wanted = {"topic": "science", "otherwise": "first"}
    struck = runner.run(one({"follow": wanted}))
    sought = "none of 2 items is about science in the list related"
    assert struck.detail == f"aaaaaaaaaaa at 1; otherwise: {sought}"
    assert (otherwise_of(struck.detail), taken_of(struck.detail)) == (sought, ["aaaaaaaaaaa"])
    store.add_labels({"bbbbbbbbbbb": "science"}, source="mock")
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    found = runner.run(one({"follow": wanted}))
    assert (otherwise_of(found.detail), taken_of(found.detail)) == (None, ["bbbbbbbbbbb"])
    fake.status = PageStatus.CAPTCHA
    assert otherwise_of(runner.run(one({"follow": wanted})).detail) is None


def test_a_list_that_is_named_is_the_one_followed_from(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.url = SITE + "/results?search_query=x"
    fake.shown = (video(1, "aaaaaaaaaaa", Surface.HOME), video(1, "bbbbbbbbbbb", Surface.SEARCH))
    assert runner.run(one({"follow": {"rank": 1, "from": "search"}})).outcome is Outcome.DONE
    assert ("follow", "bbbbbbbbbbb") in fake.log


def test_nothing_to_follow_is_a_failed_step(runner: StepRunner, fake: FakeBrowser) -> None:
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    result = runner.run(one({"follow": {"rank": 1}}))
    assert result.outcome is Outcome.FAILED
    assert "rank 1 among 0" in result.detail


def test_nothing_is_followed_from_a_page_that_is_not_ok(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.shown = (video(1, "aaaaaaaaaaa", Surface.HOME),)
    fake.status = PageStatus.CAPTCHA
    result = runner.run(one({"follow": {"rank": 1}}))
    assert result.outcome is Outcome.FAILED
    assert "captcha" in result.detail


def test_playback_is_ended_before_an_in_page_navigation_under_virtual_time(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.virtual = True
    runner.run(one({"search": "x"}))
    assert fake.log[:2] == ["leave", ("search", "x")]


def test_a_polite_puppet_waits_between_page_loads(runner: StepRunner, fake: FakeBrowser) -> None:
    ticks = iter([100.0, 102.0, 107.0])
    runner.pacing.clock = lambda: next(ticks)
    runner.pacing.politeness_s = 5.0
    for step in planned({"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}):
        runner.run(step)
    assert [entry for entry in fake.log if entry[0] == "pass"] == [("pass", 3.0)]


def test_a_button_that_is_not_there_is_a_failed_step(runner: StepRunner) -> None:
    result = runner.run(one("like"))
    assert (result.outcome, result.detail) == (Outcome.FAILED, "this page has no like button")


def test_a_list_that_ends_early_says_so(runner: StepRunner) -> None:
    result = runner.run(one({"scroll": {"until": 40}}))
    assert (result.outcome, result.detail) == (Outcome.DONE, "the list ended at 12 items of 40")


@pytest.mark.parametrize(
    ("scroll", "turns", "detail"),
    [
        ({"end": True, "cap": "90s"}, 3, "stopped after 90 s at 14 items"),
        ("end", 7, "stopped after 240 s at 18 items"),
    ],
)
def test_a_feed_without_an_end_is_left_after_the_cap(
    runner: StepRunner, scroll: Any, turns: int, detail: str
) -> None:
    """The clock stands at 0 when the scroll begins and goes 35 s a turn."""
    ticks = iter(range(0, 10_000, 35))
    runner.pacing.clock = lambda: float(next(ticks))
    said: list[int] = []
    runner.pacing.progress = lambda: said.append(1)
    result = runner.run(one({"scroll": scroll}))
    assert (result.outcome, result.detail) == (Outcome.DONE, detail)
    assert len(said) == turns


def test_a_scroll_can_be_interrupted_and_gets_on_without_a_cap(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    runner.pacing.stopped = lambda: True
    with pytest.raises(Interrupted):
        runner.run(one({"scroll": "end"}))


def test_not_interested_takes_the_rank_of_the_page(runner: StepRunner, fake: FakeBrowser) -> None:
    fake.shown = (video(1, "aaaaaaaaaaa", Surface.HOME), video(2, "bbbbbbbbbbb", Surface.HOME))
    assert runner.run(one({"not_interested": {"rank": 2}})).outcome is Outcome.DONE
    assert fake.log[-1] == ("not interested", "bbbbbbbbbbb")


def test_what_was_taken_off_the_page_is_not_picked_until_another_page_stands(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    """The card is still in the document, hidden: a click on it would wait half a minute."""
    first, second = (
        video(1, "aaaaaaaaaaa", Surface.HOME), video(2, "bbbbbbbbbbb", Surface.HOME),
    )  # fmt: skip
    fake.shown = (first, second)
    assert runner.run(one({"not_interested": {"rank": 1}})).outcome is Outcome.DONE
    assert runner.run(one({"follow": {"rank": 1}})).detail == "bbbbbbbbbbb at 2"
    runner.run(one({"visit": "home"}))
    fake.shown = (first, second)
    assert runner.run(one({"follow": {"rank": 1}})).detail == "aaaaaaaaaaa at 1"


def test_a_screenshot_gets_the_name_of_its_step(
    runner: StepRunner, fake: FakeBrowser, tmp_path: Path
) -> None:
    result = runner.run(one({"screenshot": "home-end"}))
    assert (tmp_path / "shots" / result.detail).read_bytes() == b"png"
    assert result.detail == "s-0000-home-end.png"


def test_a_script_error_is_a_failed_step_and_a_dead_browser_is_not(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.fails = PlaywrightError("ReferenceError: x is not defined\n  at y")
    result = runner.run(one({"visit": "home"}))
    assert (result.outcome, result.detail) == (Outcome.FAILED, "ReferenceError: x is not defined")
    fake.dead = True
    with pytest.raises(BrowserGone):
        runner.run(one({"visit": "home"}))


def test_steps_are_told_in_words() -> None:
    steps = planned(
        {"visit": "home"}, {"watch": {"video": "dQw4w9WgXcQ", "for": "30%"}}, {"watch": "end"},
        {"follow": "up_next"}, {"pause": "5s"}, "like",
    )  # fmt: skip
    assert [in_words(step) for step in steps] == [
        "visit /", "watch dQw4w9WgXcQ 30%", "watch this video to the end", "follow up_next",
        "pause 5 s", "like",
    ]  # fmt: skip


def test_a_step_is_stuck_only_long_after_the_time_it_asks_for(tmp_path: Path) -> None:
    job = SessionJob("r", tmp_path, "s", "p", SITE, True)
    watch, pause, visit = planned({"watch": "1h"}, {"pause": "10m"}, {"visit": "home"})
    assert limit_s(watch, job) == 300 + 2 * 3600
    assert limit_s(pause, job) == 300 + 2 * 600
    assert limit_s(visit, job) == 300
    assert limit_s(watch, replace(job, pace=Pace(True, 10))) == 300 + 2 * 360


def test_a_watch_after_a_visit_that_failed_plays_nothing(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    """The page before it is still open, and stands still; the next good page lifts it."""
    first, visit, watch, like, again = planned(
        {"visit": "/watch?v=dQw4w9WgXcQ"}, {"visit": "/watch?v=aaaaaaaaaaa"}, {"watch": "10s"},
        "like", {"visit": "home"},
    )  # fmt: skip
    assert runner.run(first).outcome is Outcome.DONE
    fake.fails = ActionFailed("not on this site")
    assert runner.run(visit).outcome is Outcome.FAILED
    assert fake.log[-1] == "leave"
    for step in (watch, like):
        result = runner.run(step)
        assert (result.outcome, result.detail) == (Outcome.MISSING, "step 2 did not lead here")
    assert list(store.receipts()) == []
    fake.fails = None
    assert runner.run(again).outcome is Outcome.DONE
    assert runner.lost is None


def test_a_page_whose_dialog_was_answered_by_hand_is_there_after_all(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    """It came, but not ok: what needs its content waits until it is."""
    visit, watch = planned({"visit": "/watch?v=dQw4w9WgXcQ"}, {"watch": "10s"})
    fake.status = PageStatus.CAPTCHA
    assert runner.run(visit).outcome is Outcome.MISSING
    result = runner.run(watch)
    assert (result.outcome, result.detail) == (Outcome.MISSING, "step 1 did not lead here")
    fake.status = PageStatus.OK
    assert runner.run(watch).outcome is Outcome.DONE
    assert len(list(store.receipts())) == 1


def test_a_site_that_leads_to_another_video_did_not_lead_here(
    runner: StepRunner, fake: FakeBrowser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(target: str) -> Settled:
        fake.url = SITE + "/watch?v=bbbbbbbbbbb"
        return Settled(fake.how, 1)

    monkeypatch.setattr(fake, "visit", elsewhere)
    visit, watch, own = planned(
        {"visit": "/watch?v=dQw4w9WgXcQ"}, {"watch": "10s"},
        {"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}},
    )  # fmt: skip
    result = runner.run(visit)
    assert result.outcome is Outcome.FAILED
    assert result.detail.startswith("asked for dQw4w9WgXcQ, but the page is http://")
    assert runner.run(watch).outcome is Outcome.MISSING
    assert runner.run(own).outcome is Outcome.FAILED
    assert list(store.receipts()) == []


def test_what_autoplay_went_on_to_is_an_event(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    """The steps that come later are about that video: said once, and not of a page that a step
    brought."""
    runner.run(one({"visit": "/watch?v=aaaaaaaaaaa"}))
    runner.run(one({"visit": "/watch?v=bbbbbbbbbbb"}))
    assert list(store.rows("SELECT message FROM events")) == []
    fake.url = SITE + "/watch?v=ccccccccccc"
    for _ in range(2):
        runner.run(replace(one({"pause": "5s"}), index=4))
    (event,) = store.rows("SELECT kind, step, message FROM events")
    assert (event["kind"], event["step"]) == ("autoplay", 4)
    went = "the player went on from bbbbbbbbbbb to ccccccccccc before step 5"
    assert event["message"] == went
