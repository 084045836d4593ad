"""Redesigns that rename everything: items say what they are in attributes, in other places of the
site's JSON, under other names of the page itself; and what only looks like an item is none."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
import youtube_pages as y

from collector.common.model import ItemKind, Observation, PageStatus
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.parse.page import parse_answer

HOME = "https://www.youtube.com/"
RESULTS = "https://www.youtube.com/results?search_query=x"
A, B, C, D = (letter * 11 for letter in "ABCD")
LIST = "PLxxxxxxxxxxxx"


def listed(seen: Observation) -> list[tuple[str, str]]:
    return [(i.kind.value, i.item_id) for i in seen.impressions]


@pytest.mark.parametrize(
    "card",
    [
        '<yt-tile data-video-id="{0}" role="link"><h3>Words</h3></yt-tile>',
        '<div class="tile" data-content-id="{0}"><p>Words</p></div>',
        '<yt-tile><button data-url="/watch?v={0}"><img src="x"></button><h3>Words</h3></yt-tile>',
        '<yt-tile><span role="link" data-href="https://youtu.be/{0}">Words</span></yt-tile>',
        '<yt-tile><yt-link href="/shorts/{0}">Words</yt-link></yt-tile>',
        '<yt-tile><img data-src="https://i.ytimg.com/vi/{0}/hq720.jpg"><b>Words</b></yt-tile>',
        "<yt-tile onclick=\"open('/watch?v={0}')\"><b>Words</b></yt-tile>",
        '<yt-tile data-model=\'{{"videoId": "{0}"}}\'><b>Words</b></yt-tile>',
        '<yt-tile><a href="/redirect?q=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{0}">Words</a>'
        "</yt-tile>",
    ],
)
@pytest.mark.parametrize("beside", ["", y.classic(D)])
def test_a_card_is_found_by_what_its_attributes_say(card: str, beside: str) -> None:
    """Beside known cards and where all of a page are so."""
    page = y.app(y.results(beside + "".join(card.format(v) for v in (A, B, C))))
    seen = parse_page(page, RESULTS)
    ids = [item for _, item in listed(seen)]
    assert ids == ([D] if beside else []) + [A, B, C]
    assert seen.status is PageStatus.PARTIAL
    assert seen.impressions[-1].title == "Words"


@pytest.mark.parametrize(
    "said",
    [
        "onclick=\"go('/playlist?list={0}')\"",
        'data-nav=\'{{"u":"/playlist?list={0}"}}\'',
        'data-nav=\'{{"u":"\\/playlist?x=1\\u0026list={0}"}}\'',
        'data-go="open(&quot;/playlist?list={0}&quot;, 1)"',
    ],
)
def test_an_address_in_a_command_ends_where_it_ends(said: str) -> None:
    """The viewer's own list is no item, however its link is written."""
    ids = (LIST, LIST.replace("x", "y"))
    card = f'<yt-tile {said}><img src="x"><h3>Words</h3></yt-tile>'
    own = f"<div {said.format('WL')}><b>Watch later</b></div>"
    page = y.app(y.results(y.classic(A) + own + "".join(card.format(one) for one in ids)))
    assert [item for _, item in listed(parse_page(page, RESULTS))] == [A, *ids]


def test_a_known_card_without_anchors_has_the_id_of_its_buttons() -> None:
    card = y.classic(A).replace("<a ", "<button ").replace("</a>", "</button>")
    card = card.replace(' href="/watch', ' data-url="/watch')
    seen = parse_page(y.app(y.results(card + y.classic(B))), RESULTS)
    assert [item for _, item in listed(seen)] == [A, B]
    assert seen.status is PageStatus.PARTIAL


@pytest.mark.parametrize(
    "decoy",
    [
        '<footer><a href="/watch?v={0}">Rules</a></footer>',
        '<nav><a href="/watch?v={0}">Rules</a></nav>',
        '<dialog><a href="/watch?v={0}">Why this?</a></dialog>',
        '<noscript><a href="/watch?v={0}"><img src="x">Copy</a></noscript>',
        '<yt-comments-view-model><a href="/watch?v={0}">0:31</a></yt-comments-view-model>',
        '<web-guide-block><a href="/watch?v={0}">Mine</a></web-guide-block>',
        '<yt-button-block data-url="/watch?v={0}">More</yt-button-block>',
    ],
)
def test_what_is_no_part_of_the_list_is_no_item(decoy: str) -> None:
    seen = parse_page(y.app(y.results(y.classic(A) + decoy.format(B) + y.classic(C))), RESULTS)
    assert [item for _, item in listed(seen)] == [A, C]
    assert seen.status is PageStatus.OK


@pytest.mark.parametrize(
    ("card", "ident"),
    [
        (
            '<yt-tile><a href="https://www.googleadservices.com/pagead/aclk?x=1&amp;adurl='
            'https://shop.example/%3Fa=1">Buy</a></yt-tile>',
            "https://shop.example/",
        ),
        (f'<yt-next-ad-card><a href="/watch?v={B}"><img src="x">Buy</a></yt-next-ad-card>', B),
        ("<yt-next-ad-card><span>Buy</span></yt-next-ad-card>", ""),
    ],
)
def test_an_advert_without_a_known_element_is_told_by_its_name_or_link(
    card: str, ident: str
) -> None:
    seen = parse_page(y.app(y.results(y.classic(A) + card + y.classic(C))), RESULTS)
    assert listed(seen) == [("video", A), ("ad", ident), ("video", C)]
    assert seen.status is PageStatus.PARTIAL


def test_a_plain_element_beside_cards_that_leads_to_a_channel_is_an_item() -> None:
    card = '<div><a href="/@maker"><img src="x">Maker</a></div>'
    seen = parse_page(y.app(y.results(y.classic(A) + card + y.classic(C))), RESULTS)
    assert listed(seen) == [("video", A), ("channel", "@maker"), ("video", C)]


@pytest.mark.parametrize(
    ("video", "around"),
    [
        ('<div><a data-href="/watch?v={0}"><img src="x"></a><h3>Words</h3></div>', "div"),
        ('<div><a href="/watch?v={0}"><img src="x"></a><h3>Words</h3></div>', "q-tile"),
    ],
)
def test_a_channel_alone_beside_an_unknown_card_is_an_item(video: str, around: str) -> None:
    """A card that is told by its attributes, and one in a list that nothing says to be one. What
    a video's card says of its channel is its own."""
    of_it = '<q-by><a href="/@maker"><img src="x">Maker</a><b>9 videos</b><i>Words</i></q-by>'
    tile = f"<{around}>{{}}</{around}>"
    both = tile.format(video.format(A) + of_it) + tile.format(of_it)
    holder = '<div id="contents">{}</div>' if around == "div" else "<p>{}</p>"
    seen = parse_page(y.app(y.results(y.classic(C), f"<q-s>{holder.format(both)}</q-s>")), RESULTS)
    assert listed(seen) == [("video", C), ("unknown", A), ("channel", "@maker")]


_PART = '<div><a href="{0}"><img src="x"></a><h3><a href="{0}">Name</a></h3><p>{1}</p></div>'
#: Cards of each sort without a name, and the item that each is.
_PARTS = {
    "video": (_PART.format(f"/watch?v={B}", "Words"), ("unknown", B)),
    "channel": (_PART.format("/@maker", "Words"), ("channel", "@maker")),
    "advert": (_PART.format("https://shop.example/x", "Sponsored"), ("ad", "")),
    "list": (_PART.format(f"/playlist?list={LIST}", "Words"), ("unknown", LIST)),
}


@pytest.mark.parametrize("row", ["<div>{}{}</div>", "<q-row><div>{}{}</div></q-row>"])
@pytest.mark.parametrize("pair", list(permutations(_PARTS, 2)), ids=" ".join)
def test_unlike_cards_in_a_row_are_two_items(row: str, pair: tuple[str, str]) -> None:
    (one, first), (other, second) = (_PARTS[name] for name in pair)
    page = y.app(y.results(y.classic(A) + row.format(one, other) + y.classic(C)))
    seen = parse_page(page, RESULTS)
    assert listed(seen) == [("video", A), first, second, ("video", C)]
    assert seen.status is PageStatus.PARTIAL


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        # The picture in one part, the heading with the channel's picture in the other.
        ('<div><a href="/watch?v={0}"><img src="x">4:05</a></div><div><h3>Film</h3>'
         '<a href="/@maker"><img src="y">Maker</a></div>', "unknown"),
        # What an advert shows is one item.
        (f"<yt-next-ad-card>{_PARTS['video'][0]}{_PARTS['channel'][0]}</yt-next-ad-card>",
         "ad"),
        # Two parts about one thing.
        (2 * '<div><a href="/watch?v={0}"><img src="x"></a><h3>Film</h3></div>', "unknown"),
    ],
)  # fmt: skip
def test_the_parts_of_a_card_are_one_item(card: str, kind: str) -> None:
    page = y.app(y.results(y.classic(A) + f"<div>{card.format(B)}</div>" + y.classic(C)))
    assert listed(parse_page(page, RESULTS)) == [("video", A), (kind, B), ("video", C)]


@pytest.mark.parametrize("wrapper", ["ytd-rich-item-renderer", "ytm-rich-item-renderer"])
@pytest.mark.parametrize(
    ("first", "beside", "ids"),
    [
        (y.classic(A), y.classic(B), [A, B]),
        (y.classic(A), f'<yt-tile><a href="/watch?v={B}">Words</a></yt-tile>', [A, B]),
        (
            f'<div><a href="/post/Ug{B}{C}{D}xx">Words</a></div>',
            y.classic(A),
            [f"Ug{B}{C}{D}xx", A],
        ),
        (y.classic(A), "<yt-quiz><h3>Which planet?</h3><i>Mars</i><i>Venus</i></yt-quiz>", [A, ""]),
        (f'<yt-tile data-video-id="{A}"><b>Words</b></yt-tile>', y.classic(B), [A, B]),
        (
            f'<yt-tile data-video-id="{A}"><b>Words</b></yt-tile>',
            f'<yt-note data-video-id="{B}"><b>Words</b></yt-note>',
            [A, B],
        ),
        (
            f'<yt-tile data-video-id="{A}"><h3>Words</h3></yt-tile>',
            "<yt-quiz><h3>Which planet?</h3><i>Mars</i></yt-quiz>",
            [A, ""],
        ),
        # What belongs to the one card: its parts, more links to it, a button, what is to come.
        (y.classic(A), f'<yt-mark><a href="/watch?v={A}&t=9s">At 0:09</a></yt-mark>', [A]),
        (y.classic(A), "<yt-menu><button>Dismiss</button></yt-menu>", [A]),
        (
            f'<yt-picture><a href="/watch?v={A}"><img src="x"></a></yt-picture>',
            f'<yt-words><a href="/watch?v={A}">Words</a><a href="/@some">Some</a></yt-words>',
            [A],
        ),
        (
            f'<yt-picture><a href="/watch?v={A}"><img src="x"></a></yt-picture>',
            '<yt-words><h3>Words</h3><a href="/@some">Some</a><i>9 views</i></yt-words>',
            [A],
        ),
    ],
)
def test_a_wrapper_with_several_cards_loses_none(
    wrapper: str, first: str, beside: str, ids: list[str]
) -> None:
    """In whatever order they stand, beside the card or in the part of the wrapper that holds it."""
    after = f"<{wrapper}><div id='content'>{y.classic(D)}</div></{wrapper}>"
    for inside in (
        f"<div id='content'>{first}{beside}</div>",
        f"<q-w><p>{first}</p>{beside}</q-w>",
    ):
        page = y.app(y.home(f"<{wrapper}>{inside}</{wrapper}>{after}"))
        seen = parse_page(page, HOME)
        assert [item for _, item in listed(seen)] == [*ids, D]
        assert [i.position for i in seen.impressions] == list(range(1, len(ids) + 2))


def test_cards_of_one_list_are_its_videos_where_pictures_show_lengths() -> None:
    card = (
        '<div class="tile"><a href="/watch?v={0}&amp;list=PLxxxxxxxxxxxx"><img src="x">4:05</a>'
        '<h3><a href="/watch?v={0}&amp;list=PLxxxxxxxxxxxx">Title</a></h3></div>'
    )
    page = y.app(y.results(y.classic(D) + "".join(card.format(v) for v in (A, B, C))))
    assert [item for _, item in listed(parse_page(page, RESULTS))] == [D, A, B, C]


def test_a_link_into_a_list_without_a_length_is_the_list() -> None:
    """The older card told a mix by an overlay whose name may change."""
    card = y.classic(A, length="").replace(f"/watch?v={A}", f"/watch?v={A}&amp;list=RDxxxxxxxxxxx")
    seen = parse_page(y.app(y.results(card)), RESULTS)
    assert listed(seen) == [("mix", "RDxxxxxxxxxxx")]


def test_a_page_whose_elements_all_have_another_prefix_is_read() -> None:
    page = y.app(y.results(*(y.classic(v) for v in (A, B, C)))).replace("ytd-", "web-")
    seen = parse_page(page.replace("yt-", "web-"), RESULTS)
    assert listed(seen) == [("unknown", v) for v in (A, B, C)]
    assert seen.status is PageStatus.PARTIAL


def test_an_earlier_page_kept_under_another_name_is_not_read() -> None:
    """Neither manager nor page has a known name; the page says what it is."""
    names = {"ytd-page-manager": "yt-stack", "ytd-browse": "yt-page", "ytd-search": "yt-find"}
    page = y.app(y.results(y.classic(D)), y.home(y.rich(y.lockup(A)), y.rich(y.lockup(B))))
    for old, new in names.items():
        page = page.replace(old, new)
    assert [item for _, item in listed(parse_page(page, HOME))] == [A, B]


# ---- what was sent


def answer(*items: dict[str, Any], part: str = "contents") -> dict[str, Any]:
    return {
        "responseContext": {},
        part: {
            "twoColumnSearchResultsRenderer": {
                "primaryContents": {"sectionListRenderer": {part: list(items)}}
            }
        },
    }


def sent(value: Any) -> list[tuple[str, str]]:
    seen = parse_answer(value, RESULTS)
    assert seen is not None
    return listed(seen)


def video(ident: str, name: str = "videoId") -> dict[str, Any]:
    return {name: ident, "title": {"simpleText": "T"}, "lengthText": {"simpleText": "4:05"}}


def test_a_known_card_with_another_name_for_its_id_is_read() -> None:
    lockup = {
        "entityId": LIST,
        "contentType": "LOCKUP_CONTENT_TYPE_PLAYLIST",
        "itemPlayback": {"watchEndpoint": {"videoId": B}},
    }
    cards = [{"videoRenderer": video(A, "mediaId")}, {"lockupViewModel": lockup}]
    assert sent(answer(*cards)) == [("video", A), ("playlist", LIST)]


@pytest.mark.parametrize(
    "card",
    [
        {"entityId": A, "primaryText": {"content": "T"}},
        {"videoId": A, "details": {"model": {"primary": {"content": "T"}}}},
        {"heroImage": {"sources": []}, "openCommand": {"openVideoEndpoint": {"videoId": A}}},
    ],
)
def test_an_unknown_card_with_other_names_for_all_it_says_is_an_item(card: dict[str, Any]) -> None:
    seen = sent(answer({"mediaCardModel": card}, {"videoRenderer": video(B)}))
    assert seen == [("unknown", A), ("video", B)]


def test_the_name_of_a_section_is_no_id() -> None:
    section = {"targetId": "search-feed", "header": {}, "contents": [{"videoRenderer": video(A)}]}
    assert sent(answer({"itemSectionModel": section})) == [("video", A)]


def test_parts_of_an_answer_may_have_other_names() -> None:
    found = answer({"videoRenderer": video(A)}, part="elements")
    beside = {"metadata": {"channelMetadataRenderer": {"title": "T", "externalId": "UC" + A * 2}}}
    assert sent({**found, **beside, "onResponseReceivedEndpoints": []}) == [("video", A)]
    del found["responseContext"]
    assert sent(found) == [("video", A)]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda found: {"result": {"payload": found}},
        lambda found: [{"id": 1, "result": {"responseContext": {}}}, {"id": 2, "result": found}],
    ],
)
def test_an_answer_is_found_in_what_is_around_it(wrapped: Any) -> None:
    assert sent(wrapped(answer({"videoRenderer": video(A)}))) == [("video", A)]


@pytest.mark.parametrize(
    "script",
    [
        "<script>var ytInitialData = JSON.parse('{0}');</script>",
        '<script type="application/json" id="ytInitialData">{0}</script>',
        "<script>window.pageModel = {0};</script>",
    ],
)
def test_what_was_sent_with_a_page_is_found_however_it_is_assigned(script: str) -> None:
    text = json.dumps(answer({"videoRenderer": video(A)}), separators=(",", ":"))
    seen = parse_page(f"<html><body>{script.replace('{0}', text)}</body></html>", RESULTS)
    assert listed(seen) == [(ItemKind.VIDEO.value, A)]
