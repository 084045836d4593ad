"""What a puppet without a browser can do on the video site: the actions of a browser's puppet.

Each makes the requests that the site's script makes and changes the page as the script would; each
fails with the same reason where a browser's puppet fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import quote, quote_plus

from collector.adapters.youtube import layout
from collector.adapters.youtube.layout import Screen
from collector.addresses import parts_of
from collector.browserless.document import Document, More, attribute, element, set_attribute
from collector.browserless.player import Player
from collector.browserless.puppet import HttpPuppet
from collector.browserless.wire import Refused
from collector.common.model import Impression, ItemKind, PageKind, Surface
from collector.platforms.acting import (
    ARRIVAL_S,
    ActionFailed,
    Heed,
    NotAsked,
    Settled,
    Waited,
    to_the_end,
)
from collector.platforms.youtube.actions import PRIMARY_LIST, address_on
from collector.platforms.youtube.parse.registry import AD_TAGS, ITEM_TAGS
from collector.platforms.youtube.probes import ROOTS
from collector.platforms.youtube.urls import is_about, nature

_CONTINUE = {
    "ytd-browse": "browse", "ytd-search": "search", "ytd-watch-flexy": "next",
    "ytm-browse": "browse", "ytm-search": "search", "ytm-watch": "next",
}  # fmt: skip
#: Where the list beside a video begins and ends, on the site and on its mobile one.
_BESIDE = {
    "ytd-watch-flexy": ('id="secondary"', "</ytd-watch-flexy>"),
    "ytm-watch": ('section-identifier="related-items"', "</ytm-item-section-renderer>"),
}
#: Addresses that are not part of the application: a new document is loaded.
_OUTSIDE = re.compile(r"/(?:pagead|sorry|signin|_|api|youtubei|vi|ytc)")
_TAGS = "|".join(sorted(ITEM_TAGS - AD_TAGS, key=lambda tag: (-len(tag), tag)))
_CARD = re.compile(rf"<({_TAGS})(?=[\s>])([^<>]*)|</({_TAGS})>")
_HIDDEN = re.compile(r"\shidden(?=[\s=]|$)")
#: In the configuration of a page whose script asks the site's API for the next page.
_ASKS_API = '"NAVIGATION":"innertube"'
#: What a page shows in the place of a list.
_SAID = re.compile(
    r"<yt[dm]-background-promo-renderer\b|<ytd-feed-nudge-renderer\b|<yt[dm]-message-renderer\b"
    r'|<[a-z-]+ id="error-screen"(?![^<>]*\shidden)'
)
#: Height of a line with a link (px).
_LINE = 40
_PLAYER = re.compile(
    r"var ytInitialPlayerConfig = ((?:(?!</script|var ytInitialPlayer).)*?);</script>", re.DOTALL
)
_SUBSCRIBE = element("yt[dm]-subscribe-button-renderer")
_MODERN_VOTES = tuple(element(f"{name}-button-view-model") for name in ("like", "dislike"))
_CLASSIC_VOTE = element("ytd-toggle-button-renderer")
_BUTTON = re.compile(r"<(?:button|tp-yt-paper-button)(?=[\s>])[^<>]*>")


class HttpYouTubeActions:
    """The actions of one puppet on the mock's video site; ``base`` is its origin."""

    def __init__(self, puppet: HttpPuppet, base: str, *, page_timeout_s: float = 30) -> None:
        self.puppet = puppet
        self.base = base.rstrip("/")
        self.page_timeout_s = page_timeout_s
        puppet.go_on = self._navigate
        puppet.video_of = lambda url: nature(url).video_id

    @property
    def url(self) -> str:
        return self.puppet.url

    # ---- going somewhere

    def visit(self, target: str) -> Settled:
        """Load an address and let its page settle."""
        address = address_on(self.base, target)
        self.puppet.leave()
        self._document(_path(address))
        return self.settle()

    def search(self, query: str) -> Settled:
        """Submit the search box; where there is none, go to the results' address."""
        if 'name="search_query"' in self.puppet.document.head:
            self._navigate("/results?search_query=" + _form_encoded(query.strip()))
        else:
            self.puppet.leave()
            self._document(f"/results?search_query={quote_plus(query)}")
        reached = nature(self.url)
        if reached.kind is PageKind.SEARCH and (reached.query or "").split() != query.split():
            raise ActionFailed(f"searched for {query!r}, but the page is for {reached.query!r}")
        return self.settle()

    def follow(self, impression: Impression, shown: Sequence[Impression]) -> Settled:
        """Follow the very link of ``impression`` (one of ``shown``) and check where it led."""
        before = self.url
        self._bring(impression)
        self._navigate(_path(impression.href))
        if self.url == before:
            raise ActionFailed(f"the click on {impression.item_id} led nowhere")
        if nature(self.url).video_id != impression.item_id:
            raise ActionFailed(f"clicked {impression.item_id}, but the page is {self.url}")
        return self.settle()

    def settle(self) -> Settled:
        """What the page came to; a moment of its time passes."""
        self.puppet.let_pass(ARRIVAL_S)
        self.puppet.remember()
        kind = nature(self.url).kind
        if PRIMARY_LIST.get(kind) is None or is_about(self.url):
            return Settled(Waited.SETTLED, 0)
        document = self.puppet.document
        if document.asks_consent or not document.root:
            return Settled(Waited.INTERSTITIAL, 0)
        said = _SAID.search(document.page) is not None
        if document.root not in ROOTS[kind].split(", "):
            return Settled(Waited.INTERSTITIAL if said else Waited.TIMED_OUT, 0)
        if items := self._items():
            return Settled(Waited.SETTLED, items)
        return Settled(Waited.INTERSTITIAL if said else Waited.TIMED_OUT, 0)

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        return self.puppet.document.asks_consent

    def consent(self, choice: str) -> Settled:
        """Answer the consent dialog with ``accept`` or ``reject``; the page is asked for again."""
        if not self.consent_asked():
            raise NotAsked("no consent dialog on this page")
        if f'data-consent="{choice}"' not in self.puppet.document.tail:
            raise ActionFailed(f"the consent dialog has no button to {choice}")
        self._post("consent", {"choice": choice}, "the consent dialog stayed open")
        self._navigate(_path(self.url))
        self.puppet.document.consented()
        return self.settle()

    # ---- moving down the page

    def scroll_screens(self, screens: float, every_s: float = 0, *, heed: Heed = to_the_end) -> int:
        """Move down by so many screens, letting ``every_s`` pass after each."""
        self._check_list()
        items, left = 0, screens
        while left > 0:
            items = self._down(round(self._screen.height * min(left, 1)), every_s)
            left -= 1
            if not heed(items):
                break
        return items

    def scroll_pixels(
        self, pixels: int, times: int = 1, every_s: float = 0, *, heed: Heed = to_the_end
    ) -> int:
        """Move down by so many CSS pixels, ``times`` times, letting ``every_s`` pass after each."""
        self._check_list()
        items = 0
        for _ in range(times):
            items = self._down(pixels, every_s)
            if not heed(items):
                break
        return items

    def scroll_until(self, items: int | None, *, heed: Heed = to_the_end) -> int:
        """Move down until the list has so many cards (``None``: until it ends)."""
        self._check_list()
        document = self.puppet.document
        while self._lists() and (items is None or self._items() < items):
            before = self._items()
            self.puppet.top = layout.furthest(document, self._screen)
            # Moved to the end, the list's own end is on the screen, wherever that is.
            for place in [*(p for p in self._near() if p.comments), *self._lists()]:
                self._grow(place)
            if self._items() == before and self._lists():
                raise ActionFailed(f"the list stopped at {before} items with more announced")
            if not heed(self._items()):
                break
        return self._items()

    # ---- buttons

    def like(self, on: bool = True) -> None:
        """Press the like button unless it is in the wanted state."""
        self._vote("like", on)

    def dislike(self, on: bool = True) -> None:
        """Press the dislike button unless it is in the wanted state."""
        self._vote("dislike", on)

    def _vote(self, what: str, on: bool) -> None:
        page = self.puppet.document.page
        votes = _votes(page)
        number = ("like", "dislike").index(what)
        found = votes[number][0] if number < len(votes) else ""
        button = _BUTTON.search(found)
        if button is None or self.puppet.document.root not in _BESIDE:
            raise ActionFailed(f"this page has no {what} button")
        if (attribute(button[0], "aria-pressed") == "true") is on:
            return
        self._show(layout.layout(self.puppet.document, self._screen).head)
        now = self._post(
            f"like/{what if on else 'removelike'}",
            {"videoId": nature(self.url).video_id},
            f"the {what} button did not change",
        )
        # The page may have grown meanwhile: its buttons are looked for again, the last one first.
        page = self.puppet.document.page
        for place, change in reversed(list(zip(_votes(page), (_liked, _disliked), strict=False))):
            page = page[: place.start()] + change(place[0], now) + page[place.end() :]
        self.puppet.document.page = page

    def autoplay(self, on: bool) -> None:
        """Turn the player's switch, for this video and those to come."""
        player = self.puppet.player
        if player is None:
            raise ActionFailed("this page has no autoplay button")
        if bool(player.config["autoplay"]) is not on:
            self._post("autoplay", {"on": on}, "the autoplay button did not change")
            player.config = {**player.config, "autoplay": on}

    def subscribe(self, on: bool = True) -> None:
        """Press the subscribe button unless it is in the wanted state."""
        page = self.puppet.document.page
        found = _SUBSCRIBE.search(page)
        if found is None or self.puppet.document.root in ("ytd-search", "ytm-search"):
            raise ActionFailed("this page has no subscribe button")
        host = found[0][: found[0].index(">") + 1]
        if (attribute(host, "subscribed") is not None) is on:
            return
        self._show(layout.layout(self.puppet.document, self._screen).head)
        what = "subscribe" if on else "unsubscribe"
        now = self._post(
            f"subscription/{what}",
            {"channelId": attribute(host, "data-channel")},
            "the subscribe button did not change",
        )
        new = _subscribed(found[0], host, bool(now["subscribed"]))
        self.puppet.document.page = page[: found.start()] + new + page[found.end() :]

    def not_interested(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Not interested" in the menu of one card."""
        self._check_menu(impression)
        self._bring(impression)
        self._post(
            "feedback",
            {"videoId": impression.item_id, "feedback": "NOT_INTERESTED"},
            "the site refused 'not interested'",
        )

    def dont_recommend_channel(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Don't recommend channel" in the menu of one card."""
        self._check_menu(impression)
        self._bring(impression)
        self._post(
            "feedback",
            {"videoId": impression.item_id, "feedback": "DONT_RECOMMEND_CHANNEL"},
            "the site refused 'don't recommend channel'",
        )

    def _check_menu(self, impression: Impression) -> None:
        if impression.kind is ItemKind.AD or self.puppet.document.mobile:
            raise ActionFailed(f"the card at rank {impression.position} has no menu")

    def clear_history(self) -> None:
        """On the page of what was watched: forget all of it."""
        self._remember("clear")

    def pause_history(self, on: bool) -> None:
        """On the page of what was watched: remember no more, or remember again."""
        what = "pause" if on else "resume"
        if f'data-history="{what}"' in self.puppet.document.html:
            self._remember(what)

    def _remember(self, what: str) -> None:
        """A button beside the list of what was watched; the page is then loaded anew."""
        if f'data-history="{what}"' not in self.puppet.document.html:
            raise ActionFailed(f"{self.url} has no button to {what} the history")
        self._post(f"history/{what}", {}, f"the site refused to {what} the history")
        self._document(_path(self.url))

    def hover(self, impression: Impression, shown: Sequence[Impression], *, for_s: float) -> None:
        """Rest on one card; the site's script tells of a preview once the mouse has left it."""
        self._bring(impression)
        here = self.url
        self.puppet.let_pass(for_s)
        if self.url != here:
            raise ActionFailed(f"the mouse did not stay on {impression.item_id} for {for_s:g} s")
        if self.puppet.document.mobile:
            return  # nothing there listens to a mouse
        body = {"videoId": impression.item_id, "feedback": "PREVIEW", "seconds": for_s}
        self._post("feedback", body, "the site refused the preview")

    # ---- the machinery

    def _document(self, path: str) -> None:
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

    def _navigate(self, path: str) -> None:
        """In-page navigation, as the site's script does it; the mobile site's loads a document."""
        puppet = self.puppet
        puppet.leave()
        if puppet.document.mobile or _OUTSIDE.match(path):
            self._document(path)
            return
        page = self._inside(path)
        if page.get("location"):
            self._document(page["location"])
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
        there = nature(path)
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

    def _post(self, endpoint: str, body: dict[str, Any], otherwise: str) -> Any:
        try:
            return self._ask(endpoint, body)
        except Refused as error:
            raise ActionFailed(f"{otherwise} ({error})") from error

    # ---- lists

    @property
    def _screen(self) -> Screen:
        width, height = self.puppet.persona.viewport
        return Screen(width, height, self.puppet.top)

    def _items(self) -> int:
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

    def _check_list(self) -> None:
        kind = nature(self.url).kind
        if PRIMARY_LIST.get(kind) is None or not self._items():
            raise ActionFailed(f"{self.url} shows no list to scroll")

    def _lists(self) -> list[More]:
        return [place for place in self.puppet.document.more() if not place.comments]

    def _near(self) -> list[More]:
        return layout.near(self.puppet.document, self._screen)

    def _down(self, pixels: int, every_s: float) -> int:
        end = layout.furthest(self.puppet.document, self._screen)
        self.puppet.top = min(self.puppet.top + pixels, end)
        if every_s:
            self.puppet.let_pass(every_s)
        self._grow_near()
        return self._items()

    def _bring(self, impression: Impression) -> None:
        """Before a click on a card: the page moves until its link can be seen."""
        page, root = self.puppet.document.page, self.puppet.document.root
        start = _list_in(page, root)[0] if impression.surface is Surface.RELATED else 0
        link = page.find(f'href="{escape(impression.href)}"', start)
        if link >= 0:
            found = layout.layout(self.puppet.document, self._screen)
            self._show(found.top_at(link) + found.link)

    def _show(self, y: float) -> None:
        """Move what lies at ``y`` to the middle of the screen, unless it is on it."""
        screen = self._screen
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


def _path(address: str) -> str:
    parts = parts_of(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _form_encoded(query: str) -> str:
    """As the site's script writes a query into an address."""
    return quote(query, safe="!~*'()").replace("%20", "+")


def _votes(page: str) -> list[re.Match[str]]:
    """The like and the dislike button of a watch page, in this order."""
    modern = [found for each in _MODERN_VOTES if (found := each.search(page))]
    bar = page.find('id="top-level-buttons-computed"')
    if modern or bar < 0:
        return modern
    return list(islice(_CLASSIC_VOTE.finditer(page, bar), 2))


def _pressed(element: str, on: bool) -> str:
    """A button after the site's answer: pressed or not."""
    button = _BUTTON.search(element)
    if button is None or (attribute(button[0], "aria-pressed") == "true") is on:
        return element
    now = set_attribute(button[0], "aria-pressed", "true" if on else "false")
    new = element.replace(button[0], now, 1)
    if not element.startswith("<ytd-toggle"):
        return new
    off, active = "style-text", "style-default-active"
    host = new[: new.index(">") + 1]
    classes = (attribute(host, "class") or "").replace(active, "").replace(off, "").split()
    kept = " ".join([*classes, active if on else off])
    return set_attribute(host, "class", kept) + new[len(host) :]


def _disliked(element: str, now: dict[str, Any]) -> str:
    return _pressed(element, bool(now["disliked"]))


def _liked(element: str, now: dict[str, Any]) -> str:
    """The like button after the site's answer: pressed or not, with the new count."""
    new = _pressed(element, bool(now["liked"]))
    text = escape(str(now["text"]), quote=False)
    if element.startswith("<like-button"):
        return re.sub(r'(__button-text-content">)[^<]*', lambda m: m[1] + text, new, count=1)
    label = re.search(r'<yt-formatted-string id="text"[^<>]*>', new)
    if label is None:
        return new
    tag = set_attribute(label[0], "aria-label", str(now["label"]))
    rest = new[label.end() :]
    return new[: label.start()] + tag + text + rest[rest.index("<") :]


def _subscribed(element: str, host: str, on: bool) -> str:
    """The subscribe button after the site's answer."""
    labels = json.loads(attribute(host, "data-labels") or "[]")
    words = dict(zip(("subscribe", "subscribed", "to", "from"), labels, strict=True))
    new = set_attribute(host, "subscribed", "" if on else None) + element[len(host) :]
    button = _BUTTON.search(new)
    if button is None:
        return new
    tag = button[0]
    if tag.startswith("<button"):
        tag = set_attribute(tag, "aria-pressed", "true" if on else "false")
    else:
        tag = set_attribute(tag, "subscribed", "" if on else None)
    tag = set_attribute(tag, "aria-label", words["from" if on else "to"])
    new = new[: button.start()] + tag + new[button.end() :]
    text = escape(words["subscribed" if on else "subscribe"], quote=False)
    return re.sub(
        r'((?:role="text">|<yt-formatted-string[^>]*>))[^<]*', lambda m: m[1] + text, new, count=1
    )


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
