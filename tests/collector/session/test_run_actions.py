"""Actions in a real Chromium on small hand-made pages: each is checked by its effect."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from action_pages import SITE, A, Answers, B, C, card, home, impatient, seen, watch
from playwright.sync_api import Page

from collector.platforms.acting import FRAMES, ActionFailed, NotAsked, Waited
from collector.platforms.youtube.actions import YouTubeActions

pytestmark = pytest.mark.browser
"""Actions in a real Chromium on small hand-made pages: each is checked by its effect."""


# ---- arriving


def test_a_page_settles_when_its_list_is_there(site: Callable[[Answers], YouTubeActions]) -> None:
    actions = site({"/": home(card(A) + card(B))})
    assert actions.visit("home").items == 2


def test_a_list_that_comes_late_is_waited_for(site: Callable[[Answers], YouTubeActions]) -> None:
    late = (
        "<script>setTimeout(() => { document.querySelector('#contents').innerHTML = `"
        f"{card(A)}`; }}, 300)</script>"
    )
    actions = site({"/": home("", late)})
    assert actions.visit("home").how is Waited.SETTLED


def test_items_still_on_their_way_are_waited_for(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    fetching = (
        "<script>fetch('/youtubei/v1/browse').then(r => r.json()).then(all => {"
        " for (const html of all) document.querySelector('#contents')"
        ".insertAdjacentHTML('beforeend', html); })</script>"
    )
    items = json.dumps([card(B), card(C)])
    actions = site({"/youtubei/": items, "/": home(card(A), fetching)})
    assert actions.visit("home").items == 3


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    "html",
    [
        home("", "<ytd-consent-bump-v2-lightbox>?</ytd-consent-bump-v2-lightbox>"),
        "<form action='https://x/sorry/index'><div id='captcha-form'></div></form>",
        "<h1>500</h1>",
        home("", "<ytd-background-promo-renderer>nothing</ytd-background-promo-renderer>"),
        home("", '<div id="error-page">There is nothing here</div>'),
    ],
)
def test_another_page_than_asked_for_settles_as_an_interstitial(
    site: Callable[[Answers], YouTubeActions], html: str
) -> None:
    inside = html.replace("</ytd-browse>", "").replace("</ytd-app>", "</ytd-browse></ytd-app>")
    assert site({"/": inside}).visit("home").how is Waited.INTERSTITIAL


def test_an_empty_list_runs_into_the_time_limit(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site({"/": home(card(A))})
    actions.visit("home")
    impatient(actions)
    actions.browser.evaluate("() => document.querySelector('#contents').replaceChildren()")
    assert actions.settle().how is Waited.TIMED_OUT


def test_a_hidden_earlier_page_does_not_count(site: Callable[[Answers], YouTubeActions]) -> None:
    hidden = f"<ytd-browse hidden>{card(A)}{card(B)}</ytd-browse>"
    page = home(card(C)).replace("<ytd-browse", hidden + "<ytd-browse", 1)
    assert site({"/": page}).visit("home").items == 1


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("home", "/"),
        ("/@x", "/@x"),
        ("https://www.youtube.com/watch?v=a&t=1", "/watch?v=a&t=1"),
        ("https://youtu.be/abc", "/watch?v=abc"),
        ("https://youtu.be/abc?t=3", "/watch?v=abc&t=3"),
        (SITE + "/results?search_query=x", "/results?search_query=x"),
    ],
)
def test_addresses_are_of_this_site(
    site: Callable[[Answers], YouTubeActions], target: str, address: str
) -> None:
    assert site({}).address(target) == SITE + address


def test_an_address_elsewhere_is_refused(site: Callable[[Answers], YouTubeActions]) -> None:
    with pytest.raises(ActionFailed, match="not on this site"):
        site({}).address("https://www.example.org/")


# ---- consent

LIGHTBOX = (
    "<ytd-consent-bump-v2-lightbox style='display:block'>{}</ytd-consent-bump-v2-lightbox>"
    "<script>for (const b of document.querySelectorAll('[data-a]')) b.onclick = () => {{"
    " document.title = b.dataset.a;"
    " document.querySelector('ytd-consent-bump-v2-lightbox').remove(); }};</script>"
)
TODAY = (
    "<button>details</button><div class='eom-buttons'>"
    "<button data-a='reject' aria-label='{reject}'>-</button>"
    "<button data-a='accept' aria-label='{accept}'>+</button></div>"
)
OF_2022 = (
    "<a href='/x'><tp-yt-paper-button>more</tp-yt-paper-button></a>"
    "<ytd-button-renderer><a role='button'><tp-yt-paper-button data-a='reject'"
    " aria-label='{reject}'>-</tp-yt-paper-button></a></ytd-button-renderer>"
    "<ytd-button-renderer><a role='button'><tp-yt-paper-button data-a='accept'"
    " aria-label='{accept}'>+</tp-yt-paper-button></a></ytd-button-renderer>"
)
WORDS = {
    "en": ("Reject the use of cookies and other data", "Accept the use of cookies"),
    "fr": ("Refuser l'utilisation de cookies", "Accepter l'utilisation de cookies"),
    "de": ("Die Verwendung von Cookies ablehnen", "Der Verwendung von Cookies zustimmen"),
    "ja": ("Cookie の使用を拒否する", "Cookie の使用に同意する"),
    "ar": ("رفض استخدام ملفات تعريف الارتباط", "قبول استخدام ملفات تعريف الارتباط"),
    "?": ("zzz", "yyy"),
}


@pytest.mark.sweep(3)
@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("markup", [TODAY, OF_2022], ids=["2026", "2022"])
@pytest.mark.parametrize("choice", ["reject", "accept"])
def test_consent_is_answered_as_chosen(
    site: Callable[[Answers], YouTubeActions], page: Page, language: str, markup: str, choice: str
) -> None:
    reject, accept = (word.replace("'", "&#39;") for word in WORDS[language])
    box = LIGHTBOX.format(markup.format(reject=reject, accept=accept))
    actions = site({"/": home(card(A), box)})
    assert actions.visit("home").how is Waited.INTERSTITIAL
    assert actions.consent(choice).how is Waited.SETTLED
    assert page.title() == choice


def test_no_dialog_is_said(site: Callable[[Answers], YouTubeActions]) -> None:
    actions = site({"/": home(card(A))})
    actions.visit("home")
    with pytest.raises(NotAsked, match="no consent dialog"):
        actions.consent("reject")


def test_a_dialog_that_stays_open_is_a_failure(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    deaf = LIGHTBOX.format(TODAY.format(reject="Reject", accept="Accept")).replace(".onclick", ".o")
    actions = site({"/": home(card(A), deaf)})
    actions.visit("home")
    impatient(actions)
    with pytest.raises(ActionFailed, match="stayed open"):
        actions.consent("reject")


# ---- scrolling

GROWS = """<script>
let left = 3;
new IntersectionObserver(seen => {
  if (!seen[0].isIntersecting || !left) return;
  left -= 1;
  fetch('/youtubei/v1/browse').then(r => r.json()).then(all => {
    const more = document.querySelector('ytd-continuation-item-renderer');
    for (const html of all) more.insertAdjacentHTML('beforebegin', html);
    if (!left) more.remove();
  });
}).observe(document.querySelector('ytd-continuation-item-renderer'));
</script>"""
SPINNER = "ytd-continuation-item-renderer"
MORE = f"<{SPINNER} style='display:block;height:40px'></{SPINNER}>"
TALL = "<ytd-rich-item-renderer style='display:block;height:500px'>x</ytd-rich-item-renderer>"


def growing(script: str = GROWS) -> Answers:
    return {"/youtubei/": json.dumps([TALL] * 4), "/": home(TALL * 4 + MORE, script)}


def test_scrolling_until_n_items(site: Callable[[Answers], YouTubeActions]) -> None:
    actions = site(growing())
    assert actions.visit("home").items == 4
    assert actions.scroll_until(9) == 12


def test_scrolling_to_the_end(site: Callable[[Answers], YouTubeActions]) -> None:
    actions = site(growing())
    actions.visit("home")
    assert actions.scroll_until(None) == 16
    assert actions.scroll_until(100) == 16


def test_a_feed_without_an_end_is_left_when_it_is_time(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    """The list grows at every turn and always announces more."""
    endless = GROWS.replace("left -= 1;", "")
    assert endless != GROWS
    actions = site(growing(endless))
    actions.visit("home")
    heard: list[int] = []

    def heed(items: int) -> bool:
        heard.append(items)
        return len(heard) < 6

    assert actions.scroll_until(None, heed=heed) == heard[-1] >= 24
    assert heard == sorted(set(heard))
    assert actions.settle().items == heard[-1]


def test_scrolling_by_screens_and_pixels(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    actions = site(growing())
    actions.visit("home")
    height = page.evaluate("innerHeight")
    actions.scroll_screens(1.5)
    assert page.evaluate("document.scrollingElement.scrollTop") == round(1.5 * height)
    actions.scroll_pixels(10, times=3, every_s=2)
    assert page.evaluate("document.scrollingElement.scrollTop") == round(1.5 * height) + 30
    assert actions.browser.passed == [2, 2, 2]  # type: ignore[attr-defined]


def test_a_list_that_announces_more_and_stays_is_a_failure(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site(growing(script=""))
    actions.visit("home")
    impatient(actions)
    with pytest.raises(ActionFailed, match="stopped at 4 items"):
        actions.scroll_until(9)


def test_without_a_list_there_is_nothing_to_scroll(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site({"/": "<h1>500</h1>"})
    actions.visit("home")
    impatient(actions)
    with pytest.raises(ActionFailed, match="no list to scroll"):
        actions.scroll_screens(1)


# ---- buttons

LIKE = (
    "<like-button-view-model><button aria-pressed='false' onclick=\"this.setAttribute("
    "'aria-pressed', this.getAttribute('aria-pressed') === 'false')\">l</button>"
    "</like-button-view-model>"
)
SUBSCRIBE = (
    "<ytd-subscribe-button-renderer onclick=\"this.toggleAttribute('subscribed')\">"
    "<button>s</button></ytd-subscribe-button-renderer>"
)


def test_like_and_subscribe_end_in_the_state_asked_for(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    actions = site({"/watch": watch(card(A), LIKE + SUBSCRIBE)})
    actions.visit(f"/watch?v={B}")
    for on in (True, True, False):
        actions.like(on)
        actions.subscribe(on)
        pressed = page.get_attribute("like-button-view-model button", "aria-pressed")
        assert pressed == str(on).lower()
        subscribed = page.get_attribute("ytd-subscribe-button-renderer", "subscribed")
        assert (subscribed is not None) is on


@pytest.mark.sweep(1)
@pytest.mark.parametrize("action", ["like", "subscribe"])
def test_buttons_that_are_not_there_or_deaf_are_failures(
    site: Callable[[Answers], YouTubeActions], action: str
) -> None:
    deaf = (LIKE + SUBSCRIBE).replace("onclick", "data-x")
    for page, reason in ((watch(card(A)), "no"), (watch(card(A), deaf), "did not change")):
        actions = site({"/watch": page})
        actions.visit(f"/watch?v={B}")
        impatient(actions)
        with pytest.raises(ActionFailed, match=reason):
            getattr(actions, action)(True)


MENU = """<ytd-menu-popup-renderer hidden>
<ytd-menu-service-item-renderer><tp-yt-paper-item data-a="queue">Add to queue</tp-yt-paper-item>
</ytd-menu-service-item-renderer><ytd-menu-service-item-renderer>
<tp-yt-paper-item data-a="no">Kein Interesse</tp-yt-paper-item></ytd-menu-service-item-renderer>
</ytd-menu-popup-renderer><script>
onclick = e => {
  const menu = document.querySelector('ytd-menu-popup-renderer');
  const card = e.target.closest('yt-lockup-view-model');
  if (e.target.matches('button')) { menu.hidden = false; window.name = card.innerText; }
  if (e.target.dataset.a) {
    window.name += e.target.dataset.a;
    fetch('/youtubei/v1/feedback', {method: 'POST'});
  }
};
</script>"""


def test_not_interested_is_told_of_the_very_card(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    list_ = card(A, "one") + card(B, "two")
    actions = site({"/youtubei/": "[]", "/": home(list_, MENU)})
    actions.visit("home")
    actions.not_interested(seen(2, B), [seen(1, A), seen(2, B)])
    assert page.evaluate("window.name").split() == ["two", "menuno"]


def test_a_site_that_refuses_not_interested_is_a_failure(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site({"/watch": "", "/": home(card(A), MENU.replace("/youtubei/v1", "//x"))})
    actions.visit("home")
    with pytest.raises(ActionFailed, match="404"):
        actions.not_interested(seen(1, A), [seen(1, A)])


def test_clicks_and_keys_go_where_they_are_sent(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    keys = (
        "<i class=x hidden>no</i><i class=x>yes</i><script>onclick = e => document.title = "
        "e.target.textContent; onkeydown = e => document.title += e.key</script>"
    )
    actions = site({"/": home(card(A), keys)})
    actions.visit("home")
    actions.click(".x")
    actions.keypress("ArrowDown", times=2, delay_s=1.5)
    assert page.title() == "yesArrowDownArrowDown"
    assert actions.browser.passed == [1.5, 1.5]  # type: ignore[attr-defined]


def test_a_document_that_has_only_begun_is_waited_for(page: Page) -> None:
    """Asked between a navigation and the first element of its document."""
    page.set_content("<p>x")
    asked = f"""async () => {{
      document.documentElement.remove();
      const answer = ({FRAMES})();
      document.append(document.createElement('html'));
      return await answer;
    }}"""
    assert page.evaluate(asked) is True
