"""A step waits behind no dialog: what comes meanwhile is answered, or it is the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from action_pages import SITE, A, Tab, card, home
from playwright.sync_api import Page
from prompt_pages import (
    FEED_PLACES,
    OFFER,
    PROMPT,
    SIGN_IN,
    SURVEY,
    VIDEO_PLACES,
    Place,
    on_feed_site,
    on_video_site,
    post,
)

from collector.platforms.acting import ActionFailed, Waited
from collector.platforms.overlays import Overlays
from collector.platforms.overlaywords import LANGUAGES
from collector.platforms.overlaywords import SIGN_IN as WORDS
from collector.platforms.youtube import waiting
from collector.platforms.youtube.actions import YouTubeActions

pytestmark = pytest.mark.browser

LOOK_MS = 200.0
PLACES = [(on_video_site, name, place) for name, place in VIDEO_PLACES.items()] + [
    (on_feed_site, name, place) for name, place in FEED_PLACES.items()
]
IDS = [f"{'video' if open_ is on_video_site else 'feed'} {name}" for open_, name, _ in PLACES]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is looked at more often than a user's is."""
    monkeypatch.setattr(waiting, "QUICK_MS", LOOK_MS)


@pytest.mark.sweep(1)
@pytest.mark.parametrize(("open_", "name", "place"), PLACES, ids=IDS)
def test_what_a_step_s_own_click_opened_is_the_reason(
    page: Page, open_: Any, name: str, place: Any
) -> None:
    """It is said after two looks: the limit of the page, a minute here, is not waited for."""
    does = open_(page, place, SURVEY)
    with pytest.raises(ActionFailed, match="other dialog 'Take our survey Yes' was left as it is"):
        place.act(does)
    assert sum(does.browser.given) < 10
    assert len(does.dialogs_met()) == 1
    assert page.locator("#prompt").count() == 1, "left is left"


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("open_", "name"),
    [(on_video_site, "like"), (on_video_site, "subscribe"), (on_video_site, "clear history"),
     (on_feed_site, "like"), (on_feed_site, "hide")],
)  # fmt: skip
def test_a_prompt_to_sign_in_is_closed_and_is_the_reason(page: Page, open_: Any, name: str) -> None:
    """It has no button but the one that signs in: it is closed by the key that closes."""
    place = (VIDEO_PLACES if open_ is on_video_site else FEED_PLACES)[name]
    does = open_(page, place, SIGN_IN)
    said = "sign-in dialog 'Like this video.*' was answered: decline"
    with pytest.raises(ActionFailed, match=said):
        place.act(does)
    assert sum(does.browser.given) < 10
    assert page.locator("#prompt").count() == 0
    assert page.url.endswith(place.path), "nobody went to sign in"


def test_what_lay_there_before_the_step_is_not_what_it_gives_up_for(page: Page) -> None:
    """A dialog that was left does no harm to a button that works, however late it answers."""
    slow = (
        "<script>document.querySelector('like-button-view-model button').onclick = e => {"
        " const b = e.target; setTimeout(() => b.setAttribute('aria-pressed', 'true'), 1500); };"
        "</script>"
    )
    place = VIDEO_PLACES["like"]
    html = re.sub(r"<script>.*", slow + "<script>prompt()</script>", place.html)
    does = on_video_site(page, type(place)(html, place.act, place.path), SURVEY)
    place.act(does)
    assert page.get_attribute("like-button-view-model button", "aria-pressed") == "true"
    assert page.locator("#prompt").count() == 1


@pytest.mark.sweep(1)
@pytest.mark.parametrize("name", ["end", "search"])
def test_what_lay_over_what_the_step_needs_is_the_reason_at_once(page: Page, name: str) -> None:
    """Left on an earlier step, it covers the list or the page: nobody waits for the limit."""
    place = VIDEO_PLACES[name]
    html = place.html + "<script>prompt()</script>"
    does = on_video_site(page, type(place)(html, place.act, place.path), SURVEY)
    with pytest.raises(ActionFailed, match="other dialog 'Take our survey Yes' was left as it is"):
        place.act(does)
    assert sum(does.browser.given) < 10


def test_what_lay_there_and_has_an_answer_is_answered_however_late_it_can_be(page: Page) -> None:
    """Its button comes after several looks; the list comes once it is pressed."""
    late = (
        "<script>prompt(); const no = document.createElement('button');"
        " no.textContent = 'No thanks';"
        " no.onclick = () => { document.querySelector('#prompt').remove(); const more ="
        " document.querySelector('ytd-continuation-item-renderer'); more.insertAdjacentHTML("
        f"'beforebegin', `{card(A) * 6}`); more.remove(); }};"
        " setTimeout(() => document.querySelector('#prompt').append(no), 1500)</script>"
    )
    place = VIDEO_PLACES["scroll"]
    html = re.sub("<script>new Inter.*", late, place.html)
    offer = re.sub("<button>.*?</button>", "", OFFER)
    does = on_video_site(page, type(place)(html, place.act, place.path), offer)
    place.act(does)
    assert does.dialogs_met()[-1].endswith("was answered: decline")


@pytest.mark.sweep(1)
@pytest.mark.parametrize("name", ["scroll", "end", "follow", "search"])
def test_what_is_answered_meanwhile_holds_up_nothing(page: Page, name: str) -> None:
    """An offer comes in the way of the list, or of the next page; refused, it lets it come."""
    place = VIDEO_PLACES[name]
    if name in ("scroll", "end"):
        then = (
            "const more = document.querySelector('ytd-continuation-item-renderer');"
            f"for (let i = 0; i < 6; i++) more.insertAdjacentHTML('beforebegin', `{card(A)}`);"
            "more.remove();"
        )
    else:
        to = "/results?search_query=pasta" if name == "search" else f"/watch?v={A}"
        then = f"location.href = '{to}';"
    after = f"<script>addEventListener('answered', () => {{ {then} }})</script>"
    does = on_video_site(page, type(place)(place.html + after, place.act, place.path), OFFER)
    place.act(does)
    (said,) = does.dialogs_met()
    assert re.match("premium dialog 'Get YouTube Premium.*' was answered: decline", said)


ASKS = (
    "<yt-confirm-dialog-renderer role='dialog' style='position:fixed;inset:20%'>Clear all?"
    "<div id='confirm-button'><button>Clear</button></div></yt-confirm-dialog-renderer>"
)


def that_asks(page: Page, when: str) -> YouTubeActions:
    """A page of what was watched that asks whether clearing it is meant, and then tells the site.

    :param when: what makes it ask, around ``ask`` in a script.
    """
    script = (
        "<script>function ask() { document.body.insertAdjacentHTML('beforeend', `"
        f"{ASKS}`); }} addEventListener('click', e => {{ const confirm = e.target.closest("
        "'#confirm-button'); if (confirm) { confirm.parentElement.remove();"
        " fetch('/youtubei/v1/history/clear', {method: 'POST'}); } else if (e.target.closest("
        f"'ytd-browse-feed-actions-renderer')) {when}; }})</script>"
    )
    html = re.sub(r"<script>.*", script, VIDEO_PLACES["clear history"].html)
    does: YouTubeActions = on_video_site(page, Place(html, print), SURVEY)
    return does


@pytest.mark.sweep(1)
@pytest.mark.parametrize("after_ms", [0, 600])
def test_a_site_that_asks_whether_it_is_meant_is_told_so_whenever_it_asks(
    page: Page, after_ms: int
) -> None:
    """Clearing the history has a question of its own, which is no dialog in the way of it."""
    that_asks(page, f"setTimeout(ask, {after_ms})").clear_history()
    assert page.locator("yt-confirm-dialog-renderer").count() == 0


def test_a_site_that_asks_just_before_a_look_is_told_so(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question comes between the last try to answer it and the look at what lies over it."""
    does = that_asks(page, "window.pressed = true")
    sweep, asked = does.waits.overlays.sweep, []

    def after_it_came() -> Any:
        if not asked and page.evaluate("window.pressed"):
            asked.append(page.evaluate("ask()"))
        return sweep()

    monkeypatch.setattr(does.waits.overlays, "sweep", after_it_came)
    does.clear_history()
    assert asked
    assert page.locator("yt-confirm-dialog-renderer").count() == 0


def test_a_page_that_is_slow_to_take_a_click_is_clicked_once(page: Page) -> None:
    """A click is tried briefly at first: one that was on its way then has been made."""
    busy = (
        "<button id='slow' style='position:fixed;top:0'>x</button><script>let clicks = 0;"
        "const slow = document.querySelector('#slow'); slow.onclick = () => clicks++;"
        "slow.addEventListener('mousemove', () => { const from = performance.now();"
        f" while (performance.now() - from < {5 * LOOK_MS}); }}, {{once: true}})</script>"
    )
    html = home(card(A), busy)
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    does = YouTubeActions(Tab(page), SITE, page_timeout_s=60)
    does.visit("home")
    does.waits.click_css("#slow")
    does.waits.idle()
    assert page.evaluate("clicks") == 1


def test_a_page_that_comes_late_under_a_dialog_is_waited_for(page: Page) -> None:
    """The dialog is there at the first looks, the list is not yet."""
    late = (
        "<script>prompt(); setTimeout(() => document.querySelector('#contents').innerHTML ="
        f" `{card(A)}`, 1200)</script>"
    )
    html = home("", PROMPT % SURVEY + late)
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    does = YouTubeActions(Tab(page), SITE, page_timeout_s=60)
    settled = does.visit("home")
    assert (settled.how, settled.items) == (Waited.SETTLED, 1)


def test_a_page_that_does_not_come_behind_a_dialog_says_which(page: Page) -> None:
    html = home("", PROMPT % SURVEY + "<script>prompt()</script>")
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    does = YouTubeActions(Tab(page), SITE, page_timeout_s=1)
    settled = does.visit("home")
    assert settled.how is Waited.TIMED_OUT
    assert settled.why == "other dialog 'Take our survey Yes' was left as it is"
    assert does.lies_over() == settled.why


@pytest.mark.sweep(1)
@pytest.mark.parametrize("prompt", [SURVEY, OFFER])
def test_a_feed_that_ends_behind_a_dialog_is_told_from_one_that_ended(
    page: Page, prompt: str
) -> None:
    """A site asks at the third post; refused, it goes on; what is left stands in the outcome."""
    more = (
        "<script>new IntersectionObserver((seen, eye) => { if (!seen[0].isIntersecting) return;"
        " eye.disconnect(); prompt(); }).observe(document.querySelector('#end'));"
        " addEventListener('answered', () => {"
        f" for (let i = 0; i < 4; i++) end.insertAdjacentHTML('beforebegin', `{post('')}`); }})"
        "</script>"
    )
    posts = post("") * 3 + "<p id='end'>-</p>"
    does = on_feed_site(page, Place(f"<!doctype html><body>{posts}{more}", print), prompt)
    does.scroll_until(None)
    count = page.locator("[role=article]").count()
    assert count == (3 if prompt is SURVEY else 7)
    left = "other dialog 'Take our survey Yes' was left as it is" if prompt is SURVEY else ""
    assert does.lies_over() == left


def test_what_is_no_dialog_but_lies_over_the_page_is_named(page: Page) -> None:
    place = VIDEO_PLACES["like"]
    does = on_video_site(page, place, "<b id='prompt' style='position:fixed;inset:0'>Hm</b>")
    does.page_timeout_s = does.waits.page_timeout_s = 1
    with pytest.raises(ActionFailed, match="like button did not change: 'Hm' lies over the page"):
        place.act(does)


@pytest.mark.slow
def test_a_prompt_to_sign_in_is_known_in_every_language(page: Page) -> None:
    assert set(WORDS) == set(LANGUAGES)
    wrong = []
    for language, told in WORDS.items():
        for words in told.split("|"):
            kinds = [m.kind for m in dropped(page, f"<p>{words.capitalize()} …</p>").sweep()]
            if kinds != ["sign-in"]:
                wrong.append((language, words, kinds))
    assert wrong == []


@pytest.mark.parametrize(
    "inside",
    ["<ytd-menu-popup-renderer>Sign in</ytd-menu-popup-renderer>", "A new design in colours",
     "<div role='menu'>Log in</div>", "<ytd-multi-page-menu-renderer>Sign in"],
)  # fmt: skip
def test_a_menu_is_no_prompt_to_sign_in(page: Page, inside: str) -> None:
    assert dropped(page, inside).sweep() == ()
    assert page.locator("tp-yt-iron-dropdown").count() == 1


def dropped(page: Page, inside: str) -> Overlays:
    page.set_content(
        "<!doctype html><body><tp-yt-iron-dropdown style='display:block;position:fixed;inset:20%'>"
        f"{inside}</tp-yt-iron-dropdown><script>onkeydown = e => e.key === 'Escape' &&"
        " document.querySelector('tp-yt-iron-dropdown').remove()</script>"
    )
    return YouTubeActions(Tab(page), SITE, page_timeout_s=60).waits.overlays
