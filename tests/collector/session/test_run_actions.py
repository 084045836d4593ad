"""Actions in a real Chromium on small hand-made pages: each is checked by its effect."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route
from playwright.sync_api import TimeoutError as Late

from collector.common.model import Impression, ItemKind, Surface
from collector.platforms.acting import ActionFailed, NotAsked, Waited
from collector.platforms.youtube.actions import YouTubeActions

pytestmark = pytest.mark.browser

SITE = "http://youtube.localhost:9"
Answers = dict[str, str]


class Tab:
    """A plain page in the part of a puppet's browser."""

    virtual = False

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: list[float] = []

    def goto(self, url: str, timeout_s: float = 30) -> None:
        self.page.goto(url, wait_until="domcontentloaded")

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        return self.page.evaluate(js, arg)

    def wait_for(self, js: str, timeout_s: float = 20, arg: Any = None) -> Any:
        try:
            found = self.page.wait_for_function(js, arg=arg, timeout=timeout_s * 1000)
        except Late:
            raise TimeoutError(js) from None
        return found.json_value()

    def let_pass(self, seconds_s: float) -> None:
        self.passed.append(seconds_s)


@pytest.fixture
def site(page: Page) -> Callable[[Answers], YouTubeActions]:
    """Actions on a site that answers each path with the page given for it."""

    def make(answers: Answers) -> YouTubeActions:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE)
            for begin, html in answers.items():
                if path.startswith(begin):
                    kind = "application/json" if html.startswith("[") else "text/html"
                    route.fulfill(body=html, content_type=f"{kind}; charset=utf-8")
                    return
            route.fulfill(status=404, body="nothing here")

        page.route("**/*", answer)
        return YouTubeActions(Tab(page), SITE, page_timeout_s=2)

    return make


def card(video: str, text: str = "title") -> str:
    return (
        '<ytd-rich-item-renderer style="display:block"><yt-lockup-view-model>'
        f'<a href="/watch?v={video}" tabindex="-1"><img alt="" width="90" height="50"></a>'
        f'<h3><a class="ytLockupMetadataViewModelTitle" href="/watch?v={video}">{text}</a></h3>'
        '<div class="ytLockupMetadataViewModelMenuButton"><button>menu</button></div>'
        "</yt-lockup-view-model></ytd-rich-item-renderer>"
    )


def home(inside: str, more: str = "") -> str:
    grid = f"<ytd-rich-grid-renderer><div id='contents'>{inside}</div></ytd-rich-grid-renderer>"
    return (
        '<!doctype html><title>t</title><ytd-app style="display:block">'
        f"<ytd-browse style='display:block'>{grid}</ytd-browse>{more}</ytd-app>"
    )


def watch(inside: str, more: str = "") -> str:
    return (
        '<!doctype html><ytd-app><ytd-watch-flexy style="display:block">'
        f"<div id='top'>{more}</div><div id='secondary'><div id='related'>{inside}</div></div>"
        "</ytd-watch-flexy></ytd-app>"
    )


A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"


def seen(position: int, video: str, surface: Surface = Surface.HOME) -> Impression:
    return Impression(position, surface, ItemKind.VIDEO, video)


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


@pytest.mark.parametrize(
    "html",
    [
        home("", "<ytd-consent-bump-v2-lightbox>?</ytd-consent-bump-v2-lightbox>"),
        "<form action='https://x/sorry/index'><div id='captcha-form'></div></form>",
        "<h1>500</h1>",
        home("", "<ytd-background-promo-renderer>nothing</ytd-background-promo-renderer>"),
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
    assert site({"/": home("")}).visit("home").how is Waited.TIMED_OUT


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


@pytest.mark.sweep(6)
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
    with pytest.raises(ActionFailed, match="stayed open"):
        actions.consent("reject")


# ---- following and searching

IN_PAGE = """<script>
document.addEventListener('click', event => {
  const link = event.target.closest('a');
  if (!link) return;
  event.preventDefault();
  setTimeout(() => {
    document.querySelector('ytd-browse').hidden = true;
    document.querySelector('ytd-app').insertAdjacentHTML('beforeend',
      `<ytd-watch-flexy style="display:block"><div id="secondary">CARDS</div></ytd-watch-flexy>`);
    history.pushState({}, '', link.getAttribute('href'));
    document.title = link.className || 'picture';
    setTimeout(() => document.dispatchEvent(new CustomEvent('yt-navigate-finish')), 200);
  }, 100);
});
</script>"""


def test_following_clicks_the_title_and_waits_for_the_in_page_arrival(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    actions = site({"/": home(card(A) + card(B), IN_PAGE.replace("CARDS", card(C)))})
    actions.visit("home")
    shown = [seen(1, A), seen(2, B)]
    assert actions.follow(shown[1], shown).items == 1
    assert page.url == f"{SITE}/watch?v={B}"
    assert page.title() == "ytLockupMetadataViewModelTitle"
    assert page.locator("[data-puppet-target]").count() == 0


def test_following_works_by_whole_page_loads_too(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site({"/watch": watch(card(C)), "/": home(card(A))})
    actions.visit("home")
    assert actions.follow(seen(1, A), [seen(1, A)]).how is Waited.SETTLED
    assert actions.url == f"{SITE}/watch?v={A}"


def test_the_second_card_of_the_same_video_is_the_second_and_adverts_do_not_count(
    site: Callable[[Answers], YouTubeActions], page: Page
) -> None:
    advert = f"<ytd-ad-slot-renderer>{card(A, 'ad')}</ytd-ad-slot-renderer>"
    list_ = advert + card(A, "one") + card(B) + card(A, "two")
    log = "<script>onclick = e => { window.name = e.target.textContent }</script>"
    actions = site({"/watch": watch(card(C)), "/": home(list_, log)})
    shown = [Impression(1, Surface.HOME, ItemKind.AD, A), seen(2, A), seen(3, B), seen(4, A)]
    for choice, text in ((shown[1], "one"), (shown[3], "two")):
        actions.visit("home")
        actions.follow(choice, shown)
        assert page.evaluate("window.name") == text


def test_a_card_that_is_gone_is_a_failure(site: Callable[[Answers], YouTubeActions]) -> None:
    actions = site({"/": home(card(A))})
    actions.visit("home")
    with pytest.raises(ActionFailed, match=f"no link to {B}"):
        actions.follow(seen(1, B), [seen(1, B)])


def test_a_link_under_something_else_is_not_clicked(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    cover = "<div style='position:fixed;inset:0;z-index:9'></div>"
    actions = site({"/watch": watch(card(C)), "/": home(card(A), cover)})
    actions.visit("home")
    with pytest.raises(ActionFailed, match="could not click"):
        actions.follow(seen(1, A), [seen(1, A)])
    assert actions.url == SITE + "/"


def test_a_click_that_leads_elsewhere_is_a_failure(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    elsewhere = (
        f"<script>onclick = e => {{ e.preventDefault(); location = '/watch?v={C}' }}</script>"
    )
    actions = site({"/watch": watch(card(B)), "/": home(card(A), elsewhere)})
    actions.visit("home")
    with pytest.raises(ActionFailed, match=f"clicked {A}, but the page is"):
        actions.follow(seen(1, A), [seen(1, A)])


def test_a_click_without_effect_is_a_failure(site: Callable[[Answers], YouTubeActions]) -> None:
    deaf = "<script>onclick = e => e.preventDefault()</script>"
    actions = site({"/": home(card(A), deaf)})
    actions.visit("home")
    with pytest.raises(ActionFailed, match="led nowhere"):
        actions.follow(seen(1, A), [seen(1, A)])


RESULTS = (
    "<ytd-app><ytd-search style='display:block'><ytd-video-renderer style='display:block'>"
    f"<a href='/watch?v={A}'>t</a></ytd-video-renderer></ytd-search></ytd-app>"
)
BOX = "<form action='/results'><input name='search_query'></form>"


@pytest.mark.parametrize("box", [BOX, ""], ids=["by the box", "by the address"])
def test_searching(site: Callable[[Answers], YouTubeActions], box: str) -> None:
    actions = site({"/results": RESULTS + box, "/": home(card(A), box)})
    actions.visit("home")
    for query in ("flat earth", "café & crème", "flat earth"):
        assert actions.search(query).items == 1
    assert actions.url == f"{SITE}/results?search_query=flat+earth"


def test_a_search_that_asks_for_something_else_is_a_failure(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    box = "<form action='/results'><input name='search_query' maxlength=3></form>"
    spoilt = box + "<script>onsubmit = () => document.forms[0][0].value = 'else'</script>"
    actions = site({"/results": RESULTS, "/": home(card(A), spoilt)})
    actions.visit("home")
    with pytest.raises(ActionFailed, match="the page is for 'else'"):
        actions.search("earth")


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
    with pytest.raises(ActionFailed, match="stopped at 4 items"):
        actions.scroll_until(9)


def test_without_a_list_there_is_nothing_to_scroll(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    actions = site({"/": "<h1>500</h1>"})
    actions.visit("home")
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


@pytest.mark.parametrize("action", ["like", "subscribe"])
def test_buttons_that_are_not_there_or_deaf_are_failures(
    site: Callable[[Answers], YouTubeActions], action: str
) -> None:
    deaf = (LIKE + SUBSCRIBE).replace("onclick", "data-x")
    for page, reason in ((watch(card(A)), "no"), (watch(card(A), deaf), "did not change")):
        actions = site({"/watch": page})
        actions.visit(f"/watch?v={B}")
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
