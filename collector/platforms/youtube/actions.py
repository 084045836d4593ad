"""What a puppet can do on YouTube: go somewhere, answer a dialog, search, follow, scroll, click.

Every action is checked by its effect (the address changed to the chosen video, the list grew, the
button shows its new state) and fails with a reason otherwise: an action that silently did not
happen is the worst thing that can be in a data set. The browser is known by its outline only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from collector.addresses import parts_of
from collector.common.model import Impression, ItemKind, PageKind, Surface
from collector.platforms import acting
from collector.platforms.acting import (
    ARRIVAL_S,
    ActionFailed,
    Browser,
    Heed,
    NotAsked,
    Settled,
    Waited,
    to_the_end,
)
from collector.platforms.overlays import DialogKind
from collector.platforms.youtube import probes
from collector.platforms.youtube.urls import SITE_HOSTS, is_about, parse_url
from collector.platforms.youtube.waiting import OverlaidActions, PageWaits
from collector.platforms.youtube.words import (
    ACCEPT,
    CLEAR_HISTORY,
    DONT_RECOMMEND,
    NOT_INTERESTED,
    PAUSE_HISTORY,
    REJECT,
    RESUME_HISTORY,
)

_GROWN = probes.script("""
const list = [...document.querySelectorAll(arg.list)].filter(shown)[0];
if (!list) return true;
const more = [...list.querySelectorAll(MORE)]
  .some(e => !e.closest('[hidden]'));
return cards(list).length > arg.before || !more;
""")

#: Mark the dislike button of the open video; answers its state, as that of "like".
_MARK_DISLIKE = probes.script(
    probes.VOTED
    + """
const old = root && visible('#top-level-buttons-computed ytd-toggle-button-renderer', root)[1];
const button = root && (visible('dislike-button-view-model button', root)[0]
  || visible('#dislike-button button[aria-pressed]', root)[0]
  || (old && (visible('button', old)[0] || old)));
if (!mark(button)) return null;
const host = button.closest('ytd-toggle-button-renderer');
return button.getAttribute('aria-pressed') === 'true'
  || (!!host && host.classList.contains('style-default-active'));
"""
)

#: arg: words; mark the button beside the list of what was watched that says one of them.
_MARK_HISTORY = probes.script("""
const said = e => ((e.getAttribute('aria-label') || '') + ' ' + e.textContent).toLowerCase();
return mark(visible('ytd-browse-feed-actions-renderer button, ytd-browse-feed-actions-renderer a,'
  + ' ytm-browse-feed-actions-renderer button')
  .find(e => arg.some(word => said(e).includes(word))));
""")

#: Mark the button that confirms what was asked just now.
_MARK_CONFIRM = probes.script("""
return mark(visible('yt-confirm-dialog-renderer #confirm-button button')[0]);
""")

#: Mark the switch of the player; answers its state: null (none) or on/off.
_MARK_AUTOPLAY = probes.script("""
const root = visible('ytd-watch-flexy, ytm-watch')[0];
const knob = root && root.querySelector('.ytp-autonav-toggle-button');
if (!mark(knob && (knob.closest('button') || knob))) return null;
return knob.getAttribute('aria-checked') === 'true';
""")

#: Page seconds that a consent dialog gets to come after its page, and how often it is looked for.
CONSENT_LIMIT_S, CONSENT_LOOK_S = 5.0, 0.25

PRIMARY_LIST = {
    PageKind.HOME: Surface.HOME,
    PageKind.VIDEO: Surface.RELATED,
    PageKind.SEARCH: Surface.SEARCH,
    PageKind.CHANNEL: Surface.CHANNEL,
}


def address_on(base: str, target: str) -> str:
    """The address on the site at ``base`` (an origin) that a scenario means by ``target``:
    ``home``, a path or a full address, a short link among them. Raises ActionFailed."""
    parts = parts_of(target)
    if parts.host == "youtu.be" and not target.startswith("/"):
        query = f"&{parts.query}" if parts.query else ""
        return f"{base}/watch?v={parts.path.strip('/')}{query}"
    return acting.address_on(base, target, SITE_HOSTS)


class YouTubeActions(OverlaidActions[PageWaits]):
    """The actions of one puppet on one site; ``base`` is the site's origin, without a slash."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        *,
        page_timeout_s: float = 30,
        dialogs: Mapping[str, str] | None = None,
    ) -> None:
        waits = PageWaits(browser, page_timeout_s, dialogs)
        super().__init__(browser, base, waits, page_timeout_s=page_timeout_s)

    # ---- going somewhere

    def address(self, target: str) -> str:
        """The address on this site that a scenario means by ``home``, a path or a full address."""
        return address_on(self.base, target)

    def search(self, query: str) -> Settled:
        """Type into the search box and submit; where there is none, go to the results' address."""
        before = self.waits.begin_navigation()
        if self.waits.ask(probes.MARK_SEARCHBOX):
            box = self.waits.target()
            box.fill(query, timeout=self.waits.timeout_ms)
            box.press("Enter", timeout=self.waits.timeout_ms)
            self.waits.unmark()
            again = parse_url(before).kind is PageKind.SEARCH and parse_url(before).query == query
            self.waits.arrive(None if again else before, f"the search for {query!r} led nowhere")
            self.browser.check_loaded()
        else:
            self.browser.goto(
                f"{self.base}/results?search_query={quote_plus(query)}",
                timeout_s=self.page_timeout_s,
            )
        reached = parse_url(self.url)
        if reached.kind is PageKind.SEARCH and (reached.query or "").split() != query.split():
            raise ActionFailed(f"searched for {query!r}, but the page is for {reached.query!r}")
        return self.settle()

    def follow(self, impression: Impression, shown: Sequence[Impression]) -> Settled:
        """Click the very link of ``impression`` (one of ``shown``) and check where it led."""
        arg = self._card(impression, shown)
        before = self.waits.begin_navigation()
        if not self.waits.ask(probes.MARK_CARD_LINK, arg):
            raise ActionFailed(f"no link to {impression.item_id} at rank {impression.position}")
        self.waits.click(f"the link to {impression.item_id}")
        self.waits.arrive(before, f"the click on {impression.item_id} led nowhere")
        self.browser.check_loaded()
        if parse_url(self.url).video_id != impression.item_id:
            raise ActionFailed(f"clicked {impression.item_id}, but the page is {self.url}")
        return self.settle()

    def settle(self) -> Settled:
        """Wait until the page is there: its kind's list has items and nothing more is on its way.

        A page of another status (consent, captcha, error, empty) settles as an interstitial.
        """
        settled = self._settled()
        if any(met.answered for met in self.waits.overlays.sweep()):
            settled = self._settled()
        self.takes(ARRIVAL_S)
        return settled

    def _settled(self) -> Settled:
        url = self.url
        kind = parse_url(url).kind
        surface = PRIMARY_LIST.get(kind)
        if surface is None or is_about(url):
            self.waits.idle()
            return Settled(Waited.SETTLED, 0)
        arg = {"root": probes.ROOTS[kind], "list": probes.LISTS[surface]}
        found, why = self.waits.page(probes.SETTLED, arg)
        if not found:
            return Settled(Waited.TIMED_OUT, 0, why)
        if found["state"] != "ready":
            return Settled(Waited.INTERSTITIAL, 0)
        items = self.waits.idle(probes.LISTS[surface], before=int(found["items"]))
        return Settled(Waited.SETTLED, items)

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether the dialog about cookies is open."""
        return bool(self.waits.ask(probes.CONSENT_OPEN))

    def consent(self, choice: str) -> Settled:
        """Answer the consent dialog with ``accept`` or ``reject`` and wait for what it hid.

        A dialog may come after its page, so one that is not there is waited for. Raises NotAsked.
        """
        waited_s = 0.0
        while not self.consent_asked():
            if waited_s >= CONSENT_LIMIT_S:
                raise NotAsked("no consent dialog on this page")
            self.browser.let_pass(CONSENT_LOOK_S)
            waited_s += CONSENT_LOOK_S
        arg = {"choice": choice, "reject": REJECT, "accept": ACCEPT}
        if not self.waits.ask(probes.MARK_CONSENT, arg):
            raise ActionFailed(f"the consent dialog has no button to {choice}")
        self.waits.click(f"the button to {choice}")
        gone = "() => !(" + probes.CONSENT_OPEN + ")()"
        stayed = f"the consent dialog stayed open after the choice to {choice}"
        self.waits.expect(gone, otherwise=stayed, about=DialogKind.CONSENT)
        return self.settle()

    def unstick(self) -> tuple[bool, str]:
        """The player stands still: answer what lies over the page. Was something answered, and
        what was not (empty: nothing)?"""
        met = self.waits.overlays.sweep()
        left = [str(one) for one in met if not one.answered]
        return any(one.answered for one in met), left[0] if left else ""

    # ---- moving down the page

    def scroll_screens(self, screens: float, every_s: float = 0, *, heed: Heed = to_the_end) -> int:
        """Move down by so many screens, letting ``every_s`` pass after each.

        Answers how many cards the list then has.
        """
        css = self._list()
        items, left = 0, screens
        while left > 0:
            self.waits.clear()
            self.waits.ask(probes.SCROLL, min(left, 1))
            if every_s:
                self.browser.let_pass(every_s)
            items = self.waits.idle(css)
            left -= 1
            if not heed(items):
                break
        return items

    def scroll_pixels(
        self, pixels: int, times: int = 1, every_s: float = 0, *, heed: Heed = to_the_end
    ) -> int:
        """Move down by so many CSS pixels, ``times`` times, letting ``every_s`` pass after each."""
        css = self._list()
        items = 0
        for _ in range(times):
            self.waits.clear()
            self.waits.ask(probes.SCROLL_PIXELS, pixels)
            if every_s:
                self.browser.let_pass(every_s)
            items = self.waits.idle(css)
            if not heed(items):
                break
        return items

    def scroll_until(self, items: int | None, *, heed: Heed = to_the_end) -> int:
        """Move down until the list has so many cards (``None``: until it ends).

        A list that ends before is no failure: the answer says how many there were.
        """
        css = self._list()
        state = self.waits.ask(probes.LIST_STATE, {"list": css})
        while state["more"] and (items is None or state["items"] < items):
            self.waits.clear()
            self.waits.ask(probes.SCROLL_END)
            self.waits.idle(css)
            self.waits.expect(
                _GROWN,
                {"list": css, "before": state["items"]},
                otherwise=f"the list stopped at {state['items']} items with more announced",
            )
            self.waits.idle(css)
            state = self.waits.ask(probes.LIST_STATE, {"list": css})
            if not heed(int(state["items"])):
                break
        return int(state["items"])

    # ---- buttons

    def like(self, on: bool = True) -> None:
        """Turn the like button on or off; one that is so already is left. Raises ActionFailed."""
        self._toggle(probes.MARK_LIKE, on, "like")

    def dislike(self, on: bool = True) -> None:
        """Turn the dislike button on or off, as :meth:`like` does. Raises ActionFailed."""
        self._toggle(_MARK_DISLIKE, on, "dislike")

    def unvote(self) -> None:
        """Turn off whichever of the two is on, as :meth:`like` does. Raises ActionFailed."""
        self.like(False)
        self.dislike(False)

    def autoplay(self, on: bool) -> None:
        """Turn the player's autoplay on or off, as :meth:`like` does. Raises ActionFailed."""
        self._toggle(_MARK_AUTOPLAY, on, "autoplay")

    def subscribe(self, on: bool = True) -> None:
        """Turn the subscribe button on or off, as :meth:`like` does. Raises ActionFailed."""
        self._toggle(probes.MARK_SUBSCRIBE, on, "subscribe")

    def not_interested(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Not interested" in the menu of one card."""
        self._choose(impression, shown, NOT_INTERESTED, "not interested")

    def dont_recommend_channel(self, impression: Impression, shown: Sequence[Impression]) -> None:
        """Choose "Don't recommend channel" in the menu of one card."""
        self._choose(impression, shown, DONT_RECOMMEND, "don't recommend channel")

    def clear_history(self) -> None:
        """On the page of what was watched: forget all of it."""
        self._press_in_history(CLEAR_HISTORY, "clear the history")

    def pause_history(self, on: bool) -> None:
        """On the page of what was watched: remember no more, or remember again."""
        words, other = (PAUSE_HISTORY, RESUME_HISTORY)[:: 1 if on else -1]
        if not self.waits.ask(_MARK_HISTORY, words) and self.waits.ask(_MARK_HISTORY, other):
            self.waits.unmark()
            return  # it is so already
        self._press_in_history(words, f"{'pause' if on else 'resume'} the history")

    def _press_in_history(self, words: Sequence[str], name: str) -> None:
        if not self.waits.ask(_MARK_HISTORY, list(words)):
            raise ActionFailed(f"{self.url} has no button to {name}")

        def confirm() -> None:
            if self.waits.ask(_MARK_CONFIRM):
                self.waits.click(f"the button that confirms to {name}")

        with self.heard(name, confirm):
            self.waits.click(f"the button to {name}")
        self.waits.idle()

    def _choose(
        self,
        impression: Impression,
        shown: Sequence[Impression],
        words: Sequence[str],
        name: str,
    ) -> None:
        """Choose an entry in the menu of one card."""
        arg = self._card(impression, shown)
        if not self.waits.ask(probes.MARK_CARD_MENU, arg):
            raise ActionFailed(f"the card at rank {impression.position} has no menu")
        self.waits.click("the menu of the card")
        missing = f"the menu of the card has no entry {name!r}"
        self.waits.expect(probes.MARK_NOT_INTERESTED, list(words), otherwise=missing)
        with self.heard(name):
            self.waits.click(f"the entry {name!r}")
        self.waits.idle()

    def hover(self, impression: Impression, shown: Sequence[Impression], *, for_s: float) -> None:
        """Rest with the mouse on the link of one card, then move it away."""
        if not self.waits.ask(probes.MARK_CARD_LINK, self._card(impression, shown)):
            raise ActionFailed(f"no link to {impression.item_id} at rank {impression.position}")
        self.waits.hover(f"the link to {impression.item_id}")
        self.browser.let_pass(for_s)
        if not self.waits.ask(f"() => !!document.querySelector('[{probes.MARK}]:hover')"):
            raise ActionFailed(f"the mouse did not stay on {impression.item_id} for {for_s:g} s")
        self.waits.unmark()
        self.browser.page.mouse.move(0, 0)
        self.waits.idle()

    # ---- the machinery

    def _list(self) -> str:
        surface = PRIMARY_LIST.get(parse_url(self.url).kind)
        css = probes.LISTS[surface] if surface is not None else ""
        if not css or not self.waits.ask(probes.LIST_STATE, {"list": css})["items"]:
            raise ActionFailed(f"{self.url} shows no list to scroll")
        return css

    def _card(self, impression: Impression, shown: Sequence[Impression]) -> dict[str, Any]:
        earlier = [
            other
            for other in shown
            if other.surface is impression.surface
            and other.position < impression.position
            and other.item_id == impression.item_id
            and other.kind is not ItemKind.AD
        ]
        return {
            "list": probes.LISTS[impression.surface],
            "video": impression.item_id,
            "nth": len(earlier),
        }

    def _toggle(self, mark: str, on: bool, name: str) -> None:
        state = self.waits.ask(mark)
        if state is None:
            raise ActionFailed(f"this page has no {name} button")
        if state is not on:
            self.waits.click(f"the {name} button")
            as_asked = f"() => ({mark})() === {'true' if on else 'false'}"
            self.waits.expect(as_asked, otherwise=f"the {name} button did not change")
            self.waits.idle()
        self.waits.unmark()
