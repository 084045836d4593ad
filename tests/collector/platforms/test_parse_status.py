"""Every capture is classified before it is read."""

from __future__ import annotations

from itertools import permutations

import pytest
import youtube_pages as y
from work import times_as_much

from collector.common.model import PageStatus
from collector.platforms.youtube import marks, page_status, parse_page

HOME = "https://www.youtube.com/"
WATCH = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
RESULTS = "https://www.youtube.com/results?search_query=x"
BUMP = "<ytd-consent-bump-v2-lightbox><button>Reject all</button></ytd-consent-bump-v2-lightbox>"
ERROR = "<yt-player-error-message-renderer>Video unavailable</yt-player-error-message-renderer>"


@pytest.mark.parametrize(
    ("status", "html", "url"),
    [
        ("ok", y.app(y.home(y.rich(y.lockup("dQw4w9WgXcQ")))), HOME),
        ("ok", y.app(y.watch()), WATCH),
        ("ok", y.app(y.home(y.rich(y.lockup("dQw4w9WgXcQ")))) + BUMP, HOME),
        ("consent", y.app(y.home()) + BUMP, HOME),
        (
            "consent",
            "<html><body><p>x</p></body></html>",
            "https://consent.youtube.com/m?continue=x",
        ),
        ("consent", '<form action="https://consent.youtube.com/save">Reject all</form>', HOME),
        ("captcha", '<form id="captcha-form" action="index"><div>…</div></form>', HOME),
        ("captcha", '<form action="/sorry/index"><div class="g-recaptcha"></div></form>', HOME),
        ("captcha", "<p>unusual traffic</p>", "https://www.google.com/sorry/index?q=x"),
        ("login", '<form action="https://accounts.google.com/signin/x"></form>', HOME),
        ("login", "<p>Sign in</p>", "https://accounts.google.com/ServiceLogin?x"),
        ("unavailable", y.app(f"<ytd-watch-flexy>{ERROR}</ytd-watch-flexy>"), WATCH),
        ("ok", y.app(y.watch()) + ERROR, WATCH),
        ("error", "<html><title>503 Service Unavailable</title><h1>503</h1></html>", HOME),
        ("error", "<title>500 Internal Server Error</title><p>x</p>", HOME),
        ("error", '<div id="main-frame-error">No internet</div>', "chrome-error://chromewebdata/"),
        ("unknown", "", HOME),
        ("unknown", " \n", HOME),
        ("unknown", "<html><head></head><body></body></html>", HOME),
        ("unknown", y.app(y.home()), HOME),
        ("empty", y.app(y.results("<ytd-background-promo-renderer>No results found")), RESULTS),
        ("empty", y.app(y.results("<ytd-message-renderer>No more results")), RESULTS),
        ("ok", y.app(y.home("<ytd-feed-nudge-renderer>Try searching")), HOME),
        ("unknown", "<html><body><p>Hello</p></body></html>", HOME),
        ("unknown", "no markup at all", HOME),
    ],
)
def test_status(status: str, html: str, url: str) -> None:
    assert page_status(html, url) is PageStatus(status)


@pytest.mark.parametrize("html", ["", " \n", "<html><head></head><body></body></html>"])
@pytest.mark.parametrize("url", [HOME, RESULTS, WATCH, ""])
def test_a_document_without_a_word_was_not_drawn(html: str, url: str) -> None:
    """Nobody has said that there is nothing."""
    seen = parse_page(html, url)
    assert (seen.status, seen.impressions) == (PageStatus.UNKNOWN, ())
    assert seen.fields["statusReason"] == "not-drawn"


def test_a_hidden_error_and_an_answered_consent_are_nothing() -> None:
    hidden = '<yt-playability-error-supported-renderers id="error-screen" hidden=""></yt-x>'
    assert page_status(y.app(y.watch()) + hidden, WATCH) is PageStatus.OK
    answered = '<ytd-consent-bump-v2-lightbox hidden=""></ytd-consent-bump-v2-lightbox>'
    assert page_status(y.app(y.home()) + answered, HOME) is PageStatus.UNKNOWN


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    "unit",
    ["<h1>", "<h1 ", "<form ", '<div id="', "<title>", "<", ">", "<input ", " ", "<script", '"'],
)
def test_hostile_text_is_judged_in_linear_time(unit: str) -> None:

    def judged(times: int) -> None:
        page_status("<ytd-app>" + unit * times, WATCH)
        page_status(unit * times, WATCH)

    ratio = times_as_much(lambda: judged(400_000), lambda: judged(100_000), enough=8)
    assert ratio < 8


_PIECES = (
    ERROR,
    ERROR.replace("renderer>", "renderer hidden>", 1),
    '<div class="a ytp-error b">x</div>',
    '<div class="ytp-error-wrap">x</div>',
    '<div id="error-screen" hidden>x</div>',
    '<div class="x" id="error-screen">x</div>',
    '<p id="error-screen">ytp-error yt-player-error-message-renderer</p>',
    "<div>x</div>",
)


def test_the_first_error_of_a_player_is_found_wherever_others_stand() -> None:
    """Looked for by its words, it is the element that the pattern finds in the whole text."""
    for pieces in permutations(_PIECES, 3):
        html = "".join(pieces)
        want, have = marks._PLAYER_ERROR.search(html), marks._player_error(html)
        assert (want and want.span()) == (have and have.span()), html
