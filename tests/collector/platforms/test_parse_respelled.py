"""Other spellings of what cards say, and copies of cards that nobody sees."""

from __future__ import annotations

import re

import pytest
import youtube_pages as y

from collector.common.model import Observation, PageStatus
from collector.platforms.youtube import parse_page, urls

HOME = "https://www.youtube.com/"
RESULTS = "https://www.youtube.com/results?search_query=x"
A, B, C, D = (letter * 11 for letter in "ABCD")
LIST = "PLxxxxxxxxxxxx"


def listed(seen: Observation) -> list[tuple[str, str]]:
    return [(i.kind.value, i.item_id) for i in seen.impressions]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_known_card_without_its_link_is_never_taken_for_its_channel(wrapped: bool) -> None:
    """The byline is all it has left: it holds its place, under the id that it says, else none."""
    bare = y.classic(B).replace(f' href="/watch?v={B}"', "").replace("/vi/", "/x/")
    one = y.classic(A)
    if wrapped:
        bare, one = y.rich(bare), y.rich(one)
    said = bare.replace(">", f' data-video-id="{C}">', 1)
    page = y.app((y.home if wrapped else y.results)(one, bare, said))
    seen = parse_page(page, HOME if wrapped else RESULTS)
    assert listed(seen) == [("video", A), ("unknown", ""), ("unknown", C)]
    assert seen.status is PageStatus.PARTIAL


def test_an_unknown_card_that_says_a_video_is_no_channel() -> None:
    card = f'<yt-tile data-video-id="{B}"><img src="x"><a href="/@maker">Maker</a></yt-tile>'
    seen = parse_page(y.app(y.results(y.classic(A), card)), RESULTS)
    assert listed(seen) == [("video", A), ("unknown", B)]
    seen = parse_page(y.app(y.home(y.rich(y.lockup(A)), y.rich(card))), HOME)
    assert listed(seen) == [("video", A), ("unknown", B)]


@pytest.mark.parametrize("tag", ["ytd-video-renderer", "yt-new-tile"])
@pytest.mark.parametrize("beside", ["", y.classic(D)])
def test_cards_of_one_list_are_its_videos_whatever_bears_their_addresses(
    tag: str, beside: str
) -> None:
    """Each has its length in its picture, and its addresses in attributes of another name."""
    cards = "".join(y.classic(v, href=f"/watch?v={v}&amp;list={LIST}", tag=tag) for v in (A, B, C))
    page = y.app(y.results(beside + cards.replace(' href="/watch', ' data-to="/watch')))
    seen = parse_page(page, RESULTS)
    assert [item for _, item in listed(seen)] == ([D] if beside else []) + [A, B, C]
    assert seen.status is PageStatus.PARTIAL


@pytest.mark.parametrize("up", [".", "..", "../.."])
def test_links_of_a_saved_copy_lead_up_first(up: str) -> None:
    assert urls.video_id(f"{up}/shorts/{A}") == A
    assert urls.video_id(f"{up}/watch?v={A}") == A
    assert urls.post_id(f"{up}/post/Ugkx1") == "Ugkx1"
    assert urls.is_channel_path(f"{up}/@maker")
    assert urls.parse_url(f"{up}/@maker").channel == "@maker"
    assert urls.list_id(f"{up}/playlist?list={LIST}") == LIST


_UNSEEN = {
    "flat": '<div style="height:0;overflow:hidden">{}</div>',
    "flat and important": '<div style="overflow: hidden; max-height: 0px !important">{}</div>',
    "template": "<template>{}</template>",
}


@pytest.mark.parametrize("around", _UNSEEN.values(), ids=_UNSEEN)
@pytest.mark.parametrize("tag", ["ytd-video-renderer", "yt-new-tile"])
def test_a_copy_of_a_card_that_nobody_sees_is_no_item(around: str, tag: str) -> None:
    """Also where a class that follows names a shadow, and where the page holds a shadow tree."""
    shadow = '<i class="yt-img-shadow"></i>'
    tree = '<template shadowrootmode="open"><template></template><b>x</b></template>'
    card, copy = y.classic(A, tag=tag), y.classic(B, tag=tag)
    for more in ("", tree):
        page = y.app(y.results(more + card, around.format(shadow + copy), y.classic(C, tag=tag)))
        seen = parse_page(page, RESULTS)
        assert [item for _, item in listed(seen)] == [A, C]


@pytest.mark.parametrize(
    "style", ["height:0", "height:0.5em;overflow:hidden", "line-height:0;overflow:hidden",
              "height:10px;overflow:hidden", "min-height:0;overflow:hidden"],
)  # fmt: skip
def test_what_has_a_height_or_runs_over_is_seen(style: str) -> None:
    page = y.app(y.results(y.classic(A), f'<div style="{style}">{y.classic(B)}</div>'))
    assert listed(parse_page(page, RESULTS)) == [("video", A), ("video", B)]


def test_the_templates_of_a_shadow_tree_are_told_from_others() -> None:
    inner = re.sub(r"^<[^>]*>|</[^<]*>$", "", y.classic(A))
    tree = f'<template shadowrootmode="open">{inner}<template><p>x</p></template></template>'
    other = f"<template>{y.classic(B)}</template>"
    card = f"<ytd-video-renderer>{tree}</ytd-video-renderer>"
    assert listed(parse_page(y.app(y.results(other + card)), RESULTS)) == [("video", A)]


@pytest.mark.parametrize("attribute", ["data-href", "to"])
@pytest.mark.parametrize(
    ("card", "kind", "ident"),
    [
        ('<ytd-post-renderer><p {0}="/post/UgkxPost">Words</p>{1}</ytd-post-renderer>',
         "post", "UgkxPost"),
        ('<ytd-post-renderer><p {0}="/@maker/community?lb=UgkxOld">Words</p>{1}'
         "</ytd-post-renderer>", "post", "UgkxOld"),
        ('<mini-game-card-view-model {0}="/playables/UgkyGame?x=1"><h3>Play</h3>{1}'
         "</mini-game-card-view-model>", "game", "UgkyGame"),
    ],
)  # fmt: skip
def test_a_post_and_a_game_are_told_by_any_attribute_that_leads_to_them(
    attribute: str, card: str, kind: str, ident: str
) -> None:
    """Not by the video whose picture they show."""
    picture = f'<img src="https://i.ytimg.com/vi/{D}/hq.jpg">'
    page = y.app(y.home(y.rich(y.lockup(A)), y.rich(card.format(attribute, picture))))
    seen = parse_page(page, HOME)
    assert listed(seen) == [("video", A), (kind, ident)]
    assert (seen.status, seen.unparsed) == (PageStatus.OK, ())


def test_an_unknown_card_that_says_a_post_is_of_the_post() -> None:
    card = '<yt-tile><p data-href="/post/UgkxPost">Words</p></yt-tile>'
    seen = parse_page(y.app(y.home(y.rich(y.lockup(A)), y.rich(card))), HOME)
    assert listed(seen) == [("video", A), ("unknown", "UgkxPost")]
    seen = parse_page(y.app(y.results(y.classic(A), card)), RESULTS)
    assert listed(seen) == [("video", A), ("unknown", "UgkxPost")]


@pytest.mark.parametrize(
    "word", ["PREMIERING NOW", "PREMIÈRE EN COURS", "プレミア公開中", "首播中"]
)
def test_a_premiere_that_runs_is_live_by_its_badge_alone(word: str) -> None:
    """Whatever its classes are called."""
    badge = f"<ytd-badge-supported-renderer><span>{word}</span></ytd-badge-supported-renderer>"
    card = y.classic(A, length="", facts=("42 watching",)).replace("<h3>", f"{badge}<h3>", 1)
    (seen,) = parse_page(y.app(y.results(card)), RESULTS).impressions
    assert (seen.kind.value, seen.is_live, seen.extra["watching"]) == ("live", True, 42)
