"""What stands among cards and leads to nothing the site has: adverts of words, tiles, polls."""

from __future__ import annotations

import pytest
import youtube_pages as y

from collector.common.model import Observation, PageStatus
from collector.platforms.youtube import parse_page

RESULTS = "https://www.youtube.com/results?search_query=x"
A, B, C, D = (letter * 11 for letter in "ABCD")


def listed(seen: Observation) -> list[tuple[str, str]]:
    return [(i.kind.value, i.item_id) for i in seen.impressions]


def among_cards(inserted: str) -> Observation:
    return parse_page(y.app(y.results(y.classic(A) + inserted + y.classic(C))), RESULTS)


@pytest.mark.parametrize(
    "advert",
    [
        "<yt-tile><span>Sponsored</span><h3>Shoes</h3></yt-tile>",
        "<yt-tile><span>Gesponsert ·</span><h3>Schuhe</h3></yt-tile>",
        "<yt-tile><span>広告</span><h3>靴</h3></yt-tile>",
        "<div><span>Реклама</span><p>Обувь</p></div>",
        '<section aria-label="Advertisement"><p>Shoes</p></section>',
        "<div data-ad-slot='x'><p>Shoes</p></div>",
        '<div><a rel="sponsored nofollow" href="https://shop.example/">Shoes</a></div>',
        '<div><iframe src="https://tpc.googlesyndication.com/x"></iframe></div>',
    ],
)
def test_an_advert_is_told_by_what_it_says_of_itself(advert: str) -> None:
    """Without a link to what it sells, without a picture, under any element's name."""
    seen = among_cards(advert)
    assert [kind for kind, _ in listed(seen)] == ["video", "ad", "video"]
    assert seen.status is PageStatus.PARTIAL


@pytest.mark.parametrize(
    "card",
    [
        '<div><a href="https://shop.example/"><h3>Shoes</h3></a></div>',
        "<yt-tile><h3>Shoes on sale</h3><p>Visit the shop</p></yt-tile>",
        "<yt-tile><p>Which one?</p><ul><li>This</li><li>That</li></ul></yt-tile>",
        '<yt-tile><a href="/hashtag/cats">#cats</a></yt-tile>',
        '<yt-tile><div style="background-image:url(x.jpg)"></div><b>Words</b></yt-tile>',
        "<yt-tile><h3>T</h3><p>Maker</p><p>1 day ago</p><button>Watch later</button></yt-tile>",
    ],
)
def test_a_tile_that_leads_nowhere_holds_its_place(card: str) -> None:
    seen = among_cards(card)
    assert [kind for kind, _ in listed(seen)] == ["video", "unknown", "video"]
    assert seen.status is PageStatus.PARTIAL


@pytest.mark.parametrize(
    "other",
    [
        "<yt-heading><h2>People also watched</h2></yt-heading>",
        '<yt-day><span role="heading">Yesterday</span></yt-day>',
        "<yt-day-header><span>Yesterday</span></yt-day-header>",
        '<yt-wait role="progressbar"><span>Loading</span></yt-wait>',
        "<yt-more><button>Show more</button></yt-more>",
        "<yt-asked><h3>Is this good?</h3><button>Yes</button><button>No</button></yt-asked>",
        '<yt-row><yt-x role="tab">All</yt-x><yt-x role="tab">Music</yt-x></yt-row>',
        '<yt-row><span>Search instead for</span><a href="/results?search_query=y">y</a></yt-row>',
        "<div>Showing results for x</div>",
        '<yt-tile hidden=""><span>Sponsored</span><h3>Shoes</h3></yt-tile>',
        '<div><yt-tile hidden=""><a href="/@maker"><img src="x">Maker</a></yt-tile></div>',
    ],
)
def test_what_heads_asks_or_is_not_shown_is_no_item(other: str) -> None:
    seen = among_cards(other)
    assert listed(seen) == [("video", A), ("video", C)]
    assert seen.status is PageStatus.OK


@pytest.mark.parametrize(
    "card",
    [
        "<yt-tile>Shoes on sale</yt-tile>",
        "<yt-tile><div><span>Shoes on sale</span></div></yt-tile>",
        "<yt-tile><h3>Shoes on sale</h3></yt-tile>",
    ],
)
def test_one_text_between_cards_or_not_alone_of_its_name_holds_its_place(card: str) -> None:
    seen = among_cards(card)
    assert [i.title for i in seen.impressions] == ["Title", "Shoes on sale", "Title"]
    assert seen.status is PageStatus.PARTIAL
    twice = parse_page(y.app(y.results(y.classic(A) + card + card)), RESULTS)
    assert [kind for kind, _ in listed(twice)] == ["video", "unknown", "unknown"]


def test_one_text_in_a_wrapper_as_cards_have_holds_its_place() -> None:
    cells = "".join(f"<yt-cell>{x}</yt-cell>" for x in (y.classic(A), y.classic(C), "Shoes"))
    seen = parse_page(y.app(y.results(cells)), RESULTS)
    assert [kind for kind, _ in listed(seen)] == ["video", "video", "unknown"]
    parts = [f"<yt-part>{x}</yt-part>" for x in (y.classic(A) + y.classic(C), "No more results")]
    seen = parse_page(y.app(y.results(*parts, parts[0])), RESULTS)
    assert [kind for kind, _ in listed(seen)] == ["video"] * 4


@pytest.mark.parametrize("at_the_end", [False, True])
def test_one_text_alone_at_an_end_of_a_list_is_noted(at_the_end: bool) -> None:
    """It may be an advert as well as a word about the list: not lost, and not made up."""
    cards, text = y.classic(A) + y.classic(C), "<yt-tile>Something</yt-tile>"
    seen = parse_page(y.app(y.results(cards + text if at_the_end else text + cards)), RESULTS)
    assert listed(seen) == [("video", A), ("video", C)]
    assert [(u.renderer, u.error.value, u.sample) for u in seen.unparsed] == [
        ("yt-tile", "no-link", "Something")
    ]
    assert seen.status is PageStatus.OK


def test_a_channel_under_another_name_is_a_channel() -> None:
    """All its links lead to one channel; the card in the same part of the list stays its own."""
    channel = (
        '<yt-tile><a href="/@maker"><img src="x"></a><h3><a href="/@maker">Maker</a></h3>'
        "<p>@maker • 1.2M subscribers</p></yt-tile>"
    )
    video = f'<yt-tile><a href="/watch?v={B}"><img src="x"></a><h3>Title</h3></yt-tile>'
    seen = parse_page(y.app(y.results(video + channel)), RESULTS)
    assert listed(seen) == [("unknown", B), ("channel", "@maker")]
    assert (seen.impressions[1].title, seen.impressions[1].channel_href) == ("Maker", "/@maker")
    assert seen.status is PageStatus.PARTIAL


def test_cards_of_which_nothing_says_what_they_are_of_are_items() -> None:
    """A watch page beside whose video all cards have lost their links is no page without a list."""
    card = '<yt-tile><img src="x"><h3>Title</h3><p>Maker</p></yt-tile>'
    page = y.app(y.watch(card * 3, video=D))
    seen = parse_page(page, f"https://www.youtube.com/watch?v={D}")
    assert listed(seen) == [("unknown", "")] * 3
    assert seen.status is PageStatus.PARTIAL
