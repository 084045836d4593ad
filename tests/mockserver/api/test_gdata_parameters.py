"""Every parameter does what its documentation says, and says what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

import pytest
from gdata_tools import SPACES, find, get, ids, js, total, world, xml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from collector.common.model import ItemKind
from mockserver.world import Video


def every(query: str) -> Iterator[str]:
    """All ids of a search, by paging."""
    href: str | None = f"/feeds/videos?max-results=50&{query}"
    while href:
        feed = xml(href)
        yield from ids(feed)
        href = next(iter(find(feed, "a:link[@rel='next']/@href")), None)


def listed() -> list[Video]:
    return [v for v in world().videos.values() if v.kind is not ItemKind.UPCOMING]


# -- languages and who may see what --------------------------------------------------------------


@pytest.mark.parametrize(("given", "langs"), [("fr", {"fr"}), ("zh", {"zh-TW"}),
                                              ("zh-Hant", {"zh-TW"}), ("EN", {"en"})])  # fmt: skip
def test_lr_is_a_language(given: str, langs: set[str]) -> None:
    expected = {v.id for v in listed() if v.lang in langs and v.category == "Music"}
    assert set(every(f"lr={given}&racy=include&category=Music")) == expected
    assert expected
    assert total(xml("/feeds/videos?lr=xx")) == 0


def racy_ids() -> set[str]:
    feeds = every("racy=include&category=Music")
    shown = [xml(f"/feeds/videos/{each}") for each in feeds]
    return {ids_of(entry) for entry in shown if find(entry, "y:racy")}


def ids_of(entry: object) -> str:
    return str(find(entry, "a:id/text()")[0]).rpartition("/")[2]


def test_racy_videos_are_left_out_unless_they_are_asked_for() -> None:
    everything = set(every("racy=include&category=Music"))
    racy = racy_ids()
    assert 0 < len(racy) < len(everything) / 20
    for query in ("", "racy=exclude", "safeSearch=moderate", "safeSearch=moderate&v=1"):
        assert set(every(f"category=Music&{query}")) == everything - racy
    assert set(every("category=Music&safeSearch=none")) == everything
    strict = set(every("category=Music&safeSearch=strict"))
    assert strict < everything - racy
    for each in racy:
        assert not world().videos[each].made_for_kids
        second = xml(f"/feeds/videos/{each}?v=2")
        assert find(second, "m:group/m:rating[@scheme='urn:simple']/text()") == ["adult"]


def test_what_is_somebodys_own_is_shown_whole() -> None:
    racy = world().videos[min(racy_ids())]
    name = world().channels[racy.channel_id].handle[1:].lower()
    uploads = f"/feeds/users/{name}/uploads"
    assert total(xml(uploads)) == total(xml(f"/feeds/videos?author={name}"))
    assert total(xml(uploads)) > total(xml(f"{uploads}?racy=exclude"))
    assert total(xml(f"{uploads}?racy=exclude")) == total(
        xml(f"/feeds/videos?author={name}&racy=exclude")
    )


def test_partners_are_verified_channels() -> None:
    found = set(every("uploader=partner&category=Games&racy=include"))
    channels = world().channels
    assert found == {
        v.id for v in listed() if v.category == "Games" and channels[v.channel_id].verified
    }
    assert found


def test_no_video_has_captions_and_none_is_kept_from_a_country() -> None:
    assert total(xml("/feeds/videos?caption=true")) == 0
    everything = total(xml("/feeds/videos"))
    for query in ("caption=false", "restriction=DE", "restriction=127.0.0.1", "restriction=::1"):
        assert total(xml(f"/feeds/videos?{query}")) == everything


# -- places --------------------------------------------------------------------------------------


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    lat, lon, lat0, lon0 = map(math.radians, (*one, *other))
    cosine = math.sin(lat) * math.sin(lat0) + math.cos(lat) * math.cos(lat0) * math.cos(lon - lon0)
    return 6_371_000 * math.acos(min(1.0, cosine))


def places(query: str) -> dict[str, tuple[float, float]]:
    found = {}
    spaces = {**SPACES, "gml": "http://www.opengis.net/gml"}
    for entry in find(xml(f"/feeds/videos?max-results=50&racy=include&{query}"), "a:entry"):
        (position,) = entry.xpath(".//gml:pos/text()", namespaces=spaces)
        north, east = map(float, position.split())
        found[ids_of(entry)] = (north, east)
    return found


def test_places() -> None:
    anywhere = total(xml("/feeds/videos?location=!&racy=include"))
    assert 0 < anywhere < len(listed()) / 3
    rome = (42.0, 12.5)
    for size, radius_m in (("100km", 1e5), ("50mi", 80467.2), ("300000ft", 91440), ("", 1e6)):
        query = f"location={rome[0]},{rome[1]}" + (f"&location-radius={size}" if size else "")
        found = places(query)
        assert found
        assert all(distance_m(place, rome) <= radius_m * 1.001 for place in found.values())
        assert total(xml(f"/feeds/videos?racy=include&{query}")) < anywhere
    nearest = places("location=42.0,12.5&location-radius=100km")
    assert set(nearest) <= set(places("location=42.0,12.5!&location-radius=150km"))


# -- manners -------------------------------------------------------------------------------------


def test_prettyprint_is_the_same_on_several_lines() -> None:
    plain = get("/feeds/videos?vq=cat&max-results=3")
    pretty = get("/feeds/videos?vq=cat&max-results=3&prettyprint=true")
    assert len(pretty.data.splitlines()) > 100 > len(plain.data.splitlines())
    found = etree.fromstring(pretty.data, etree.XMLParser(remove_blank_text=True))
    assert ids(found) == ids(etree.fromstring(plain.data))
    for form in ("json", "jsonc"):
        flat, wide = (
            get(f"/feeds/videos/dQw4w9WgXcQ?alt={form}{more}") for more in ("", "&prettyprint=true")
        )
        assert flat.get_json() == wide.get_json()
        assert b"\n" not in flat.data
        assert wide.data.count(b"\n") > 20


def test_strict_refuses_what_is_unknown() -> None:
    for version in ("1", "2"):
        assert get(f"/feeds/videos?v={version}&colour=red").status_code == 200
        reply = get(f"/feeds/videos?v={version}&colour=red&strict=true")
        assert reply.status_code == 400
        assert "colour" in reply.text
        known = "vq=cat&racy=include&safeSearch=none&lr=en&fields=entry(id)&prettyprint=false"
        assert get(f"/feeds/videos?v={version}&strict=true&{known}").status_code == 200


def test_published_bounds() -> None:
    found = list(every("published-min=2024-01-01&published-max=2024-07-01T00:00:00Z&racy=include"))
    expected = {
        v.id
        for v in listed()
        if "2024-01-01" <= v.published.isoformat() < "2024-07-01T00:00:00+00:00"
    }
    assert set(found) == expected
    assert found


@pytest.mark.parametrize("name", ["lr=french", "lr=1", "racy=maybe", "safeSearch=high",
    "caption=yes", "restriction=Germany", "restriction=999.1.1.1", "location=here",
    "location=91,0", "location=1,181", "location=1,2&location-radius=5", "location-radius=1001km",
    "location=1,2&location-radius=0m", "fields=entry(", "fields=entry)", "fields=(id)",
    "fields=entry[", "fields=entry[@a=]", "fields=entry//id", "fields=,", "fields=%3Cx%3E",
    "alt=jsonc%26fields=items[id=1]"])  # fmt: skip
def test_what_is_wrong_is_said(name: str) -> None:
    reply = get(f"/feeds/videos?{name.replace('%26', '&')}")
    assert reply.status_code == 400
    assert name.partition("=")[0].partition("&")[0] in reply.text or "fields" in reply.text


# -- partial answers -----------------------------------------------------------------------------


def shape(path: str) -> list[str]:
    """The paths of all elements and attributes of an answer, each once."""
    found: dict[str, None] = {}
    tree = xml(path)
    for element in tree.iter():
        names = [each.tag.rpartition("}")[2] for each in [*reversed(list(element.iterancestors())),
                                                         element]]  # fmt: skip
        for part in ("/".join(names), *(f"{'/'.join(names)}/@{name}" for name in element.attrib)):
            found[part] = None
    return list(found)


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ("entry(id,title)", ["feed", "feed/entry", "feed/entry/id", "feed/entry/title",
                             "feed/entry/title/@type"]),
        ("title,entry/id", ["feed", "feed/title", "feed/title/@type", "feed/entry",
                            "feed/entry/id"]),
        ("entry/media:group/media:title", ["feed", "feed/entry", "feed/entry/group",
            "feed/entry/group/title", "feed/entry/group/title/@type"]),
        ("openSearch:totalResults", ["feed", "feed/totalResults"]),
        ("openSearch:*", ["feed", "feed/totalResults", "feed/startIndex", "feed/itemsPerPage"]),
        ("entry/link[@rel='self'](@href)", ["feed", "feed/entry", "feed/entry/link",
                                            "feed/entry/link/@href"]),
        ("entry/author/name/text()", ["feed", "feed/entry", "feed/entry/author",
                                      "feed/entry/author/name"]),
        ("entry/yt:statistics/@viewCount", ["feed", "feed/entry", "feed/entry/statistics",
                                            "feed/entry/statistics/@viewCount"]),
        ("entry/*/yt:duration", ["feed", "feed/entry", "feed/entry/group",
                                 "feed/entry/group/duration",
                                 "feed/entry/group/duration/@seconds"]),
    ],
)  # fmt: skip
def test_fields(fields: str, parts: list[str]) -> None:
    assert shape(f"/feeds/videos?vq=cat&max-results=3&fields={quote(fields)}") == parts


def test_fields_keep_what_is_asked_for_as_it_was() -> None:
    whole = xml("/feeds/videos?vq=cat&max-results=5")
    part = xml("/feeds/videos?vq=cat&max-results=5&fields=entry(id,media:group)")
    assert ids(part) == ids(whole)
    assert find(part, "//m:thumbnail/@url") == find(whole, "//m:thumbnail/@url")
    assert not find(part, "a:title")


def test_conditions_choose_entries() -> None:
    path = "/feeds/videos?max-results=50&orderby=viewCount&start-index=400"
    views = {e: int(n) for e, n in zip(
        ids(xml(path)), find(xml(path), "a:entry/y:statistics/@viewCount"), strict=True
    )}  # fmt: skip
    middle = sorted(views.values())[25]
    for sign, keeps in ((">", int.__gt__), ("<=", int.__le__), ("=", int.__eq__),
                        ("!=", int.__ne__)):  # fmt: skip
        asked = quote(f"entry[yt:statistics/@viewCount {sign} {middle}](id)")
        assert ids(xml(f"{path}&fields={asked}")) == [
            each for each, seen in views.items() if keeps(seen, middle)
        ]
    both = quote(f"entry[yt:statistics/@viewCount > {middle} and not(title='x') or @nothing](id)")
    assert ids(xml(f"{path}&fields={both}")) == [e for e, n in views.items() if n > middle]


def test_a_partial_entry_and_other_forms() -> None:
    entry = xml("/feeds/videos/dQw4w9WgXcQ?fields=title,yt:statistics")
    assert [child.tag.rpartition("}")[2] for child in entry] == ["title", "statistics"]
    document = js("/feeds/videos?vq=cat&alt=json&max-results=2&fields=entry(title)")
    assert set(document["feed"]["entry"][0]) == {"title"}
    channel = xml("/feeds/videos?vq=cat&alt=rss&max-results=2&fields=title,entry(id,title)")[0]
    assert [child.tag for child in channel.find("item")] == ["guid", "title"]
    assert channel.findtext("title") == "YouTube Videos matching query: cat"
    assert channel.find("lastBuildDate") is None
    for asked in ("items(id,title)", "data/items(id,title)", "data(items/id,items/title)"):
        compact = js(f"/feeds/videos?vq=cat&alt=jsonc&v=2&max-results=2&fields={asked}")
        assert set(compact["data"]) == {"items"}
        assert [set(item) for item in compact["data"]["items"]] == [{"id", "title"}] * 2


def test_pages_of_a_partial_feed_are_partial() -> None:
    feed = xml("/feeds/videos?vq=cat&max-results=5&fields=link[@rel='next'],entry(id)")
    (following,) = find(feed, "a:link/@href")
    after = xml(following)
    assert len(ids(after)) == 5
    assert not find(after, "a:title")


WORDS = st.sampled_from([
    "entry", "id", "@x", "*", "media:group", "not", "and", "or", "text()", "1", "'a'", "(", ")",
    "[", "]", ",", "/", "=", "<", " ", "\x00", "é",
])  # fmt: skip


@given(st.lists(WORDS, max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_fields(fields: str) -> None:
    reply = get(f"/feeds/videos?max-results=1&vq=cat&fields={quote(fields)}")
    assert reply.status_code in {200, 400}
    if reply.status_code == 200:
        etree.fromstring(reply.data)


def test_nothing_is_too_deep() -> None:
    for fields in ("(" * 900, "a(" * 900, "a[" * 900, "a[not(" * 300, "a[" + "(" * 900, "a/" * 900):
        assert get(f"/feeds/videos?fields={quote(fields)}").status_code == 400
    deep = "/".join(["a"] * 100)
    assert get(f"/feeds/videos?max-results=1&fields={deep}").status_code == 200
    assert "at most 100 names" in get(f"/feeds/videos?fields={deep},b").text


def test_a_search_text_has_limits() -> None:
    phrases = "+".join(f"%22the+{letter}%22" for letter in "abcdefghijkl")
    assert get(f"/feeds/videos?vq={phrases}").status_code == 200
    assert "too many phrases" in get(f"/feeds/videos?vq={phrases}+%22the+m%22").text
    words = "+".join(f"word{number}" for number in range(61))
    assert "too many words" in get(f"/feeds/videos?vq={words}").text
    assert "too long" in get(f"/feeds/videos?vq={'a' * 1001}").text


def test_times_of_the_clock_are_counted_back_from_now() -> None:
    now = world().now()
    for name, days in (("today", 1), ("this_week", 7), ("this_month", 30)):
        feed = xml(f"/feeds/videos?time={name}&max-results=50&orderby=published")
        for text in find(feed, "a:entry/a:published/text()"):
            assert (now - datetime.fromisoformat(text)).total_seconds() <= days * 86400 + 60
