"""A session on the video site, carried out against the world itself: no server, no browser.

Every step does what the site and a browser would do together: the same loads in the same order,
the same lists from the same recommender, the same choices of what to follow, so that the platform
ends up knowing of the viewer what it would know after a run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus

import orjson

from collector.addresses import parts_of
from collector.common.model import (
    Impression,
    ItemKind,
    PageKind,
    PageStatus,
    ReceiptStatus,
    Surface,
)
from collector.datasets.records import Values
from collector.datasets.shown import ORIGIN, Shown
from collector.datasets.simulated import DONE, Result, Simulated, StepFailed
from collector.platforms.youtube import PARSER
from collector.platforms.youtube.actions import PRIMARY_LIST
from collector.platforms.youtube.urls import SITE_HOSTS
from collector.scenario.planned import PlannedStep
from collector.scenario.steps import WATCH_CAP_S, StepKind
from collector.scenario.verb import Acts, traits
from collector.session.choice import ANY, NothingToFollow, choose
from collector.session.steps import Lost
from collector.store import Outcome
from collector.store.rows import packed
from mockserver.platforms.youtube.i18n import choose as language_of
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.pages import list_at
from mockserver.platforms.youtube.visits import Visit
from mockserver.world import Entry, Video

#: Items of a list that pass through the window in one screen, by list: an estimate.
A_SCREEN = {Surface.HOME: 9, Surface.RELATED: 7, Surface.SEARCH: 3, Surface.CHANNEL: 12}

_CHANNEL = re.compile(r"/(@[^/]+|(?:channel|user|c)/[^/]+)(?:/(\w+))?/?\Z")
_NONE: Mapping[str, Any] = {}

#: The status of the page on which a load ends that a truth breaks off.
ENDINGS = {
    "captcha": PageStatus.CAPTCHA,
    "login": PageStatus.LOGIN,
    "server_error": PageStatus.ERROR,
    "unavailable": PageStatus.UNAVAILABLE,
}


class VideoSession(Simulated):
    """One session of one puppet."""

    platform = "youtube"
    parser = PARSER

    def __init__(self, *args: Any, shown: Shown, labels: Mapping[str, str], **more: Any) -> None:
        """:param labels: topic by item id, for steps that follow a topic."""
        super().__init__(*args, **more)
        self.shown, self.labels = shown, labels
        self.language, self.country = language_of(self.planned.persona.locale)
        family = self.language.family
        lang = self.language.tag if self.language.tag == "zh-TW" else family
        self.viewer = self.world.viewer(self.visitor, lang=lang, country=self.country)
        look = Look(
            world=self.world, language=self.language, country=self.country, era=self.world.era,
            now=self.world.now(),
        )  # fmt: skip
        self._visit_of = Visit(self.world, self.visitor, self.viewer, look, True, False, {})
        self._owed: PlannedStep | None = None
        self._visited = self.known.visited
        # The page that is open.
        self.path, self.kind, self.load = "", PageKind.OTHER, ""
        self.status = PageStatus.UNKNOWN
        self.surface: Surface | None = None
        self.context: str | None = None
        self.entries: tuple[Entry, ...] = ()
        self.fields: Mapping[str, Any] = {}
        self.scrolled = 0.0

    def forget(self) -> None:
        viewer = self.viewer
        with viewer.lock:
            viewer.consented, viewer.loads = None, 0
            viewer.forget_time()
            viewer.events.clear()
            for kept in (viewer.subscriptions, viewer.likes, viewer.dislikes, viewer.hidden):
                kept.clear()
            viewer.listings.clear()

    # ---- steps that end on a page

    def do_visit(self, step: PlannedStep, following: StepKind | None) -> Result:
        self._open(_path_of(step.args["url"]))
        if self.status is PageStatus.CONSENT and following is StepKind.CONSENT:
            self._owed = step if step.args["capture"] else None
            self.lost = Lost(step.index, came=True)
            return Result(Outcome.DONE, "consent dialog, answered by the next step")
        return self._arrived(step.args["capture"], step)

    def do_consent(self, step: PlannedStep, following: StepKind | None) -> Result:
        if self.viewer.consented is not None or not self.path:
            return Result(Outcome.DONE, "not asked (no consent dialog on this page)")
        self.viewer.consent(step.args["choice"])
        self._open(self.path)
        owed, self._owed = self._owed, None
        return self._arrived(owed is not None, step)

    def do_search(self, step: PlannedStep, following: StepKind | None) -> Result:
        self._open("/results?search_query=" + quote_plus(step.args["query"]))
        return self._arrived(step.args["capture"], step)

    def do_follow(self, step: PlannedStep, following: StepKind | None) -> Result:
        args = step.args
        picked = self._choose(args, step.seed)
        self._open(f"/watch?v={picked.item_id}")
        result = self._arrived(args["capture"], step)
        if result.outcome is not Outcome.DONE:
            return result
        return Result(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def do_watch(self, step: PlannedStep, following: StepKind | None) -> Result:
        args = step.args
        if args["video"]:
            self._open(f"/watch?v={args['video']}")
            arrived = self._arrived(args["capture"], step)
            if arrived.outcome is not Outcome.DONE:
                return arrived
        video = self._playing()
        cap_s = args["cap_s"] or WATCH_CAP_S
        length_s = float(video.seconds) if video.seconds is not None else None
        limit_s: float = cap_s
        if args["for_s"] is not None:
            limit_s = min(args["for_s"], cap_s)
        elif args["percent"] is not None and length_s is not None:
            limit_s = min(args["percent"] / 100 * length_s, cap_s)
        elif length_s is not None:
            limit_s = min(length_s, cap_s)
        if video.kind is ItemKind.UPCOMING:
            self._receipt(step, video, limit_s, 0.0, length_s, 0.0, "the video has not begun")
            return Result(Outcome.MISSING, f"watched 0 of {limit_s:.0f} s: it has not begun")
        watched_s = limit_s if length_s is None else min(limit_s, length_s)
        ad = self.world.preroll(self.viewer, video.id, self.load)
        ad_s = float(ad.seconds) if ad is not None else 0.0
        began = self.time
        self.seconds += ad_s + watched_s
        share = watched_s / length_s if length_s else 0.0
        self.viewer.watched(video.id, round(watched_s, 3), share, load=self.load)
        self._receipt(step, video, limit_s, watched_s, length_s, ad_s, None)
        ended = length_s is not None and watched_s >= length_s
        self.made.add(
            "truth_watches",
            time=began,
            puppet=self.puppet,
            load=self.load,
            video_id=video.id,
            seconds=round(watched_s, 3),
            extra=packed(
                {
                    "ad_seconds": ad_s,
                    "ads": {ad.id: [[0.0, ad_s]]} if ad is not None else {},
                    "beacons": 1,
                    "hidden_beacons": 0,
                    "length": length_s,
                    "rate": 1.0,
                    "segments": [[0.0, round(watched_s, 3)]],
                    "state": "ended" if ended else "playing",
                }
            ),
        )
        return DONE

    def _receipt(
        self, step: PlannedStep, video: Video, planned_s: float, watched_s: float,
        length_s: float | None, ad_s: float, error: str | None,
    ) -> None:  # fmt: skip
        done = error is None
        self.made.add(
            "receipts",
            session=self.planned.id,
            step=step.index,
            video_id=video.id,
            status=str(ReceiptStatus.COMPLETE if done else ReceiptStatus.FAILED),
            planned_s=planned_s,
            watched_s=watched_s,
            duration_s=length_s,
            ad_s=ad_s,
            stalled_s=0.0,
            rate=1.0 if done else 0.0,
            visible_share=1.0 if done else 0.0,
            ended=int(done and length_s is not None and watched_s >= length_s),
            error=error,
            # The first reading and the last: nothing happens between them.
            samples=packed([[0.0, 0.0], [watched_s, watched_s]] if done else []),
        )

    def do_capture(self, step: PlannedStep, following: StepKind | None) -> Result:
        if not self.path:
            raise StepFailed("no page is open")
        return self._arrived(True, step)

    # ---- steps on the page

    def do_scroll(self, step: PlannedStep, following: StepKind | None) -> Result:
        surface, args = self._list(), step.args
        every_s = args["every_s"] or 0.0
        screen = self.planned.persona.viewport[1]
        if args["screens"] is not None:
            self.scrolled += args["screens"]
            self.seconds += every_s * args["screens"]
        elif args["pixels"] is not None:
            self.scrolled += args["pixels"] * args["times"] / screen
            self.seconds += every_s * args["times"]
        wanted = args["until"]
        to_the_end = args["screens"] is None and args["pixels"] is None and wanted is None
        if wanted is None:
            wanted = int((self.scrolled + 1) * A_SCREEN[surface])
        while to_the_end or len(self.entries) < wanted:
            if not self._more():
                break
        items = len(self.entries)
        if items < (args["until"] or 0):
            return Result(Outcome.DONE, f"the list ended at {items} items of {args['until']}")
        return Result(Outcome.DONE, f"{items} items")

    def do_subscribe(self, step: PlannedStep, following: StepKind | None) -> Result:
        channel = self.context if self.kind is PageKind.CHANNEL else self._playing().channel_id
        self.viewer.subscribe(channel or "", step.args["on"])
        return DONE

    def _otherwise(self, step: PlannedStep) -> Result:
        """What is done to a video is a method of the verb's name on the world's viewer."""
        verb, deed = traits(step.kind), getattr(self.viewer, step.kind.value, None)
        if verb.acts_on is Acts.PAGE or deed is None:
            return super()._otherwise(step)
        given = verb.given(step.args)
        self.seconds += verb.asked_s(step.args)
        if verb.acts_on is Acts.VIDEO:
            deed(self._playing().id, **given)
            return DONE
        picked = self._choose({**ANY, **step.args}, step.seed)
        deed(picked.item_id, **given)
        if verb.dismisses:
            self._dismissed.add(picked.item_id)
        return Result(Outcome.DONE, f"{picked.item_id} at {picked.position}")

    def do_screenshot(self, step: PlannedStep, following: StepKind | None) -> Result:
        return DONE

    # ---- pages

    def _open(self, path: str) -> None:
        """Load an address: its status, and the first part of its list."""
        self._arrive()
        # What an earlier page would have had further down is never asked for.
        self.viewer.listings.clear()
        self.load = self._visit_of.next_load()
        self._loads += 1
        self.path, self.scrolled, self.entries, self.fields = path, 0.0, (), _NONE
        self.surface = self.context = None
        self._dismissed: set[str] = set()
        parts = parts_of(path)
        query = parse_qs(parts.query)
        status = PageStatus.OK if self.viewer.consented is not None else PageStatus.CONSENT
        ended = self._ended(path) if status is PageStatus.OK else None
        if ended is not None and ended is not PageStatus.UNAVAILABLE:
            self._stopped(ended)
            return
        if parts.path == "/":
            self.kind = PageKind.HOME
        elif parts.path == "/results":
            self.kind = PageKind.SEARCH
            text = query.get("search_query", query.get("q", [""]))[0]
            self.context = " ".join(text.split())[:200]
            self.path = "/results?search_query=" + quote_plus(self.context)
            self.fields = {"query": self.context}
        elif parts.path == "/watch":
            self.kind, self.context = PageKind.VIDEO, query.get("v", [""])[0]
            self.path = f"/watch?v={self.context}"
            video = self.world.videos.get(self.context)
            if video is None or ended is PageStatus.UNAVAILABLE:
                status = PageStatus.UNAVAILABLE
            else:
                self.fields = self._facts(video)
        elif (found := _CHANNEL.match(parts.path)) and (
            channel := self.world.channel_by_path(found[0])
        ):
            self.kind, self.context = PageKind.CHANNEL, channel.id
            self.fields = {"channel": channel.id, "channelPath": parts.path}
        else:
            self.kind, status = PageKind.OTHER, PageStatus.ERROR
        self.status = status
        if status is PageStatus.OK:
            self.surface = PRIMARY_LIST[self.kind]
            self._more()
            if self.kind is PageKind.SEARCH:
                self.viewer.searched(self.context or "")
                if not self.entries:
                    self.status = PageStatus.EMPTY
            if self.kind is PageKind.VIDEO:
                self._visited.add(self.context or "")
        self._log_page()

    def _arrive(self) -> None:
        """The world learns what time it is for the viewer."""
        if self.world.ruling or self.world.ruling.keeps_time:
            moment = self._start + timedelta(milliseconds=round(self.seconds * 1000))
            self.world.arrive(self.viewer, moment)

    def _ended(self, path: str) -> PageStatus | None:
        """The status of the page that a truth puts in place of the one at ``path``."""
        if not self.world.ruling:
            return None
        found = self.world.ending(self.viewer, self.load, *list_at(path))
        return ENDINGS[found] if found is not None else None

    def _stopped(self, status: PageStatus) -> None:
        """Another page than the one asked for came."""
        self.kind, self.status = PageKind.OTHER, status
        self._log_page()

    def _log_page(self) -> None:
        self.made.add(
            "truth_pages",
            time=self.time,
            puppet=self.puppet,
            load=self.load,
            path=self.path,
            kind=str(self.kind),
            status=str(self.status),
            lang=self.language.tag,
        )

    def _facts(self, video: Video) -> dict[str, Any]:
        channel = self.world.channels[video.channel_id]
        return {
            "videoId": video.id,
            "params": {"v": video.id},
            "title": video.title,
            "authorName": channel.name,
            "authorSource": "/" + channel.handle,
            "channelId": channel.id,
            "lengthSeconds": video.seconds,
            "category": video.category,
            "keywords": list(video.tags),
        }

    def _more(self) -> int:
        """The next part of the page's list, on record as served; how many entries it has."""
        surface = self._list()
        start = len(self.entries)
        part = self.world.feed(
            surface, self.viewer, context=self.context, start=start, load=self.load
        )
        self.entries += part
        made, own = self.made.tables["truth_impressions"], self.shown.of_truth
        where = (None, self.time, self.puppet, self.load, str(surface), self.context)
        tag = self.language.tag
        for entry in part:
            if entry.kind is ItemKind.MIX and entry.topic is not None:
                self.made.mixes[entry.item_id] = entry.topic
            kind, topic, title, extra = own(entry)
            parts = {name: round(value, 6) for name, value in entry.parts.items()}
            made.append(
                (
                    *where, entry.slot, kind, entry.item_id, topic, title, round(entry.score, 6),
                    _json(parts), tag, extra,
                )
            )  # fmt: skip
        return len(part)

    def _arrived(self, capture: bool, step: PlannedStep) -> Result:
        """The page stands: file it, and judge the step by its status."""
        if capture:
            items: list[Values] = []
            if self.surface is not None:
                items = self.shown.rows(self.entries, self.surface, self.language, self.country)
            self._file(
                url=ORIGIN + self.path,
                kind=str(self.kind),
                status=str(self.status),
                load=self.load,
                fields=self.fields,
                items=items,
                lang=self.language.tag,
                login=0,
                step=step.index,
            )
            self._enough()
        if self.status is not PageStatus.OK:
            if step.kind is not StepKind.CAPTURE:
                self.lost = Lost(step.index, came=True)
            return Result(Outcome.MISSING, f"page status {self.status}")
        self.lost = None
        return DONE

    # ---- the machinery

    def _list(self) -> Surface:
        if self.surface is None:
            raise StepFailed(f"a page of kind {self.kind} and status {self.status} has no list")
        return self.surface

    def _playing(self) -> Video:
        if self.kind is not PageKind.VIDEO or self.status is not PageStatus.OK:
            raise StepFailed(f"{self.path or 'no page'} is not a watch page")
        return self.world.videos[self.context or ""]

    def _by(self, entry: Entry) -> str | None:
        """Whose video it is."""
        return self.world.channels[entry.video.channel_id].name if entry.video else None

    def _choose(self, args: Mapping[str, Any], seed: int) -> Impression:
        if self.status is not PageStatus.OK:
            raise StepFailed(f"the page's status is {self.status}, not ok")
        here = self._list()
        surface = Surface(args["from"]) if args.get("from") else here
        shown = [
            Impression(e.slot, here, e.kind, e.item_id, title=e.title, channel_name=self._by(e))
            for e in self.entries
        ]
        try:
            return choose(
                args,
                shown,
                surface,
                seed=seed,
                labels=self.labels,
                current=self.context if self.kind is PageKind.VIDEO else None,
                seen=self._visited if args["unseen"] else (),
                gone=self._dismissed,
            )
        except NothingToFollow as nothing:
            raise StepFailed(str(nothing)) from nothing


def _path_of(target: str) -> str:
    """The address on the site that a scenario means.

    :raises StepFailed: it is another site's
    """
    if target == "home":
        return "/"
    if target.startswith("/"):
        return target
    parts = parts_of(target)
    query = f"?{parts.query}" if parts.query else ""
    if parts.host == "youtu.be":
        return f"/watch?v={parts.path.strip('/')}"
    if parts.host in SITE_HOSTS or parts.host == "youtube.localhost":
        return (parts.path or "/") + query
    raise StepFailed(f"{target!r} is not on this site")


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
