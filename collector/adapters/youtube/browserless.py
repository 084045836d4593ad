"""What a puppet without a browser can do on the video site: the actions of a browser's puppet.

Each makes the requests that the site's script makes and changes the page as the script would; each
fails with the same reason where a browser's puppet fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, quote_plus

from collector.adapters.youtube.buttons import BUTTON, SUBSCRIBE, disliked, liked, subscribed, votes
from collector.adapters.youtube.openpage import OpenPage, path_of
from collector.browserless.document import attribute
from collector.browserless.puppet import HttpPuppet
from collector.common.model import Impression, ItemKind, PageKind
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
from collector.platforms.youtube.probes import ROOTS
from collector.platforms.youtube.urls import is_about, parse_url

#: What a page shows in the place of a list.
_SAID = re.compile(
    r"<yt[dm]-background-promo-renderer\b|<ytd-feed-nudge-renderer\b|<yt[dm]-message-renderer\b"
    r'|<(?:[a-z-]+ id="error-(?:screen|page)"|ytd-error-renderer\b)(?![^<>]*\shidden)'
)


class HttpYouTubeActions:
    """The actions of one puppet on the mock's video site; ``base`` is its origin."""

    def __init__(self, puppet: HttpPuppet, base: str, *, page_timeout_s: float = 30) -> None:
        self.puppet = puppet
        self.base = base.rstrip("/")
        self.page_timeout_s = page_timeout_s
        self._page = OpenPage(puppet, self.base)

    @property
    def url(self) -> str:
        """Return the address of the page that is open."""
        return self.puppet.url

    # ---- going somewhere

    def visit(self, target: str) -> Settled:
        """Load an address and let its page settle."""
        address = address_on(self.base, target)
        self.puppet.leave()
        self._page.load(path_of(address))
        return self.settle()

    def search(self, query: str) -> Settled:
        """Submit the search box; where there is none, go to the results' address."""
        if 'name="search_query"' in self.puppet.document.head:
            self._page.navigate("/results?search_query=" + _form_encoded(query.strip()))
        else:
            self.puppet.leave()
            self._page.load(f"/results?search_query={quote_plus(query)}")
        reached = parse_url(self.url)
        if reached.kind is PageKind.SEARCH and (reached.query or "").split() != query.split():
            raise ActionFailed(f"searched for {query!r}, but the page is for {reached.query!r}")
        return self.settle()

    def follow(self, impression: Impression, shown: Sequence[Impression]) -> Settled:
        """Follow the very link of ``impression`` (one of ``shown``) and check where it led."""
        before = self.url
        self._page.bring(impression)
        self._page.navigate(path_of(impression.href))
        if self.url == before:
            raise ActionFailed(f"the click on {impression.item_id} led nowhere")
        if parse_url(self.url).video_id != impression.item_id:
            raise ActionFailed(f"clicked {impression.item_id}, but the page is {self.url}")
        return self.settle()

    def settle(self) -> Settled:
        """What the page came to; a moment of its time passes."""
        self.puppet.let_pass(ARRIVAL_S)
        self.puppet.remember()
        kind = parse_url(self.url).kind
        if PRIMARY_LIST.get(kind) is None or is_about(self.url):
            return Settled(Waited.SETTLED, 0)
        document = self.puppet.document
        if document.asks_consent or not document.root:
            return Settled(Waited.INTERSTITIAL, 0)
        said = _SAID.search(document.page) is not None
        if document.root not in ROOTS[kind].split(", "):
            return Settled(Waited.INTERSTITIAL if said else Waited.TIMED_OUT, 0)
        if items := self._page.items():
            return Settled(Waited.SETTLED, items)
        return Settled(Waited.INTERSTITIAL if said else Waited.TIMED_OUT, 0)

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether the dialog about cookies is in the page."""
        return self.puppet.document.asks_consent

    def consent(self, choice: str) -> Settled:
        """Answer the consent dialog with ``accept`` or ``reject``; the page is asked for again."""
        if not self.consent_asked():
            raise NotAsked("no consent dialog on this page")
        if f'data-consent="{choice}"' not in self.puppet.document.tail:
            raise ActionFailed(f"the consent dialog has no button to {choice}")
        self._page.post("consent", {"choice": choice}, "the consent dialog stayed open")
        self._page.navigate(path_of(self.url))
        self.puppet.document.consented()
        return self.settle()

    # ---- moving down the page

    def scroll_screens(self, screens: float, every_s: float = 0, *, heed: Heed = to_the_end) -> int:
        """Move down by so many screens, letting ``every_s`` pass after each."""
        self._page.check_list()
        items, left = 0, screens
        while left > 0:
            items = self._page.down(round(self._page.screen.height * min(left, 1)), every_s)
            left -= 1
            if not heed(items):
                break
        return items

    def scroll_pixels(
        self, pixels: int, times: int = 1, every_s: float = 0, *, heed: Heed = to_the_end
    ) -> int:
        """Move down by so many CSS pixels, ``times`` times, letting ``every_s`` pass after each."""
        self._page.check_list()
        items = 0
        for _ in range(times):
            items = self._page.down(pixels, every_s)
            if not heed(items):
                break
        return items

    def scroll_until(self, items: int | None, *, heed: Heed = to_the_end) -> int:
        """Move down until the list has so many cards (``None``: until it ends)."""
        self._page.check_list()
        page = self._page
        while page.unfinished() and (items is None or page.items() < items):
            before = page.items()
            page.grow_at_end()
            if page.items() == before and page.unfinished():
                raise ActionFailed(f"the list stopped at {before} items with more announced")
            if not heed(page.items()):
                break
        return page.items()

    # ---- buttons

    def like(self, on: bool = True) -> None:
        """Press the like button unless it is in the wanted state."""
        self._vote("like", on)

    def dislike(self, on: bool = True) -> None:
        """Press the dislike button unless it is in the wanted state."""
        self._vote("dislike", on)

    def unvote(self) -> None:
        """Press whichever of the two buttons is pressed."""
        self._vote("like", False)
        self._vote("dislike", False)

    def _vote(self, what: str, on: bool) -> None:
        page = self.puppet.document.page
        buttons = votes(page)
        number = ("like", "dislike").index(what)
        found = buttons[number][0] if number < len(buttons) else ""
        button = BUTTON.search(found)
        if button is None or not self._page.is_of_a_video:
            raise ActionFailed(f"this page has no {what} button")
        if (attribute(button[0], "aria-pressed") == "true") is on:
            return
        self._page.show_head()
        now = self._page.post(
            f"like/{what if on else 'removelike'}",
            {"videoId": parse_url(self.url).video_id},
            f"the {what} button did not change",
        )
        # The page may have grown meanwhile: its buttons are looked for again, the last one first.
        page = self.puppet.document.page
        for place, change in reversed(list(zip(votes(page), (liked, disliked), strict=False))):
            page = page[: place.start()] + change(place[0], now) + page[place.end() :]
        self.puppet.document.page = page

    def autoplay(self, on: bool) -> None:
        """Turn the player's switch, for this video and those to come."""
        player = self.puppet.player
        if player is None:
            raise ActionFailed("this page has no autoplay button")
        if bool(player.config["autoplay"]) is not on:
            self._page.post("autoplay", {"on": on}, "the autoplay button did not change")
            player.config = {**player.config, "autoplay": on}

    def subscribe(self, on: bool = True) -> None:
        """Press the subscribe button unless it is in the wanted state."""
        page = self.puppet.document.page
        found = SUBSCRIBE.search(page)
        if found is None or self.puppet.document.root in ("ytd-search", "ytm-search"):
            raise ActionFailed("this page has no subscribe button")
        host = found[0][: found[0].index(">") + 1]
        if (attribute(host, "subscribed") is not None) is on:
            return
        self._page.show_head()
        what = "subscribe" if on else "unsubscribe"
        now = self._page.post(
            f"subscription/{what}",
            {"channelId": attribute(host, "data-channel")},
            "the subscribe button did not change",
        )
        new = subscribed(found[0], host, bool(now["subscribed"]))
        self.puppet.document.page = page[: found.start()] + new + page[found.end() :]

    def not_interested(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Not interested" in the menu of one card."""
        self._check_menu(impression)
        self._page.bring(impression)
        self._page.post(
            "feedback",
            {"videoId": impression.item_id, "feedback": "NOT_INTERESTED"},
            "the site refused 'not interested'",
        )

    def dont_recommend_channel(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Don't recommend channel" in the menu of one card."""
        self._check_menu(impression)
        self._page.bring(impression)
        self._page.post(
            "feedback",
            {"videoId": impression.item_id, "feedback": "DONT_RECOMMEND_CHANNEL"},
            "the site refused 'don't recommend channel'",
        )

    def _check_menu(self, impression: Impression) -> None:
        if impression.kind is ItemKind.AD:
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
        self._page.post(f"history/{what}", {}, f"the site refused to {what} the history")
        self._page.load(path_of(self.url))

    def hover(self, impression: Impression, shown: Sequence[Impression], *, for_s: float) -> None:
        """Rest on one card; the site's script tells of a preview once the mouse has left it."""
        self._page.bring(impression)
        here = self.url
        self.puppet.let_pass(for_s)
        if self.url != here:
            raise ActionFailed(f"the mouse did not stay on {impression.item_id} for {for_s:g} s")
        if self.puppet.document.mobile:
            return  # nothing there listens to a mouse
        body = {"videoId": impression.item_id, "feedback": "PREVIEW", "seconds": for_s}
        self._page.post("feedback", body, "the site refused the preview")


def _form_encoded(query: str) -> str:
    """As the site's script writes a query into an address."""
    return quote(query, safe="!~*'()").replace("%20", "+")
