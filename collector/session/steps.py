"""What each step of a plan does in the browser: one method a kind, one outcome a step.

Protects three rules: a page in any status but ok is a missing cell and nothing is done on it; a
step whose page did not come about is missing, and nothing is done on the page before it; a watch
counts only with a receipt, whatever the clock says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, cast

from collector.browser import NavigationFailed
from collector.browser.virtual import LEAVE
from collector.common.model import (
    Impression,
    ItemKind,
    Observation,
    PageStatus,
    RawPage,
    Surface,
)
from collector.contract.job import Manners
from collector.contract.puppet import Puppet, is_of_the_page
from collector.files import private_dir
from collector.labelpatterns import LabelPatterns
from collector.platforms.acting import ActionFailed, NotAsked, Settled, Waited
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import Acts, Needs, traits
from collector.scenario.verbs.moving import Scroll
from collector.session.choice import ANY, NothingToFollow, choose
from collector.session.filing import Filing
from collector.session.instead import INSTEAD, instead
from collector.session.pacing import Pacing
from collector.session.reading import Reader
from collector.session.results import DONE, Lost, StepResult, judged
from collector.session.scrolling import scrolled, under
from collector.session.spacing import Spacing
from collector.store import Outcome, Store
from collector.store.details import with_otherwise

#: Kind of the line in the run's event log that tells of a bot check.
BOT_CHECK = "bot-check"


class StepRunner:
    """Carries out the steps of one session, in order.

    A verb has a method ``do_VERB`` where there is more to it than the action of its name. What is
    a platform's own stands in its adapter, in a class that derives from this.
    """

    picks: ClassVar[Collection[ItemKind]] = frozenset(ItemKind) - {ItemKind.AD, ItemKind.UNKNOWN}
    """The kinds of items that a step can be about."""

    def __init__(
        self,
        puppet: Puppet,
        actions: Any,
        filing: Filing,
        store: Store,
        *,
        session: str,
        screenshots: Path,
        pacing: Pacing,
        known: Callable[[], list[str]] = list,
        spacing: Spacing | None = None,
        manners: Manners | None = None,
        patterns: LabelPatterns | None = None,
        reader: Reader | None = None,
    ) -> None:
        """``known``: values that identify the viewer right now, for the scrubber. ``spacing``: of
        the puppet's searches; without it they are neither kept apart nor counted. ``reader``: says
        what a page is and shows; by default it reads the page's HTML."""
        self.puppet = puppet
        self.actions = actions
        self.filing = filing
        self.spec = filing.spec
        self.store = store
        self.session = session
        self.screenshots = screenshots
        self.pacing = pacing
        self.known = known
        self.spacing = spacing
        self.manners = manners or Manners()
        self.patterns = patterns or LabelPatterns()
        self.reader = reader or Reader(self.spec)
        self.keep: Callable[[PlannedStep], StepResult] | None = None
        """What takes a snapshot: the session, for the browser has to be closed."""
        self.watch_begins: Callable[[], None] = lambda: None
        """Told when a watch begins, its page being there."""
        self._following: StepKind | None = None
        self.lost: Lost | None = None
        """The page that should be open, where it did not come about."""
        self._sought = ""
        """What the step under way sought in vain and took another item for (``otherwise``)."""
        self._dismissed: set[str] = set()
        """Items that the open page has no more, although its document may."""
        self._owed: PlannedStep | None = None
        """A visit that met the consent dialog; its page is filed once the dialog is answered."""

    def run(self, step: PlannedStep, following: StepKind | None = None) -> StepResult:
        """Do one step. ``following`` is the kind of the next one.

        Failures of the step itself are outcomes; failures of the browser are raised.
        """
        self._following = following
        verb = traits(step.kind)
        if self.spec.genre not in verb.genres:
            return StepResult(Outcome.FAILED, f"{step.kind} is not a step on {self.spec.name}")
        if lost := self._still_lost(verb.needs_of(step.args)):
            return StepResult(Outcome.MISSING, str(lost))
        if verb.leads or verb.brings_page(step.args):
            self.lost = Lost(step.index)
        self._sought = ""
        result = self._tried(step)
        if self._sought and result.outcome is Outcome.DONE:
            result = replace(result, detail=with_otherwise(result.detail, self._sought))
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
            if failure.instead:
                self._warn(INSTEAD, f"a page was {failure.instead}", step)
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
    def has_pending_capture(self) -> bool:
        """Something of the open page is still to be filed."""
        return self._owed is not None

    def reopen(self, url: str, before: PlannedStep, wanted: StepKind) -> None:
        """Open the page again that an earlier process of this session was on.

        A video on it stands still, unless it is to be watched now.

        :param before: the last step that was done; its capture may be owed still.
        :param wanted: the step for which the page is needed.
        :raises ActionFailed: it never settled.
        """
        self.pacing.wait_politeness()
        if self.actions.visit(url).how is Waited.TIMED_OUT:
            raise ActionFailed(f"{url} never settled when it was opened again")
        self._new_page()
        if wanted is not StepKind.WATCH:
            self.puppet.evaluate(LEAVE)
        if wanted is StepKind.CONSENT and self.actions.consent_asked():
            self._owed = before if before.args.get("capture") else None

    def finish(self) -> None:
        """The session's steps are done, or it was interrupted: file what is still open."""

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep) -> StepResult:
        """Go to an address and file its page, unless the next step answers a dialog first."""
        self.pacing.wait_politeness()
        settled = self.actions.visit(step.args["url"])
        if asked := self._consent_asked(step):
            return asked
        return self._arrived(step, settled, capture=step.args["capture"])

    def _consent_asked(self, step: PlannedStep) -> StepResult | None:
        """A dialog stands before the page that was asked for, and the next step answers it."""
        if self._following is not StepKind.CONSENT or not self.actions.consent_asked():
            return None
        self._owed = step if step.args["capture"] else None
        self.lost = Lost(step.index, came=True)
        return StepResult(Outcome.DONE, "consent dialog, answered by the next step")

    def do_consent(self, step: PlannedStep) -> StepResult:
        """Answer the consent dialog and file the page that a visit still owes."""
        try:
            settled = self.actions.consent(step.args["choice"])
        except NotAsked as told:
            return StepResult(Outcome.DONE, f"not asked ({told})")
        owed, self._owed = self._owed, None
        return self._arrived(step, settled, capture=owed is not None)

    def do_capture(self, step: PlannedStep) -> StepResult:
        """File the page that is open."""
        return self._arrived(step, self.actions.settle(), capture=True, fresh=False)

    # ---- steps on the page

    def do_scroll(self, step: PlannedStep) -> StepResult:
        """Scroll by screens, pixels or to so many items, up to the cap; a list may end before. A
        scroll to the end files its page unless the next step does, as no data if it broke off."""
        args, reach = step.args, self.pacing.until(Scroll.cap_s(step.args))
        files = Scroll.files(args) and self._following is not StepKind.CAPTURE
        try:
            items = scrolled(self.actions, args, reach)
        except Exception as failure:
            if files and (isinstance(failure, ActionFailed) or is_of_the_page(failure)):
                self._arrived(step, Settled(Waited.TIMED_OUT, 0), capture=True, fresh=False)
            raise
        wanted = args["until"] or 0
        if items < wanted and not reach.stopped:
            ended = f"the list ended at {items} items of {wanted}"
            return StepResult(Outcome.DONE, under(self.actions, ended))
        how_far = under(self.actions, reach.in_words(f"{items} items"))
        if not files:
            return StepResult(Outcome.DONE, how_far)
        filed = self._arrived(step, self.actions.settle(), capture=True, fresh=False)
        return StepResult(filed.outcome, "; ".join(filter(None, (how_far, filed.detail))))

    def do_pause(self, step: PlannedStep) -> StepResult:
        """Let ``for_s`` seconds pass."""
        self.pacing.advance(step.args["for_s"])
        return DONE

    def do_screenshot(self, step: PlannedStep) -> StepResult:
        """Write a picture of the page, for the owner alone; the detail names the file."""
        path = self.screenshots / f"{self.session}-{step.index:04d}-{step.args['name']}.png"
        private_dir(self.screenshots)  # it shows who was signed in
        self.puppet.screenshot(path)
        return StepResult(Outcome.DONE, path.name)

    def do_snapshot(self, step: PlannedStep) -> StepResult:
        """Keep the profile as it is. Raises ActionFailed: nothing keeps one here."""
        if self.keep is None:
            raise ActionFailed("nothing keeps a snapshot here")
        return self.keep(step)

    # ---- the machinery

    def can(self, kind: str) -> bool:
        """There is a method for the verb, or an action of its name."""
        return hasattr(self, f"do_{kind}") or self._action(kind) is not None

    def _action(self, kind: str) -> Callable[..., None] | None:
        """The action of a verb's name, or what a world in memory is told; ``None``: none here."""
        found: Callable[..., None] | None = getattr(self.actions, kind, None)
        if found is None and hasattr(self.actions, "told"):
            found = self.actions.told(kind)
        return found

    def _do(self, step: PlannedStep) -> StepResult:
        """By the method of the verb's name; without one, by the action of its name."""
        own = getattr(self, f"do_{step.kind.value}", None)
        if own is not None:
            return cast("StepResult", own(step))
        verb, action = traits(step.kind), self._action(step.kind.value)
        if action is None:
            raise ActionFailed(f"{step.kind} cannot be done here")
        given = verb.given(step.args)
        if verb.acts_on is Acts.ITEM:
            picked, shown = self._pick(step)
            action(picked, shown, **given)
            if verb.dismisses:
                self._dismissed.add(picked.item_id)
            return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")
        action(**given)
        return DONE

    def _pick(self, step: PlannedStep) -> tuple[Impression, tuple[Impression, ...]]:
        """The item that a step is about, and all that are shown beside it. Picked by the step's own
        arguments from the list that the step names, or the page's first."""
        args = {**ANY, **step.args}
        _, shown = self._read()
        first = shown[0].surface if shown else None
        surface = Surface(args["from"]) if args["from"] else first
        if surface is None:
            raise ActionFailed(f"{self.actions.url} has no list")
        return self._chosen(step, args, shown, surface), shown

    def _chosen(
        self,
        step: PlannedStep,
        args: Mapping[str, Any],
        shown: tuple[Impression, ...],
        surface: Surface,
        *,
        current: str | None = None,
        seen: Collection[str] = (),
    ) -> Impression:
        """The one of ``shown`` that a step's arguments pick from a list."""
        return choose(
            args,
            shown,
            surface,
            seed=step.seed,
            labels=self._labels(shown) if args["topics"] else {},
            current=current,
            seen=seen,
            gone=self._dismissed,
            kinds=self.picks,
            otherwise=self._took_another,
        )

    def _took_another(self, sought: str) -> None:
        self._sought = sought

    def _arrived(
        self, step: PlannedStep, settled: Settled, *, capture: bool, fresh: bool = True
    ) -> StepResult:
        """A page stands: file it, and judge the step by the page's status."""
        if fresh:
            self._new_page()
            self.lost = Lost(step.index, came=True)
        raw = self.puppet.capture()
        self._came(raw)
        in_time = settled.how is not Waited.TIMED_OUT
        if capture:
            filed = self.filing.file(raw, step.index, known=self.known(), settled=in_time)
            status, seen = filed.status, filed.observation
            self.reader.filed(raw, seen)
        else:
            seen = self.reader.read(raw)
            status = seen.status
        self._note_bot_check(status, raw, step)
        judgement = judged(status, settled, self._instead(status, raw, step))
        result = DONE if in_time and self._lists_nothing(seen) else judgement
        if result.outcome is Outcome.DONE:
            self.lost = None
        return result

    def _new_page(self) -> None:
        self.pacing.loaded()
        self.filing.new_load()
        self._dismissed.clear()

    def _note_bot_check(self, status: PageStatus, raw: RawPage, step: PlannedStep) -> None:
        """A site that asks whether this is a bot is asked no more, by any puppet of the run."""
        if self.manners.stop_on_bot_check and self._is_bot_check(status, raw):
            self._warn(BOT_CHECK, f"the site asked whether {self.filing.puppet} is a bot", step)

    def _instead(self, status: PageStatus, raw: RawPage, step: PlannedStep) -> str:
        """What stands in the place of the site's page, entered as a warning; empty: nothing."""
        site = getattr(self.actions, "base", "")
        if told := instead(raw, status, self.spec, site, self.known):
            self._warn(INSTEAD, f"a page was {told}", step)
        return told

    def _warn(self, kind: str, told: str, step: PlannedStep) -> None:
        run, session = self.filing.run, self.session
        self.store.log(run, kind, told, level="warning", session=session, step=step.index)

    def _is_bot_check(self, status: PageStatus, raw: RawPage) -> bool:
        """The page asks whether somebody is there."""
        return status is PageStatus.CAPTCHA

    def _lists_nothing(self, seen: Observation) -> bool:
        """The page came, and pages of its address have no list. The step is done; the capture is no
        data all the same."""
        return False

    def _came(self, raw: RawPage) -> None:
        """A page stands and is about to be filed: what a platform remembers of it."""

    def _status(self) -> PageStatus:
        """What the page is now, without filing it."""
        return self.reader.read(self.puppet.capture()).status

    def _read(self) -> tuple[str, tuple[Impression, ...]]:
        """Address and impressions of the page as it stands, without filing it."""
        raw = self.puppet.capture()
        observation = self.reader.shown(raw)
        if observation.status not in (PageStatus.OK, PageStatus.PARTIAL):
            raise ActionFailed(f"the page's status is {observation.status}, not ok")
        return raw.url, observation.impressions

    def _labels(self, shown: tuple[Impression, ...]) -> dict[str, str]:
        named = self.store.labels_of({item.item_id for item in shown})
        return self.patterns.labels_beside(named, shown)
