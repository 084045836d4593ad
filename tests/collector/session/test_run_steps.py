"""What a step does and how it is judged, with a browser that only pretends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from collector.adapters.youtube.runner import VideoRunner
from collector.browser import BrowserGone, NavigationFailed
from collector.browser.virtual import LEAVE
from collector.common.model import (
    Capture,
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    Platform,
    RawPage,
    Receipt,
    ReceiptStatus,
    Surface,
)
from collector.contract.job import Pace, SessionJob
from collector.platforms.acting import ActionFailed, Heed, Settled, Waited
from collector.platforms.registry import spec_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.scenario.steps import StepKind
from collector.session.describe import in_words, limit_s
from collector.session.filing import Filed
from collector.session.pacing import Interrupted, Pacing
from collector.session.steps import StepRunner
from collector.store import Outcome, Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "http://youtube.localhost:1"
RECEIPT = Receipt(
    video_id="dQw4w9WgXcQ", status=ReceiptStatus.COMPLETE, planned_s=10, watched_s=10,
    duration_s=60, ad_s=0, stalled_s=0, rate=1, visible_share=1, ended=False, error=None,
    next_video_id=None, samples=(),
)  # fmt: skip


@dataclass
class FakeBrowser:
    """A page that is wherever it was sent, and a log of what was asked of it."""

    url: str = SITE + "/"
    status: PageStatus = PageStatus.OK
    how: Waited = Waited.SETTLED
    shown: tuple[Impression, ...] = ()
    receipt: Receipt = RECEIPT
    asks_consent: bool = False
    virtual: bool = False
    fails: Exception | None = None
    dead: bool = False

    def __post_init__(self) -> None:
        self.log: list[Any] = []
        self.context = self

    # the browser

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        if self.dead:
            raise BrowserGone
        self.log.append("leave" if js == LEAVE else js)
        return True

    def let_pass(self, seconds_s: float) -> None:
        self.log.append(("pass", seconds_s))

    def capture(self) -> RawPage:
        self.log.append("capture")
        return RawPage(self.url, "<html>", NOW, NOW, (1, 1), ("en",), "ua")

    def watch(self, *args: Any, progress: Callable[[float], None], **given: Any) -> Receipt:
        self.log.append(("watch", *args, given["share"]))
        progress(1.0)
        return self.receipt

    def screenshot(self, path: Path) -> Path:
        path.write_bytes(b"png")
        return path

    # the actions

    def visit(self, target: str) -> Settled:
        self.log.append(("visit", target))
        if self.fails is not None:
            raise self.fails
        self.url = SITE + target
        return Settled(self.how, 1)

    def search(self, query: str) -> Settled:
        self.log.append(("search", query))
        self.url = SITE + "/results?search_query=" + query
        return Settled(self.how, 1)

    def follow(self, picked: Impression, shown: Any) -> Settled:
        self.log.append(("follow", picked.item_id))
        self.url = SITE + "/watch?v=" + picked.item_id
        return Settled(self.how, 1)

    def consent(self, choice: str) -> Settled:
        self.log.append(("consent", choice))
        self.asks_consent = False
        return Settled(self.how, 1)

    def consent_asked(self) -> bool:
        return self.asks_consent

    def settle(self) -> Settled:
        return Settled(self.how, 1)

    def like(self, *, on: bool) -> None:
        raise ActionFailed("this page has no like button")

    def scroll_until(self, items: int | None, *, heed: Heed) -> int:
        """A list without an end: one item more a turn."""
        found = 12
        while items is None and heed(found):
            found += 1
        return found

    def not_interested(self, picked: Impression, shown: Any) -> None:
        self.log.append(("not interested", picked.item_id))


@dataclass
class FakeFiling:
    browser: FakeBrowser
    puppet: str = "p"

    def __post_init__(self) -> None:
        self.spec = replace(spec_of(Platform.YOUTUBE), parse=read)
        self.filed: list[tuple[int, str, bool]] = []

    def new_load(self) -> None:
        self.browser.log.append("new load")

    def file(self, raw: RawPage, step: int, *, known: Any = (), settled: bool = True) -> Filed:
        self.filed.append((step, raw.url, settled))
        capture = Capture(
            "c", "r", "p", "s", step, 0, "u", Platform.YOUTUBE, raw.url, PageKind.OTHER,
            self.browser.status, "0" * 64, 1, NOW, NOW, (1, 1), ("en",), None, {},
        )  # fmt: skip
        return Filed(capture, read(raw.html, raw.url))


def read(html: str, url: str, **given: Any) -> Observation:
    return replace(
        Observation(Platform.YOUTUBE, PageKind.OTHER, PageStatus.OK, url, "en", None, "p"),
        status=BROWSER[0].status,
        impressions=BROWSER[0].shown,
    )


BROWSER: list[FakeBrowser] = []


@pytest.fixture
def browser() -> FakeBrowser:
    BROWSER[:] = [FakeBrowser()]
    return BROWSER[0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        opened.add_puppet("p", run="r", arm="a", twin=1, block=1)
        opened.add_session("s", run="r", puppet="p", block=1, position=0)
        for step in range(9):
            opened.step_planned("s", step, kind="watch")
        yield opened


@pytest.fixture
def runner(browser: FakeBrowser, store: Store, tmp_path: Path) -> StepRunner:
    return VideoRunner(
        browser,  # type: ignore[arg-type]
        browser,  # type: ignore[arg-type]
        FakeFiling(browser),  # type: ignore[arg-type]
        store,
        session="s",
        screenshots=tmp_path / "shots",
        pacing=Pacing(browser),  # type: ignore[arg-type]
    )


def planned(*steps: Any) -> list[PlannedStep]:
    plan = make_plan(parse_scenario({"name": "t", "arms": {"a": {"steps": list(steps)}}}))
    return list(plan.sessions[0].steps)


def one(step: Any) -> PlannedStep:
    return planned(step)[0]


def video(position: int, item: str, surface: Surface = Surface.RELATED) -> Impression:
    return Impression(position, surface, ItemKind.VIDEO, item)


def filed(runner: StepRunner) -> list[tuple[int, str, bool]]:
    found: list[tuple[int, str, bool]] = runner.filing.filed  # type: ignore[attr-defined]
    return found


def test_a_visit_ends_with_a_capture(runner: StepRunner, browser: FakeBrowser) -> None:
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.DONE
    assert filed(runner) == [(0, SITE + "/", True)]
    assert browser.log == [("visit", "/"), "new load", "capture"]


def reads(runner: StepRunner, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that are read from now on, beside those that are filed."""
    seen: list[str] = []

    def parse(html: str, url: str, **given: Any) -> Observation:
        seen.append(url)
        return read(html, url, **given)

    monkeypatch.setattr(runner, "spec", replace(runner.spec, parse=parse))
    return seen


def test_a_page_that_was_filed_is_not_read_again_to_follow(
    runner: StepRunner, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.shown = (video(1, "aaaaaaaaaaa"),)
    again = reads(runner, monkeypatch)
    runner.run(one({"visit": "/watch?v=bbbbbbbbbbb"}))
    assert runner.run(one({"follow": {"rank": 1}})).outcome is Outcome.DONE
    assert again == []


@pytest.mark.parametrize("changed", ["html", "url", "scrubbed"])
def test_a_page_that_may_be_another_is_read(
    runner: StepRunner, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    title = "scrubbed-name sings" if changed == "scrubbed" else "a song"
    browser.shown = (replace(video(1, "aaaaaaaaaaa"), title=title),)
    runner.run(one({"visit": "/watch?v=bbbbbbbbbbb"}))
    again = reads(runner, monkeypatch)
    capture = browser.capture
    if changed == "html":
        monkeypatch.setattr(browser, "capture", lambda: replace(capture(), html="<html> more"))
    if changed == "url":
        browser.url = SITE + "/watch?v=ccccccccccc"
    here = browser.url
    assert runner.run(one({"follow": {"rank": 1}})).outcome is Outcome.DONE
    assert again[:1] == [here]


def test_a_visit_without_capture_is_judged_all_the_same(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.status = PageStatus.CAPTCHA
    result = runner.run(one({"visit": {"url": "home", "capture": False}}))
    assert (result.outcome, result.detail) == (Outcome.MISSING, "page status captcha")
    assert filed(runner) == []


@pytest.mark.parametrize("status", [s for s in PageStatus if s is not PageStatus.OK])
def test_any_status_but_ok_is_a_missing_cell(
    runner: StepRunner, browser: FakeBrowser, status: PageStatus
) -> None:
    browser.status = status
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.MISSING
    assert len(filed(runner)) == 1


def test_a_page_that_never_settled_is_a_missing_cell(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.how = Waited.TIMED_OUT
    result = runner.run(one({"search": "flat earth"}))
    assert result.outcome is Outcome.MISSING
    assert "never settled" in result.detail
    assert filed(runner)[0][2] is False


def test_a_page_that_does_not_load_is_a_missing_cell(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.fails = NavigationFailed(SITE, "net::ERR_CONNECTION_REFUSED")
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.MISSING
    assert "ERR_CONNECTION_REFUSED" in result.detail


def test_an_expected_consent_dialog_is_no_missing_cell(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    visit, consent = planned({"visit": "home"}, {"consent": "reject"})
    browser.asks_consent = True
    browser.status = PageStatus.CONSENT
    assert runner.run(visit, StepKind.CONSENT).outcome is Outcome.DONE
    assert filed(runner) == []
    browser.status = PageStatus.OK
    assert runner.run(consent).outcome is Outcome.DONE
    assert [step for step, *_ in filed(runner)] == [consent.index]


def test_an_unexpected_consent_dialog_is_a_missing_cell(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.asks_consent = True
    browser.status = PageStatus.CONSENT
    result = runner.run(one({"visit": "home"}), StepKind.SEARCH)
    assert (result.outcome, result.detail) == (Outcome.MISSING, "page status consent")


def test_a_visit_that_wants_no_capture_gets_none_from_the_consent_step(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    visit, consent = planned({"visit": {"url": "home", "capture": False}}, {"consent": "accept"})
    browser.asks_consent = True
    runner.run(visit, StepKind.CONSENT)
    runner.run(consent)
    assert filed(runner) == []


def test_a_watch_opens_its_page_captures_it_and_keeps_the_receipt(
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    step = one({"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}})
    assert runner.run(step).outcome is Outcome.DONE
    assert browser.log[0] == ("visit", "/watch?v=dQw4w9WgXcQ")
    assert browser.log.index("capture") < browser.log.index(("watch", 10.0, False, 14400.0, None))
    assert [receipt for _, _, receipt in store.receipts()] == [RECEIPT]


def test_a_share_of_the_video_is_passed_on(runner: StepRunner, browser: FakeBrowser) -> None:
    browser.url = SITE + "/watch?v=dQw4w9WgXcQ"
    runner.run(one({"watch": {"for": "30%", "cap": "2m"}}))
    assert browser.log[-1] == ("watch", None, False, 120.0, 0.3)


def test_nothing_is_watched_on_a_page_that_is_not_ok(
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    browser.status = PageStatus.UNAVAILABLE
    result = runner.run(one({"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}}))
    assert result.outcome is Outcome.MISSING
    assert list(store.receipts()) == []


@pytest.mark.parametrize("status", [ReceiptStatus.SHORT, ReceiptStatus.FAILED])
def test_a_watch_that_was_not_complete_is_a_missing_cell_with_its_receipt(
    runner: StepRunner, browser: FakeBrowser, store: Store, status: ReceiptStatus
) -> None:
    browser.url = SITE + "/watch?v=dQw4w9WgXcQ"
    browser.receipt = replace(RECEIPT, status=status, watched_s=3, error="an error overlay")
    result = runner.run(one({"watch": "10s"}))
    assert result.outcome is Outcome.MISSING
    assert result.detail == "watched 3 of 10 s: an error overlay"
    assert len(list(store.receipts())) == 1


def test_watching_where_there_is_no_video_fails(runner: StepRunner, store: Store) -> None:
    result = runner.run(one({"watch": "10s"}))
    assert result.outcome is Outcome.FAILED
    assert "not a watch page" in result.detail
    assert list(store.receipts()) == []


def test_an_interruption_is_heard_during_a_watch(
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    browser.url = SITE + "/watch?v=dQw4w9WgXcQ"
    runner.pacing.stopped = lambda: True
    with pytest.raises(Interrupted):
        runner.run(one({"watch": "10s"}))
    assert list(store.receipts()) == []


def test_a_pause_is_taken_in_pieces_and_can_be_interrupted(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    assert runner.run(one({"pause": "12s"})).outcome is Outcome.DONE
    assert browser.log == [("pass", 5.0), ("pass", 5.0), ("pass", 2.0)]
    runner.pacing.stopped = lambda: len(browser.log) > 3
    with pytest.raises(Interrupted):
        runner.run(one({"pause": "1h"}))
    assert len(browser.log) == 4


def test_following_reads_the_page_and_clicks_what_was_chosen(
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    browser.url = SITE + "/watch?v=dQw4w9WgXcQ"
    browser.shown = (video(1, "aaaaaaaaaaa"), video(2, "bbbbbbbbbbb"))
    store.add_labels({"bbbbbbbbbbb": "science"}, source="mock")
    result = runner.run(one({"follow": {"topic": "science"}}))
    assert (result.outcome, result.detail) == (Outcome.DONE, "bbbbbbbbbbb at 2")
    assert ("follow", "bbbbbbbbbbb") in browser.log


def test_a_list_that_is_named_is_the_one_followed_from(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.url = SITE + "/results?search_query=x"
    browser.shown = (video(1, "aaaaaaaaaaa", Surface.HOME), video(1, "bbbbbbbbbbb", Surface.SEARCH))
    assert runner.run(one({"follow": {"rank": 1, "from": "search"}})).outcome is Outcome.DONE
    assert ("follow", "bbbbbbbbbbb") in browser.log


def test_nothing_to_follow_is_a_failed_step(runner: StepRunner, browser: FakeBrowser) -> None:
    browser.url = SITE + "/watch?v=dQw4w9WgXcQ"
    result = runner.run(one({"follow": {"rank": 1}}))
    assert result.outcome is Outcome.FAILED
    assert "rank 1 among 0" in result.detail


def test_nothing_is_followed_from_a_page_that_is_not_ok(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.shown = (video(1, "aaaaaaaaaaa", Surface.HOME),)
    browser.status = PageStatus.CAPTCHA
    result = runner.run(one({"follow": {"rank": 1}}))
    assert result.outcome is Outcome.FAILED
    assert "captcha" in result.detail


def test_playback_is_ended_before_an_in_page_navigation_under_virtual_time(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.virtual = True
    runner.run(one({"search": "x"}))
    assert browser.log[:2] == ["leave", ("search", "x")]


def test_a_polite_puppet_waits_between_page_loads(runner: StepRunner, browser: FakeBrowser) -> None:
    ticks = iter([100.0, 102.0, 107.0])
    runner.pacing.clock = lambda: next(ticks)
    runner.pacing.politeness_s = 5.0
    for step in planned({"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}):
        runner.run(step)
    assert [entry for entry in browser.log if entry[0] == "pass"] == [("pass", 3.0)]


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
    runner: StepRunner, browser: FakeBrowser
) -> None:
    runner.pacing.stopped = lambda: True
    with pytest.raises(Interrupted):
        runner.run(one({"scroll": "end"}))


def test_not_interested_takes_the_rank_of_the_page(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.shown = (video(1, "aaaaaaaaaaa", Surface.HOME), video(2, "bbbbbbbbbbb", Surface.HOME))
    assert runner.run(one({"not_interested": {"rank": 2}})).outcome is Outcome.DONE
    assert browser.log[-1] == ("not interested", "bbbbbbbbbbb")


def test_what_was_taken_off_the_page_is_not_picked_until_another_page_stands(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    """The card is still in the document, hidden: a click on it would wait half a minute."""
    first, second = (
        video(1, "aaaaaaaaaaa", Surface.HOME), video(2, "bbbbbbbbbbb", Surface.HOME),
    )  # fmt: skip
    browser.shown = (first, second)
    assert runner.run(one({"not_interested": {"rank": 1}})).outcome is Outcome.DONE
    assert runner.run(one({"follow": {"rank": 1}})).detail == "bbbbbbbbbbb at 2"
    runner.run(one({"visit": "home"}))
    browser.shown = (first, second)
    assert runner.run(one({"follow": {"rank": 1}})).detail == "aaaaaaaaaaa at 1"


def test_a_screenshot_gets_the_name_of_its_step(
    runner: StepRunner, browser: FakeBrowser, tmp_path: Path
) -> None:
    result = runner.run(one({"screenshot": "home-end"}))
    assert (tmp_path / "shots" / result.detail).read_bytes() == b"png"
    assert result.detail == "s-0000-home-end.png"


def test_a_script_error_is_a_failed_step_and_a_dead_browser_is_not(
    runner: StepRunner, browser: FakeBrowser
) -> None:
    browser.fails = PlaywrightError("ReferenceError: x is not defined\n  at y")
    result = runner.run(one({"visit": "home"}))
    assert (result.outcome, result.detail) == (Outcome.FAILED, "ReferenceError: x is not defined")
    browser.dead = True
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
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    """The page before it is still open, and stands still; the next good page lifts it."""
    first, visit, watch, like, again = planned(
        {"visit": "/watch?v=dQw4w9WgXcQ"}, {"visit": "/watch?v=aaaaaaaaaaa"}, {"watch": "10s"},
        "like", {"visit": "home"},
    )  # fmt: skip
    assert runner.run(first).outcome is Outcome.DONE
    browser.fails = ActionFailed("not on this site")
    assert runner.run(visit).outcome is Outcome.FAILED
    assert browser.log[-1] == "leave"
    for step in (watch, like):
        result = runner.run(step)
        assert (result.outcome, result.detail) == (Outcome.MISSING, "step 2 did not lead here")
    assert list(store.receipts()) == []
    browser.fails = None
    assert runner.run(again).outcome is Outcome.DONE
    assert runner.lost is None


def test_a_page_whose_dialog_was_answered_by_hand_is_there_after_all(
    runner: StepRunner, browser: FakeBrowser, store: Store
) -> None:
    """It came, but not ok: what needs its content waits until it is."""
    visit, watch = planned({"visit": "/watch?v=dQw4w9WgXcQ"}, {"watch": "10s"})
    browser.status = PageStatus.CAPTCHA
    assert runner.run(visit).outcome is Outcome.MISSING
    result = runner.run(watch)
    assert (result.outcome, result.detail) == (Outcome.MISSING, "step 1 did not lead here")
    browser.status = PageStatus.OK
    assert runner.run(watch).outcome is Outcome.DONE
    assert len(list(store.receipts())) == 1


def test_a_site_that_leads_to_another_video_did_not_lead_here(
    runner: StepRunner, browser: FakeBrowser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(target: str) -> Settled:
        browser.url = SITE + "/watch?v=bbbbbbbbbbb"
        return Settled(browser.how, 1)

    monkeypatch.setattr(browser, "visit", elsewhere)
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
