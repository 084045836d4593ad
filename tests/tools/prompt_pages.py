"""Small pages whose buttons open a dialog in the place of what they are for, for both sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from action_pages import SITE, A, B, Tab, card, home, seen, watch
from playwright.sync_api import Page, Route

from collector.platforms.facebook.actions import FacebookActions
from collector.platforms.youtube.actions import YouTubeActions

FEED_SITE = "http://facebook.localhost"

#: ``prompt()`` draws the dialog of a page, once; its buttons close it and keep their word.
PROMPT = """<script>
const prompt = () => {
  if (document.querySelector('#prompt')) return;
  const box = document.createElement('div');
  box.innerHTML = `%s`;
  document.body.append(box);
  for (const b of box.querySelectorAll('button')) b.onclick = () => {
    box.remove();
    dispatchEvent(new Event('answered'));
  };
  addEventListener('keydown', e => { if (e.key === 'Escape') box.remove(); });
};
</script>"""
SURVEY = (
    "<div id='prompt' role='dialog' style='position:fixed;inset:20%;z-index:9;background:#fff'>"
    "Take our survey <button>Yes</button></div>"
)
OFFER = (
    "<div id='prompt' role='dialog' style='position:fixed;inset:0;z-index:9;background:#fff'>"
    "Get YouTube Premium <button>No thanks</button></div>"
)
SIGN_IN = (
    "<tp-yt-iron-dropdown id='prompt' style='display:block;position:fixed;left:30%;top:30%'>"
    "<ytd-modal-with-title-and-button-renderer style='display:block'><h3>Like this video?</h3>"
    "<p>Sign in to make your opinion count.</p><a href='#'>Sign in</a>"
    "</ytd-modal-with-title-and-button-renderer></tp-yt-iron-dropdown>"
)


def _on_click(css: str) -> str:
    return (
        f"<script>addEventListener('click', e => {{ if (e.target.closest({css!r})) {{"
        " e.preventDefault(); e.stopPropagation(); prompt(); } }, true);</script>"
    )


_LIKE = "<like-button-view-model><button aria-pressed='false'>l</button></like-button-view-model>"
_DISLIKE = _LIKE.replace("like-button", "dislike-button")
_SUBSCRIBE = "<ytd-subscribe-button-renderer><button>s</button></ytd-subscribe-button-renderer>"
_AUTOPLAY = "<button><div class='ytp-autonav-toggle-button' aria-checked='false'>a</div></button>"
_HISTORY = (
    "<ytd-browse-feed-actions-renderer><button>Clear all watch history</button>"
    "<button>Pause watch history</button></ytd-browse-feed-actions-renderer>"
)
_ENTRY = (
    "<ytd-menu-popup-renderer><ytd-menu-service-item-renderer><tp-yt-paper-item>Not interested"
    "</tp-yt-paper-item></ytd-menu-service-item-renderer></ytd-menu-popup-renderer>"
)
_TALL = "<ytd-rich-item-renderer style='display:block;height:900px'>x</ytd-rich-item-renderer>"
_MORE = (
    "<ytd-continuation-item-renderer style='display:block;height:40px'>"
    "</ytd-continuation-item-renderer>"
)
_AT_THE_END = (
    "<script>new IntersectionObserver(seen => { if (seen[0].isIntersecting) prompt(); }).observe("
    "document.querySelector('ytd-continuation-item-renderer'))</script>"
)
_BOX = "<form><input name='search_query'></form><script>onsubmit = e => { e.preventDefault();"
_CONSENT = (
    "<ytd-consent-bump-v2-lightbox style='display:block'><div class='eom-buttons'>"
    "<button id='no'>Reject all</button><button>Accept all</button></div>"
    "</ytd-consent-bump-v2-lightbox>"
)


@dataclass(frozen=True)
class Place:
    """A page, and a step that waits on it for what its dialog is in the way of."""

    html: str
    act: Callable[[Any], object]
    path: str = "/"


def _on_a_video(button: str, css: str, act: Callable[[YouTubeActions], object]) -> Place:
    return Place(watch(card(A), button) + _on_click(css), act, "/watch?v=" + B)


VIDEO_PLACES = {
    "like": _on_a_video(_LIKE, "like-button-view-model", lambda do: do.like()),
    "dislike": _on_a_video(_DISLIKE, "dislike-button-view-model", lambda do: do.dislike()),
    "subscribe": _on_a_video(_SUBSCRIBE, "button", lambda do: do.subscribe()),
    "autoplay": _on_a_video(_AUTOPLAY, "button", lambda do: do.autoplay(True)),
    "menu": Place(
        home(card(A), _on_click("button")), lambda do: do.not_interested(seen(1, A), [seen(1, A)])
    ),
    "entry": Place(
        home(card(A), _ENTRY + _on_click("tp-yt-paper-item")),
        lambda do: do.not_interested(seen(1, A), [seen(1, A)]),
    ),
    "clear history": Place(
        home(card(A), _HISTORY + _on_click("button")), lambda do: do.clear_history()
    ),
    "pause history": Place(
        home(card(A), _HISTORY + _on_click("button")), lambda do: do.pause_history(True)
    ),
    "scroll": Place(home(_TALL * 3 + _MORE, _AT_THE_END), lambda do: do.scroll_until(9)),
    "end": Place(home(_TALL * 3 + _MORE, _AT_THE_END), lambda do: do.scroll_until(None)),
    "follow": Place(
        home(card(A), _on_click("a")), lambda do: do.follow(seen(1, A), [seen(1, A)])
    ),
    "search": Place(home(card(A), _BOX + " prompt(); }</script>"), lambda do: do.search("pasta")),
    "consent": Place(home(card(A), _CONSENT + _on_click("#no")), lambda do: do.consent("reject")),
}  # fmt: skip


def post(button: str) -> str:
    return (
        "<div data-slot><div role='article' data-testid='fbfeed_story' class='userContentWrapper'"
        f" style='height:300px'>x {button}</div></div>"
    )


def _feed(inside: str, css: str, act: Callable[[FacebookActions], object]) -> Place:
    return Place(f"<!doctype html><body>{inside}{_on_click(css)}", act)


_HIDDEN = (
    "<script>addEventListener('click', e => { if (!e.target.closest('[data-hide]')) return;"
    " fetch('/ajax/hide', {method: 'POST'});"
    " document.querySelector('[data-slot]').toggleAttribute('data-hidden', true); prompt(); });"
    "</script>"
)
_BANNER = (
    "<div data-cookiebanner='banner'><button data-cookiebanner='accept_button'>Yes</button>"
    "<button data-cookiebanner='accept_only_essential_button'>No</button></div>"
)
FEED_PLACES = {
    "like": _feed(
        post("<a role='button' data-like='1'>l</a>"), "[data-like]", lambda do: do.like()
    ),
    "follow": _feed("<button data-follow='1'>f</button>", "button", lambda do: do.subscribe()),
    "hide": _feed(
        post("<a role='button' data-hide='1'>h</a>"), "[data-hide]",
        lambda do: do.not_interested(nth=0),
    ),
    "hide all": _feed(
        post("<a role='button' data-hide='1'>h</a>") + _HIDDEN, "nothing",
        lambda do: do.dont_recommend_channel(nth=0),
    ),
    "refresh": _feed(
        post("") + "<button class='refresh'>r</button>", "button", lambda do: do.refresh()
    ),
    "consent": _feed(_BANNER, "button[data-cookiebanner]", lambda do: do.consent("reject")),
}  # fmt: skip


def _answers(page: Page, place: Place, prompt: str) -> None:
    html = place.html

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in ("/watch", "/results") and not place.path.startswith(path):
            route.fulfill(body="<p>you have arrived", content_type="text/html")
            return
        if "/ajax/" in route.request.url:
            route.fulfill(body="{}", content_type="application/json")
            return
        # The prompt's script first: what follows calls it.
        body = html.replace("<script>", PROMPT % prompt + "<script>", 1)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)


class Patient(Tab):
    """A tab that remembers how long each question was asked for, in seconds."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.given: list[float] = []

    def wait_for(self, js: str, timeout_s: float = 60, arg: Any = None) -> Any:
        self.given.append(timeout_s)
        return super().wait_for(js, timeout_s, arg)


def on_video_site(page: Page, place: Place, prompt: str, **policy: str) -> YouTubeActions:
    """Actions on the place's page, with the dialog that it opens."""
    _answers(page, place, prompt)
    does = YouTubeActions(Patient(page), SITE, page_timeout_s=60, dialogs=policy)
    page.goto(SITE + place.path)
    return does


def on_feed_site(page: Page, place: Place, prompt: str, **policy: str) -> FacebookActions:
    """The same on the site that is a feed."""
    _answers(page, place, prompt)
    does = FacebookActions(Patient(page), FEED_SITE, page_timeout_s=60, dialogs=policy)
    page.goto(FEED_SITE + place.path)
    return does
