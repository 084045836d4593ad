"""Every element of a page under another name: nothing is lost, and nothing around the list is an
item."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import youtube_pages as y

from collector.common.model import Observation, PageStatus
from collector.platforms.youtube import page_status, parse_page

HOME = "https://www.youtube.com/"
RESULTS = "https://www.youtube.com/results?search_query=x"
SUBSCRIPTIONS = "https://www.youtube.com/feed/subscriptions"
A, B, C, D = (letter * 11 for letter in "ABCD")
_NAMES = re.compile(r"(?<=<)(/?)([a-z]+-[a-z-]+)")


def nameless(page: str) -> str:
    """Each name becomes one that says nothing, the same for the same."""
    return _NAMES.sub(lambda found: f"{found[1]}q-x{sum(map(ord, found[2]))}", page)


def longer(page: str) -> str:
    """Each name gets a word more."""
    return _NAMES.sub(r"\1\2-kfmqz", page)


def listed(seen: Observation) -> list[tuple[str, str]]:
    return [(i.kind.value, i.item_id) for i in seen.impressions]


Rename = Callable[[str], str]
renames = pytest.mark.parametrize("rename", [nameless, longer])


@renames
@pytest.mark.parametrize("known_by", ["address", "title", "subtype"])
def test_a_list_of_one_video_is_known_by_the_pages_address_or_title(
    rename: Rename, known_by: str
) -> None:
    page = y.app(y.home(y.shelf("Maker", y.classic(A)))).replace('"home"', '"subscriptions"')
    if known_by == "address":
        page = page.replace("<title>YouTube</title>", "").replace(' page-subtype="sub', ' x="')
    url = SUBSCRIPTIONS if known_by == "address" else ""
    page = rename(page)
    seen = parse_page(page, url)
    assert listed(seen) == [("unknown", A)]
    assert (seen.status, page_status(page, url)) == (PageStatus.PARTIAL, PageStatus.PARTIAL)
    assert seen.impressions[0].surface.value == "subscriptions"


@pytest.mark.parametrize(
    "page",
    [
        f'<title>Blog</title><x-app><a href="/watch?v={A}">Seen</a></x-app>',
        f'<title>Down - YouTube</title><p>Back soon: <a href="/watch?v={A}">Seen</a></p>',
        '<title>YouTube</title><x-app><a href="/t/terms">Terms</a></x-app>',
    ],
)
def test_a_page_of_another_site_or_without_its_elements_or_videos_is_not_read(page: str) -> None:
    seen = parse_page(f"<html><body>{page}</body></html>", "")
    assert (seen.status, listed(seen)) == (PageStatus.UNKNOWN, [])


_GUIDE = (
    '<tp-yt-app-drawer id="guide" role="navigation"><a href="/playlist?list=PLmine00000000">'
    '<img src="x">Mine</a></tp-yt-app-drawer>'
)
_MINIPLAYER = f'<ytd-miniplayer><a href="/watch?v={D}"><img src="x">Next</a></ytd-miniplayer>'
_PREVIEW = (
    f'<div id="preview"><ytd-video-preview><div id="video-preview"><a href="/watch?v={A}">'
    '<img src="x"></a><div>Sponsored</div></div></ytd-video-preview></div>'
)


@renames
@pytest.mark.parametrize("root", [y.home, y.results])
@pytest.mark.parametrize("decoy", [_GUIDE, _MINIPLAYER])
@pytest.mark.parametrize("before", [True, False])
def test_what_stands_around_the_pages_is_no_item(
    rename: Rename, root: Callable[..., str], decoy: str, before: bool
) -> None:
    mark = '<ytd-page-manager id="page-manager">' if before else "</ytd-page-manager>"
    page = y.app(root(y.classic(A), y.classic(B)))
    page = page.replace(mark, decoy + mark if before else mark + decoy)
    seen = parse_page(rename(page), HOME if root is y.home else RESULTS)
    assert listed(seen) == [("unknown", A), ("unknown", B)]


@renames
def test_a_guide_is_told_by_its_role_where_nothing_tells_where_the_pages_are(
    rename: Rename,
) -> None:
    page = y.app(y.results(y.classic(A), y.classic(B))).replace(' id="page-manager"', "")
    seen = parse_page(rename(page.replace("<ytd-page-manager>", f"{_GUIDE}<ytd-x>")), RESULTS)
    assert listed(seen) == [("unknown", A), ("unknown", B)]


@renames
def test_the_preview_that_plays_over_a_card_is_no_second_card(rename: Rename) -> None:
    page = y.app(y.home(y.rich(y.lockup(A)), y.rich(y.lockup(B))))
    end = "</ytd-rich-grid-renderer>"
    for what in (page, rename(page)):
        around = end if what is page else rename(end)
        seen = parse_page(what.replace(around, _PREVIEW + around), HOME)
        assert [item for _, item in listed(seen)] == [A, B]


@renames
def test_an_advert_alone_in_its_part_of_the_list_is_found_by_its_mark(rename: Rename) -> None:
    """Neither link nor picture, and beside it a single part that holds cards."""
    ad = (
        '<ytd-promoted-sparkles-web-renderer><h3 id="title" title="Buy">Buy</h3>'
        "<ytd-badge-supported-renderer><span>Annonce</span></ytd-badge-supported-renderer>"
        "</ytd-promoted-sparkles-web-renderer>"
    )
    part = '<ytd-item-section-renderer><div id="contents">{}</div></ytd-item-section-renderer>'
    page = y.app(
        "<ytd-search><ytd-section-list-renderer>"
        f"{part.format(ad)}{part.format(y.classic(A) + y.classic(B))}"
        "</ytd-section-list-renderer></ytd-search>"
    )
    seen = parse_page(rename(page), RESULTS)
    assert listed(seen) == [("ad", ""), ("unknown", A), ("unknown", B)]
    assert (seen.status, seen.impressions[0].title) == (PageStatus.PARTIAL, "Buy")
    if rename is longer:
        return  # the element's name says it, too
    quiet = page.replace("Annonce", "Tip")
    assert listed(parse_page(rename(quiet), RESULTS)) == [("unknown", A), ("unknown", B)]


@renames
def test_in_the_middle_of_a_navigation_the_page_that_was_asked_for_is_read(
    rename: Rename,
) -> None:
    """It is hidden still; the one that is left plays a video."""
    left = y.watch(y.lockup(C), y.lockup(D)).replace(' video-id=""', "")
    left = left.replace('<div id="primary">', '<div id="primary"><div id="movie_player"></div>')
    pages = (y.home(y.rich(y.lockup(D)), hidden=True), left)
    page = y.app(*pages, y.results(y.classic(A), y.classic(B), hidden=True))
    seen = parse_page(rename(page), RESULTS)
    assert listed(seen) == [("unknown", A), ("unknown", B)]
    assert [u.field for u in seen.unparsed if u.error == "disagrees"] == ["hidden"]
