"""What the site sent and did not draw: lists in its JSON, and why there is none."""

from __future__ import annotations

import json

import pytest
import youtube_pages as y

from collector.common.model import Observation, PageStatus
from collector.platforms.youtube import page_status, parse_page

HOME = "https://www.youtube.com/"
RESULTS = "https://www.youtube.com/results?search_query=x"
WATCH = "https://www.youtube.com/watch?v=WWWWWWWWWWW"
RESTRICTED = '<div class="yt-kids-restricted-access-content">Sorry</div>'
A, B, C, D = (letter * 11 for letter in "ABCD")


def listed(seen: Observation) -> list[tuple[int, str, str]]:
    return [(i.position, i.kind.value, i.item_id) for i in seen.impressions]


def script(name: str, value: object) -> str:
    return f"<script>var {name} = {json.dumps(value)};</script>"


def related(*items: dict[str, object]) -> dict[str, object]:
    column = {"secondaryResults": {"secondaryResults": {"results": list(items)}}}
    return {
        "contents": {"twoColumnWatchNextResults": {"results": {"x": video(D)}, **column}},
        "currentVideoEndpoint": {"watchEndpoint": {"videoId": "W" * 11}},
    }


def video(ident: str, key: str = "compactVideoRenderer") -> dict[str, object]:
    return {
        key: {
            "videoId": ident,
            "title": {"simpleText": f"Title {ident[0]}"},
            "lengthText": {"simpleText": "1:02"},
            "viewCountText": {"simpleText": "1,234 views"},
            "publishedTimeText": {"simpleText": "2 days ago"},
        }
    }


def test_a_list_that_was_only_sent_is_read_and_says_so() -> None:
    page = y.app() + script("ytInitialData", related(video(A), video(B, "tileRenderer")))
    seen = parse_page(page, WATCH)
    assert listed(seen) == [(1, "video", A), (2, "unknown", B)]
    assert (seen.status, seen.fields["source"]) == (PageStatus.PARTIAL, "ytInitialData")
    first = seen.impressions[0]
    assert (first.seconds, first.views, first.age_seconds) == (62, 1234, 2 * 86400)


def test_escaped_json_of_the_mobile_site() -> None:
    text = json.dumps(related(video(A))).replace('"', "\\x22").replace("/", "\\/")
    before = "<ytm-app></ytm-app><script>var ytInitialPlayerResponse = null;"
    page = f"{before}ytInitialData = '{text}';</script>"
    assert listed(parse_page(page, WATCH)) == [(1, "video", A)]


def test_what_was_sent_for_another_video_is_not_this_pages_list() -> None:
    page = y.app() + script("ytInitialData", related(video(A)))
    assert listed(parse_page(page, WATCH.replace("W" * 11, "V" * 11))) == []


@pytest.mark.parametrize(
    ("sent", "status"), [([video(A)], PageStatus.PARTIAL), ([], PageStatus.OK)], ids=["one", "none"]
)
def test_a_video_beside_which_nothing_of_the_list_is_found_is_not_ok(
    sent: list[dict[str, object]], status: PageStatus
) -> None:
    """The video is there; what was sent beside it is not, or in elements that nobody could read."""
    page = y.app(y.watch(video="W" * 11)) + script("ytInitialData", related(*sent))
    seen = parse_page(page, WATCH)
    assert (seen.status, seen.impressions, seen.fields["title"]) == (status, (), "A video")
    assert page_status(page, WATCH) is PageStatus.OK  # as far as its text tells


@pytest.mark.parametrize(
    ("code", "said", "status", "reason"),
    [
        ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot", "captcha", "bot-check"),
        ("LOGIN_REQUIRED", "Confirma que no eres un bot", "captcha", "bot-check"),
        ("LOGIN_REQUIRED", "Sign in to confirm your age", "unavailable", "age"),
        ("LOGIN_REQUIRED", "", "unavailable", "private"),
        ("LOGIN_REQUIRED", "This is a private video.", "unavailable", "private"),
        ("LOGIN_REQUIRED", "xyz", "login", "login-wall"),
        ("CONTENT_CHECK_REQUIRED", "xyz", "unavailable", "age"),
        ("ERROR", "Video unavailable", "unavailable", "removed"),
        ("UNPLAYABLE", "Not made available in your country", "unavailable", "region"),
        ("UNPLAYABLE", "Join this channel for members-only content", "unavailable", "members"),
        ("UNPLAYABLE", "xyz", "unavailable", "refused"),
    ],
)
def test_the_players_answer_says_why(code: str, said: str, status: str, reason: str) -> None:
    state = {"status": code, **({"reason": said} if said else {})}
    page = y.app() + script("ytInitialPlayerResponse", {"playabilityStatus": state})
    seen = parse_page(page, WATCH)
    assert (seen.status.value, seen.fields["statusReason"]) == (status, reason)
    assert page_status(page, WATCH).value == status


def test_a_refused_player_beside_a_list_is_a_field_of_its_own() -> None:
    """Except for the check for robots: what came beside it is no free choice of the site."""
    data = script("ytInitialData", related(video(A)))
    gone = {"playabilityStatus": {"status": "UNPLAYABLE", "reason": "No"}}
    seen = parse_page(y.app() + data + script("ytInitialPlayerResponse", gone), WATCH)
    assert (seen.status, seen.fields["refusal"]["reason"]) == (PageStatus.OK, "refused")
    check = {"playabilityStatus": {"status": "LOGIN_REQUIRED", "reason": "you are not a bot"}}
    seen = parse_page(y.app() + data + script("ytInitialPlayerResponse", check), WATCH)
    assert (seen.status, len(seen.impressions)) == (PageStatus.CAPTCHA, 1)


@pytest.mark.parametrize(
    ("html", "url", "status", "reason"),
    [
        (RESTRICTED, "", "unavailable", "account-restricted"),
        ("<title>407 Proxy Authentication Required</title><p>x</p>", HOME, "error", "proxy"),
        (y.app(y.home("<ytd-feed-nudge-renderer>Try searching")), HOME, "ok", "new-visitor"),
        (y.app(y.home()), HOME, "unknown", "not-drawn"),
        (y.app(y.home('<ytd-alert-renderer type="error">Does not exist.</ytd-alert-renderer>')),
         HOME + "playlist?list=PLx", "unavailable", "removed"),
    ],
)  # fmt: skip
def test_pages_without_a_list_say_why(html: str, url: str, status: str, reason: str) -> None:
    seen = parse_page(html, url)
    assert (seen.status.value, seen.fields["statusReason"]) == (status, reason)


def test_the_tail_of_a_shelf_is_sent_and_not_shown() -> None:
    """Six of twenty-eight shorts have elements: that is no fault of reading."""
    shelf = {
        "reelShelfRenderer": {
            "title": {"simpleText": "Shorts"},
            "items": [video(v, "reelItemRenderer") for v in (A, B, C)],
        }
    }
    sent = {"contents": [video(D, "videoRenderer"), shelf]}
    cards = (y.classic(D, title="Title D"), "<ytd-reel-shelf-renderer>", *(
        f'<ytd-reel-item-renderer><a href="/shorts/{v}"></a><h3>Title {v[0]}</h3>'
        "</ytd-reel-item-renderer>"
        for v in (A,)
    ), "</ytd-reel-shelf-renderer>")  # fmt: skip
    page = y.app(y.results(*cards)) + script("ytInitialData", sent)
    seen = parse_page(page, RESULTS)
    assert seen.fields["sentNotShown"] == [B, C]
    assert [u for u in seen.unparsed if u.field == "missing"] == []
