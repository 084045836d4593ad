"""What each step of a plan does in the browser: one method a kind, one outcome a step.

Protects three rules: a page in any status but ok is a missing cell and nothing is done on it; a
step whose page did not come about is missing, and nothing is done on the page before it; a watch
counts only with a receipt, whatever the clock says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from collector.browser import NavigationFailed
from collector.browser.virtual import LEAVE
from collector.experiment.choice import ANY, NothingToFollow, choose
from collector.experiment.filing import Filing
from collector.experiment.job import Manners
from collector.experiment.patience import Patience, Puppet, is_of_the_page
from collector.experiment.spacing import Spacing
from collector.model import (
    Impression,
    PageKind,
    PageStatus,
    Platform,
    RawPage,
    ReceiptStatus,
    Surface,
)
from collector.platforms.youtube import nature, parse_page
from collector.platforms.youtube.actions import PRIMARY_LIST, YouTubeActions
from collector.platforms.youtube.refusal import Reason
from collector.platforms.youtube.waiting import ActionFailed, NotAsked, Settled, Waited
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import WATCH_CAP_S, Scroll, StepKind
from collector.scenario.verb import Acts, Needs, traits
from collector.store import Outcome, Store

#: Where a site keeps what was watched.
HISTORY = "/feed/history"
#: Tab of a channel → its name in addresses.
_TABS = {
    "home": "featured", "videos": "videos", "shorts": "shorts", "live": "streams",
    "playlists": "playlists", "posts": "posts", "about": "about",
}  # fmt: skip

#: Kinds of lines in the run's diary: a bot check that was met; a view of a channel (its name).
BOT_CHECK, VIEW = "bot-check", "view"


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended."""

    outcome: Outcome
    detail: str = ""


DONE = StepResult(Outcome.DONE)


@dataclass(frozen=True, slots=True)
class Lost:
    """The page that ``step`` (from 0) was to bring is not there.

    ``came``: a page came, but its status was not ok. Otherwise the page before it is still open.
    """

    step: int
    came: bool = False

    def __str__(self) -> str:
        return f"step {self.step + 1} did not lead here"


class StepRunner:
    """Carries out the steps of one session, in order.

    A verb has a method ``do_VERB`` here where there is more to it than the action of its name.
    """

    platform: ClassVar[Platform] = Platform.YOUTUBE

    def __init__(
        self,
        puppet: Puppet,
        actions: YouTubeActions,
        filing: Filing,
        store: Store,
        *,
        session: str,
        screenshots: Path,
        patience: Patience,
        known: Callable[[], list[str]] = list,
        spacing: Spacing | None = None,
        manners: Manners | None = None,
    ) -> None:
        """``known``: values that identify the viewer right now, for the scrubber. ``spacing``: of
        the puppet's searches; without it they are neither kept apart nor counted."""
        self.puppet = puppet
        self.actions = actions
        self.filing = filing
        self.store = store
        self.session = session
        self.screenshots = screenshots
        self.patience = patience
        self.known = known
        self.spacing = spacing
        self.manners = manners or Manners()
        self.keep: Callable[[PlannedStep], StepResult] | None = None
        """What takes a snapshot: the session, for the browser has to be closed."""
        self._visited: set[str] = set()
        self._following: StepKind | None = None
        self.lost: Lost | None = None
        """The page that should be open, where it did not come about."""
        self._owed: PlannedStep | None = None
        """A visit that met the consent dialog; its page is filed once the dialog is answered."""

    def run(self, step: PlannedStep, following: StepKind | None = None) -> StepResult:
        """Do one step. ``following`` is the kind of the next one.

        Failures of the step itself are outcomes; failures of the browser are raised.
        """
        self._following = following
        verb = traits(step.kind)
        if self.platform not in verb.platforms:
            return StepResult(Outcome.FAILED, f"{step.kind} is no step on {self.platform}")
        if lost := self._still_lost(verb.needs_of(step.args)):
            return StepResult(Outcome.MISSING, str(lost))
        if verb.leads or verb.brings_page(step.args):
            self.lost = Lost(step.index)
        result = self._tried(step)
        for met in getattr(self.actions, "dialogs_met", list)():
            self.store.log(self.filing.run, "dialog", met, session=self.session, step=step.index)
        if self.lost == Lost(step.index):
            self._stand_still()
        return result

    def _tried(self, step: PlannedStep) -> StepResult:
        try:
            return self._do(step)
        except (ActionFailed, NothingToFollow) as failure:
            return StepResult(Outcome.FAILED, str(failure))
        except NavigationFailed as failure:
            return StepResult(Outcome.MISSING, str(failure))
        except Exception as failure:
            if not is_of_the_page(failure):
                raise
            self.puppet.evaluate("() => true")  # raises when it is the browser that is lost
            return StepResult(Outcome.FAILED, str(failure).splitlines()[0])

    def _still_lost(self, needs: Needs) -> Lost | None:
        """The page that a step needs, where it is still not there."""
        if self.lost is None or needs is Needs.NOTHING:
            return None
        if self.lost.came:
            if needs is Needs.PAGE:
                return None
            if self._status() is PageStatus.OK:  # it came late, or a dialog was answered by hand
                self.lost = None
        return self.lost

    def _stand_still(self) -> None:
        """What plays on the page before the one that did not come is not what was planned."""
        try:
            self.puppet.evaluate(LEAVE)
        except Exception as failure:
            if not is_of_the_page(failure):
                raise

    @property
    def holds(self) -> bool:
        """Something of the open page is still to be filed."""
        return self._owed is not None

    def reopen(self, url: str, before: PlannedStep, wanted: StepKind) -> None:
        """Open the page again that an earlier process of this session was on.

        A video on it stands still, unless it is to be watched now.

        :param before: the last step that was done; its capture may be owed still.
        :param wanted: the step for which the page is needed.
        :raises ActionFailed: it never settled.
        """
        self.patience.be_polite()
        if self.actions.visit(url).how is Waited.TIMED_OUT:
            raise ActionFailed(f"{url} never settled when it was opened again")
        self.patience.loaded()
        self.filing.new_load()
        if wanted is not StepKind.WATCH:
            self.puppet.evaluate(LEAVE)
        if wanted is StepKind.CONSENT and self.actions.consent_asked():
            self._owed = before if before.args.get("capture") else None

    def finish(self) -> None:
        """The session's steps are done, or it was interrupted: file what is still open."""

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep) -> StepResult:
        self.patience.be_polite()
        if nature(step.args["url"]).kind is PageKind.SEARCH:
            self._keep_apart(step)
        settled = self.actions.visit(step.args["url"])
        if self._following is StepKind.CONSENT and self.actions.consent_asked():
            self._owed = step if step.args["capture"] else None
            self.lost = Lost(step.index, came=True)
            return StepResult(Outcome.DONE, "consent dialog, answered by the next step")
        arrived = self._arrived(step, settled, capture=step.args["capture"])
        return self._at_video(step, nature(step.args["url"]).video_id, arrived)

    def do_consent(self, step: PlannedStep) -> StepResult:
        try:
            settled = self.actions.consent(step.args["choice"])
        except NotAsked as told:
            return StepResult(Outcome.DONE, f"not asked ({told})")
        owed, self._owed = self._owed, None
        return self._arrived(step, settled, capture=owed is not None)

    def do_search(self, step: PlannedStep) -> StepResult:
        self.patience.leave()
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
            self.patience.let_pass(left_s)
            now = self.puppet.capture().client_time
        self.spacing.asked(step.index, now)

    def do_follow(self, step: PlannedStep) -> StepResult:
        picked, shown = self._pick(step)
        self.patience.leave()
        result = self._arrived(
            step, self.actions.follow(picked, shown), capture=step.args["capture"]
        )
        if result.outcome is not Outcome.DONE:
            return result
        return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def do_watch(self, step: PlannedStep) -> StepResult:
        if step.args["video"]:
            self.patience.be_polite()
            settled = self.actions.visit(f"/watch?v={step.args['video']}")
            arrived = self._arrived(step, settled, capture=step.args["capture"])
            arrived = self._at_video(step, step.args["video"], arrived)
            if arrived.outcome is not Outcome.DONE:
                return arrived
        here = nature(self.actions.url)
        if here.kind is not PageKind.VIDEO:
            raise ActionFailed(f"{self.actions.url} is no watch page")
        self._spend_view(step)
        receipt = self.puppet.watch(
            step.args["for_s"],
            step.args["until_end"],
            step.args["cap_s"] or WATCH_CAP_S,
            share=None if step.args["percent"] is None else step.args["percent"] / 100,
            progress=self.patience.heed,
            unstick=getattr(self.actions, "unstick", None),
        )
        self.store.add_receipt(self.session, step.index, receipt)
        if receipt.status is ReceiptStatus.COMPLETE:
            return DONE
        why = f": {receipt.error}" if receipt.error else ""
        watched = f"watched {receipt.watched_s:.0f} of {receipt.planned_s:.0f} s{why}"
        return StepResult(Outcome.MISSING, watched)

    def do_capture(self, step: PlannedStep) -> StepResult:
        return self._arrived(step, self.actions.settle(), capture=True, fresh=False)

    def do_open_channel(self, step: PlannedStep) -> StepResult:
        here = nature(self.actions.url)
        path = here.channel_path if here.kind is PageKind.CHANNEL else self._channel()
        if path is None or not path.startswith("/"):
            raise ActionFailed(f"{self.actions.url} says of no channel where it is")
        self.patience.be_polite()
        tab = _TABS[step.args["tab"]]
        settled = self.actions.visit(f"{path.rstrip('/')}/{tab}")
        return self._arrived(step, settled, capture=step.args["capture"])

    def do_clear_history(self, step: PlannedStep) -> StepResult:
        return self._in_history(step, self.actions.clear_history)

    def do_pause_history(self, step: PlannedStep) -> StepResult:
        return self._in_history(step, lambda: self.actions.pause_history(step.args["on"]))

    def _in_history(self, step: PlannedStep, act: Callable[[], None]) -> StepResult:
        """Something done on the page of what was watched; the page itself is no data."""
        self.patience.be_polite()
        self.actions.visit(HISTORY)
        self.patience.loaded()
        self.filing.new_load()
        self.lost = None
        act()
        return DONE

    # ---- steps on the page

    def do_scroll(self, step: PlannedStep) -> StepResult:
        args, every_s = step.args, step.args["every_s"] or 0
        reach = self.patience.until(Scroll.cap_s(args))
        if args["screens"] is not None:
            items = self.actions.scroll_screens(args["screens"], every_s, heed=reach)
        elif args["pixels"] is not None:
            items = self.actions.scroll_pixels(args["pixels"], args["times"], every_s, heed=reach)
        else:
            items = self.actions.scroll_until(args["until"], heed=reach)
        wanted = args["until"] or 0
        if items < wanted and not reach.stopped:
            return StepResult(Outcome.DONE, f"the list ended at {items} items of {wanted}")
        return StepResult(Outcome.DONE, reach.in_words(f"{items} items"))

    def do_pause(self, step: PlannedStep) -> StepResult:
        self.patience.let_pass(step.args["for_s"])
        return DONE

    def do_screenshot(self, step: PlannedStep) -> StepResult:
        path = self.screenshots / f"{self.session}-{step.index:04d}-{step.args['name']}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.puppet.screenshot(path)
        return StepResult(Outcome.DONE, path.name)

    def do_snapshot(self, step: PlannedStep) -> StepResult:
        if self.keep is None:
            raise ActionFailed("nothing keeps a snapshot here")
        return self.keep(step)

    # ---- the machinery

    def _do(self, step: PlannedStep) -> StepResult:
        """By the method of the verb's name; without one, by the action of its name."""
        own: Callable[[PlannedStep], StepResult] | None
        own = getattr(self, f"do_{step.kind.value}", None)
        if own is not None:
            return own(step)
        verb, action = traits(step.kind), getattr(self.actions, step.kind.value, None)
        if action is None:
            raise ActionFailed(f"{step.kind} cannot be done here")
        given = verb.given(step.args)
        if verb.acts_on is Acts.ITEM:
            picked, shown = self._pick(step)
            action(picked, shown, **given)
            return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")
        action(**given)
        return DONE

    def _pick(self, step: PlannedStep) -> tuple[Impression, tuple[Impression, ...]]:
        """The item that a step is about, and all that are shown beside it."""
        args = {**ANY, **step.args}
        url, shown = self._read()
        here = nature(url)
        picked = choose(
            args,
            shown,
            _surface(args["from"], here.kind),
            seed=step.seed,
            labels=self._labels(shown) if args["topics"] else {},
            current=here.video_id,
            seen=self._seen() if args["unseen"] else (),
        )
        return picked, shown

    def _arrived(
        self, step: PlannedStep, settled: Settled, *, capture: bool, fresh: bool = True
    ) -> StepResult:
        """A page stands: file it, and judge the step by the page's status."""
        if fresh:
            self.patience.loaded()
            self.filing.new_load()
            self.lost = Lost(step.index, came=True)
        raw = self.puppet.capture()
        if video := nature(raw.url).video_id:
            self._visited.add(video)
        in_time = settled.how is not Waited.TIMED_OUT
        if capture:
            filed = self.filing.file(raw, step.index, known=self.known(), settled=in_time)
            status = filed.capture.status
        else:
            status = parse_page(raw.html, raw.url, languages=raw.languages).status
        self._note_bot_check(status, raw, step)
        judged = _judged(status, in_time)
        if judged.outcome is Outcome.DONE:
            self.lost = None
        return judged

    def _note_bot_check(self, status: PageStatus, raw: RawPage, step: PlannedStep) -> None:
        """A site that asks whether this is a bot is asked no more, by any puppet of the run."""
        if not self.manners.stop_on_bot_check:
            return
        asked = status is PageStatus.CAPTCHA
        if status is PageStatus.UNAVAILABLE:
            found = parse_page(raw.html, raw.url, languages=raw.languages)
            asked = found.fields.get("statusReason") == Reason.BOT_CHECK
        if asked:
            told = f"the site asked whether {self.filing.puppet} is a bot"
            self.store.log(
                self.filing.run, BOT_CHECK, told, level="warning", session=self.session,
                step=step.index,
            )  # fmt: skip

    def _channel(self) -> str | None:
        """The channel of the video that is open, where the page says it."""
        raw = self.puppet.capture()
        fields = parse_page(raw.html, raw.url, languages=raw.languages).fields
        named = fields.get("authorSource") or fields.get("authorName")
        return str(named) if named else None

    def _spend_view(self, step: PlannedStep) -> None:
        """One watch less of its channel. Raises ActionFailed: there is none left."""
        most = self.manners.views_per_channel
        channel = self._channel() if most is not None else None
        if most is None or channel is None:
            return
        spent = self.store.rows(
            "SELECT count(*) AS n FROM events WHERE kind = ? AND message = ?", [VIEW, channel]
        )
        if next(iter(spent))["n"] >= most:
            raise ActionFailed(f"the budget of {most} views of {channel} is used up")
        self.store.log(self.filing.run, VIEW, channel, session=self.session, step=step.index)

    def _at_video(self, step: PlannedStep, video: str | None, arrived: StepResult) -> StepResult:
        """A page stands: it is the video's that was asked for, unless the site led elsewhere."""
        here = nature(self.actions.url).video_id
        if video and arrived.outcome is Outcome.DONE and here != video:
            self.lost = Lost(step.index)
            return StepResult(
                Outcome.FAILED, f"asked for {video}, but the page is {self.actions.url}"
            )
        return arrived

    def _status(self) -> PageStatus:
        """What the page is now, without filing it."""
        raw = self.puppet.capture()
        return parse_page(raw.html, raw.url, languages=raw.languages).status

    def _read(self) -> tuple[str, tuple[Impression, ...]]:
        """Address and impressions of the page as it stands, without filing it."""
        raw = self.puppet.capture()
        observation = parse_page(
            raw.html, raw.url, client_time=raw.client_time, languages=raw.languages
        )
        if observation.status not in (PageStatus.OK, PageStatus.PARTIAL):
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
        return self._visited | {v for page in pages if (v := nature(page.url).video_id)}


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
