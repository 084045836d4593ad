"""Facebook's markups of 2017, 2023–2025 and the mobile site, and what none of them is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.common.model import Observation, PageStatus, ParseError
from collector.platforms.facebook import parse_page

HOME = "https://www.facebook.com/"
NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
PLACEHOLDER = '<div data-virtualized="true" style="min-height: 767px;"></div>'


def read(body: str, url: str = HOME) -> Observation:
    return parse_page(f'<html lang="en"><body>{body}</body></html>', url, client_time=NOW)


def post_2023(
    place: int, words: str, *, audience: str = "Shared with Public", who: str = "/somepage"
) -> str:
    return (
        f'<div data-virtualized="false"><div aria-posinset="{place}" aria-labelledby="c">'
        f'<h4><a href="https://www.facebook.com{who}/?__cft__[0]=x">Some Page</a></h4>'
        f'<a href="https://www.facebook.com{who}/posts/pfbid0abcdefghijk{place}?__cft__[0]=x" '
        f'aria-label="2h">2h</a><div aria-label="{audience}"></div>'
        '<div data-ad-rendering-role="story_message"><div data-ad-comet-preview="message">'
        f"{words}</div></div></div></div>"
    )


def test_posts_of_2023_in_a_virtualised_list() -> None:
    """Posts in order with text, link and time; empty place holders are none."""
    body = (
        '<div id="mount_0_0_zg"><div role="main"><h3>News Feed posts</h3>'
        f"{post_2023(1, 'One')}{post_2023(2, 'Two')}{PLACEHOLDER}{PLACEHOLDER}</div></div>"
    )
    seen = read(body)
    assert seen.status is PageStatus.OK
    assert [(i.position, i.title, i.channel_name, i.renderer) for i in seen.impressions] == [
        (1, "One", "Some Page", "2023"), (2, "Two", "Some Page", "2023"),
    ]  # fmt: skip
    assert seen.impressions[0].item_id.startswith("pfbid0abcdefghijk")
    assert seen.unparsed == ()


def test_a_post_that_is_not_surely_public_bears_nothing() -> None:
    for audience in ("Shared with Your friends", "Shared with Only me", "Like"):
        seen = read(post_2023(1, "Secret", audience=audience, who="/jane.doe"))
        (item,) = seen.impressions
        assert (item.position, item.title, item.channel_name) == (1, None, None)


@pytest.mark.parametrize(
    "post",
    [
        post_2023(1, "Secret", audience="Like", who="/jane.doe").replace("/posts/pfbid", "/about/"),
        '<div data-pagelet="FeedUnit_0"><h4><a href="/jane.doe/"><b>Jane</b></a></h4>x</div>',
        '<div class="userContentWrapper"><h5><a href="/jane.doe">Jane</a></h5>x</div>',
        '<article><div class="story_body_container"><header><h3><a href="/jane.doe">Jane</a></h3>'
        "</header></div></article>",
    ],
)
def test_a_post_of_which_nothing_is_told_makes_the_page_partial(post: str) -> None:
    """No audience and no link: it stays private, and nobody takes the page for whole."""
    seen = read(f'<div role="feed">{post}</div>')
    assert [(u.field, u.error) for u in seen.unparsed] == [("audience", ParseError.MISSING_ELEMENT)]
    assert [(i.position, i.item_id, i.title) for i in seen.impressions] == [(1, "", None)]
    assert seen.status is PageStatus.PARTIAL


def test_a_post_that_says_that_it_is_private_is_read_whole() -> None:
    seen = read(post_2023(1, "Secret", audience="Shared with Your friends", who="/jane.doe"))
    assert (seen.status, seen.unparsed) == (PageStatus.OK, ())


def test_posts_of_2017_and_of_the_mobile_site() -> None:
    classic = (
        '<div id="contentCol"><div class="fbUserContent _5pcr" role="article">'
        '<h5><a href="/elpais/" data-hovercard="/ajax/hovercard/page.php?id=1">El País</a></h5>'
        '<a href="/elpais/posts/1234567"><abbr data-utime="1498900000">1 July</abbr></a>'
        '<div class="userContent"><p>words</p></div></div></div>'
    )
    mobile = (
        '<div id="m_news_feed_stream"><article data-ft="{}"><div class="story_body_container">'
        '<header><h3><strong><a href="/pages/x/123456">Page</a></strong></h3></header>'
        '<div><p>words</p></div><a href="/story.php?story_fbid=1234567&amp;id=123456">3 hrs</a>'
        "</div></article></div>"
    )
    for body, markup in ((classic, "2019"), (mobile, "mobile")):
        seen = read(body)
        assert seen.status is PageStatus.OK
        assert [(i.title, i.renderer) for i in seen.impressions] == [("words", markup)]


@pytest.mark.parametrize("element", ['<div role="article">{0}</div>', "<article>{0}</article>"])
def test_an_article_of_no_known_markup_holds_its_place_and_its_silence(element: str) -> None:
    """It may be anybody's: it is counted, noted, and nothing of it is kept."""
    body = f'<div id="mount_0_0_a">{element.format("Jane: hello")}{element.format("more")}</div>'
    seen = read(body)
    assert seen.status is PageStatus.PARTIAL
    assert [(i.position, i.kind.value, i.item_id, i.title) for i in seen.impressions] == [
        (1, "unknown", "", None), (2, "unknown", "", None),
    ]  # fmt: skip
    assert {u.error for u in seen.unparsed} == {ParseError.UNKNOWN_RENDERER}
    assert not any(u.sample for u in seen.unparsed)


@pytest.mark.parametrize("body", ["", "<p></p>", '<div id="mount_0_0_a"><p>x</p></div>'])
def test_a_page_without_posts_or_a_word_about_them_was_not_drawn(body: str) -> None:
    seen = read(body)
    assert (seen.status, seen.login) == (PageStatus.UNKNOWN, None)
    assert seen.fields == {"statusReason": "not-drawn"}


def test_a_page_that_says_that_there_are_no_posts_is_empty() -> None:
    seen = read('<div id="mount_0_0_a"><p>There are no more posts to show right now.</p></div>')
    assert (seen.status, dict(seen.fields)) == (PageStatus.EMPTY, {})
