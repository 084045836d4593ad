"""The steps of a session on a feed: a load of it is one timeline, and a timeline is one capture.

Protects three rules: a timeline is filed once, when it ends, under the step that began it (or under
a ``capture`` step); what is filed holds no private post and no person's name; only feeds and pages
that went wrong are evidence, never somebody's profile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from collector.adapters.facebook import fbtrex
from collector.adapters.facebook.fbtrex import Generation
from collector.browser.capture import page_time, wall_time
from collector.common.model import (
    Capture,
    Impression,
    ItemKind,
    PageKind,
    PageStatus,
    RawPage,
    Surface,
)
from collector.platforms.acting import ActionFailed, Settled, Waited
from collector.platforms.facebook import parse_url
from collector.platforms.facebook.actions import FacebookActions
from collector.platforms.facebook.timeline import evidence, parse_timeline, seen
from collector.scenario.plan import PlannedStep
from collector.scenario.verbs.moving import Scroll
from collector.scrub import secrets
from collector.session.choice import ANY, NothingToFollow
from collector.session.results import DONE, Lost, StepResult, judged
from collector.session.scrolling import under
from collector.session.steps import StepRunner
from collector.store import Outcome


class FeedRunner(StepRunner):
    """Carries out the steps of one session on a feed."""

    actions: FacebookActions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began: PlannedStep | None = None
        """The step that began the timeline, if it is to be filed."""
        self._page: RawPage | None = None
        self._reference: datetime | None = None
        self._timelines = self.store.timelines_of(self.session)

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep) -> StepResult:
        """File the timeline that is open, then go to an address."""
        self._end()
        return super().do_visit(step)

    def do_refresh(self, step: PlannedStep) -> StepResult:
        """File the timeline that is open, then ask for new posts, which begin another."""
        self._end()
        self.pacing.wait_politeness()
        return self._arrived(step, self.actions.refresh(), capture=step.args["capture"])

    def do_capture(self, step: PlannedStep) -> StepResult:
        """End the open timeline and file it as this step's; without posts it is missing.

        :raises ActionFailed: no timeline is open.
        """
        if self._began is None:
            raise ActionFailed("there is no timeline to capture: visit home or refresh first")
        self._began = step
        posts = self._end()
        if not posts:
            return StepResult(Outcome.MISSING, "nothing of this timeline came into view")
        return StepResult(Outcome.DONE, f"{posts} posts seen")

    def do_slot(self, step: PlannedStep) -> StepResult:
        """File the timeline that is open and wait for the next slot of the day."""
        self._end()
        wait_s = until_slot(self.actions.second_of_day(), step.args)
        if self.puppet.virtual:
            self.pacing.check_stopped(wait_s)
            self.actions.skip(wait_s)
        else:
            self.pacing.advance(wait_s)
        return StepResult(Outcome.DONE, f"waited {wait_s:.0f} s")

    @property
    def has_pending_capture(self) -> bool:
        """Return whether a timeline is open that is still to be filed."""
        return self._began is not None

    def finish(self) -> None:
        """The session ends: the timeline that is open is filed."""
        self._end()

    # ---- steps on the page

    def do_scroll(self, step: PlannedStep) -> StepResult:
        """Scroll by screens, by pixels or until so many posts were seen, up to the step's cap."""
        args, every_s = step.args, step.args["every_s"] or 0
        reach = self.pacing.until(Scroll.cap_s(args))
        if args["screens"] is not None:
            posts = self.actions.scroll_screens(args["screens"], every_s, heed=reach)
        elif args["pixels"] is not None:
            posts = self.actions.scroll_pixels(
                args["pixels"], args["times"], every_s, until=args["until"], heed=reach
            )
        else:
            posts = self.actions.scroll_until(args["until"], every_s, heed=reach)
        return StepResult(Outcome.DONE, under(self.actions, reach.in_words(f"{posts} posts seen")))

    def do_like(self, step: PlannedStep) -> StepResult:
        """Like (or unlike) the posts on the page that the step's topics, source and rank mean.

        :raises NothingToFollow: none of them is meant.
        :raises ActionFailed: the page is not there.
        """
        args = step.args
        shown = self._shown()
        labels = self._labels(tuple(shown)) if args.get("topics") else {}
        wanted = [
            number
            for number, item in enumerate(shown[: args.get("top")])
            if item.kind is ItemKind.POST
            and item.item_id
            and item.item_id not in self._dismissed
            and _meant(item, args, labels)
        ]
        if rank := args.get("rank"):
            wanted = wanted[rank - 1 : rank]
        wanted = wanted[: args.get("count") or 1]
        if not wanted:
            raise NothingToFollow(f"none of the {len(shown)} posts on the page is one to like")
        for number in wanted:
            self.actions.like(args["on"], nth=number)
        return StepResult(Outcome.DONE, ", ".join(shown[number].item_id for number in wanted))

    def do_not_interested(self, step: PlannedStep) -> StepResult:
        """Hide one post: that which the step's arguments pick.

        :raises NothingToFollow: there is none.
        :raises ActionFailed: the page is not there, or has no way to hide it.
        """
        return self._dismiss(step, self.actions.not_interested)

    def do_dont_recommend_channel(self, step: PlannedStep) -> StepResult:
        """Hide the post that the step's arguments pick, and all of its source.

        :raises NothingToFollow: there is none.
        :raises ActionFailed: the page is not there, or has no way to hide these.
        """
        return self._dismiss(step, self.actions.dont_recommend_channel)

    def _dismiss(self, step: PlannedStep, press: Callable[..., None]) -> StepResult:
        """Press on the post that is picked, which no later step of this page picks again."""
        shown = self._shown()
        args = {**ANY, **step.args}
        posts = tuple(item for item in shown if item.item_id)
        first = posts[0].surface if posts else Surface.FEED
        surface = Surface(args["from"]) if args["from"] else first
        picked = self._chosen(step, args, posts, surface)
        press(nth=shown.index(picked))
        self._dismissed.add(picked.item_id)
        return StepResult(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    # ---- the machinery

    def _shown(self) -> list[Impression]:
        """The posts on the page as it stands, read and forgotten."""
        raw = self.puppet.capture()
        read = self.reader.shown(raw)
        if read.status is not PageStatus.OK:
            raise ActionFailed(f"the page's status is {read.status}, not ok")
        return list(read.impressions)

    def _arrived(
        self, step: PlannedStep, settled: Settled, *, capture: bool, fresh: bool = True
    ) -> StepResult:
        """A page stands: judge it. A feed is filed when its timeline ends."""
        self.pacing.loaded()
        self.filing.new_load()
        self._dismissed.clear()
        self.lost = Lost(step.index, came=True)
        raw = self.puppet.capture()
        in_time = settled.how is not Waited.TIMED_OUT
        status = self.reader.status(raw)
        if status is PageStatus.OK and in_time:
            self.lost = None
            if capture and parse_url(raw.url).kind is PageKind.HOME:
                self._began, self._page = step, raw
                self._reference = wall_time() if self.puppet.virtual else None
            return DONE
        if capture:
            self.filing.file(raw, step.index, known=self.known(), settled=in_time)
        return judged(status, settled, self._instead(status, raw, step))

    def _status(self) -> PageStatus:
        return self.reader.status(self.puppet.capture())

    def _end(self) -> int:
        """End the open timeline and file it; answers how many posts it has."""
        step, page = self._began, self._page
        if step is None or page is None:
            return 0
        self._began = None
        taken = self.actions.take()
        records = [record for record in taken if record["posts"]] or taken[-1:]
        if not records:
            return 0
        known = [*self.known(), self.actions.viewer_name() or ""]
        known += [one.value for one in secrets(page.html)]
        for record in records:
            self._file(record, page, step, known)
        return len(records[-1]["posts"])

    def _file(
        self, record: dict[str, Any], page: RawPage, step: PlannedStep, known: Sequence[str]
    ) -> None:
        html = evidence(
            record,
            timeline_id=self._next_timeline(),
            languages=page.languages,
            reference=self._reference,
        )
        raw = RawPage(
            url=record["url"],
            html=html,
            client_time=page_time(record["started"]),
            saved_time=wall_time(),
            viewport=page.viewport,
            languages=page.languages,
            user_agent=page.user_agent,
            event=record["load"],
        )
        self.filing.new_load()
        self.filing.file(raw, step.index, known=known, also=self._keep)

    def _next_timeline(self) -> str:
        """The id of one more timeline of this session."""
        self._timelines += 1
        name = f"{self.filing.run}/{self.session}/timeline/{self._timelines}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    def _keep(self, capture: Capture, html: str) -> None:
        """The posts of a filed timeline: each fragment as evidence, its row, its place in line."""
        filing = self.filing
        timeline = parse_timeline(html)
        for one in seen(html):
            if one.html:
                filing.evidence.put(one.html)
        self.store.add_timeline(
            timeline, run=filing.run, puppet=filing.puppet, session=self.session, step=capture.step
        )
        markups = {one.post.markup for one in timeline.impressions if one.post is not None}
        fbtrex.enqueue(
            filing.outbox,
            timeline,
            puppet=filing.puppet,
            target=filing.target,
            public_key=filing.public_key,
            generation=Generation.V1 if markups <= {"2019"} else Generation.V2,
            languages=capture.languages,
        )


def _meant(item: Impression, args: Any, labels: dict[str, str]) -> bool:
    topics, source = args.get("topics"), args.get("source")
    if topics and labels.get(item.item_id) not in topics:
        return False
    return not source or source.strip("/").lower() in (item.channel_href or "").lower().split("/")


def until_slot(second: float, args: Any) -> float:
    """Seconds from ``second`` of the day to the next slot: ``per_day`` slots, one an hour, at
    ``minute``, from ``first_hour`` on; after the last the first of the next day.

    >>> until_slot(8 * 3600, {"per_day": 13, "minute": 5, "first_hour": 8})
    300.0
    >>> until_slot(20 * 3600 + 301, {"per_day": 13, "minute": 5, "first_hour": 8})
    43199.0
    """
    slots = [
        (args["first_hour"] + number) * 3600 + args["minute"] * 60
        for number in range(args["per_day"])
    ]
    coming = next((slot for slot in slots if slot > second), slots[0] + 86400)
    return float(timedelta(seconds=coming - second).total_seconds())
