"""No silent loss: what a page shows and nobody can read is an item at its place, and said aloud."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
import youtube_pages as y

from collector.adapters.youtube import layout
from collector.adapters.youtube.openpage import _CARD
from collector.common.model import ItemKind, Observation, PageStatus, ParseError
from collector.platforms.youtube import page_status, parse_page
from collector.platforms.youtube.parse import renderers
from collector.platforms.youtube.parse.registry import (
    AD_TAGS,
    READERS,
    RENDERERS,
    SENT_READERS,
    WRAPPERS,
    renderers_of,
    table_of,
)
from collector.platforms.youtube.probes import ADS, CARDS

HOME = "https://www.youtube.com/"
RESULTS = "https://www.youtube.com/results?search_query=x"
WATCH = "https://www.youtube.com/watch?v=WWWWWWWWWWW"
A, B, C, D = (letter * 11 for letter in "ABCD")


def listed(seen: Observation) -> list[tuple[int, str, str]]:
    return [(i.position, i.kind.value, i.item_id) for i in seen.impressions]


@pytest.mark.parametrize(
    "card",
    [
        f'<yt-tile data-video-id="{A}"><img src="x"><span>Words</span></yt-tile>',
        f'<yt-tile><img src="https://i.ytimg.com/vi/{A}/hq720.jpg"><span>Words</span></yt-tile>',
        f'<yt-tile><div video-id="{A}"><img src="x"><span>Words</span></div></yt-tile>',
    ],
)
def test_a_card_without_a_link_has_the_id_that_it_says(card: str) -> None:
    seen = parse_page(y.app(y.results(strange(B) + card + strange(C))), RESULTS)
    assert seen.status is PageStatus.PARTIAL
    assert [item.item_id for item in seen.impressions] == [B, A, C]


def test_a_saved_shadow_tree_is_part_of_its_card() -> None:
    inner = f'<a id="thumbnail" href="/watch?v={A}"></a><h3 id="video-title">T</h3>'
    card = (
        f'<ytd-video-renderer><template shadowrootmode="open">{inner}</template>'
        "</ytd-video-renderer>"
    )
    seen = parse_page(y.app(y.results(card)), RESULTS)
    assert listed(seen) == [(1, "video", A)]


def strange(video: str, title: str = "Strange") -> str:
    """A card that nobody has ever seen."""
    return (
        f'<yt-content-tile-view-model><a href="/watch?v={video}"><img></a><h3 title="{title}">'
        f'<a href="/watch?v={video}"><span>{title}</span></a></h3></yt-content-tile-view-model>'
    )


@pytest.mark.parametrize("tag", sorted(READERS))
def test_one_card_of_any_known_name_is_a_list(tag: str) -> None:
    """A results page with one card is ok by its status alone and when it is read."""
    card = (
        f'<{tag}><a id="thumbnail" href="/watch?v={A}&amp;list=PLx"><img src="x"></a>'
        f'<h3><a href="/@maker">Maker</a></h3><a href="/post/Ugkx1">1 day ago</a>'
        f'<span id="video-title">T</span></{tag}>'
    )
    page = y.app(y.results(card))
    assert page_status(page, RESULTS) is PageStatus.OK
    seen = parse_page(page, RESULTS)
    assert (seen.status, len(seen.impressions)) == (PageStatus.OK, 1)


def test_one_table_feeds_everybody_who_knows_cards_by_name() -> None:
    """Scripts in the page, the driver without a browser and its layout know each tag."""
    assert set(CARDS.split(", ")) | set(ADS.split(", ")) == set(READERS) | WRAPPERS
    assert set(ADS.split(", ")) == AD_TAGS
    for tag in READERS:
        assert layout._TAG.match(f"<{tag} x>") is not None
        if tag not in AD_TAGS:
            found = _CARD.match(f"<{tag} x>")
            assert found is not None
            assert found[1] == tag


def test_every_file_among_the_renderers_is_read_or_shared() -> None:
    """A new file needs no line anywhere."""
    files = {path.stem for path in Path(renderers.__file__).parent.glob("*.py")}
    found = {Path(each.__file__).stem for each in RENDERERS}
    assert files - found == {"__init__", "common", "sent"}
    assert set(READERS) == {tag for each in RENDERERS for tag in each.TAGS}
    assert set(SENT_READERS) == {key for each in RENDERERS for key in each.KEYS}


def test_a_renderer_that_is_half_there_is_told_what_it_lacks() -> None:
    half, shared = ModuleType("half"), ModuleType("shared")
    half.__file__ = "half.py"
    vars(half).update(TAGS=("a-b",), read=print)
    assert list(renderers_of([shared])) == []
    with pytest.raises(TypeError, match=r"half\.py: a renderer must have KEYS and read_sent"):
        list(renderers_of([half]))


def test_one_name_has_one_reader() -> None:
    twice = [("a-b", READERS[tag]) for tag in ("ytd-ad-slot-renderer", "yt-lockup-view-model")]
    with pytest.raises(ValueError, match=r"a-b is read by .*\.ad and by .*\.lockup: take it out"):
        table_of(twice)


def test_an_unknown_card_between_known_ones_keeps_its_place() -> None:
    page = y.app(y.home(y.rich(y.lockup(A)), strange(B), y.rich(y.lockup(C))))
    seen = parse_page(page, HOME)
    assert listed(seen) == [(1, "video", A), (2, "unknown", B), (3, "video", C)]
    assert seen.status is PageStatus.PARTIAL
    item = seen.impressions[1]
    assert (item.title, item.href) == ("Strange", f"/watch?v={B}")
    assert [(u.renderer, u.error) for u in seen.unparsed] == [
        ("yt-content-tile-view-model", ParseError.UNKNOWN_RENDERER)
    ]


@pytest.mark.parametrize(("root", "url"), [("home", HOME), ("results", RESULTS), ("watch", WATCH)])
def test_a_new_name_for_every_card_loses_none(root: str, url: str) -> None:
    """Yesterday's page under today's names: the same ids at the same places."""
    cards = [y.classic(v, tag="ytd-video-renderer") for v in (A, B, C, D)]
    page = y.app(getattr(y, root)(*cards))
    before = parse_page(page, url)
    after = parse_page(page.replace("ytd-video-renderer", "ytd-result-tile-renderer"), url)
    assert [i.item_id for i in before.impressions] == [A, B, C, D]
    assert [(i.position, i.item_id) for i in after.impressions] == [
        (i.position, i.item_id) for i in before.impressions
    ]
    assert {i.kind for i in after.impressions} == {ItemKind.UNKNOWN}
    assert after.status is PageStatus.PARTIAL
    assert len(after.unparsed) == 4


@pytest.mark.parametrize(
    "link",
    [
        "/watch?v={0}", "/watch?pp=x&amp;v={0}", "https://www.youtube.com/watch?v={0}&amp;t=3s",
        "/shorts/{0}", "https://youtu.be/{0}?si=x", "/embed/{0}", "/live/{0}",
    ],
)  # fmt: skip
def test_links_may_be_spelled_in_any_way(link: str) -> None:
    card = f'<div class="x"><div><a href="{link.format(B)}">Title</a></div></div>'
    seen = parse_page(y.app(y.home(y.rich(y.lockup(A)), card)), HOME)
    assert listed(seen) == [(1, "video", A), (2, "unknown", B)]


def test_the_unknown_content_of_a_known_wrapper_is_one_item() -> None:
    inside = f'<yt-poll-view-model><p>Which?</p><img src="/vi/{B}/x.jpg"></yt-poll-view-model>'
    seen = parse_page(y.app(y.home(y.rich(inside), y.rich(y.lockup(A)))), HOME)
    assert [i.kind.value for i in seen.impressions] == ["unknown", "video"]
    assert seen.unparsed[0].renderer == "yt-poll-view-model"
    assert seen.status is PageStatus.PARTIAL


def test_what_stands_among_cards_and_leads_to_a_channel_is_an_item() -> None:
    card = '<ytd-creator-renderer><a href="/@maker">Maker</a></ytd-creator-renderer>'
    seen = parse_page(y.app(y.results(y.classic(A), card, y.classic(B))), RESULTS)
    assert listed(seen) == [(1, "video", A), (2, "channel", "@maker"), (3, "video", B)]


@pytest.mark.parametrize(
    "attribute", ['hidden=""', "hidden", 'style="display: none;"', 'style="color:red;display:none"']
)
def test_what_has_no_box_was_not_shown(attribute: str) -> None:
    """A hidden item, known or not, is no impression and leaves no hole."""
    hidden = y.rich(y.lockup(B)).replace(
        "<ytd-rich-item-renderer", f"<ytd-rich-item-renderer {attribute}"
    )
    other = strange(D).replace(
        "<yt-content-tile-view-model", f"<yt-content-tile-view-model {attribute}"
    )
    seen = parse_page(y.app(y.home(y.rich(y.lockup(A)), hidden, other, y.rich(y.lockup(C)))), HOME)
    assert listed(seen) == [(1, "video", A), (2, "video", C)]
    assert (seen.status, seen.fields["hiddenItems"]) == (PageStatus.OK, 1)


def test_ads_posts_and_games_hold_their_place() -> None:
    ad = (
        "<ytd-ad-slot-renderer><ytd-text-image-no-button-layout-renderer><h3>Buy it</h3>"
        "</ytd-text-image-no-button-layout-renderer></ytd-ad-slot-renderer>"
    )
    post = y.rich("<ytd-post-renderer><div id='author-text'>Who</div></ytd-post-renderer>")
    game = y.rich(
        "<mini-game-card-view-model><a href='/playables/g'>G</a></mini-game-card-view-model>"
    )
    seen = parse_page(y.app(y.home(ad, post, game, y.rich(y.lockup(A)))), HOME)
    assert listed(seen) == [(1, "ad", ""), (2, "post", ""), (3, "game", "g"), (4, "video", A)]
    assert seen.status is PageStatus.PARTIAL  # nothing tells which post it is


def test_links_around_a_list_are_no_items() -> None:
    """The title of a shelf, comments, a description and a player's end screen are not list."""
    shelf = (
        '<ytd-shelf-renderer><div><h2><a href="/playlist?list=PLshelf">Shelf</a></h2></div>'
        f"<div>{y.classic(A)}{y.classic(B)}</div></ytd-shelf-renderer>"
    )
    assert listed(parse_page(y.app(y.results(shelf)), RESULTS)) == [
        (1, "video", A), (2, "video", B),
    ]  # fmt: skip
    around = (
        f'<ytd-player><a href="/watch?v={C}">end</a></ytd-player>'
        f'<ytd-comments><p><a href="/watch?v={D}">see</a></p></ytd-comments>'
    )
    page = y.app(y.watch(y.lockup(A))).replace(
        '<div id="secondary">', around + '<div id="secondary">'
    )
    seen = parse_page(page, WATCH)
    assert (seen.status, listed(seen)) == (PageStatus.OK, [(1, "video", A)])


@pytest.mark.parametrize(
    ("old", "new", "url"),
    [
        ("ytd-search", "ytd-find", RESULTS),
        ("ytd-page-manager", "ytd-pages", RESULTS),
        ("ytd-app", "yt-shell", RESULTS),
        ("ytd-item-section-renderer", "ytd-part", RESULTS),
    ],
)
def test_new_names_of_what_holds_the_list_lose_nothing(old: str, new: str, url: str) -> None:
    page = y.app(y.results(y.classic(A), y.classic(B)))
    renamed = re.sub(rf"(</?){old}(?=[\s>])", rf"\g<1>{new}", page)
    assert renamed != page
    assert listed(parse_page(renamed, url)) == listed(parse_page(page, url))


def test_the_queue_beside_a_video_is_a_list_of_its_own() -> None:
    queue = (
        "<ytd-playlist-panel-renderer><ytd-playlist-panel-video-renderer>"
        f'<a href="/watch?v={B}&amp;list=PLx&amp;index=2"></a><span id="video-title" title="Next">'
        "Next</span></ytd-playlist-panel-video-renderer></ytd-playlist-panel-renderer>"
    )
    page = y.app(y.watch(y.lockup(A))).replace("</ytd-watch-flexy>", queue + "</ytd-watch-flexy>")
    seen = parse_page(page, WATCH)
    assert listed(seen) == [(1, "video", A)]
    assert [(q["position"], q["videoId"], q["title"]) for q in seen.fields["queue"]] == [
        (1, B, "Next")
    ]


@pytest.mark.parametrize(
    ("path", "subtype", "surface"),
    [
        ("/feed/subscriptions", "subscriptions", "subscriptions"),
        ("/feed/history", "history", "history"),
        ("/playlist?list=PLx", "playlist", "playlist"), ("/hashtag/tea", "hashtag", "hashtag"),
        ("/feed/trending", "trending", "trending"), ("/gaming", "gaming", "other"),
    ],
)  # fmt: skip
def test_other_lists_are_read(path: str, subtype: str, surface: str) -> None:
    page = y.app(y.home(y.rich(y.lockup(A)))).replace('"home"', f'"{subtype}"')
    seen = parse_page(page, HOME.rstrip("/") + path)
    assert (seen.status, listed(seen)) == (PageStatus.OK, [(1, "video", A)])
    assert seen.impressions[0].surface.value == surface
    empty = parse_page(y.app(y.home()).replace('"home"', f'"{subtype}"'), HOME.rstrip("/") + path)
    assert (empty.status, empty.fields["statusReason"]) == (PageStatus.UNKNOWN, "not-read")


def test_a_page_without_an_address_is_told_by_its_own_element() -> None:
    """It is never taken for the home page."""
    for page, kind in (
        (y.app(y.results(y.classic(A))), "search"),
        (y.app(y.watch(y.lockup(A), video=B)), "video"),
        (y.app(y.home(y.rich(y.lockup(A)))), "home"),
        ("<ytd-app><div></div></ytd-app>", "other"),
    ):
        seen = parse_page(page, "")
        assert seen.kind.value == kind
        assert (seen.status is PageStatus.OK) is (kind != "other")


@pytest.mark.parametrize("kind", ["post", "game"])
def test_a_known_card_whose_link_is_gone_is_noted_and_makes_the_page_partial(kind: str) -> None:
    link = '<a href="/post/Ugkx1">1 day ago</a>' if kind == "post" else '<a href="/playables/g">'
    tag = "ytd-post-renderer" if kind == "post" else "ytd-mini-game-card-view-model"
    card = f"<{tag}>{link}<div id='content-text'>words</div></{tag}>"
    page = y.app(y.home(y.rich(y.lockup(A)), y.rich(card)))
    whole = parse_page(page, HOME)
    assert (whole.status, whole.unparsed) == ("ok", ())
    gone = parse_page(page.replace(link, "<a>"), HOME)
    assert [(i.position, i.kind.value) for i in gone.impressions] == [(1, "video"), (2, kind)]
    assert gone.impressions[1].item_id == ""
    assert gone.status == "partial"
    (note,) = gone.unparsed
    assert (note.renderer, note.field, note.error) == (tag, "href", ParseError.NO_LINK)


#: Every element of the site under a name that says nothing.
_NAMES = re.compile(r"(?<=<)(/?)(?:yt[dm]?|mini)-[a-z-]+")


def _nameless(page: str) -> str:
    return _NAMES.sub(lambda found: f"{found[1]}q-x{sum(map(ord, found[0].strip('/')))}", page)


def _video(ident: str) -> str:
    link = f'<a href="/watch?v={ident}">'
    return (
        f"<ytd-video-renderer>{link}<img src='x'></a><div><h3>{link}T {ident}</a></h3>"
        f'<a href="/@maker">Maker</a></div></ytd-video-renderer>'
    )


_CHANNEL_CARD = (
    '<ytd-channel-renderer><a href="/@maker"><img src="x"></a><a href="/@maker"><div>Maker</div>'
    "<div>1.2K subscribers</div><div>What it is about</div></a></ytd-channel-renderer>"
)
_LINKS = [f"AAAAAAAAAA{n}" for n in range(8)]


@pytest.mark.parametrize(
    ("beside", "wanted"),
    [
        pytest.param(_CHANNEL_CARD, [("channel", "@maker")], id="a channel"),
        pytest.param(
            "<ytd-horizontal-card-list-renderer>Others search for"
            '<a href="/results?search_query=b"><img src="x">b</a>'
            '<a href="/results?search_query=c"><img src="x">c</a>'
            "</ytd-horizontal-card-list-renderer>", [], id="searches",
        ),
        pytest.param(
            '<ytd-guide-entry-renderer><a href="/playlist?list=WL"><img src="x"> Later</a>'
            '</ytd-guide-entry-renderer><ytd-guide-entry-renderer><a href="/playlist?list=LL">'
            "Liked</a></ytd-guide-entry-renderer><ytd-guide-entry-renderer>"
            '<a href="https://studio.youtube.com/channel/UCAAAAAAAAAAAAAAAAAAAAAA/videos">Yours</a>'
            "</ytd-guide-entry-renderer>", None, id="the viewer's own lists",
        ),
        pytest.param(
            '<div id="masthead-ad"><ytd-video-masthead-ad><div><ytd-player-part>'
            '<a href="/watch?v=BBBBBBBBBBB&amp;pp=x"></a></ytd-player-part></div>'
            '<a href="/watch?v=CCCCCCCCCCC">More</a><a href="/user/Advertiser">Advertiser</a>'
            '<a href="https://example.org/" rel="sponsored">Example</a>'
            "</ytd-video-masthead-ad></div>",
            [("ad", "BBBBBBBBBBB")], id="an advert above the list",
        ),
    ],
)  # fmt: skip
def test_what_stands_in_a_list_without_any_known_name(
    beside: str, wanted: list[tuple[str, str]] | None
) -> None:
    """Two sections: of a single video and what stands beside it, and of several."""
    own = wanted is None
    several = beside.startswith("<ytd-horizontal")
    around = f"<ytd-guide-renderer>{beside}</ytd-guide-renderer>" if own else ""
    section = '<ytd-item-section-renderer><div id="contents">{}</div></ytd-item-section-renderer>'
    first = section.format(_video(A) + ("" if own or several else beside))
    rest = section.format((beside if several else "").join(map(_video, _LINKS)))
    page = _nameless(
        f'<!DOCTYPE html><html lang="en"><body><ytd-app>{around}<ytd-page-manager><ytd-search>'
        f'<ytd-section-list-renderer><div id="contents">{first}{rest}</div>'
        "</ytd-section-list-renderer></ytd-search></ytd-page-manager></ytd-app></body></html>"
    )
    seen = parse_page(page, RESULTS)
    assert seen.status is PageStatus.PARTIAL
    found = [(i.kind.value, i.item_id) for i in seen.impressions]
    videos = [("unknown", ident) for ident in (A, *_LINKS)]
    assert found == [videos[0], *(wanted or []), *videos[1:]]
