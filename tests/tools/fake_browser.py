"""A browser that only pretends, and a filing that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.browser import BrowserGone
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
from collector.platforms.acting import ActionFailed, Heed, Settled, Waited
from collector.platforms.registry import spec_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.session.filing import Filed
from collector.session.steps import StepRunner

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

    def check_loaded(self) -> None:
        pass

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
    run: str = "r"

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
