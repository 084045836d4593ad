"""Page status as a decision table: every combination of marks on a page, judged a second time.

The order of precedence is written out here: what is there beats what is in its way, and of several
obstacles the one that a person would meet first. Pages are put together from marks.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

import pytest

from collector.common.model import PageKind, PageStatus
from collector.platforms.youtube import page_status
from collector.platforms.youtube.marks import (
    Look,
    _any_of,
    has_consent_bump,
    look,
    without_items,
)
from collector.platforms.youtube.parse.registry import ITEM_TAGS
from collector.platforms.youtube.refusal import Reason
from collector.platforms.youtube.urls import parse_url

HOME = "https://www.youtube.com/"
SEARCH = "https://www.youtube.com/results?search_query=cats"
WATCH = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"

#: A mark, the status that it stands for, and the reason that is given.
MARKS = {
    "captcha": '<form id="captcha-form" action="/x"><div></div></form>',
    "form": '<form action="https://consent.youtube.com/save"><div></div></form>',
    "bump": "<ytd-consent-bump-v2-lightbox></ytd-consent-bump-v2-lightbox>",
    "login": '<form action="https://accounts.google.com/x"><div></div></form>',
    "player": "<yt-player-error-message-renderer></yt-player-error-message-renderer>",
    "error": '<div id="error-page"></div>',
    "text": "<p>words</p>",
}
#: Marks that mean something beside a list that is not there, and those of other documents.
IN_APP = {
    "gone": '<ytd-alert-renderer type="error"></ytd-alert-renderer>',
    "nudge": "<ytd-feed-nudge-renderer></ytd-feed-nudge-renderer>",
    "said": "<ytd-message-renderer>No results</ytd-message-renderer>",
}
ELSEWHERE = {
    "restricted": '<div class="yt-restricted-access"></div>',
    "proxy": "<h1>407 Proxy Authentication Required</h1>",
}
ITEM = "<ytd-rich-item-renderer></ytd-rich-item-renderer>"
TITLE = "<ytd-watch-metadata></ytd-watch-metadata><h1>A title</h1>"


def subsets(marks: Mapping[str, str], most: int = 9) -> Iterator[frozenset[str]]:
    for count in range(min(len(marks), most) + 1):
        yield from map(frozenset, itertools.combinations(marks, count))


def page(marks: frozenset[str], *more: str) -> str:
    every = MARKS | IN_APP | ELSEWHERE
    return f"<html><body>{''.join(more)}{''.join(every[m] for m in sorted(marks))}</body></html>"


@pytest.mark.parametrize("url", [HOME, SEARCH, WATCH, "https://www.youtube.com/@a/videos"])
def test_a_page_that_is_not_the_application(url: str) -> None:
    """Captcha, consent, login, unavailable, error, in this order; else words or none."""
    order = [
        ({"captcha"}, "captcha", "bot-check"), ({"form", "bump"}, "consent", None),
        ({"login"}, "login", "login-wall"), ({"restricted"}, "unavailable", "account-restricted"),
        ({"player"}, "unavailable", "refused"), ({"proxy"}, "error", "proxy"),
        ({"error"}, "error", None), ({"text"}, "unknown", None),
    ]  # fmt: skip
    silence = ("unknown", "not-drawn")
    for marks in subsets(MARKS | ELSEWHERE):
        status, reason = next(((s, r) for one, s, r in order if one & marks), silence)
        found = look(page(marks), url)
        assert (found.status, found.reason) == (status, reason), sorted(marks)
    for marks in subsets(MARKS | ELSEWHERE, 1):
        assert page_status(page(marks), url) is look(page(marks), url).status


@pytest.mark.parametrize("url", [HOME, SEARCH, WATCH, "https://www.youtube.com/premium"])
def test_the_application(url: str) -> None:
    """What was asked for is ok whatever lies over it; only a watch page is unavailable."""
    app = "<ytd-app></ytd-app>"
    kind = parse_url(url).kind
    order = [
        ({"captcha"}, "captcha", "bot-check"), ({"form", "bump"}, "consent", None),
        ({"player"} if kind in ("video", "other") else set(), "unavailable", "refused"),
        ({"login"}, "login", "login-wall"), ({"gone"}, "unavailable", "removed"),
        ({"error"}, "error", None), ({"nudge"}, "ok", "new-visitor"), ({"said"}, "empty", None),
    ]  # fmt: skip
    content = TITLE if url == WATCH else ITEM
    for marks in subsets(MARKS | IN_APP):
        assert look(page(marks, app, content), url).status is PageStatus.OK, sorted(marks)
        assert look(page(marks, app), url).status is None, "the page has to be read"
        found = without_items(page(marks, app), kind)
        expected = next(((s, r) for one, s, r in order if one & marks), ("unknown", "not-drawn"))
        assert (found.status, found.reason) == expected, sorted(marks)
    for marks in subsets(MARKS | IN_APP, 2):
        status = next((s for one, s, _ in order if one & marks), "unknown")
        assert page_status(page(marks, app), url) == status, sorted(marks)


def test_what_the_player_and_the_site_say_is_read() -> None:
    """A robot check in the player's words is a captcha; a list that asks to sign in is a login."""
    for words, status, reason in (
        ("Sign in to confirm you’re not a bot", "captcha", "bot-check"),
        ("This video is private", "unavailable", "private"),
        ("Something", "unavailable", "refused"),
    ):
        html = f"<ytd-app><yt-player-error-message-renderer><b>{words}</b>"
        found = without_items(html, PageKind.VIDEO)
        assert (found.status, found.reason) == (status, reason)
        beyond = html.replace("<b>", " " * 4001)
        assert without_items(beyond, PageKind.VIDEO).reason == "refused"
    link = '<a href="https://accounts.google.com/ServiceLogin?x">Sign in</a>'
    asked = f"<ytd-app><ytd-message-renderer>{link}</ytd-message-renderer>"
    assert without_items(asked, PageKind.HOME).status == "login"
    assert without_items(f"<ytd-app>{link}", PageKind.HOME).status == "unknown"
    for empty in ("", "<b></b>", "   "):
        silent = f"<ytd-app><ytd-message-renderer>{empty}</ytd-message-renderer>"
        assert without_items(silent, PageKind.HOME).status == "unknown"
    late = f"<ytd-app>{'<ytd-message-renderer></ytd-message-renderer>' * 7}"
    said = "<ytd-message-renderer>No</ytd-message-renderer>"
    assert without_items(late + said, PageKind.HOME).status == "empty"
    assert without_items(late + late + said, PageKind.HOME).status == "unknown"


VIDEO, ANY = (PageKind.VIDEO,), (PageKind.VIDEO, PageKind.HOME)


@pytest.mark.parametrize(
    ("mark", "kinds", "status", "reason"),
    [
        ('<form action="https://www.google.com/sorry/index">', ANY, "captcha", "bot-check"),
        ('<FORM ID="CAPTCHA-FORM">', ANY, "captcha", "bot-check"),
        ('<form action="/das_captcha?x">', ANY, "captcha", "bot-check"),
        ('<div class="a g-recaptcha b">', ANY, "captcha", "bot-check"),
        ('<iframe src="https://www.google.com/recaptcha/api2/anchor?k">', ANY, "captcha",
         "bot-check"),
        ('<form method="post" action="https://consent.google.com/save">', ANY, "consent", None),
        ("<ytm-consent-bump-v2-renderer>", ANY, "consent", None),
        ('<div id="player" class="html5 ytp-error">', VIDEO, "unavailable", "refused"),
        ('<div class="x" id="error-screen">', VIDEO, "unavailable", "refused"),
        ('<yt-playability-error-supported-renderers id="error-screen">', VIDEO, "unavailable",
         "refused"),
        ('<FORM ACTION="https://accounts.google.com/x">', ANY, "login", "login-wall"),
        ('<input id="identifierId">', ANY, "login", "login-wall"),
        ('<INPUT NAME="identifier">', ANY, "login", "login-wall"),
        ('<yt-alert-renderer class="x" type="error">', ANY, "unavailable", "removed"),
        ("<ytd-error-renderer>", ANY, "error", None),
        ("<h2>Error 503</h2>", ANY, "error", None),
        ("<ytm-message-renderer>No</ytm-message-renderer>", ANY, "empty", None),
        ("<ytd-no-results-search>No</ytd-no-results-search>", ANY, "empty", None),
        # put away, or of another sense
        ('<div class="x" hidden id="error-screen">', VIDEO, "unknown", "not-drawn"),
        ('<yt-alert-renderer type="info">', ANY, "unknown", "not-drawn"),
        ("<ytd-feed-nudge-renderer hidden>", ANY, "unknown", "not-drawn"),
        ("<ytd-message-renderer hidden>No</ytd-message-renderer>", ANY, "unknown", "not-drawn"),
        ("captcha, /sorry/, consent., error-screen, identifier, error-page", ANY, "unknown",
         "not-drawn"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_mark(
    mark: str, kinds: tuple[PageKind, ...], status: str, reason: str | None
) -> None:
    """Each alone on a page of the application; the player's only where a video was asked for."""
    for kind in PageKind:
        found = without_items(f"<ytd-app><p></p>{mark}", kind)
        if kinds is ANY or kind in (PageKind.VIDEO, PageKind.OTHER):
            assert (found.status, found.reason) == (status, reason), kind
        else:
            assert (found.status, found.reason) == ("unknown", "not-drawn"), kind


def test_the_players_words_are_read_so_far() -> None:
    """Four thousand characters from the element's beginning."""
    opening, words = "<yt-player-error-message-renderer>", "Sign in to confirm you’re not a bot"
    for length, reason in ((3999, "bot-check"), (4000, "bot-check"), (4001, "refused")):
        padding = " " * (length - len(opening) - len(words))
        assert without_items(opening + padding + words, PageKind.VIDEO).reason == reason, length


@pytest.mark.parametrize(
    ("inside", "end", "status"),
    [
        (1_999, "", "empty"), (2_000, "", "unknown"),
        (20_000 - 23, "</ytd-message-renderer>", "empty"),
        (20_001 - 23, "</ytd-message-renderer>", "unknown"),
    ],
)  # fmt: skip
def test_a_message_is_read_to_its_end(inside: int, end: str, status: str) -> None:
    """One that ends nowhere near is read two thousand characters far: what is behind is not its."""
    html = f"<ytd-app><ytd-message-renderer>{' ' * (inside - 1)}!{end}"
    if not end:
        html = f"<ytd-app><ytd-message-renderer>{' ' * inside}!"
    assert without_items(html, PageKind.HOME).status == status


@pytest.mark.parametrize(
    ("html", "url", "read"),
    [
        ('<a href="/watch?v=1">' * 6, HOME, True), ('<a href="/watch?v=1">' * 5, HOME, False),
        ('<a href="/watch?v=1">' * 3 + '<a href="/shorts/1">' * 3, HOME, True),
        ('<a href="/shorts/1">' * 6, "https://m.youtube.com/", True),
        ('<a href="/watch?v=1">' * 6, "https://blog.example/", False),
        ("<ytd-new-list>" + '<a href="/watch?v=1">' * 6, "https://mirror.example/", True),
        ("<ytd-new-list>" + '<a href="/watch?v=1">' * 5, "https://mirror.example/", False),
        ('<p>{"responseContext":{}}</p>', HOME, True), ("<p>responseContext</p>", HOME, False),
        ('<script>window["ytInitialData"] = {}</script>', HOME, True),
        ("<script>ytInitialPlayerResponse = '{}'</script>", HOME, True),
        ("<p>ytInitialData</p>", HOME, False),
    ],
)  # fmt: skip
def test_a_page_of_other_elements_has_to_be_read(html: str, url: str, read: bool) -> None:
    """Six links to videos on the site or among elements of its kind, or the site's own data."""
    assert (look(f"<body>{html}", url) == Look(None)) is read


def test_documents_that_only_hold_data_have_to_be_read() -> None:
    assert look("<script>var ytInitialData = {};</script>", HOME) == Look(None)
    assert look('<html><ytd-app>{"status":"LOGIN_REQUIRED"}' + ITEM, HOME) == Look(None)


@pytest.mark.parametrize(
    ("html", "url", "status"),
    [
        ('<meta name="player/embed"><p>x</p>', "https://www.youtube.com/embed/x", "ok"),
        ('<meta name="player/embed"><p>x</p>', HOME, "unknown"),
        ('<meta name="player/embed"><a href="/embed/x">x</a>', "", "ok"),
        ("<p>x</p>", "https://www.youtube.com/embed/x", "unknown"),
    ],
)
def test_a_player_alone_is_ok_where_one_was_asked_for(html: str, url: str, status: str) -> None:
    assert look(html, url).status == status


def test_a_watch_page_needs_its_metadata_and_its_title() -> None:
    """Either alone is not drawn, and items beside do not make it one."""
    app = "<ytd-app></ytd-app>"
    assert page_status(app + "<ytd-watch-metadata></ytd-watch-metadata>", WATCH) == "unknown"
    assert page_status(app + "<h1>A title</h1>", WATCH) == "unknown"
    assert page_status(app + ITEM, WATCH) == "unknown"
    assert page_status(app + TITLE, HOME) == "unknown"
    assert page_status(app + '<ytd-watch-metadata></x><h1 title="t"></h1>', WATCH) == "ok"
    old = '<ytd-video-primary-info-renderer><h1 class="a"><yt-x>t</yt-x></h1>'
    assert page_status(app + old, WATCH) == "ok"


@pytest.mark.parametrize("name", sorted(ITEM_TAGS))
def test_items_alone_show_that_it_is_the_application(name: str) -> None:
    """A fragment with items is a page of the site without its outermost element."""
    for html in (f"<{name}></{name}>", f"<{name} id='x'>"):
        assert look(html, HOME).status is PageStatus.OK
        assert look(html, WATCH).status is None
    assert look(f"<{name}-other>", HOME).status is not PageStatus.OK


@pytest.mark.parametrize("url", [HOME, SEARCH, "https://www.youtube.com/@a/videos"])
def test_an_item_counts_wherever_the_page_begins(url: str) -> None:
    """Before the element that holds the page as well as in it; that element alone is no content."""
    frame, item = "<ytd-page-manager></ytd-page-manager>", "<ytd-grid-video-renderer >"
    for html in (f"{item}{frame}", f"{frame}{item}", f"{frame.replace('><', f'>{item}<')}"):
        assert look(f"<body><ytd-app>{html}", url).status is PageStatus.OK
    assert look(f"<body><ytd-app>{frame}", url).status is None
    assert look(f"{frame}<ytd-app>", url).status is None


def test_the_expression_of_elements_is_that_of_each() -> None:
    """Names that begin alike, one within another, and with signs that expressions use."""
    names = ["ytd-b", "ytd-b-c", "ytd-d", "ytm-b", "yt-lockup-view-model", "a-x.y", "a-x+"]
    found = re.compile(_any_of(names))
    for one in names:
        assert found.fullmatch(one), one
    for other in ("ytd-c", "ytm-d", "ytd-b-d", "a-xzy", "a-xx", "ytd", "ytd-", "b", ""):
        assert not found.fullmatch(other), other
    assert _any_of(reversed(names)) == _any_of(names)


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
    assert look(" \n", url) == Look(PageStatus.UNKNOWN, Reason.NOT_DRAWN)


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
    other = PageStatus.UNKNOWN
    for app in ("", "<ytd-app>"):
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
