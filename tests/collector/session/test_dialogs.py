"""What lies over a page is answered as declared, or named as the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from action_pages import SITE, Tab, card, home
from dialog_pages import BAR, COOKIE_BARS, dialog, over
from playwright.sync_api import Page

from collector.common.errors import UserError
from collector.platforms.acting import ActionFailed, Waited
from collector.platforms.facebook.actions import FacebookActions
from collector.platforms.overlays import DEFAULTS, Choice, DialogKind
from collector.platforms.overlaywords import LANGUAGES
from collector.platforms.youtube.actions import YouTubeActions
from collector.platforms.youtube.waiting import QUICK_MS
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan

pytestmark = pytest.mark.browser

A = "aaaaaaaaaaa"


# ---- the table, on small pages


def test_every_language_of_the_table_is_tried() -> None:
    assert set(COOKIE_BARS) == set(LANGUAGES)
    assert len(LANGUAGES) >= 30
    assert set(DEFAULTS) == set(DialogKind)


@pytest.mark.slow
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_cookie_bars_are_answered_by_their_words(page: Page, every: bool) -> None:
    """In every language, as declared, whichever of the buttons comes first.

    Each language has both answers, one with the button first that the other has second; or
    ``every`` pair of answer and order.
    """
    wrong = []
    for number, (language, (about, *words)) in enumerate(COOKIE_BARS.items()):
        for turned, choice in product((1, -1), (Choice.DECLINE, Choice.ACCEPT)):
            if not every and (turned == 1) is not ((choice is Choice.ACCEPT) is (number % 2 == 0)):
                continue
            buttons = "".join(f"<button>{word}</button>" for word in words[::turned])
            bar = BAR.format(about=about, buttons=buttons)
            met = over(page, bar, cookies=choice.value).sweep()
            expected = words[choice is Choice.ACCEPT]
            if [one.kind for one in met] != ["cookies"] or page.title() != expected:
                wrong.append((language, choice, met, page.title()))
    assert wrong == []


@pytest.mark.sweep(5)
@pytest.mark.parametrize(
    ("html", "kind", "pressed"),
    [
        (dialog("Get YouTube Premium, ad-free", "Try it free", "No thanks"), "premium",
         "No thanks"),
        (dialog("Turn on notifications?", "Allow", "Not now"), "notifications", "Not now"),
        (dialog("Benachrichtigungen aktivieren?", "Erlauben", "Nicht jetzt"), "notifications",
         "Nicht jetzt"),
        (dialog("Choose your country for local content", "Germany", "Dismiss"), "region",
         "Dismiss"),
        (dialog("Please update your browser", "Learn more", "Close"), "update-browser", "Close"),
        (dialog("Confirm your age to go on", "Continue"), "age", None),
        (dialog("Take our survey", "Yes", "No thanks"), "other", None),
        (dialog("Nous utilisons des cookies", "Paramètres", "Tout accepter"), "cookies", None),
    ],
)  # fmt: skip
def test_each_kind_has_its_usual_answer(
    page: Page, html: str, kind: str, pressed: str | None
) -> None:
    """A question of age, and what nobody knows, is left; so is a bar that cannot be refused."""
    (met,) = over(page, html).sweep()
    assert met.kind == kind
    assert met.answered == (pressed is not None)
    assert page.title() == (pressed or "-")
    assert page.locator("[data-puppet-dialog]").count() == 0, "no mark stays in the page"


def test_what_is_no_dialog_is_left_alone(page: Page) -> None:
    """The bar at the top, a menu, a small player, words about cookies in a text."""
    html = (
        "<div id='masthead' style='position:fixed;top:0;height:60px;width:100%'>Premium cookies"
        "</div><p>An article on cookies and notifications</p>"
        "<ytd-miniplayer style='position:fixed;bottom:0;right:0;width:99%;height:50%'>premium"
        "</ytd-miniplayer>"
    )
    assert over(page, html).sweep() == ()


PREMIUM = (
    "<ytd-mealbar-promo-renderer style='display:block;position:fixed;inset:0;z-index:9;"
    "background:#fff'>Get YouTube Premium<div id='dismiss-button'><button>{word}</button></div>"
    "</ytd-mealbar-promo-renderer><script>document.querySelector('#dismiss-button button')"
    ".onclick = e => e.target.closest('ytd-mealbar-promo-renderer').remove()</script>"
)


class Spy:
    """A locator that remembers how long it was given."""

    def __init__(self, locator: Any, given: list[float]) -> None:
        self._locator = locator
        self._given = given

    def click(self, timeout: float) -> None:
        self._given.append(timeout)
        self._locator.click(timeout=timeout)


def spied(does: YouTubeActions, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each click is given, in ms."""
    given: list[float] = []
    target = does.waits.target
    monkeypatch.setattr(does.waits, "target", lambda: Spy(target(), given))
    return given


@pytest.fixture
def actions(page: Page) -> Callable[..., YouTubeActions]:
    def make(html: str, **policy: str) -> YouTubeActions:
        pages = {"/watch": home(card(A)), "/": html}

        def answer(route: Any) -> None:
            path = route.request.url.removeprefix(SITE)
            body = next(html for begin, html in pages.items() if path.startswith(begin))
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

        page.route("**/*", answer)
        return YouTubeActions(Tab(page), SITE, page_timeout_s=60, dialogs=policy)

    return make


def test_a_premium_offer_is_refused_before_the_click(
    actions: Callable[..., YouTubeActions], page: Page
) -> None:
    does = actions(home(card(A), PREMIUM.format(word="No thanks")))
    assert does.visit("home").how is Waited.SETTLED
    assert page.locator("ytd-mealbar-promo-renderer").count() == 0
    (said,) = does.dialogs_met()
    assert re.match("premium dialog 'Get YouTube Premium.*' was answered: decline", said)
    assert does.dialogs_met() == []


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("more", "policy", "said"),
    [
        (PREMIUM.format(word="?"), {"premium": "leave"}, "premium dialog 'Get YouTube Premium"),
        ("<div style='position:fixed;inset:0;background:#fff'>Something new</div>", {},
         "'Something new' lies over it"),
        (dialog("Confirm your age", "Go"), {}, "age dialog 'Confirm your age Go' was left"),
    ],
)  # fmt: skip
def test_what_covers_a_link_is_named_at_once(
    actions: Callable[..., YouTubeActions],
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    policy: dict[str, str],
    said: str,
) -> None:
    """It is looked for after a short try; the page's own limit is not waited for."""
    does = actions(home(card(A), more.replace("inset:20%", "inset:0")), **policy)
    does.visit("home")
    does.waits.ask("() => document.querySelector('h3 a').setAttribute('data-puppet-target', '')")
    given = spied(does, monkeypatch)
    with pytest.raises(ActionFailed, match=re.escape(said)):
        does.waits.click("the link")
    assert given == [QUICK_MS]


COVER = "<div style='position:fixed;inset:0;z-index:9;background:#fff'>Something new</div>"


@pytest.mark.slow
def test_what_lies_over_the_consent_dialog_is_named(
    actions: Callable[..., YouTubeActions], page: Page
) -> None:
    """And not the dialog itself, which is left to the step that answers it."""
    dialog = (
        "<ytd-consent-bump-v2-lightbox style='display:block'><div class='eom-buttons'>"
        "<button>Reject all</button><button>Accept all</button></div>"
        "</ytd-consent-bump-v2-lightbox>"
    )
    does = actions(home(card(A), dialog + COVER))
    does.visit("home")
    with pytest.raises(ActionFailed, match="button to reject: 'Something new' lies over it"):
        does.consent("reject")


@pytest.mark.slow
def test_what_lies_over_a_feed_s_cookie_banner_is_named(page: Page) -> None:
    """At once, not when the page's own limit has passed."""
    banner = (
        "<div data-cookiebanner='banner'><button data-cookiebanner='accept_button'>Yes</button>"
        "<button data-cookiebanner='accept_only_essential_button'>No</button></div>"
    )
    page.route("**/*", lambda route: route.fulfill(
        body=f"<!doctype html><body>{banner}{COVER}", content_type="text/html"
    ))  # fmt: skip
    page.goto("http://facebook.localhost/")
    does = FacebookActions(Tab(page), "http://facebook.localhost", page_timeout_s=60)
    with pytest.raises(ActionFailed, match="button to reject: 'Something new' lies over it"):
        does.consent("reject")


def test_a_scenario_declares_its_answers() -> None:
    told = {"name": "d", "arms": {"a": {"steps": [{"visit": "home"}]}}}
    plain = make_plan(parse_scenario(told))
    assert b"dialogs" not in plain.to_json()
    plan = make_plan(parse_scenario({**told, "dialogs": {"premium": "leave", "age": "accept"}}))
    assert plan.scenario["dialogs"] == {"premium": "leave", "age": "accept"}
    for wrong in ({"premum": "leave"}, {"premium": "buy"}, {"sign-in": "accept"}):
        with pytest.raises(UserError, match="dialogs"):
            parse_scenario({**told, "dialogs": wrong})


@pytest.mark.slow
def test_a_click_of_the_scenario_does_not_wait_behind_a_dialog_either(
    actions: Callable[..., YouTubeActions], monkeypatch: pytest.MonkeyPatch
) -> None:
    does = actions(home(card(A), "<b id='far'>here</b>" + dialog("Take our survey", "Yes")))
    does.visit("home")
    does.waits.ask("() => document.querySelector('#bar').style.setProperty('inset', '0')")
    given = spied(does, monkeypatch)
    with pytest.raises(ActionFailed, match="other dialog 'Take our survey Yes' was left"):
        does.click("#far")
    assert given == [QUICK_MS]
    assert "data-puppet-dialog" not in does.browser.page.content()
