"""What programs of the feeds' own days relied on beyond the schema: how they paged, matched, split.

Each test reads as one kind of program did; it breaks where that program would have broken.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from gdata_tools import FEEDS, YT, find, get, ids, js, total, world, xml
from lxml import etree

SPACES = {
    "1": {
        None: "http://www.w3.org/2005/Atom",
        "openSearch": "http://a9.com/-/spec/opensearchrss/1.0/",
        "media": "http://search.yahoo.com/mrss/",
        "yt": "http://gdata.youtube.com/schemas/2007",
        "gd": "http://schemas.google.com/g/2005",
    },
    "2": {
        None: "http://www.w3.org/2005/Atom",
        "openSearch": "http://a9.com/-/spec/opensearch/1.1/",
        "media": "http://search.yahoo.com/mrss/",
        "yt": "http://gdata.youtube.com/schemas/2007",
        "gd": "http://schemas.google.com/g/2005",
    },
}


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_namespaces_are_declared_once_at_the_root(form: str, version: str) -> None:
    for path in ("videos?vq=cat", "playlists/45C563323B344971", "users/liz/subscriptions"):
        reply = get(f"/feeds/{path}{'&' if '?' in path else '?'}alt={form}&v={version}")
        root = etree.fromstring(reply.data)
        known = SPACES[version]
        assert {prefix: root.nsmap[prefix] for prefix in known if prefix} == {
            prefix: uri for prefix, uri in known.items() if prefix
        }
        assert (None in root.nsmap) is (form == "atom")
        declared = re.findall(rb"xmlns(?::\w+)?=", reply.data)
        assert len(declared) == len(set(declared))


def test_a_reader_that_pages_until_there_is_no_entry() -> None:
    name = max(
        world().users.values(),
        key=lambda user: sum(v.channel_id == user.channel_id for v in world().videos.values()),
    ).name
    seen: list[str] = []
    start = 1
    while True:
        path = f"/feeds/api/users/{name}/uploads?start-index={start}&max-results=50&alt=json"
        feed = js(path)["feed"]
        if "entry" not in feed:
            break
        seen += [entry["id"]["$t"].split("/")[-1] for entry in feed["entry"]]
        start += 50
    assert len(seen) == len(set(seen)) == total(xml(f"/feeds/api/users/{name}/uploads")) > 50


def test_a_reader_of_playlists_in_the_second_dialect() -> None:
    path = "/feeds/api/playlists/45C563323B344971?alt=json&v=2&max-results=50&safeSearch=none"
    feed = js(path)["feed"]
    places = {
        entry["yt$position"]["$t"]: entry["media$group"]["yt$videoid"]["$t"]
        for entry in feed["entry"]
    }
    assert places[1] == "i2xMvKOLzYM"
    assert list(places) == list(range(1, len(places) + 1))
    assert feed["openSearch$totalResults"]["$t"] == len(places)
    assert feed["title"]["$t"] == "Dance"


def test_a_reader_of_compact_searches() -> None:
    data = js("/feeds/api/videos?q=cat&start-index=1&max-results=50&v=2&alt=jsonc")["data"]
    assert len(data["items"]) == min(data["totalItems"], 50)
    assert all(len(item["id"]) == 11 for item in data["items"])
    beyond = js("/feeds/api/videos?q=cat&start-index=951&max-results=50&v=2&alt=jsonc")["data"]
    assert "items" not in beyond


def test_a_reader_that_matches_errors_with_an_expression() -> None:
    body = get("/feeds/api/videos/aaaaaaaaaaa?v=2").text
    found = re.search("<internalReason>(.+)</internalReason>", body)
    assert found
    assert found[1] == "Video not found"
    found = re.search("<code>(.+?)</code>", body)
    assert found
    assert found[1] == "ResourceNotFoundException"


def test_a_reader_that_splits_ids_of_both_dialects() -> None:
    first = find(xml("/feeds/api/videos?max-results=5"), "a:entry/a:id/text()")
    second = find(xml("/feeds/api/videos?max-results=5&v=2"), "a:entry/a:id/text()")
    assert [text.rpartition("/")[2] for text in first] == [
        text.rpartition(":")[2] for text in second
    ]


def test_a_script_that_is_called_back_by_its_default_name() -> None:
    # To a script of those days these two ended a line, within a string too.
    path = "/feeds/videos?alt=json-in-script&max-results=1&vq=cat%E2%80%A8%E2%80%A9"
    text = get(path).text
    found = re.fullmatch(r"gdata\.io\.handleScriptLoaded\((\{.*\})\);", text)
    assert found
    assert not {"\u2028", "\u2029"} & set(text)
    title = json.loads(found[1])["feed"]["title"]["$t"]
    assert title == "YouTube Videos matching query: cat\u2028\u2029"


@pytest.mark.parametrize("path", FEEDS)
def test_a_strict_parser_finds_numbers_where_it_wants_them(path: str) -> None:
    for version in ("1", "2"):
        joint = "&" if "?" in path else "?"
        tree = xml(f"/feeds/{path}{joint}v={version}")
        for name in ("totalResults", "startIndex", "itemsPerPage"):
            (number,) = tree.findall(f"{{*}}{name}")
            assert int(number.text) >= 0
        assert tree.findtext("{*}generator").strip()
        for element in tree.iter(f"{{{YT}}}duration"):
            assert int(element.get("seconds")) >= 0
        for element in tree.iter("{http://search.yahoo.com/mrss/}thumbnail"):
            time = element.get("time")
            assert time is None or re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", time)
        for element in tree.iter("{http://search.yahoo.com/mrss/}content"):
            assert element.get(f"{{{YT}}}format") in {"1", "5", "6"}
            assert int(element.get("duration", 0)) >= 0
        for element in tree.iter("{http://schemas.google.com/g/2005}feedLink"):
            assert urlsplit(element.get("href")).path.startswith("/feeds/")
        for element in tree.iter("{http://schemas.google.com/g/2005}comments"):
            assert len(element) == 1


def test_links_say_where_they_start_even_when_the_request_did_not() -> None:
    for path in FEEDS:
        (own,) = find(xml(f"/feeds/{path}"), "a:link[@rel='self']/@href")
        query = parse_qs(urlsplit(own).query)
        assert (query["start-index"], query["max-results"]) == (["1"], ["25"])
        assert ids(xml(own)) == ids(xml(f"/feeds/{path}"))


@pytest.mark.parametrize("name", ["cat\x0bcat", "a\x00b", "\ufffe", "\x1f", "\ud7ff"])
def test_what_no_document_may_hold_is_not_repeated(name: str) -> None:
    for form in ("atom", "rss"):
        reply = get("/feeds/videos", query_string={"vq": name, "alt": form, "max-results": "1"})
        assert reply.status_code == 200
        etree.fromstring(reply.data)
