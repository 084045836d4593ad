"""The steps of a session on YouTube: search, follow, watch, and what a visit to a video brings.

Protects the rule that a watch counts only with a receipt, whatever the clock says; searches are
kept apart as the scenario says; a page that the site led to in place of the one asked for is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collector.browser.virtual import LEAVE
from collector.common.model import (
    Impression,
    Observation,
    PageKind,
    PageStatus,
    RawPage,
    ReceiptStatus,
    Surface,
)
from collector.platforms.acting import ActionFailed
from collector.platforms.youtube import parse_url
from collector.platforms.youtube.actions import PRIMARY_LIST, YouTubeActions
from collector.platforms.youtube.refusal import Reason
from collector.platforms.youtube.urls import is_about
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verbs.shared import WATCH_CAP_S
from collector.session.choice import ANY, WATCHABLE
from collector.session.results import DONE, Lost, StepResult
from collector.session.steps import StepRunner
from collector.store import Outcome

#: Where a site keeps what was watched.
HISTORY = "/feed/history"
#: Tab of a channel → its name in addresses.
_TABS = {
    "home": "featured", "videos": "videos", "shorts": "shorts", "live": "streams",
    "playlists": "playlists", "posts": "posts", "about": "about",
}  # fmt: skip

#: Kind of the line in the run's event log that tells what autoplay did between two steps.
WENT_ON = "autoplay"
#: Kind of the line in the run's event log that tells of a view of a channel (its name).
VIEW = "view"


class VideoRunner(StepRunner):
    """Carries out the steps of one session on a site of videos."""

    actions: YouTubeActions
    picks = WATCHABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._visited: set[str] = set()
        """Videos whose pages this session has had."""
        self._here: str | None = None
        """The video of the page that a step brought last."""

    def run(self, step: PlannedStep, following: StepKind | None = None) -> StepResult:
        """Do one step; that the player went on to another video before it is an event."""
        here = parse_url(self.actions.url).video_id
        if self._here and here and here != self._here and self.lost is None:
            told = f"the player went on from {self._here} to {here} before step {step.index + 1}"
            run, session = self.filing.run, self.session
            self.store.log(run, WENT_ON, told, session=session, step=step.index)
            self._here = here
        return super().run(step, following)

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep) -> StepResult:
        """Go to an address; one of search results is kept apart from the puppet's searches."""
        self.pacing.wait_politeness()
        if parse_url(step.args["url"]).kind is PageKind.SEARCH:
            self._keep_apart(step)
        settled = self.actions.visit(step.args["url"])
        if asked := self._consent_asked(step):
            return asked
        arrived = self._arrived(step, settled, capture=step.args["capture"])
        return self._at_video(step, parse_url(step.args["url"]).video_id, arrived)

    def do_search(self, step: PlannedStep) -> StepResult:
        """Search as a person does, kept apart from the puppet's other searches."""
        self.pacing.leave()
        self._keep_apart(step)
        return self._arrived(
            step, self.actions.search(step.args["query"]), capture=step.args["capture"]
        )

    def _keep_apart(self, step: PlannedStep) -> None:
        """Before a search: wait, with nothing playing, until it is far enough from the last."""
        if self.spacing is None:
            return
        now = self.puppet.capture().client_time
        if left_s := self.spacing.left_s(now):
            self.puppet.evaluate(LEAVE)
            self.pacing.advance(left_s)
            now = self.puppet.capture().client_time
        self.spacing.asked(step.index, now)

    def do_follow(self, step: PlannedStep) -> StepResult:
        """Click the item that the step picks and file the page; the detail names item and place."""
        picked, shown = self._pick(step)
        self.pacing.leave()
        result = self._arrived(
            step, self.actions.follow(picked, shown), capture=step.args["capture"]
        )
        if result.outcome is not Outcome.DONE:
            return result
        return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def do_watch(self, step: PlannedStep) -> StepResult:
        """Watch the open video, or the named one, and enter its receipt; cut short, it is missing.

        :raises ActionFailed: no video is open, or its channel's budget of views is used up.
        """
        if step.args["video"]:
            self.pacing.wait_politeness()
            settled = self.actions.visit(f"/watch?v={step.args['video']}")
            arrived = self._arrived(step, settled, capture=step.args["capture"])
            arrived = self._at_video(step, step.args["video"], arrived)
            if arrived.outcome is not Outcome.DONE:
                return arrived
        here = parse_url(self.actions.url)
        if here.kind is not PageKind.VIDEO:
            raise ActionFailed(f"{self.actions.url} is not a watch page")
        self._spend_view(step)
        self.watch_begins()
        receipt = self.puppet.watch(
            step.args["for_s"],
            step.args["until_end"],
            step.args["cap_s"] or WATCH_CAP_S,
            share=None if step.args["percent"] is None else step.args["percent"] / 100,
            progress=self.pacing.check_stopped,
            unstick=getattr(self.actions, "unstick", None),
        )
        self.store.add_receipt(self.session, step.index, receipt)
        if receipt.status is ReceiptStatus.COMPLETE:
            return DONE
        why = f": {receipt.error}" if receipt.error else ""
        watched = f"watched {receipt.watched_s:.0f} of {receipt.planned_s:.0f} s{why}"
        return StepResult(Outcome.MISSING, watched)

    def do_open_channel(self, step: PlannedStep) -> StepResult:
        """Go to a tab of the channel of the page that is open.

        :raises ActionFailed: the page names no channel.
        """
        here = parse_url(self.actions.url)
        path = here.channel_path if here.kind is PageKind.CHANNEL else self._channel()
        if path is None or not path.startswith("/"):
            raise ActionFailed(f"{self.actions.url} says of no channel where it is")
        self.pacing.wait_politeness()
        tab = _TABS[step.args["tab"]]
        settled = self.actions.visit(f"{path.rstrip('/')}/{tab}")
        return self._arrived(step, settled, capture=step.args["capture"])

    def do_clear_history(self, step: PlannedStep) -> StepResult:
        """Forget what was watched, on the page that lists it."""
        return self._in_history(step, self.actions.clear_history)

    def do_pause_history(self, step: PlannedStep) -> StepResult:
        """Stop remembering what is watched, or go on with it, on the page that lists it."""
        return self._in_history(step, lambda: self.actions.pause_history(step.args["on"]))

    def _in_history(self, step: PlannedStep, act: Callable[[], None]) -> StepResult:
        """Something done on the page of what was watched; the page itself is no data."""
        self.pacing.wait_politeness()
        self.actions.visit(HISTORY)
        self._new_page()
        self.lost = None
        act()
        return DONE

    # ---- the machinery

    def _is_bot_check(self, status: PageStatus, raw: RawPage) -> bool:
        if status is PageStatus.UNAVAILABLE:
            return self.reader.read(raw).fields.get("statusReason") == Reason.BOT_CHECK
        return super()._is_bot_check(status, raw)

    def _lists_nothing(self, seen: Observation) -> bool:
        return is_about(seen.url) and seen.fields.get("statusReason") == Reason.NOT_READ

    def _channel(self) -> str | None:
        """The channel of the video that is open, where the page says it."""
        fields = self.reader.read(self.puppet.capture()).fields
        named = fields.get("authorSource") or fields.get("authorName")
        return str(named) if named else None

    def _spend_view(self, step: PlannedStep) -> None:
        """One watch less of its channel. Raises ActionFailed: there is none left."""
        most = self.manners.views_per_channel
        channel = self._channel() if most is not None else None
        if most is None or channel is None:
            return
        with self.store.transaction():  # nobody spends a view between the question and the answer
            spent = self.store.rows(
                "SELECT count(*) AS n FROM events WHERE kind = ? AND message = ?", [VIEW, channel]
            )
            if next(iter(spent))["n"] >= most:
                raise ActionFailed(f"the budget of {most} views of {channel} is used up")
            self.store.log(self.filing.run, VIEW, channel, session=self.session, step=step.index)

    def _pick(self, step: PlannedStep) -> tuple[Impression, tuple[Impression, ...]]:
        """The item that a step is about, and all that are shown beside it."""
        args = {**ANY, **step.args}
        url, shown = self._read()
        here = parse_url(url)
        picked = self._chosen(
            step,
            args,
            shown,
            _surface(args["from"], here.kind, shown, url),
            current=here.video_id,
            seen=self._seen() if args["unseen"] else (),
        )
        return picked, shown

    def _came(self, raw: RawPage) -> None:
        self._here = parse_url(raw.url).video_id
        if self._here:
            self._visited.add(self._here)

    def _at_video(self, step: PlannedStep, video: str | None, arrived: StepResult) -> StepResult:
        """A page stands: it is the video's that was asked for, unless the site led elsewhere."""
        if video and arrived.outcome is Outcome.DONE and self._here != video:
            self.lost = Lost(step.index)
            return StepResult(
                Outcome.FAILED, f"asked for {video}, but the page is {self.actions.url}"
            )
        return arrived

    def _seen(self) -> set[str]:
        """Videos whose watch pages this puppet has had, in this session and earlier ones."""
        pages = self.store.captures(puppet=self.filing.puppet)
        return self._visited | {v for page in pages if (v := parse_url(page.url).video_id)}


def _surface(named: str | None, kind: PageKind, shown: tuple[Impression, ...], url: str) -> Surface:
    """The list that a step means: the one it names, else the page's own."""
    first = shown[0].surface if shown else None
    found = Surface(named) if named else PRIMARY_LIST.get(kind, first)
    if found is None or found is Surface.SHORTS:
        raise ActionFailed(f"{url} has no list whose items could be picked")
    return found
