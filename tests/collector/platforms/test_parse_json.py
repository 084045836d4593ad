"""The page's inline JSON beside its document: disagreement is recorded, stale JSON ignored."""

from __future__ import annotations

from typing import Any

import pytest
import youtube_pages as y
from youtube_sent import lockup, script

from collector.common.model import ItemKind, Observation, ParseError
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.sent_list import read_sent, walk

HOME = "https://www.youtube.com/"
WATCH = "https://www.youtube.com/watch?v=AAAAAAAAAAA"
A, B, C, D, E, F = (letter * 11 for letter in "ABCDEF")


def home(contents: list[Any], *cards: str) -> Observation:
    page = y.app(y.home(*(y.rich(card) for card in cards)))
    return parse_page(page.replace("</body>", script(contents) + "</body>"), HOME)


def notes(seen: Observation) -> list[tuple[str, str]]:
    assert all(u.error is ParseError.DISAGREES for u in seen.unparsed)
    return [(u.field, u.sample) for u in seen.unparsed]


CARDS = tuple(y.lockup(v) for v in (A, B, C, D, E))
SENT = [{"richItemRenderer": {"content": lockup(v)}} for v in (A, B, C, D, E)]


def test_agreement_leaves_no_note_and_the_document_may_have_grown() -> None:
    seen = home(SENT, *CARDS, y.lockup(F))
    assert notes(seen) == []
    assert seen.fields["inlineJson"] == "compared"
    assert len(seen.impressions) == 6


@pytest.mark.parametrize(
    ("sent", "cards", "expected"),
    [
        (SENT, CARDS[:3] + CARDS[4:], [("missing", D)]),
        (SENT, (CARDS[0], y.lockup(F), *CARDS[1:]), [("added", F)]),
        (
            SENT,
            (CARDS[0], CARDS[2], CARDS[1], *CARDS[3:]),
            [("order", f"{C} where the page was sent {B}")],
        ),
        ([*SENT[:4], lockup(E, "Other")], CARDS, [("title", f"{E}: Title | Other")]),
        ([*SENT[:4], lockup(E, badge="1:00")], CARDS, [("seconds", f"{E}: 749 | 60")]),
    ],
)
def test_disagreement_is_recorded(
    sent: list[Any], cards: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert notes(home(sent, *cards)) == expected


def test_json_of_a_page_that_was_left_is_not_compared() -> None:
    other = [lockup(letter * 11) for letter in "VWXYZ"]
    seen = home(other, *CARDS)
    assert (notes(seen), seen.fields["inlineJson"]) == ([], "of another page")
    watch = y.app(y.watch(y.lockup(B), video=A))
    stale = script([lockup(C)], video=F, player={"videoDetails": {"videoId": F, "keywords": ["x"]}})
    left = parse_page(watch.replace("</body>", stale + "</body>"), WATCH)
    assert (notes(left), left.fields["inlineJson"]) == ([], "of another page")
    assert "keywords" not in left.fields


def test_the_players_json_fills_in_what_the_page_does_not_show() -> None:
    player = {
        "videoDetails": {
            "videoId": A,
            "lengthSeconds": "213",
            "keywords": ["tea"],
            "channelId": "UCx",
            "shortDescription": "All of it",
        },
        "microformat": {"playerMicroformatRenderer": {"category": "Music"}},
    }
    page = y.app(y.watch(y.lockup(B), video=A))
    seen = parse_page(
        page.replace("</body>", script([lockup(B)], video=A, player=player) + "</body>"), WATCH
    )
    fields = seen.fields
    assert (fields["category"], fields["lengthSeconds"], fields["keywords"]) == (
        "Music",
        213,
        ["tea"],
    )
    assert (fields["channelId"], fields["description"]) == ("UCx", "All of it")
    assert notes(seen) == []


def test_every_renderer_of_the_json_is_read_in_order() -> None:
    runs = {"runs": [{"text": "A "}, {"text": "title"}]}
    sent = [
        {"adSlotRenderer": {"x": lockup(F)}},
        {"videoRenderer": {"videoId": A, "title": runs, "lengthText": {"simpleText": "1:02:03"}}},
        {"shelf": {"contents": [{"compactVideoRenderer": {"videoId": B, "title": runs}}]}},
        {"compactRadioRenderer": {"playlistId": "RDx", "title": {"simpleText": "Mix"}}},
        {
            "shortsLockupViewModel": {
                "onTap": {"innertubeCommand": {"reelWatchEndpoint": {"videoId": C}}},
                "overlayMetadata": {"primaryText": {"content": "Short"}},
            }
        },
        {"reelItemRenderer": {"videoId": D, "headline": {"simpleText": "Reel"}}},
        {"videoRenderer": {"noId": 1}},
        {"lockupViewModel": None},
        lockup(E),
    ]
    cards = [read_sent(found, Reading(("en",))) for found in walk({"contents": sent})]
    assert cards[0].kind is ItemKind.AD
    assert (cards[6].kind, cards[6].item_id) == (ItemKind.UNKNOWN, "")
    read = [
        (c.item_id, c.title, c.seconds)
        for c in cards
        if c.kind not in (ItemKind.AD, ItemKind.UNKNOWN)
    ]
    assert read == [
        (A, "A title", 3723),
        (B, "A title", None),
        ("RDx", "Mix", None),
        (C, "Short", None),
        (D, "Reel", None),
        (E, "Title", 749),
    ]


@pytest.mark.parametrize("text", ['{"contents": ', "[" * 100_000, "not json", '{"a": 1}}'])
def test_broken_json_is_a_note(text: str) -> None:
    page = y.app(y.home(y.rich(CARDS[0])))
    broken = f"<script>var ytInitialData = {text};</script></body>"
    seen = parse_page(page.replace("</body>", broken), HOME)
    assert [u.error for u in seen.unparsed] == [ParseError.BAD_JSON]
    assert len(seen.impressions) == 1


def test_what_else_a_watch_page_says() -> None:
    comment = (
        '<ytd-comment-thread-renderer><a id="author-text">@someone</a>'
        '<span id="published-time-text">2 days ago</span><div id="content-text">Nice</div>'
        '<span id="vote-count-middle">1.2K</span></ytd-comment-thread-renderer>'
    )
    chapter = (
        '<ytd-macro-markers-list-item-renderer><h4 title="Intro">Intro</h4>'
        '<div id="time">1:05</div></ytd-macro-markers-list-item-renderer>'
    )
    row = (
        '<ytd-metadata-row-renderer><h4 id="title">Category</h4><div id="content">Music</div>'
        "</ytd-metadata-row-renderer>"
    )
    expander = (
        '<div id="description-inline-expander"><div id="snippet">First line\nsecond</div></div>'
    )
    header = (
        '<ytd-comments-header-renderer><h2 id="count">1,234</h2></ytd-comments-header-renderer>'
    )
    page = y.watch(y.lockup(B), video=A).replace(
        "</ytd-watch-metadata>",
        expander + row + "</ytd-watch-metadata>" + chapter + header + comment,
    )
    fields = parse_page(y.app(page), WATCH).fields
    assert fields["description"] == "First line\nsecond"
    assert fields["metadataRows"] == [["Category", "Music"]]
    assert fields["chapters"] == [{"title": "Intro", "start": 65}]
    assert fields["commentCount"] == 1234
    assert fields["comments"] == [
        {"author": "@someone", "text": "Nice", "likes": 1200, "ageSeconds": 172800}
    ]
