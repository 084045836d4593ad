"""What each step of a plan does in the browser: one method a kind, one outcome a step.

Protects two rules: a page in any status but ok is a missing cell and nothing is done on it; a watch
counts only with a receipt, whatever the clock says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Error as PlaywrightError

from collector.browser import NavigationFailed
from collector.browser.virtual import LEAVE
from collector.experiment.choice import NothingToFollow, choose
from collector.experiment.filing import Filing
from collector.model import (
    Impression,
    PageKind,
    PageStatus,
    RawPage,
    Receipt,
    ReceiptStatus,
    Surface,
)
from collector.platforms.youtube import nature, parse_page
from collector.platforms.youtube.actions import PRIMARY_LIST, YouTubeActions
from collector.platforms.youtube.waiting import ActionFailed, Browser, Settled, Waited
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind
from collector.store import Outcome, Store

#: No watch lasts longer, unless the step says so.
CAP = timedelta(hours=4)


class Puppet(Browser, Protocol):
    """What steps need of a puppet's browser."""

    @property
    def context(self) -> Any: ...

    def capture(self) -> RawPage: ...

    @property
    def virtual(self) -> bool: ...

    def watch(
        self,
        planned_s: float | None = None,
        until_end: bool = False,
        cap_s: float | None = None,
        *,
        share: float | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Receipt: ...

    def screenshot(self, path: Path) -> Any: ...


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended."""

    outcome: Outcome
    detail: str = ""


DONE = StepResult(Outcome.DONE)


class Interrupted(Exception):
    """The run was stopped while the step waited."""


class StepRunner:
    """Carries out the steps of one session, in order."""

    def __init__(
        self,
        puppet: Puppet,
        actions: YouTubeActions,
        filing: Filing,
        store: Store,
        *,
        session: str,
        screenshots: Path,
        politeness_s: float = 0.0,
        stopped: Callable[[], bool] = lambda: False,
        known: Callable[[], list[str]] = list,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``known``: values that identify the viewer right now, for the scrubber."""
        self.puppet = puppet
        self.actions = actions
        self.filing = filing
        self.store = store
        self.session = session
        self.screenshots = screenshots
        self.politeness_s = politeness_s
        self.stopped = stopped
        self.known = known
        self.clock = clock
        self._last_load: float | None = None
        self._owed: PlannedStep | None = None
        """A visit that met the consent dialog; its page is filed once the dialog is answered."""

    def run(self, step: PlannedStep, following: StepKind | None = None) -> StepResult:
        """Do one step. ``following`` is the kind of the next one.

        Failures of the step itself are outcomes; failures of the browser are raised.
        """
        try:
            result: StepResult = getattr(self, f"_{step.kind.value}")(step, step.args, following)
        except (ActionFailed, NothingToFollow) as failure:
            return StepResult(Outcome.FAILED, str(failure))
        except NavigationFailed as failure:
            return StepResult(Outcome.MISSING, str(failure))
        except PlaywrightError as failure:
            self.puppet.evaluate("() => true")  # raises when it is the browser that is lost
            return StepResult(Outcome.FAILED, failure.message.splitlines()[0])
        return result

    # ---- steps that end on a page

    def _visit(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self._be_polite()
        settled = self.actions.visit(args["url"])
        if following is StepKind.CONSENT and self.actions.consent_asked():
            self._owed = step if args["capture"] else None
            return StepResult(Outcome.DONE, "consent dialog, answered by the next step")
        return self._arrived(step, settled, capture=args["capture"])

    def _consent(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        settled = self.actions.consent(args["choice"])
        owed, self._owed = self._owed, None
        return self._arrived(step, settled, capture=owed is not None)

    def _search(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self._leave()
        return self._arrived(step, self.actions.search(args["query"]), capture=args["capture"])

    def _follow(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        url, shown = self._read()
        here = nature(url)
        surface = _surface(args["from"], here.kind)
        picked = choose(
            args,
            shown,
            surface,
            seed=step.seed,
            labels=self._labels(shown) if args["topics"] else {},
            current=here.video_id,
            seen=self._seen() if args["unseen"] else (),
        )
        self._leave()
        result = self._arrived(step, self.actions.follow(picked, shown), capture=args["capture"])
        if result.outcome is not Outcome.DONE:
            return result
        return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def _watch(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        if args["video"]:
            self._be_polite()
            settled = self.actions.visit(f"/watch?v={args['video']}")
            arrived = self._arrived(step, settled, capture=args["capture"])
            if arrived.outcome is not Outcome.DONE:
                return arrived
        here = nature(self.actions.url)
        if here.kind is not PageKind.VIDEO:
            raise ActionFailed(f"{self.actions.url} is no watch page")
        receipt = self.puppet.watch(
            args["for_s"],
            args["until_end"],
            args["cap_s"] or CAP.total_seconds(),
            share=None if args["percent"] is None else args["percent"] / 100,
            progress=self._heed,
        )
        self.store.add_receipt(self.session, step.index, receipt)
        if receipt.status is ReceiptStatus.COMPLETE:
            return DONE
        why = f": {receipt.error}" if receipt.error else ""
        watched = f"watched {receipt.watched_s:.0f} of {receipt.planned_s:.0f} s{why}"
        return StepResult(Outcome.MISSING, watched)

    def _capture(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        return self._arrived(step, self.actions.settle(), capture=True, fresh=False)

    # ---- steps on the page

    def _scroll(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        every_s = args["every_s"] or 0
        if args["screens"] is not None:
            items = self.actions.scroll_screens(args["screens"], every_s)
        elif args["pixels"] is not None:
            items = self.actions.scroll_pixels(args["pixels"], args["times"], every_s)
        else:
            items = self.actions.scroll_until(args["until"])
        wanted = args["until"] or 0
        if items < wanted:
            return StepResult(Outcome.DONE, f"the list ended at {items} items of {wanted}")
        return StepResult(Outcome.DONE, f"{items} items")

    def _like(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self.actions.like(args["on"])
        return DONE

    def _subscribe(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self.actions.subscribe(args["on"])
        return DONE

    def _not_interested(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        url, shown = self._read()
        surface = _surface(args["from"], nature(url).kind)
        by_rank = {
            "by": "rank", "rank": args["rank"], "unseen": False, "otherwise": "fail"
        }  # fmt: skip
        picked = choose(by_rank, shown, surface, seed=step.seed, labels={}, current=None, seen=())
        self.actions.not_interested(picked, shown)
        return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def _click(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self.actions.click(args["selector"])
        return DONE

    def _keypress(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self.actions.keypress(args["key"], args["times"], args["delay_s"] or 0)
        return DONE

    def _pause(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        self._let_pass(args["for_s"])
        return DONE

    def _screenshot(
        self, step: PlannedStep, args: Mapping[str, Any], following: StepKind | None
    ) -> StepResult:
        path = self.screenshots / f"{self.session}-{step.index:04d}-{args['name']}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.puppet.screenshot(path)
        return StepResult(Outcome.DONE, path.name)

    # ---- the machinery

    def _arrived(
        self, step: PlannedStep, settled: Settled, *, capture: bool, fresh: bool = True
    ) -> StepResult:
        """A page stands: file it, and judge the step by the page's status."""
        if fresh:
            self._last_load = self.clock()
            self.filing.new_load()
        raw = self.puppet.capture()
        in_time = settled.how is not Waited.TIMED_OUT
        if not capture:
            observation = parse_page(raw.html, raw.url, languages=raw.languages)
            return _judged(observation.status, in_time)
        filed = self.filing.file(raw, step.index, known=self.known(), settled=in_time)
        return _judged(filed.capture.status, in_time)

    def _read(self) -> tuple[str, tuple[Impression, ...]]:
        """Address and impressions of the page as it stands, without filing it."""
        raw = self.puppet.capture()
        observation = parse_page(
            raw.html, raw.url, client_time=raw.client_time, languages=raw.languages
        )
        if observation.status is not PageStatus.OK:
            raise ActionFailed(f"the page's status is {observation.status}, not ok")
        return raw.url, observation.impressions

    def _labels(self, shown: tuple[Impression, ...]) -> dict[str, str]:
        ids = sorted({item.item_id for item in shown})
        marks = ", ".join("?" * len(ids))
        rows = self.store.rows(f"SELECT item_id, label FROM labels WHERE item_id IN ({marks})", ids)
        return {row["item_id"]: row["label"] for row in rows}

    def _seen(self) -> set[str]:
        """Videos whose watch pages this puppet has had, in this session and earlier ones."""
        pages = self.store.captures(puppet=self.filing.puppet)
        return {video for page in pages if (video := nature(page.url).video_id)}

    def _leave(self) -> None:
        """Before an in-page navigation: be polite, and end playback as a full one would.

        Under virtual time the beacon of what was played has then arrived before the next page is
        asked for, so that the same plan meets the same history.
        """
        self._be_polite()
        if self.puppet.virtual:
            self.puppet.evaluate(LEAVE)

    def _be_polite(self) -> None:
        if self._last_load is not None:
            left = self.politeness_s - (self.clock() - self._last_load)
            if left > 0:
                self._let_pass(left)

    def _heed(self, _: float) -> None:
        """Stop waiting when the run has been interrupted."""
        if self.stopped():
            raise Interrupted

    def _let_pass(self, seconds_s: float) -> None:
        """Let time pass in slices, so that an interruption is heard."""
        left = seconds_s
        while left > 0:
            self._heed(left)
            piece = min(left, 5.0)
            self.puppet.let_pass(piece)
            left -= piece


def _surface(named: str | None, kind: PageKind) -> Surface:
    """The list that a step means: the one it names, else the page's own."""
    found = Surface(named) if named else PRIMARY_LIST.get(kind)
    if found is None:
        raise ActionFailed(f"a page of kind {kind} has no list")
    return found


def _judged(status: PageStatus, in_time: bool) -> StepResult:
    if not in_time:
        return StepResult(Outcome.MISSING, f"the page never settled ({status})")
    if status is not PageStatus.OK:
        return StepResult(Outcome.MISSING, f"page status {status}")
    return DONE
