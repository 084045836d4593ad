"""What a step does and how it is judged, with a browser that only pretends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_browser import (
    RECEIPT,
    SITE,
    FakeBrowser,
    filed,
    one,
    planned,
    read,
    video,
)

from collector.browser import NavigationFailed
from collector.common.model import (
    Observation,
    PageStatus,
    ReceiptStatus,
)
from collector.platforms.acting import Waited
from collector.scenario.steps import StepKind
from collector.session.pacing import Interrupted
from collector.session.steps import StepRunner
from collector.store import Outcome, Store


def test_a_visit_ends_with_a_capture(runner: StepRunner, fake: FakeBrowser) -> None:
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.DONE
    assert filed(runner) == [(0, SITE + "/", True)]
    assert fake.log == [("visit", "/"), "new load", "capture"]


def reads(runner: StepRunner, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that are read from now on, beside those that are filed."""
    seen: list[str] = []

    def parse(html: str, url: str, **given: Any) -> Observation:
        seen.append(url)
        return read(html, url, **given)

    monkeypatch.setattr(runner.reader, "spec", replace(runner.reader.spec, parse=parse))
    return seen


def test_a_page_that_was_filed_is_not_read_again_to_follow(
    runner: StepRunner, fake: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.shown = (video(1, "aaaaaaaaaaa"),)
    again = reads(runner, monkeypatch)
    runner.run(one({"visit": "/watch?v=bbbbbbbbbbb"}))
    assert runner.run(one({"follow": {"rank": 1}})).outcome is Outcome.DONE
    assert again == []


@pytest.mark.parametrize("changed", ["html", "url", "scrubbed"])
def test_a_page_that_may_be_another_is_read(
    runner: StepRunner, fake: FakeBrowser, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    title = "scrubbed-name sings" if changed == "scrubbed" else "a song"
    fake.shown = (replace(video(1, "aaaaaaaaaaa"), title=title),)
    runner.run(one({"visit": "/watch?v=bbbbbbbbbbb"}))
    again = reads(runner, monkeypatch)
    capture = fake.capture
    if changed == "html":
        monkeypatch.setattr(fake, "capture", lambda: replace(capture(), html="<html> more"))
    if changed == "url":
        fake.url = SITE + "/watch?v=ccccccccccc"
    here = fake.url
    assert runner.run(one({"follow": {"rank": 1}})).outcome is Outcome.DONE
    assert again[:1] == [here]


def test_a_visit_without_capture_is_judged_all_the_same(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.status = PageStatus.CAPTCHA
    result = runner.run(one({"visit": {"url": "home", "capture": False}}))
    assert (result.outcome, result.detail) == (Outcome.MISSING, "page status captcha")
    assert filed(runner) == []


@pytest.mark.parametrize("status", [s for s in PageStatus if s is not PageStatus.OK])
def test_any_status_but_ok_is_a_missing_cell(
    runner: StepRunner, fake: FakeBrowser, status: PageStatus
) -> None:
    fake.status = status
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.MISSING
    assert len(filed(runner)) == 1


def test_a_page_that_never_settled_is_a_missing_cell(runner: StepRunner, fake: FakeBrowser) -> None:
    fake.how = Waited.TIMED_OUT
    result = runner.run(one({"search": "flat earth"}))
    assert result.outcome is Outcome.MISSING
    assert "never settled" in result.detail
    assert filed(runner)[0][2] is False


def test_a_page_that_does_not_load_is_a_missing_cell(runner: StepRunner, fake: FakeBrowser) -> None:
    fake.fails = NavigationFailed(SITE, "net::ERR_CONNECTION_REFUSED")
    result = runner.run(one({"visit": "home"}))
    assert result.outcome is Outcome.MISSING
    assert "ERR_CONNECTION_REFUSED" in result.detail


def test_an_expected_consent_dialog_is_no_missing_cell(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    visit, consent = planned({"visit": "home"}, {"consent": "reject"})
    fake.asks_consent = True
    fake.status = PageStatus.CONSENT
    assert runner.run(visit, StepKind.CONSENT).outcome is Outcome.DONE
    assert filed(runner) == []
    fake.status = PageStatus.OK
    assert runner.run(consent).outcome is Outcome.DONE
    assert [step for step, *_ in filed(runner)] == [consent.index]


def test_an_unexpected_consent_dialog_is_a_missing_cell(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.asks_consent = True
    fake.status = PageStatus.CONSENT
    result = runner.run(one({"visit": "home"}), StepKind.SEARCH)
    assert (result.outcome, result.detail) == (Outcome.MISSING, "page status consent")


def test_a_visit_that_wants_no_capture_gets_none_from_the_consent_step(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    visit, consent = planned({"visit": {"url": "home", "capture": False}}, {"consent": "accept"})
    fake.asks_consent = True
    runner.run(visit, StepKind.CONSENT)
    runner.run(consent)
    assert filed(runner) == []


def test_a_watch_opens_its_page_captures_it_and_keeps_the_receipt(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    step = one({"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}})
    assert runner.run(step).outcome is Outcome.DONE
    assert fake.log[0] == ("visit", "/watch?v=dQw4w9WgXcQ")
    assert fake.log.index("capture") < fake.log.index(("watch", 10.0, False, 14400.0, None))
    assert [receipt for _, _, receipt in store.receipts()] == [RECEIPT]


def test_a_share_of_the_video_is_passed_on(runner: StepRunner, fake: FakeBrowser) -> None:
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    runner.run(one({"watch": {"for": "30%", "cap": "2m"}}))
    assert fake.log[-1] == ("watch", None, False, 120.0, 0.3)


def test_nothing_is_watched_on_a_page_that_is_not_ok(
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    fake.status = PageStatus.UNAVAILABLE
    result = runner.run(one({"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}}))
    assert result.outcome is Outcome.MISSING
    assert list(store.receipts()) == []


@pytest.mark.parametrize("status", [ReceiptStatus.SHORT, ReceiptStatus.FAILED])
def test_a_watch_that_was_not_complete_is_a_missing_cell_with_its_receipt(
    runner: StepRunner, fake: FakeBrowser, store: Store, status: ReceiptStatus
) -> None:
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    fake.receipt = replace(RECEIPT, status=status, watched_s=3, error="an error overlay")
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
    runner: StepRunner, fake: FakeBrowser, store: Store
) -> None:
    fake.url = SITE + "/watch?v=dQw4w9WgXcQ"
    runner.pacing.stopped = lambda: True
    with pytest.raises(Interrupted):
        runner.run(one({"watch": "10s"}))
    assert list(store.receipts()) == []


def test_a_pause_is_taken_in_pieces_and_can_be_interrupted(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    assert runner.run(one({"pause": "12s"})).outcome is Outcome.DONE
    assert fake.log == [("pass", 5.0), ("pass", 5.0), ("pass", 2.0)]
    runner.pacing.stopped = lambda: len(fake.log) > 3
    with pytest.raises(Interrupted):
        runner.run(one({"pause": "1h"}))
    assert len(fake.log) == 4
