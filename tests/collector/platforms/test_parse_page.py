"""Pages to observations: both vocabularies, every kind of item, positions, sections, fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import youtube_pages as y

from collector.common.model import ItemKind, Observation, PageKind, PageStatus, ParseError, Surface
from collector.platforms.youtube import PARSER, parse_page

HOME = "https://www.youtube.com/"
SEARCH = "https://www.youtube.com/results?search_query=moon"
WATCH = "https://www.youtube.com/watch?v=AAAAAAAAAAA"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
A, B, C, D, E, F, G = (letter * 11 for letter in "ABCDEFG")


def kinds(observation: Observation) -> list[tuple[int, str, str]]:
    return [(i.position, i.kind.value, i.item_id) for i in observation.impressions]


@pytest.mark.parametrize("style", ["camel", "bem"])
def test_todays_card(style: str) -> None:
    card = y.lockup(A, "A title", style=style, label="A title 12 minutes, 29 seconds")
    seen = parse_page(y.app(y.home(y.rich(card))), HOME)
    assert (seen.kind, seen.status, seen.parser, seen.lang) == (
        PageKind.HOME,
        PageStatus.OK,
        PARSER,
        "en",
    )
    (item,) = seen.impressions
    assert item.surface is Surface.HOME
    assert (item.kind, item.item_id, item.href) == (ItemKind.VIDEO, A, f"/watch?v={A}")
    assert (item.title, item.channel_name, item.channel_href) == ("A title", "Maker", "/@maker")
    assert (item.views, item.seconds, item.age_seconds) == (1_200_000, 749, 13132800)
    assert seen.unparsed == ()


@pytest.mark.parametrize(
    "tag", ["ytd-rich-grid-media", "ytd-video-renderer", "ytd-grid-video-renderer"]
)
def test_card_of_2022_takes_the_exact_views_from_the_label(tag: str) -> None:
    label = "A title by Maker 5 months ago 25 minutes 1,113,926 views"
    card = y.classic(A, "A title", tag=tag, label=label)
    seen = parse_page(y.app(y.home(y.rich(card))), HOME)
    (item,) = seen.impressions
    assert (item.title, item.channel_name, item.channel_href) == ("A title", "Maker", "/c/maker")
    assert (item.views, item.seconds, item.age_seconds) == (1_113_926, 1533, 13132800)
    assert item.verified is True
    assert item.label == label
    assert item.extra["thumbnail"] == f"https://i.ytimg.com/vi/{A}/hq.jpg"


def test_every_item_counts_in_reading_order() -> None:
    page = y.home(
        y.rich(y.ad("https://www.googleadservices.com/aclk?ai=TOKEN&adurl=https://shop.example/x")),
        y.rich(y.lockup(A)),
        y.rich(y.lockup(B, badge="LIVE", facts=("1,234 watching",))),
        y.rich(y.lockup(C, badge="UPCOMING", facts=("Scheduled for 3/4/26, 6:00 PM",))),
        y.rich(y.lockup("RDMM", href=f"/watch?v={D}&list=RDMM&start_radio=1", badge="Mix")),
        y.rich(y.lockup("PLabc", href=f"/watch?v={E}&list=PLabc", badge="12 videos")),
        y.rich(y.short(F)),
        y.rich(y.classic(G, href=f"/shorts/{G}", style="SHORTS", length="SHORTS")),
    )
    seen = parse_page(y.app(page), HOME)
    assert kinds(seen) == [
        (1, "ad", "https://shop.example/x"),
        (2, "video", A),
        (3, "live", B),
        (4, "upcoming", C),
        (5, "mix", "RDMM"),
        (6, "playlist", "PLabc"),
        (7, "short", F),
        (8, "short", G),
    ]
    by_id = {item.item_id: item for item in seen.impressions}
    assert by_id[B].is_live
    assert (by_id[B].views, by_id[B].extra["watching"]) == (None, 1234)
    assert by_id[C].views is None
    assert by_id["PLabc"].extra["count"] == 12
    assert by_id[F].views == 1_200_000
    assert seen.unparsed == ()


def test_shelves_title_their_items_and_items_are_counted_once() -> None:
    page = y.results(
        y.classic(A), y.shelf("People also watched", y.classic(B), y.classic(C)), y.classic(D)
    )
    seen = parse_page(y.app(page), SEARCH)
    assert [(i.item_id, i.section) for i in seen.impressions] == [
        (A, None),
        (B, "People also watched"),
        (C, "People also watched"),
        (D, None),
    ]


def test_earlier_pages_left_hidden_in_the_document_are_not_read() -> None:
    page = y.app(
        y.home(y.rich(y.lockup(A)), hidden=True),
        y.results(y.classic(B), hidden=True),
        y.watch(y.classic(C, tag="ytd-compact-video-renderer"), y.mix("RDx", D), video=A),
    )
    seen = parse_page(page, WATCH)
    assert kinds(seen) == [(1, "video", C), (2, "mix", "RDx")]
    assert {i.surface for i in seen.impressions} == {Surface.RELATED}
    assert seen.unparsed == ()


def test_a_page_caught_in_the_middle_of_a_navigation_says_so() -> None:
    page = y.app(y.home(y.rich(y.lockup(A)), hidden=True), y.watch(video=B))
    seen = parse_page(page, HOME)
    assert kinds(seen) == [(1, "video", A)]
    assert [(u.renderer, u.error) for u in seen.unparsed] == [("ytd-browse", ParseError.DISAGREES)]
    late = parse_page(y.app(y.watch(video=B)), WATCH)
    assert [(u.field, u.sample) for u in late.unparsed] == [("video-id", B)]


def test_watch_page_fields() -> None:
    seen = parse_page(y.app(y.watch(title="Tea & cake", video=A)), WATCH + "&t=3s", client_time=NOW)
    fields = seen.fields
    assert (fields["title"], fields["authorName"], fields["authorSource"]) == (
        "Tea & cake",
        "Maker",
        "/@maker",
    )
    assert fields["viewInfo"] == {"viewStr": "12,345 views", "viewNumber": 12345}
    assert fields["publicationString"] == "Aug 15, 2021"
    assert fields["publicationTime"] == datetime(2021, 8, 15, tzinfo=UTC)
    assert fields["likeInfo"]["watchedLikes"] == 1234
    assert fields["params"] == {"v": A, "t": "3s"}


def test_search_fields() -> None:
    correction = (
        "<yt-search-query-correction><yt-formatted-string>Showing results for</yt-formatted-string>"
        "<yt-formatted-string>moon</yt-formatted-string></yt-search-query-correction>"
    )
    seen = parse_page(y.app(y.results(y.classic(A), correction=correction)), SEARCH)
    assert seen.fields == {"query": "moon", "correction": ["Showing results for", "moon"]}


def test_channel_page_of_a_handle() -> None:
    page = y.home(y.rich(y.lockup(A, channel=""))).replace('"home"', '"channels"')
    seen = parse_page(y.app(page), "https://www.youtube.com/@maker/videos")
    assert seen.kind is PageKind.CHANNEL
    assert seen.fields == {"channel": "@maker", "channelPath": "/@maker"}
    (item,) = seen.impressions
    assert (item.surface, item.views, item.channel_name) == (Surface.CHANNEL, 1_200_000, None)


def test_login_is_read_from_the_masthead() -> None:
    link = '<a href="https://accounts.google.com/ServiceLogin?x">Sign in</a>'
    account = '<button class="x" id="avatar-btn"></button>'
    card = y.home(y.rich(y.lockup(A)))
    answers = [
        parse_page(y.app(card, masthead=m), HOME).login for m in (account, link, link + account, "")
    ]
    assert answers == [True, False, None, None]


def test_what_is_not_understood_is_recorded_and_loses_nothing_else() -> None:
    post = y.rich("<ytd-post-renderer><p>A post</p></ytd-post-renderer>")
    no_link = y.rich(y.classic(B).replace("href=", "data-href="))
    bad = y.rich(y.classic(C, facts=(), length="", label="nothing to be seen in here at all"))
    seen = parse_page(y.app(y.home(post, y.rich(y.lockup(A)), no_link, bad)), HOME)
    assert kinds(seen) == [(1, "post", ""), (2, "video", A), (3, "unknown", B), (4, "video", C)]
    assert [(u.renderer, u.field, u.error) for u in seen.unparsed] == [
        ("ytd-video-renderer", "href", ParseError.NO_LINK),
        ("ytd-video-renderer", "label", ParseError.BAD_LABEL),
        ("ytd-post-renderer", "href", ParseError.NO_LINK),
    ]


def test_a_page_that_is_not_ok_has_no_data() -> None:
    seen = parse_page(y.app(y.home()), HOME)
    assert seen.status is PageStatus.UNKNOWN
    assert (seen.impressions, dict(seen.fields)) == ((), {"statusReason": "not-drawn"})


def test_pure_the_same_page_gives_the_same_observation() -> None:
    page = y.app(y.watch(y.classic(C, tag="ytd-compact-video-renderer"), video=A))
    assert parse_page(page, WATCH, client_time=NOW) == parse_page(page, WATCH, client_time=NOW)


def test_anchors_and_buttons_inside_each_other_do_not_tear_the_page() -> None:
    torn = "<button><ytd-x><div><button></button></div></ytd-x></button>"
    nested = y.classic(A, tag="ytd-compact-video-renderer").replace(
        "<h3>", '<a href="/watch?v=AAAAAAAAAAA"><h3>'
    )
    nested = nested.replace("</ytd-video-meta-block>", "</ytd-video-meta-block></a>")
    page = y.watch(nested, y.classic(B, tag="ytd-compact-video-renderer"), video=A)
    seen = parse_page(y.app(page.replace('<div id="primary">', f'<div id="primary">{torn}')), WATCH)
    assert [(i.item_id, i.channel_name) for i in seen.impressions] == [(A, "Maker"), (B, "Maker")]


@pytest.mark.parametrize(
    ("lang", "facts", "views", "age"),
    [
        ("de", ("1,2 Mio. Aufrufe", "vor 5 Monaten"), 1_200_000, 13132800),
        ("zh-TW", ("觀看次數：12萬次", "2 年前"), 120_000, 63072000),
        ("ar", ("12 ألف مشاهدة", "قبل سنتين"), 12_000, 63072000),
        ("tr", ("1,1 B görüntüleme", "2 yıl önce"), 1_100, 63072000),
        ("ja", ("12万 回視聴", "2 年前"), 120_000, 63072000),
    ],
)
def test_interface_language(lang: str, facts: tuple[str, str], views: int, age: int) -> None:
    seen = parse_page(y.app(y.home(y.rich(y.lockup(A, facts=facts))), lang=lang), HOME)
    (item,) = seen.impressions
    assert (seen.lang, item.views, item.age_seconds) == (lang, views, age)
    hinted = parse_page(
        y.app(y.home(y.rich(y.lockup(A, facts=facts))), lang=""), HOME, languages=("en-US",)
    )
    assert hinted.impressions[0].views == views
