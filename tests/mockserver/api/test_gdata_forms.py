"""Every feed in every form: valid against the schemas, read by feedparser, the same in JSON."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest
from gdata_tools import ENTRIES, FEEDS, GD, NOT_COMPACT, YT, find, get, ids, js, schema, xml
from lxml import etree


def address(path: str, more: str) -> str:
    return f"/feeds/{path}{'&' if '?' in path else '?'}{more}"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return {name: schema(name) for name in ("atom", "rss")}


@pytest.mark.sweep(24)
@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("path", [*FEEDS, *ENTRIES])
def test_xml_is_valid(schemas: dict[str, Any], path: str, form: str, version: str) -> None:
    reply = get(address(path, f"alt={form}&v={version}"))
    assert reply.status_code == 200, reply.text
    assert reply.data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    schemas[form].assertValid(etree.fromstring(reply.data))


def test_the_schemas_refuse_what_is_wrong(schemas: dict[str, Any]) -> None:
    feed = xml("/feeds/videos")
    feed.find(".//{*}entry").remove(feed.find(".//{*}entry/{*}updated"))
    assert not schemas["atom"].validate(feed)
    item = xml("/feeds/videos/ZTUVgYoeN_o?alt=rss")
    item.find("pubDate").text = "2007-02-16"
    assert not schemas["rss"].validate(item)


@pytest.mark.sweep(16)
@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("path", FEEDS)
def test_feedparser_reads_it(path: str, form: str, version: str) -> None:
    reply = get(address(path, f"alt={form}&v={version}"))
    headers = {"content-type": reply.content_type, "content-location": "http://mock/feeds/"}
    parsed = feedparser.parse(reply.data, response_headers=headers)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.feed.title
    shown = find(xml(address(path, "alt=atom")), "a:entry")
    assert len(parsed.entries) == len(shown)
    for entry in parsed.entries:
        assert entry.title
        assert entry.link.startswith("http://www.youtube.com/")
        assert entry.updated_parsed


def test_feedparser_sees_the_video() -> None:
    parsed = feedparser.parse(get("/feeds/users/liz/uploads?vq=Steventon").data)
    (entry,) = parsed.entries
    assert entry.title == "My walk with Mr. Darcy"
    assert entry.author == "Elizabeth Bennet"
    assert entry.published == "2007-02-16T20:22:57.000Z"
    assert {tag.term for tag in entry.tags} >= {"Steventon", "walk", "Darcy", "Entertainment"}
    assert entry.media_thumbnail[0]["width"] == "130"


def same(element: Any, value: dict[str, Any]) -> None:
    """Every attribute, text and child of ``element`` is in the JSON object ``value``."""
    for name, text in element.attrib.items():
        shown = value[spelled(name)]
        assert str(shown) == text or float(shown) == float(text)
    if element.text:
        assert str(value["$t"]) == element.text or float(value["$t"]) == float(element.text)
    names = [spelled(child.tag) for child in element]
    assert set(names) == {key for key, inner in value.items() if isinstance(inner, dict | list)}
    seen: dict[str, int] = {}
    for name, child in zip(names, element, strict=True):
        inner = value[name]
        if isinstance(inner, list):
            inner = inner[seen.get(name, 0)]
        seen[name] = seen.get(name, 0) + 1
        same(child, inner)


def spelled(name: str) -> str:
    uri, _, local = name.rpartition("}")
    prefixes = {"mrss/": "media$", "2007": "yt$", "2005": "gd$", "1.0/": "openSearch$"}
    prefixes |= {"1.1/": "openSearch$", "georss": "georss$", "gml": "gml$"}
    if not uri or uri.endswith("Atom"):
        return local
    return next(prefix for end, prefix in prefixes.items() if uri.endswith(end)) + local


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("path", [*FEEDS, *ENTRIES])
def test_json_says_what_the_xml_says(path: str, version: str) -> None:
    tree = xml(address(path, f"v={version}"))
    document = js(address(path, f"v={version}&alt=json"))
    assert (document["version"], document["encoding"]) == ("1.0", "UTF-8")
    root = document["feed" if tree.tag.endswith("feed") else "entry"]
    # What names the form itself is meant to differ.
    for link in root["link"]:
        link["href"] = link["href"].replace("alt=json&", "").replace("&alt=json", "")
    if "gd$etag" in root and path in FEEDS:
        tree.set(f"{{{GD}}}etag", root["gd$etag"])
    same(tree, {key: value for key, value in root.items() if not key.startswith("xmlns")})
    assert root["xmlns"] == "http://www.w3.org/2005/Atom"
    assert root["xmlns$yt"] == YT


def test_json_types() -> None:
    entry = js("/feeds/videos/i2xMvKOLzYM?alt=json")["entry"]
    group = entry["media$group"]
    assert group["media$content"][0]["yt$format"] == 5
    assert group["media$content"][0]["duration"] == 243
    assert group["media$content"][0]["isDefault"] == "true"
    assert group["media$player"] == [{"url": "http://www.youtube.com/watch?v=i2xMvKOLzYM"}]
    assert group["yt$duration"] == {"seconds": "243"}
    assert entry["yt$statistics"]["viewCount"] == "4533"
    assert entry["gd$rating"] == {"min": 1, "max": 5, "numRaters": 7, "average": 5.0}
    assert isinstance(entry["gd$comments"]["gd$feedLink"], dict)
    second = js("/feeds/videos/i2xMvKOLzYM?alt=json&v=2")["entry"]
    assert isinstance(second["media$group"]["media$player"], dict)


def test_an_empty_page_has_no_entries_in_json() -> None:
    for path in ("videos?vq=zzzznothing", "videos?start-index=900&vq=dog", "videos?max-results=0"):
        assert "entry" not in js(address(path, "alt=json"))["feed"]
        assert "items" not in js(address(path, "alt=jsonc"))["data"]


def test_json_in_script() -> None:
    plain = get("/feeds/videos/dQw4w9WgXcQ?alt=json")
    for given, name in (("", "gdata.io.handleScriptLoaded"), ("&callback=a.b[0].$c", "a.b[0].$c")):
        reply = get(f"/feeds/videos/dQw4w9WgXcQ?alt=json-in-script{given}")
        assert reply.content_type == "text/javascript; charset=UTF-8"
        assert reply.text == f"{name}({plain.text});"
    for bad in ("alert(1)//", "a b", "%3Cscript%3E", "1a"):
        assert get(f"/feeds/videos?alt=json-in-script&callback={bad}").status_code == 400


@pytest.mark.parametrize("path", [*FEEDS, *ENTRIES])
def test_compact_json(path: str) -> None:
    reply = get(address(path, "alt=jsonc&v=2"))
    if any(name in path for name in NOT_COMPACT):
        assert reply.status_code == 400
        assert "alt=json" in reply.get_json()["error"]["message"]
        return
    assert reply.get_json()["apiVersion"] == "2.1"
    data = reply.get_json()["data"]
    if path in FEEDS:
        tree = xml(address(path, "alt=atom"))
        assert len(data.get("items", [])) == len(ids(tree))
        assert data["totalItems"] == int(find(tree, "o:totalResults/text()")[0])


def test_a_compact_video() -> None:
    data = js("/feeds/videos/i2xMvKOLzYM?alt=jsonc&v=2")["data"]
    assert (data["id"], data["uploader"], data["duration"]) == ("i2xMvKOLzYM", "darcy", 243)
    assert (data["viewCount"], data["ratingCount"], data["likeCount"]) == (4533, 7, "7")
    assert data["content"] == {"5": "http://www.youtube.com/v/i2xMvKOLzYM"}
    playlist = js("/feeds/playlists/45C563323B344971?alt=jsonc&v=2")["data"]
    assert (playlist["title"], playlist["author"]) == ("Dance", "liz")
    assert playlist["items"][0]["video"] == data


def test_content_types() -> None:
    kinds = {
        "atom": "application/atom+xml; charset=UTF-8",
        "rss": "application/rss+xml; charset=UTF-8",
        "json": "application/json; charset=UTF-8",
        "jsonc": "application/json; charset=UTF-8",
        "json-in-script": "text/javascript; charset=UTF-8",
    }
    for form, kind in kinds.items():
        assert get(f"/feeds/videos?alt={form}").content_type == kind
    assert get("/feeds/videos?v=2").content_type.endswith("; type=feed")
    assert get("/feeds/videos/dQw4w9WgXcQ?v=2").content_type.endswith("; type=entry")
