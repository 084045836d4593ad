"""The video site as a puppet meets it in the world: no server, no browser.

Every action does what the site and a browser would do together: the same loads in the same order,
the same lists from the same recommender, so that the platform ends up knowing of the viewer what
it would know after a run. What a step means by an action is the runner's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, ClassVar
from urllib.parse import quote_plus

from collector.adapters.youtube.runner import VideoRunner
from collector.common.model import (
    Impression,
    ItemKind,
    PageKind,
    PageStatus,
    Receipt,
    Surface,
)
from collector.datasets.playback import Playback
from collector.datasets.records import Session
from collector.datasets.simulated import Simulated
from collector.datasets.site import BLANK, Page, Site
from collector.datasets.texts import json_text
from collector.datasets.youtube.addressed import what_is_at
from collector.datasets.youtube.shown import ORIGIN, Shown
from collector.platforms.acting import ActionFailed, Heed, NotAsked, Settled, to_the_end
from collector.platforms.youtube import PARSER
from collector.platforms.youtube.actions import PRIMARY_LIST, address_on
from collector.scenario.verb import Acts, traits
from collector.scenario.verbs.shared import WATCH_CAP_S
from collector.store.rows import packed
from mockserver.platforms.youtube.i18n import choose as language_of
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.pages import list_at
from mockserver.platforms.youtube.visits import Visit
from mockserver.world import Entry, Video
from mockserver.world.viewers import Viewer

#: Parameter of what a viewer does with one video.
OF_A_VIDEO = "video_id"

#: Items of a list that pass through the window in one screen, by list: an estimate.
A_SCREEN = {Surface.HOME: 9, Surface.RELATED: 7, Surface.SEARCH: 3, Surface.CHANNEL: 12}

#: The status of the page on which a load ends that a truth breaks off.
ENDINGS = {
    "captcha": PageStatus.CAPTCHA,
    "login": PageStatus.LOGIN,
    "server_error": PageStatus.ERROR,
    "unavailable": PageStatus.UNAVAILABLE,
}


@dataclass
class ListPage(Page):
    """A page with a list that grows as it is asked for more."""

    site: VideoSite | None = None
    surface: Surface | None = None
    context: str | None = None
    entries: tuple[Entry, ...] = ()
    held: tuple[Entry, ...] | None = None
    """The whole of its list; ``None``: the world makes it as it is asked for more."""
    scrolled: float = 0.0
    """Screens from the top."""

    def enter(self, made: Session, capture: str) -> list[str]:
        """Put its list on record under a capture; each item's surface and id, in order."""
        if self.surface is None or self.site is None:
            return []
        site, surface = self.site, str(self.surface)
        site.shown.enter(made, capture, self.entries, self.surface, site.language, site.country)
        return [f"{surface} {entry.item_id}" for entry in self.entries]

    def impressions(self) -> tuple[Impression, ...]:
        """Return its list in order; none where it has no list."""
        if self.surface is None or self.site is None:
            return ()
        named, surface = self.site.named, self.surface
        return tuple(
            Impression(e.slot, surface, e.kind, e.item_id, title=e.title, channel_name=named(e))
            for e in self.entries
        )


class VideoSite(Site):
    """One puppet's browser on the video site, and its actions."""

    platform: ClassVar[str] = "youtube"
    parser: ClassVar[str] = PARSER
    page: ListPage

    def __init__(self, *args: Any, shown: Shown, visitor: str) -> None:
        super().__init__(*args)
        self.shown = shown
        self.language, self.country = language_of(self.planned.persona.locale)
        lang = self.language.tag if self.language.tag == "zh-TW" else self.language.family
        self.viewer = self.world.viewer(visitor, lang=lang, country=self.country)
        look = Look(
            world=self.world, language=self.language, country=self.country, era=self.world.era,
            now=self.world.now(),
        )  # fmt: skip
        self._visit = Visit(self.world, visitor, self.viewer, look, True, False, {})
        self.page = ListPage(BLANK, PageKind.OTHER, PageStatus.UNKNOWN)

    def forget(self) -> None:
        """Make the world's viewer as new, so that the same puppet can be simulated again."""
        viewer = self.viewer
        with viewer.lock:
            viewer.consented, viewer.loads, viewer.paused = None, 0, False
            viewer.forget_time()
            viewer.events.clear()
            for kept in (
                viewer.subscriptions, viewer.likes, viewer.dislikes, viewer.hidden, viewer.refused,
            ):  # fmt: skip
                kept.clear()
            viewer.listings.clear()

    def named(self, entry: Entry) -> str | None:
        """Whose video it is."""
        return self.world.channels[entry.video.channel_id].name if entry.video else None

    # ---- going somewhere

    def visit(self, target: str) -> Settled:
        """Open the page of an address, which is there at once."""
        self._open(address_on(ORIGIN, target).removeprefix(ORIGIN))
        return self.settle()

    def search(self, query: str) -> Settled:
        """Open the results of a query."""
        self._open("/results?search_query=" + quote_plus(query))
        return self.settle()

    def follow(self, impression: Impression, shown: Sequence[Impression]) -> Settled:
        """Open the watch page of the item that was picked."""
        self._open(f"/watch?v={impression.item_id}")
        return self.settle()

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether a page is open and the viewer has not answered about cookies yet."""
        return self.viewer.consented is None and self.page.url != BLANK

    def consent(self, choice: str) -> Settled:
        """Answer the consent dialog; the page is asked for again."""
        if not self.consent_asked():
            raise NotAsked("no consent dialog on this page")
        self.viewer.consent(choice)
        self._open(self.page.url.removeprefix(ORIGIN))
        return self.settle()

    # ---- moving down the page

    def scroll_screens(self, screens: float, every_s: float = 0, *, heed: Heed = to_the_end) -> int:
        """Scroll by ``screens``, ``every_s`` seconds each, while ``heed`` agrees.

        Answers how many items the list has then. Raises ActionFailed: the page has no list.
        """
        left = screens
        while left > 0:
            items = self._down(min(left, 1), every_s)
            left -= 1
            if not heed(items):
                break
        return len(self.page.entries)

    def scroll_pixels(
        self, pixels: int, times: int = 1, every_s: float = 0, *, heed: Heed = to_the_end
    ) -> int:
        """Scroll ``times`` by ``pixels`` (CSS px), ``every_s`` seconds each, while ``heed`` agrees.

        Answers how many items the list has then. Raises ActionFailed: the page has no list.
        """
        for _ in range(times):
            if not heed(self._down(pixels / self.height, every_s)):
                break
        return len(self.page.entries)

    def scroll_until(self, items: int | None, *, heed: Heed = to_the_end) -> int:
        """Move down until the list has so many items (``None``: until it ends)."""
        self._list()
        page = self.page
        while (items is None or len(page.entries) < items) and self._more():
            if not heed(len(page.entries)):
                break
        return len(page.entries)

    # ---- buttons

    def told(self, kind: str) -> Callable[..., None] | None:
        """A verb that acts on a video is what the world's viewer has under its name."""
        verb, method = traits(kind), getattr(Viewer, kind, None)
        if method is None or OF_A_VIDEO not in signature(method).parameters:
            return None

        def of_the_open_one(**given: Any) -> None:
            method(self.viewer, self._playing(f"{verb.button or kind} button").id, **given)

        def of_an_item(picked: Impression, shown: Sequence[Impression], **given: Any) -> None:
            self.let_pass(verb.asked_s(given))
            method(self.viewer, picked.item_id, **given)

        if verb.acts_on is Acts.PAGE:
            return None
        return of_an_item if verb.acts_on is Acts.ITEM else of_the_open_one

    def subscribe(self, on: bool = True) -> None:
        """Subscribe to the channel of the page that is open, or end it. Raises ActionFailed."""
        if self.page.kind is PageKind.CHANNEL and self.page.context is not None:
            channel = self.page.context
        else:
            channel = self._playing("subscribe button").channel_id
        self.viewer.subscribe(channel, on)

    def dont_recommend_channel(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Tell the world that the viewer wants no more of an item's channel."""
        self.viewer.refuse_channel(self.world.videos[impression.item_id].channel_id)

    def clear_history(self) -> None:
        """Make the world forget what the viewer watched, and open the page anew."""
        self.viewer.clear_history()
        self._open(self.page.url.removeprefix(ORIGIN))  # the site's script loads it anew

    def pause_history(self, on: bool) -> None:
        """Stop what is watched from being remembered, or go on; a change opens the page anew."""
        if self.viewer.paused is not on:
            self.viewer.pause_history(on)
            self._open(self.page.url.removeprefix(ORIGIN))

    # ---- watching

    def watch(
        self,
        planned_s: float | None = None,
        until_end: bool = False,
        cap_s: float = WATCH_CAP_S,
        *,
        share: float | None = None,
        progress: Callable[[float], None] | None = None,
        unstick: Callable[[], tuple[bool, str]] | None = None,
    ) -> Receipt:
        """Adverts are watched to their end, and the video as long as was planned or to its end;
        nothing stalls, and the receipt has the first reading and the last."""
        video = self.world.videos[self.page.context or ""]
        load, began = self.page.event, self.clock.written()
        played = Playback(video, planned_s=planned_s, cap_s=cap_s, share=share)
        if not played.begins:
            return played.receipt()
        ad = self.world.preroll(self.viewer, video.id, load)
        played.show_ad(ad)
        self.clock.seconds += played.ad_s + played.watched_s
        self.viewer.watched(video.id, round(played.watched_s, 3), played.fraction, load=load)
        self.made.add(
            "truth_watches",
            time=began,
            puppet=self.planned.puppet,
            load=load,
            video_id=video.id,
            seconds=round(played.watched_s, 3),
            extra=packed(played.told()),
        )
        return played.receipt()

    # ---- pages

    def _open(self, path: str) -> None:
        """Load an address: its status, and the first part of its list."""
        self._arrive()
        # What an earlier page would have had further down is never asked for.
        self.viewer.listings.clear()
        load = self._visit.next_load()
        self.loads += 1
        consented = self.viewer.consented is not None
        self.page = page = ListPage(
            ORIGIN + path, PageKind.OTHER, PageStatus.OK if consented else PageStatus.CONSENT,
            load, self.loads, lang=self.language.tag, site=self,
        )  # fmt: skip
        ended = self._ended(path, load) if consented else None
        if ended is not None and ended is not PageStatus.UNAVAILABLE:
            page.status = ended
            self._log(path)
            return
        there = what_is_at(path, self.world, page.status)
        path, page.kind, page.context = there.path, there.kind, there.context
        page.status, page.fields, page.held = there.status, there.fields, there.held
        page.url = ORIGIN + path
        if ended is not None and page.kind is PageKind.VIDEO:
            page.status, page.fields = ended, {}
        if page.status is PageStatus.OK:
            page.surface = PRIMARY_LIST[page.kind]
            self._more()
            if page.kind is PageKind.SEARCH:
                self.viewer.searched(page.context or "")
                if not page.entries:
                    page.status = PageStatus.EMPTY
        self._log(path)

    def _arrive(self) -> None:
        """The world learns what time it is for the viewer."""
        if self.world.ruling or self.world.ruling.keeps_time:
            self.world.arrive(self.viewer, self.clock.now())

    def _ended(self, path: str, load: str) -> PageStatus | None:
        """The status of the page that a truth puts in place of the one at ``path``."""
        if not self.world.ruling:
            return None
        found = self.world.ending(self.viewer, load, *list_at(path))
        return ENDINGS[found] if found is not None else None

    def _log(self, path: str) -> None:
        page = self.page
        self.log_page(path, page.kind, page.status, page.event, self.language.tag)

    def _more(self) -> int:
        """The next part of the page's list, on record as served; how many entries it has."""
        page, surface = self.page, self._list()
        start = len(page.entries)
        part = page.held[start:] if page.held is not None else self.world.feed(
            surface, self.viewer, context=page.context, start=start, load=page.event
        )  # fmt: skip
        page.entries += part
        made, own = self.made.tables["truth_impressions"], self.shown.of_truth
        puppet, tag = self.planned.puppet, self.language.tag
        where = (None, self.clock.written(), puppet, page.event, str(surface), page.context)
        for entry in part:
            if entry.kind is ItemKind.MIX and entry.topic is not None:
                self.made.mixes[entry.item_id] = entry.topic
            kind, topic, title, extra = own(entry)
            parts = {name: round(value, 6) for name, value in entry.parts.items()}
            made.append(
                (
                    *where, entry.slot, kind, entry.item_id, topic, title, round(entry.score, 6),
                    json_text(parts), tag, extra,
                )
            )  # fmt: skip
        return len(part)

    # ---- the machinery

    def _list(self) -> Surface:
        if self.page.surface is None:
            raise ActionFailed(f"{self.url} shows no list to scroll")
        return self.page.surface

    def _down(self, screens: float, every_s: float) -> int:
        """One turn of a scroll: what comes near the window is asked for."""
        page, surface = self.page, self._list()
        page.scrolled += screens
        self.let_pass(every_s)
        wanted = int((page.scrolled + 1) * A_SCREEN[surface])
        while len(page.entries) < wanted and self._more():
            pass
        return len(page.entries)

    def _playing(self, button: str) -> Video:
        """The video that is open. Raises ActionFailed: there is none, and so no such button."""
        if self.page.kind is not PageKind.VIDEO or self.page.status is not PageStatus.OK:
            raise ActionFailed(f"this page has no {button}")
        return self.world.videos[self.page.context or ""]


class VideoSession(Simulated):
    """One session of one puppet on the video site."""

    runner = VideoRunner
    reads = Shown

    def open_site(self) -> VideoSite:
        """Return the video site as this session's puppet meets it."""
        return VideoSite(
            self.world, self.planned, self.clock, self.made, shown=self.seen,
            visitor=self.known.visitor,
        )  # fmt: skip
