"""The site in a real Chromium: consent, in-page navigation, lazy lists, buttons, the keyboard."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from mockserver.context import MockConfig
from mockserver.serve import Server, serving
from mockserver.world.viewers import Viewer

pytestmark = pytest.mark.browser

CONSENT = "[data-consent={}] :is(button, tp-yt-paper-button)"
EVENT = "ytcfg.get('EVENT_ID')"
TILES = "ytd-browse:not([hidden]) ytd-rich-item-renderer"


#: What the two markups do differently, and what they hardly do.
IN_BOTH = pytest.mark.parametrize("era", ["2026", "2022"])
IN_ONE = pytest.mark.parametrize("era", ["2026", pytest.param("2022", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[str], Server]]:
    """A mock of each era; its visitors are one test's each."""
    with ExitStack() as stack:
        yield functools.cache(lambda era: stack.enter_context(serving(MockConfig(seed=2, era=era))))


@pytest.fixture
def server(era: str, serve: Callable[[str], Server]) -> Server:
    return serve(era)


@pytest.fixture
def visitor(request: pytest.FixtureRequest) -> str:
    return hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:11]


@pytest.fixture
def page(browser: Browser, server: Server, visitor: str) -> Iterator[Page]:
    """A page of an undecided visitor; script errors and failed requests fail the test."""
    site = server.site("youtube")
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "VISITOR_INFO1_LIVE", "value": visitor, "url": site}])
    page = context.new_page()
    page.clock.install()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.goto(site + "/")
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def viewer(server: Server, visitor: str) -> Viewer:
    return server.mock.world.viewer(visitor)


def consented(page: Page) -> None:
    page.locator(CONSENT.format("accept")).click()
    expect(page.locator(TILES)).to_have_count(24)
    expect(page.locator("ytd-consent-bump-v2-lightbox")).to_have_count(0)


def open_video(page: Page, nth: int = 0) -> str:
    """Follow the link of the nth video tile; answers the video's id."""
    links = page.locator(f"{TILES} :is(a.ytLockupMetadataViewModelTitle, a#video-title-link)")
    plain = [
        str(href)
        for link in links.all()
        if (href := link.get_attribute("href")) and href.startswith("/watch") and "&" not in href
    ]
    page.locator(
        f'{TILES} :is(a.ytLockupMetadataViewModelTitle, a#video-title-link)[href="{plain[nth]}"]'
    ).first.click()
    video_id = plain[nth].removeprefix("/watch?v=")
    expect(page.locator(f'ytd-watch-flexy[video-id="{video_id}"]')).to_be_visible()
    return video_id


@pytest.mark.slow
@IN_BOTH
def test_consent_by_keyboard_brings_the_list(
    page: Page, server: Server, visitor: str, viewer: Viewer
) -> None:
    expect(page.locator(TILES)).to_have_count(0)
    page.locator(CONSENT.format("reject")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(TILES)).to_have_count(24)
    assert viewer.consented == "reject"
    assert len(server.mock.world.truth.impressions(visitor=visitor)) == 24
    page.reload()
    expect(page.locator(TILES)).to_have_count(24)


@pytest.mark.slow
@IN_BOTH
def test_navigation_keeps_the_old_page_hidden_and_back_brings_it_back(page: Page) -> None:
    consented(page)
    home = page.evaluate(EVENT)
    page.evaluate("document.addEventListener('yt-navigate-finish', () => { window.arrived = 1; })")
    first = open_video(page)
    assert page.evaluate("window.arrived") == 1
    assert page.url.endswith(f"/watch?v={first}")
    expect(page.locator("ytd-browse")).to_be_hidden()
    assert page.evaluate(EVENT) != home
    watch = page.evaluate(EVENT)
    assert page.evaluate("ytInitialPlayerResponse.videoDetails.videoId") == first
    title = page.title()
    page.locator("#related a[href^='/watch?v=']:visible").nth(1).click()
    expect(page.locator("ytd-watch-flexy")).to_have_count(2)
    expect(page.locator("ytd-watch-flexy:visible")).to_have_count(1)
    expect(page.locator("#movie_player")).to_have_count(1)
    page.go_back()
    expect(page.locator(f'ytd-watch-flexy[video-id="{first}"]')).to_be_visible()
    assert page.evaluate(EVENT) == watch
    assert page.title() == title
    page.go_back()
    expect(page.locator(TILES).first).to_be_visible()
    assert page.evaluate(EVENT) == home
    page.go_forward()
    expect(page.locator(f'ytd-watch-flexy[video-id="{first}"]')).to_be_visible()


@pytest.mark.slow
@IN_ONE
def test_back_after_a_reload_shows_what_the_address_says(page: Page) -> None:
    consented(page)
    first = open_video(page)
    page.reload()
    expect(page.locator(f'ytd-watch-flexy[video-id="{first}"]')).to_be_visible()
    page.go_back()
    expect(page.locator(TILES).first).to_be_visible()
    assert page.url.endswith("/")
    assert page.title() == "YouTube"


@pytest.mark.sweep(1)
@IN_BOTH
def test_the_list_grows_on_scroll_until_it_ends(page: Page, server: Server, visitor: str) -> None:
    consented(page)
    for count in (36, 48, 60):
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(page.locator(TILES)).to_have_count(count)
    expect(page.locator("ytd-continuation-item-renderer")).to_have_count(0)
    served = server.mock.world.truth.impressions(visitor=visitor, surface="home")
    assert len(served) == 60


@pytest.mark.sweep(1)
@IN_BOTH
def test_like_subscribe_and_not_interested(page: Page, server: Server, viewer: Viewer) -> None:
    consented(page)
    menu = page.locator(
        f"{TILES} :is(.ytLockupMetadataViewModelMenuButton, ytd-rich-grid-media #menu) button"
    )
    menu.first.click()
    with page.expect_response("**/youtubei/v1/feedback"):
        page.get_by_role("menuitem", name="Not interested").click()
    expect(page.locator("[is-dismissed]")).to_have_count(1)
    video = open_video(page, 3)
    like = page.locator(
        ":is(like-button-view-model, #top-level-buttons-computed ytd-toggle-button-renderer) button"
    ).first
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    subscribe = page.locator("ytd-subscribe-button-renderer :is(button, tp-yt-paper-button)")
    subscribe.focus()
    page.keyboard.press("Enter")
    expect(page.locator("ytd-subscribe-button-renderer[subscribed]")).to_have_count(1)
    assert list(viewer.likes) == [video]
    assert list(viewer.subscriptions) == [server.mock.world.videos[video].channel_id]
    assert len(viewer.hidden) == 1


@IN_ONE
def test_search_from_the_masthead(page: Page) -> None:
    consented(page)
    page.keyboard.press("/")
    page.keyboard.type("pasta recipe")
    page.keyboard.press("Enter")
    expect(page.locator("ytd-search ytd-video-renderer").first).to_be_visible()
    assert page.url.endswith("/results?search_query=pasta+recipe")
    box = page.locator('input[name="search_query"]')
    box.fill("jazz")
    page.locator("#search-icon-legacy, .ytSearchboxComponentSearchButton").click()
    page.wait_for_url("**/results?search_query=jazz")
    expect(page.locator("ytd-search:visible")).to_have_count(1)


@IN_ONE
def test_nothing_is_asked_of_other_hosts_and_the_browser_is_probed(
    page: Page, server: Server, visitor: str
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    consented(page)
    open_video(page)
    page.evaluate("path => siteNavigate(path)", "/watch?v=dQw4w9WgXcQ")  # it has comments
    expect(page.locator("ytd-comment-thread-renderer").first).to_be_attached(timeout=60_000)
    assert hosts == {"youtube.localhost"}
    seen = server.mock.world.truth.whoami(visitor)
    assert seen is not None
    assert seen["facts"]["script"]["language"] == "en-US"


@pytest.mark.sweep(1)
@IN_ONE
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    consented(page)
    for path in ("/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=pasta", "/@rickastley"):
        page.evaluate("path => siteNavigate(path)", path)
        assert page.url.endswith(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
