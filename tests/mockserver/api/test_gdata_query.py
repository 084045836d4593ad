"""Filters, orders and pages: what is asked for is what is listed, once each, in a stable order."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from gdata_tools import YT, find, get, ids, total, world, xml

from collector.common.model import ItemKind

CATEGORY = f"{{{YT}/categories.cat}}"
KEYWORD = f"{{{YT}/keywords.cat}}"


def listed() -> list[str]:
    return [v.id for v in world().videos.values() if v.kind is not ItemKind.UPCOMING]


def matching(path: str) -> set[str]:
    """Every id of a filter, by paging."""
    found: list[str] = []
    href: str | None = f"/feeds/videos/-/{path}?max-results=50&racy=include"
    while href:
        feed = xml(href)
        found += ids(feed)
        href = next(iter(find(feed, "a:link[@rel='next']/@href")), None)
    assert len(found) == len(set(found)) == min(total(feed), 1000)
    return set(found)


def having(*, category: str = "", tag: str = "") -> set[str]:
    videos = world().videos
    return {
        each
        for each in listed()
        if (not category or videos[each].category == category)
        and (not tag or tag.lower() in [mine.lower() for mine in videos[each].tags])
    }


def test_category_paths() -> None:
    comedy, music = having(category="Comedy"), having(category="Music")
    assert matching("Comedy") == comedy
    assert matching("Comedy%7CMusic") == comedy | music
    assert matching("Music/-cat") == music - having(tag="cat")
    assert matching("cat") == having(tag="cat") == matching("CAT")
    assert matching(quote(f"{CATEGORY}Comedy", safe="")) == comedy
    assert matching(f"{CATEGORY}Comedy") == comedy
    assert matching(quote(f"{KEYWORD}Comedy", safe="")) == having(tag="Comedy")
    assert matching(quote(f"Music|{CATEGORY}Comedy", safe="") + "/-cat") == (
        (music | comedy) - having(tag="cat")
    )
    assert matching(quote(f"-{CATEGORY}Music", safe="") + "/cat") == having(tag="cat") - music
    assert matching("Comedy/Music") == set()
    assert matching("comedy") == having(tag="comedy")
    assert ids(xml("/feeds/videos?category=Comedy,dog")) == ids(xml("/feeds/videos/-/Comedy/dog"))


def test_links_of_a_category_path_keep_it() -> None:
    path = quote(f"{CATEGORY}Comedy|Music", safe="")
    feed = xml(f"/feeds/api/videos/-/{path}/-cat?vq=video&max-results=5")
    (following,) = find(feed, "a:link[@rel='next']/@href")
    assert f"/feeds/api/videos/-/{path}/-cat?" in following
    assert not set(ids(feed)) & set(ids(xml(following)))


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("viewCount", lambda video: video.views),
        ("published", lambda video: video.published),
        ("updated", lambda video: video.published),
        ("rating", lambda v: v.likes / (v.likes + v.dislikes) if v.likes + v.dislikes else -1),
    ],
)
def test_orders_descend(order: str, key: object) -> None:
    for path in ("videos?", "videos?vq=cat&", "users/liz/uploads?", "videos/-/Music?"):
        shown = ids(xml(f"/feeds/{path}orderby={order}&max-results=50"))
        values = [key(world().videos[video]) for video in shown]  # type: ignore[operator]
        assert values == sorted(values, reverse=True)
        assert len(values) > 5


def test_relevance_puts_titles_and_more_words_first() -> None:
    titles = find(xml("/feeds/videos?vq=cat+piano"), "a:entry/a:title/text()")
    assert titles[0] == "Our cat on the piano"
    everything = "/feeds/videos?vq=cat+piano&orderby=relevance_lang_en"
    assert find(xml(everything), "a:entry/a:title/text()") == titles


def test_search_operators() -> None:
    cats = total(xml("/feeds/videos?vq=cat"))
    assert total(xml("/feeds/videos?vq=CAT")) == total(xml("/feeds/videos?q=cat")) == cats
    assert total(xml("/feeds/videos?vq=")) == total(xml("/feeds/videos"))
    assert total(xml("/feeds/videos?racy=include")) == len(listed())
    pianos = total(xml("/feeds/videos?vq=piano"))
    both = total(xml("/feeds/videos?vq=piano%7Ccat"))
    assert max(cats, pianos) < both <= cats + pianos
    assert total(xml("/feeds/videos?vq=cat+-piano")) == both - pianos
    assert total(xml("/feeds/videos?vq=cat+-%22on+the+piano%22")) == cats - 1
    assert total(xml("/feeds/videos?vq=%22piano+the+on%22")) == 0
    assert total(xml("/feeds/videos?vq=%3F%3F%3F")) == 0


def test_formats() -> None:
    for number in ("1", "5", "6"):
        feed = xml(f"/feeds/videos?format={number}&max-results=50")
        for entry in find(feed, "a:entry"):
            assert number in find(entry, "m:group/m:content/@y:format")
    embeddable, all_formats = total(xml("/feeds/videos?format=5")), total(xml("/feeds/videos"))
    assert 0 < embeddable < all_formats
    assert total(xml("/feeds/videos?format=1,5,6")) == all_formats
    assert total(xml("/feeds/standardfeeds/watch_on_mobile")) == total(
        xml("/feeds/videos?format=1")
    )


def test_every_video_says_its_formats() -> None:
    for entry in find(xml("/feeds/videos?max-results=50"), "a:entry"):
        contents = find(entry, "m:group/m:content")
        assert contents
        assert all(content.get(f"{{{YT}}}format") for content in contents)
        assert contents[0].get("isDefault") == "true"
        assert len(find(entry, "m:group/m:content[@isDefault]")) == 1


def test_related_never_contains_the_video() -> None:
    for video in ("ZTUVgYoeN_o", "dQw4w9WgXcQ", listed()[500]):
        feed = xml(f"/feeds/videos/{video}/related?max-results=50")
        assert len(ids(feed)) == 50
        assert video not in ids(feed)


def test_standard_feeds() -> None:
    for name in ("most_viewed", "top_rated", "recently_featured", "watch_on_mobile", "most_recent",
                 "most_popular", "most_discussed", "most_responded", "most_linked",
                 "top_favorites"):  # fmt: skip
        assert ids(xml(f"/feeds/standardfeeds/{name}")), name
    country = xml("/feeds/standardfeeds/IT/most_viewed_Music")
    for video in ids(country):
        found = world().videos[video]
        assert found.category == "Music"
        assert world().channels[found.channel_id].country == "IT"
    assert ids(country)
    assert get("/feeds/standardfeeds/best_of_all").status_code == 404


def test_following_next_sees_everything_once() -> None:
    seen: list[str] = []
    href: str | None = "/feeds/videos?vq=video&max-results=37&orderby=published"
    while href:
        feed = xml(href)
        seen += ids(feed)
        href = next(iter(find(feed, "a:link[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == min(total(feed), 1000)
    assert len(seen) > 100


def test_next_ends_at_the_limit_without_an_error() -> None:
    feed = xml("/feeds/videos?start-index=951&max-results=40")
    (following,) = find(feed, "a:link[@rel='next']/@href")
    last = xml(following)
    assert len(ids(last)) == 10
    assert not find(last, "a:link[@rel='next']")


def test_pages_and_their_numbers() -> None:
    feed = xml("/feeds/videos?vq=cat&start-index=11&max-results=10&key=SECRET&client=me")
    numbers = [find(feed, f"o:{name}/text()")[0] for name in ("startIndex", "itemsPerPage")]
    assert numbers == ["11", "10"]
    links = {
        rel: find(feed, f"a:link[@rel='{rel}']/@href")[0] for rel in ("self", "next", "previous")
    }
    starts = {rel: parse_qs(urlsplit(href).query) for rel, href in links.items()}
    assert {rel: query["start-index"] for rel, query in starts.items()} == {
        "self": ["11"], "next": ["21"], "previous": ["1"],
    }  # fmt: skip
    assert all(query["vq"] == ["cat"] and query["client"] == ["me"] for query in starts.values())
    assert "SECRET" not in "".join(links.values())
    first = xml("/feeds/videos?vq=cat")
    assert not find(first, "a:link[@rel='previous']")
    assert "max-results=25" in find(first, "a:link[@rel='self']/@href")[0]
    beyond = xml("/feeds/videos/-/Comedy/dog?start-index=500")
    assert not ids(beyond)
    assert total(beyond) == total(xml("/feeds/videos/-/Comedy/dog"))
    assert find(beyond, "a:link[@rel='previous']")
    assert not find(beyond, "a:link[@rel='next']")
    assert not ids(xml("/feeds/videos?max-results=0"))


def test_links_are_on_the_requests_host_and_prefix() -> None:
    headers = {"Host": "gdata.youtube.com"}
    for path in ("/feeds", "/feeds/api"):
        feed = xml(f"{path}/videos?max-results=2", headers=headers)
        for href in find(feed, "//a:link[@type='application/atom+xml']/@href"):
            assert href.startswith(f"http://gdata.youtube.com{path}/videos")


def test_comment_counts_are_those_of_the_feed() -> None:
    feed = xml("/feeds/standardfeeds/most_viewed?max-results=4")
    for link in find(feed, "a:entry/g:comments/g:feedLink"):
        assert int(link.get("countHint")) == total(xml(link.get("href")))


def test_playlists_are_searched_by_title_description_and_tags() -> None:
    """Every word must be there; what is found is what reading all playlists finds."""
    for words in ("the", "walk darcy", "nosuchwordanywhere"):
        found = xml(f"/feeds/api/playlists/snippets?q={quote(words)}&v=2&max-results=50")
        expected = set()
        for playlist in world().playlists.values():
            text = " ".join((playlist.title, playlist.description, *playlist.tags)).lower()
            held = set("".join(c if c.isalnum() else " " for c in text).split())
            if set(words.split()) <= held:
                expected.add(playlist.id)
        named = {each.rpartition(":")[2] for each in find(found, "a:entry/a:id/text()")}
        listed_in_all = found.xpath("string(*[local-name()='totalResults'])")
        assert int(listed_in_all) == len(expected)
        assert named <= expected
        assert bool(named) == bool(expected)
    (first,) = list(world().playlists.values())[:1]
    by_title = get(f"/feeds/api/playlists/snippets?q={quote(first.title)}&v=2&alt=jsonc").get_json()
    assert first.id in {each["id"] for each in by_title["data"]["items"]}
