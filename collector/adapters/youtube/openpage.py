"""The page that a puppet without a browser is on: loaded, gone on from, moved down, grown.

Makes the requests that the site's script makes when the page's end comes near the screen, and no
others.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any
from urllib.parse import quote

from collector.adapters.youtube import layout
from collector.adapters.youtube.layout import Screen
from collector.addresses import parts_of
from collector.browserless.document import Document, More
from collector.browserless.player import Player
from collector.browserless.puppet import HttpPuppet
from collector.browserless.wire import Refused
from collector.common.model import Impression, PageKind, Surface
from collector.platforms.acting import ActionFailed
from collector.platforms.youtube.actions import PRIMARY_LIST
from collector.platforms.youtube.parse.registry import AD_TAGS, ITEM_TAGS
from collector.platforms.youtube.urls import parse_url

_CONTINUE = {
    "ytd-browse": "browse", "ytd-search": "search", "ytd-watch-flexy": "next",
    "ytm-browse": "browse", "ytm-search": "search", "ytm-watch": "next",
}  # fmt: skip
#: Where the list beside a video begins and ends, on the site and on its mobile one.
_BESIDE = {
    "ytd-watch-flexy": ('id="secondary"', "</ytd-watch-flexy>"),
    "ytm-watch": ('section-identifier="related-items"', "</ytm-item-section-renderer>"),
}
#: The player of short videos, on the site and on its mobile one.
_SHORTS = ("ytd-shorts", "ytm-shorts")
#: Addresses that are not part of the application: a new document is loaded.
_OUTSIDE = re.compile(r"/(?:pagead|sorry|signin|_|api|youtubei|vi|ytc)")
_TAGS = "|".join(sorted(ITEM_TAGS - AD_TAGS, key=lambda tag: (-len(tag), tag)))
_CARD = re.compile(rf"<({_TAGS})(?=[\s>])([^<>]*)|</({_TAGS})>")
_HIDDEN = re.compile(r"\shidden(?=[\s=]|$)")
#: In the configuration of a page whose script asks the site's API for the next page.
_ASKS_API = '"NAVIGATION":"innertube"'
#: Height of a line with a link (px).
_LINE = 40
_PLAYER = re.compile(
    r"var ytInitialPlayerConfig = ((?:(?!</script|var ytInitialPlayer).)*?);</script>", re.DOTALL
)


class OpenPage:
    """The page of one puppet, which is always the one that it is on.

    :param base: the site's origin, without a slash.
    """

    def __init__(self, puppet: HttpPuppet, base: str) -> None:
        self.puppet = puppet
        self.base = base
        puppet.go_on = self.navigate
        puppet.video_of = lambda url: parse_url(url).video_id

    # ---- going somewhere

    def load(self, path: str) -> None:
        """A new document."""
        puppet = self.puppet
        puppet.answers.clear()
        answer = puppet.wire.get(path)
        puppet.document = Document.of(answer.text)
        puppet.url, puppet.load, puppet.top = answer.url, puppet.document.event, 0.0
        config = _PLAYER.search(puppet.document.head)
        self._started(json.loads(config[1]) if config else None)
        if puppet.document.root:
            self._ask("log_event", _probe(puppet))
            self._grow_near()

    def navigate(self, path: str) -> None:
        """In-page navigation, as the site's script does it; the mobile site's loads a document."""
        puppet = self.puppet
        puppet.leave()
        if puppet.document.mobile or _OUTSIDE.match(path):
            self.load(path)
            return
        page = self._inside(path)
        if page.get("location"):
            self.load(page["location"])
            return
        puppet.document.show(page["html"], page["title"])
        puppet.url, puppet.load, puppet.top = self.base + page["url"], page["load"], 0.0
        self._started(page["player"])
        self._grow_near()

    def _inside(self, path: str) -> dict[str, Any]:
        """What the site answers to its script for the page at ``path``."""
        wire = self.puppet.wire
        if _ASKS_API not in self.puppet.document.head:
            self.puppet.answers.clear()
            found: dict[str, Any] = wire.ask(f"/youtubei/v1/navigate?url={quote(path, safe='')}")
            return found
        there = parse_url(path)
        body = {"url": path, "context": {"event": self.puppet.load}}
        if there.kind is PageKind.VIDEO:
            body["videoId"] = there.video_id or ""
        endpoint = {PageKind.VIDEO: "next", PageKind.SEARCH: "search"}.get(there.kind, "browse")
        sent = wire.page(f"/youtubei/v1/{endpoint}", body)
        if there.kind is PageKind.VIDEO and "page" in sent:
            context = {"event": sent["page"]["load"]}
            wire.post("/youtubei/v1/player", {"context": context, "videoId": body["videoId"]})
        page: dict[str, Any] = sent.get("page", sent)
        return page

    def _started(self, config: dict[str, Any] | None) -> None:
        """The page's player begins to play."""
        wire = self.puppet.wire

        def report(body: dict[str, Any]) -> None:
            wire.post("/api/stats/watchtime", body)

        self.puppet.player = None if config is None else Player(config, report)

    def _ask(self, endpoint: str, body: dict[str, Any]) -> Any:
        """What a page's script asks of the site. Raises Refused."""
        return self.puppet.wire.post(
            f"/youtubei/v1/{endpoint}", {"context": {"event": self.puppet.load}, **body}
        )

    def post(self, endpoint: str, body: dict[str, Any], otherwise: str) -> Any:
        """What a button's script tells the site; answers what the site says.

        :param otherwise: what to say where it refuses.
        :raises ActionFailed: it refuses.
        """
        try:
            return self._ask(endpoint, body)
        except Refused as error:
            raise ActionFailed(f"{otherwise} ({error})") from error

    # ---- lists

    @property
    def screen(self) -> Screen:
        """The window, in CSS pixels, where it is now."""
        width, height = self.puppet.persona.viewport
        return Screen(width, height, self.puppet.top)

    def items(self) -> int:
        """Outermost cards of the page's list, without what a shelf hides."""
        document = self.puppet.document
        start, end = _list_in(document.page, document.root)
        depth = count = 0
        for match in _CARD.finditer(document.page, start, end):
            if match[1]:
                count += depth == 0 and not _HIDDEN.search(match[2])
                depth += 1
            else:
                depth -= 1
        return count

    @property
    def is_of_a_video(self) -> bool:
        """Whether the page has a video with its buttons."""
        return self.puppet.document.root in (*_BESIDE, *_SHORTS)

    def check_list(self) -> None:
        """Make sure that there is a list to scroll.

        :raises ActionFailed: the page shows none.
        """
        url = self.puppet.url
        if PRIMARY_LIST.get(parse_url(url).kind) is None or not self.items():
            raise ActionFailed(f"{url} shows no list to scroll")

    def unfinished(self) -> list[More]:
        """Where lists say that there is more of them; comments are none."""
        return [place for place in self.puppet.document.more() if not place.comments]

    def _near(self) -> list[More]:
        return layout.near(self.puppet.document, self.screen)

    def down(self, pixels: int, every_s: float) -> int:
        """Move down by so many CSS pixels, then let so many seconds pass; answers how many items
        the list then has."""
        end = layout.furthest(self.puppet.document, self.screen)
        self.puppet.top = min(self.puppet.top + pixels, end)
        if every_s:
            self.puppet.let_pass(every_s)
        self._grow_near()
        return self.items()

    def grow_at_end(self) -> None:
        """Move down to the end of the page and ask for what comes next there."""
        self.puppet.top = layout.furthest(self.puppet.document, self.screen)
        # Moved to the end, the list's own end is on the screen, wherever that is.
        for place in [*(p for p in self._near() if p.comments), *self.unfinished()]:
            self._grow(place)

    def bring(self, impression: Impression) -> None:
        """Before a click on a card: the page moves until its link can be seen."""
        page, root = self.puppet.document.page, self.puppet.document.root
        start = _list_in(page, root)[0] if impression.surface is Surface.RELATED else 0
        link = page.find(f'href="{escape(impression.href)}"', start)
        if link >= 0:
            found = layout.layout(self.puppet.document, self.screen)
            self._show(found.top_at(link) + found.link)

    def show_head(self) -> None:
        """Move to where a page has its title and buttons, unless they are on the screen."""
        self._show(layout.layout(self.puppet.document, self.screen).head)

    def _show(self, y: float) -> None:
        """Move what lies at ``y`` to the middle of the screen, unless it is on it."""
        screen = self.screen
        if not screen.top <= y <= screen.top + screen.height - _LINE:
            end = layout.furthest(self.puppet.document, screen)
            self.puppet.top = min(max(y + _LINE / 2 - screen.height / 2, 0.0), end)
            self._grow_near()

    def _grow_near(self) -> None:
        """Ask for more wherever the page's end has come near the screen."""
        asked: set[str] = set()
        while places := [place for place in self._near() if place.token not in asked]:
            asked.add(places[-1].token)
            self._grow(places[-1])

    def _grow(self, place: More) -> None:
        document = self.puppet.document
        now = next((other for other in document.more() if other.token == place.token), None)
        if now is None:
            return
        try:
            more = self._ask(_CONTINUE[document.root], {"continuation": now.token})
        except Refused:
            return  # the site's script lets it stand, and asks again when it is seen again
        document.grow(now, more["html"])


def _list_in(page: str, root: str) -> tuple[int, int]:
    """Where the page's list begins and ends in its text."""
    if root not in _BESIDE:
        return 0, len(page)
    first, last = _BESIDE[root]
    start = max(page.find(first), 0)
    end = page.find(last, start)
    return start, len(page) if end < 0 else end


def path_of(address: str) -> str:
    """Path and query of an address."""
    parts = parts_of(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _probe(puppet: HttpPuppet) -> dict[str, Any]:
    """What the site's script would have found out about the browser, as the persona claims it."""
    persona = puppet.persona
    width, height = persona.viewport
    return {
        "webdriver": False,
        "languages": [persona.locale],
        "language": persona.locale,
        "userAgent": puppet.user_agent,
        "platform": "Linux x86_64",
        "timeZone": persona.timezone,
        "screen": [width, height],
        "viewport": [width, height],
        "pixelRatio": 1,
        "dark": persona.color_scheme == "dark",
        "plugins": 0,
        "touch": 0,
    }
