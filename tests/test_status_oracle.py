"""Page status as a decision table: every combination of marks on a page, judged a second time.

The order of precedence is written out here: what is there beats what is in its way, and of several
obstacles the one that a person would meet first. Pages are put together from marks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from collector.model import PageStatus
from collector.platforms.facebook import status as facebook
from collector.platforms.youtube import page_status
from collector.platforms.youtube.status import has_consent_bump

HOME = "https://www.youtube.com/"
SEARCH = "https://www.youtube.com/results?search_query=cats"
WATCH = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"

#: A mark and the status that it stands for.
MARKS = {
    "captcha": '<form id="captcha-form" action="/x"><div></div></form>',
    "form": '<form action="https://consent.youtube.com/save"><div></div></form>',
    "bump": "<ytd-consent-bump-v2-lightbox></ytd-consent-bump-v2-lightbox>",
    "login": '<form action="https://accounts.google.com/x"><div></div></form>',
    "player": "<yt-player-error-message-renderer></yt-player-error-message-renderer>",
    "error": '<div id="error-page"></div>',
    "text": "<p>words</p>",
}
ITEM = "<ytd-rich-item-renderer></ytd-rich-item-renderer>"
TITLE = "<ytd-watch-metadata></ytd-watch-metadata><h1>A title</h1>"


def subsets() -> Iterator[frozenset[str]]:
    for count in range(len(MARKS) + 1):
        yield from map(frozenset, itertools.combinations(MARKS, count))


def page(marks: frozenset[str], *more: str) -> str:
    return f"<html><body>{''.join(more)}{''.join(MARKS[m] for m in sorted(marks))}</body></html>"


@pytest.mark.parametrize("url", [HOME, SEARCH, WATCH, "https://www.youtube.com/@a/videos"])
def test_a_page_that_is_not_the_application(url: str) -> None:
    """Captcha, consent, login, unavailable, error, in this order; else words or none."""
    for marks in subsets():
        if "captcha" in marks:
            expected = PageStatus.CAPTCHA
        elif marks & {"form", "bump"}:
            expected = PageStatus.CONSENT
        elif "login" in marks:
            expected = PageStatus.LOGIN
        elif "player" in marks:
            expected = PageStatus.UNAVAILABLE
        elif "error" in marks:
            expected = PageStatus.ERROR
        else:
            expected = PageStatus.UNKNOWN if "text" in marks else PageStatus.EMPTY
        assert page_status(page(marks), url) is expected, sorted(marks)


@pytest.mark.parametrize("url", [HOME, SEARCH, WATCH])
def test_the_application(url: str) -> None:
    """What was asked for is ok whatever lies over it; only a watch page is unavailable."""
    app = "<ytd-app></ytd-app>"
    for marks in subsets():
        content = TITLE if url == WATCH else ITEM
        assert page_status(page(marks, app, content), url) is PageStatus.OK, sorted(marks)
        if "captcha" in marks:
            expected = PageStatus.CAPTCHA
        elif marks & {"form", "bump"}:
            expected = PageStatus.CONSENT
        elif "player" in marks and url == WATCH:
            expected = PageStatus.UNAVAILABLE
        elif "login" in marks:
            expected = PageStatus.LOGIN
        elif "error" in marks:
            expected = PageStatus.ERROR
        else:
            expected = PageStatus.EMPTY
        assert page_status(page(marks, app), url) is expected, sorted(marks)


def test_a_watch_page_needs_its_metadata_and_its_title() -> None:
    """Either alone is an empty page, and items beside do not make it one."""
    app = "<ytd-app></ytd-app>"
    assert page_status(app + "<ytd-watch-metadata></ytd-watch-metadata>", WATCH) == "empty"
    assert page_status(app + "<h1>A title</h1>", WATCH) == "empty"
    assert page_status(app + ITEM, WATCH) == "empty"
    assert page_status(app + TITLE, HOME) == "empty"
    assert page_status(app + '<ytd-watch-metadata></x><h1 title="t"></h1>', WATCH) == "ok"
    old = '<ytd-video-primary-info-renderer><h1 class="a"><yt-x>t</yt-x></h1>'
    assert page_status(app + old, WATCH) == "ok"


@pytest.mark.parametrize(
    "name", ["ytd-rich-item-renderer", "ytd-video-renderer", "yt-lockup-view-model"]
)
def test_items_alone_show_that_it_is_the_application(name: str) -> None:
    """A fragment with items is a page of the site without its outermost element."""
    assert page_status(f"<{name}></{name}>", HOME) is PageStatus.OK
    assert page_status(f"<{name}></{name}>", WATCH) is PageStatus.EMPTY


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("chrome-error://chromewebdata/", "error"),
        ("https://consent.youtube.com/m?continue=x", "consent"),
        ("https://consent.google.fr/", "consent"),
        ("https://www.google.com/sorry/index?continue=x", "captcha"),
        ("https://accounts.google.com/anything", "login"),
        ("https://www.youtube.com/ServiceLogin?x", "login"),
        ("https://www.youtube.com/signin?next=/", "login"),
        ("https://www.youtube.com/sorryness", "ok"),
        ("https://www.youtube.com/results?search_query=/sorry/", "ok"),
        ("https://www.accounts.example/", "ok"),
        ("https://[broken/", "ok"),
        ("", "ok"),
        ("about:blank", "ok"),
    ],
)
def test_where_the_browser_ended_up_comes_first(url: str, status: str) -> None:
    """An address that says it all beats a page full of items; any other says nothing."""
    html = f"<ytd-app>{ITEM}</ytd-app>"
    assert page_status(html, url) is PageStatus(status)
    assert page_status(" \n", url) is PageStatus.EMPTY


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("<title>502 Bad Gateway</title>", "error"),
        ("<h1>Error 429</h1>", "error"),
        ("<title>Too many requests</title>", "error"),
        ('<div id="main-frame-error"></div>', "error"),
        ('<body class="neterror"></body>', "error"),
        ("<ytd-error-renderer></ytd-error-renderer>", "error"),
        ("<ytd-error-renderer hidden></ytd-error-renderer>", "unknown"),
        ("<h1>4040 recipes</h1>", "unknown"),
    ],
)
def test_error_pages_are_small(head: str, status: str) -> None:
    """Up to 400,000 characters a page may be an error's; a larger one is no such page."""
    for app, other in (("", PageStatus.UNKNOWN), ("<ytd-app>", PageStatus.EMPTY)):
        begun = f"{app}<p>words</p>{head}"
        filled = begun + " " * (399_999 - len(begun))
        expected = PageStatus(status) if status == "error" else other
        if app and ("main-frame" in head or "neterror" in head):
            expected = other  # the browser's own error page holds no application
        assert page_status(filled, HOME) is expected
        # An element that the application shows for an error is one on a page of any size.
        large = PageStatus.ERROR if app and head.startswith("<ytd-error-renderer>") else other
        assert page_status(filled + " ", HOME) is large


@pytest.mark.parametrize(
    ("html", "lies"),
    [
        ("<ytd-consent-bump-v2-lightbox>", True),
        ("<ytd-consent-bump-lightbox class=x>", True),
        ("<ytd-consent-bump-v2-renderer>", True),
        ('<ytd-consent-bump-v2-lightbox hidden="">', False),
        ('<ytd-consent-bump-v2-lightbox aria-hidden="true">', False),
        ('<ytd-consent-bump-v2-lightbox class="unhidden">', True),
        ("<p>ytd-consent-bump</p>", False),
        ("<p></p>", False),
    ],
)
def test_a_consent_dialog_that_was_answered_is_none(html: str, lies: bool) -> None:
    assert has_consent_bump(html) is lies


def test_text_without_markup_is_unknown() -> None:
    assert page_status("just words", HOME) is PageStatus.UNKNOWN
    assert page_status("a < b", HOME) is PageStatus.UNKNOWN


# -- the social site -----------------------------------------------------------------------------

FB = "https://www.facebook.com/"
FB_MARKS = {
    "captcha": '<input name="captcha_response">',
    "consent": '<div data-cookiebanner="x"></div>',
    "login": '<form id="login_form"></form>',
    "gone": '<div data-testid="error_page"></div>',
    "error": "<title>Error</title>",
    "app": '<div id="globalContainer"></div>',
    "text": "<p>words</p>",
}
POST = '<div class="userContentWrapper"></div>'
ORDER = [
    ("captcha", "captcha"), ("consent", "consent"), ("login", "login"), ("gone", "unavailable"),
    ("error", "error"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        (FB, "empty"),
        ("https://www.facebook.com/somebody", "empty"),
        ("https://www.facebook.com/somebody/posts/1234567890", "ok"),
    ],
)
def test_the_social_site(url: str, bare: str) -> None:
    """A post makes a page ok; else the first obstacle; else the site itself; else words."""
    for count in range(len(FB_MARKS) + 1):
        for marks in itertools.combinations(FB_MARKS, count):
            html = f"<body>{''.join(FB_MARKS[mark] for mark in marks)}</body>"
            expected = next((status for mark, status in ORDER if mark in marks), None)
            if expected is None and "app" in marks:
                expected = bare
            if expected is None:
                expected = "unknown" if "text" in marks else "empty"
            assert facebook.page_status(html, url) == expected, marks
            assert facebook.page_status(html + POST, url) == "ok", marks


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("chrome-error://chromewebdata/", "error"),
        ("https://www.facebook.com/checkpoint/1501092823525282/", "captcha"),
        ("https://www.facebook.com/login", "login"),
        ("https://www.facebook.com/login/", "login"),
        ("https://www.facebook.com/login.php?next=x", "login"),
        ("https://www.facebook.com/login/device-based/", "login"),
        ("https://www.facebook.com/loginsomebody", "ok"),
        ("https://www.facebook.com/privacy/consent/?flow=x", "consent"),
        ("https://www.facebook.com/cookie/consent", "consent"),
        ("https://www.facebook.com/consent", "consent"),
        ("https://www.facebook.com/some/checkpoint", "ok"),
        ("https://[broken/", "ok"),
    ],
)
def test_where_the_browser_ended_up_on_the_social_site(url: str, status: str) -> None:
    assert facebook.page_status(f"<p>{POST}</p>", url) is PageStatus(status)
    assert facebook.page_status("\n", url) is PageStatus.EMPTY


def test_error_pages_of_the_social_site_are_small() -> None:
    begun = "<title>Sorry, something went wrong</title><p>words</p>"
    filled = begun + " " * (399_999 - len(begun))
    assert facebook.page_status(filled, FB) is PageStatus.ERROR
    assert facebook.page_status(filled + " ", FB) is PageStatus.UNKNOWN
    assert facebook.page_status("just words", FB) is PageStatus.UNKNOWN
