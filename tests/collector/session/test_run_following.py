"""Following and searching in a real Chromium on small hand-made pages: each by its effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from action_pages import SITE, A, Answers, B, C, card, home, impatient, seen, watch
from playwright.sync_api import Page

from collector.common.model import Impression, ItemKind, Surface
from collector.platforms.acting import ActionFailed, Waited
from collector.platforms.youtube.actions import YouTubeActions

pytestmark = pytest.mark.browser


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


@pytest.mark.slow
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
    impatient(actions)
    with pytest.raises(ActionFailed, match=f"no link to {B}"):
        actions.follow(seen(1, B), [seen(1, B)])


def test_a_link_under_something_else_is_not_clicked(
    site: Callable[[Answers], YouTubeActions],
) -> None:
    cover = "<div style='position:fixed;inset:0;z-index:9'></div>"
    actions = site({"/watch": watch(card(C)), "/": home(card(A), cover)})
    actions.visit("home")
    impatient(actions)
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
    impatient(actions)
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
