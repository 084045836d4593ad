"""Errors say what is wrong in the service's words; nothing that is sent breaks the server."""

from __future__ import annotations

import contextlib
import json
import socket
from urllib.parse import quote

import pytest
from gdata_tools import ENTRIES, FEEDS, client, get, xml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mockserver.serve import listening

NASTY = (
    "x" * 5000,
    "'; DROP TABLE videos; --",
    "<script>alert(1)</script>&amp;]]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "\x00\x01\x1f",
    "\ufffe\U0001f937\u202e\u0301",
    "-1",
    "NaN",
    "9" * 400,
    "𝟙",
    "²",
    "{" * 300,
    "}|{-|",
    "-{}|",
    "\r\nX-Evil: 1",
    '"' * 301,
    '-"',
    "| - |",
)
PATHS = (
    "videos/{}",
    "videos/{}/related",
    "videos/{}/comments/{}",
    "videos/dQw4w9WgXcQ/{}",
    "videos/2cdgTWitj_o/comments/{}",
    "videos/03YbknYlJK0/responses/{}",
    "videos/-/{}",
    "videos/-/{}/{}",
    "standardfeeds/{}",
    "standardfeeds/{}/{}",
    "users/{}",
    "users/{}/uploads",
    "users/liz/{}",
    "users/liz/uploads/{}",
    "users/liz/playlists/{}",
    "users/liz/subscriptions/{}",
    "users/liz/contacts/{}",
    "users/liz/inbox/{}",
    "users/liz/playlists/-/{}",
    "playlists/{}",
    "playlists/45C563323B344971/{}",
    "{}",
    "api/{}",
)
PARAMETERS = (
    "vq", "q", "orderby", "start-index", "max-results", "alt", "callback", "format", "author",
    "time", "racy", "lr", "category", "published-min", "updated-max", "v", "strict", "key",
    "safeSearch", "uploader", "caption", "restriction", "location", "location-radius", "fields",
    "prettyprint",
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("videos?max-results=51", 400, "Max-results value is too high. Only up to 50 results can"
                                       " be returned per query."),
        ("videos?start-index=990&max-results=12", 400, "You cannot request beyond item 1000."),
        ("videos?start-index=1001&max-results=0", 400, "You cannot request beyond item 1000."),
        ("videos?max-results=many", 400, "Invalid max-results"),
        ("videos?max-results=-1", 400, "Invalid max-results"),
        ("videos?start-index=0", 400, "Invalid start-index"),
        ("videos?orderby=random", 400, "orderby"),
        ("standardfeeds/top_rated?time=yesterday", 400, "time"),
        ("videos?alt=yaml", 400, "alt"),
        ("videos?format=7", 400, "format"),
        ("videos?published-min=soon", 400, "published-min"),
        ("videos?colour=red&strict=true", 400, "colour"),
        ("videos/-/%7Bhttp%3A", 400, "brace"),
        ("videos/short", 400, "Invalid id"),
        ("videos/aaaaaaaaaaa", 404, "Video not found"),
        ("videos/aaaaaaaaaaa/comments", 404, "Video not found"),
        ("videos/2cdgTWitj_o/comments/0", 404, "Comment not found"),
        ("users/nobody-at-all", 404, "User not found"),
        ("users/default/uploads", 401, "User authentication required."),
        ("users/liz/diary", 404, "There is no such feed."),
        ("playlists/0000000000000000", 404, "Playlist not found"),
        ("nothing", 404, "There is no such feed."),
        ("", 404, "There is no such feed."),
    ],
)  # fmt: skip
def test_what_is_wrong(path: str, status: int, reason: str) -> None:
    reply = get(f"/feeds/{path}")
    assert reply.status_code == status
    assert reply.content_type == "text/html; charset=UTF-8"
    assert reason in reply.text
    joint = "&" if "?" in path else "?"
    second = get(f"/feeds/{path}{joint}v=2")
    assert second.status_code == status
    assert second.content_type == "application/vnd.google.gdata.error+xml"
    assert b"\n" not in second.data
    assert reason in etree.fromstring(second.data).findtext(".//{*}internalReason")
    if "alt=" not in path:
        compact = get(f"/feeds/{path}{joint}alt=jsonc")
        error = compact.get_json()["error"]
        assert (compact.status_code, error["code"]) == (status, status)
        assert reason in error["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["videos/2cdgTWitj_o/comments", "videos/ZTUVgYoeN_o/ratings",
                                  "videos/ZTUVgYoeN_o/complaints", "users/liz/favorites",
                                  "users/liz/playlists", "videos"])  # fmt: skip
def test_writing_is_refused_with_the_reason(method: str, path: str) -> None:
    body = b"<entry xmlns='http://www.w3.org/2005/Atom'/>"
    for prefix in ("/feeds", "/feeds/api"):
        reply = client().open(f"{prefix}/{path}", method=method, data=body)
        assert reply.status_code == 403
        assert reply.text.startswith("Developer key required for this operation")
        assert "read-only" in reply.text


def test_a_big_body_is_refused_unread() -> None:
    reply = client().post("/feeds/videos", data=b"[" * 20_000_000)
    assert reply.status_code == 403


def test_head_is_get_without_a_body() -> None:
    for path in ("videos?vq=cat", "users/darcy", "videos/aaaaaaaaaaa"):
        got, head = get(f"/feeds/{path}"), client().head(f"/feeds/{path}")
        assert head.status_code == got.status_code
        assert head.data == b""
        assert head.headers["Content-Length"] == str(len(got.data))
        assert head.content_type == got.content_type


def test_headers_and_conditions() -> None:
    for path in ("videos/dQw4w9WgXcQ", "videos?vq=cat"):
        first = get(f"/feeds/{path}")
        assert first.headers["GData-Version"] == "1.0"
        assert "max-age=300" in first.headers["Cache-Control"]
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        again = get(f"/feeds/{path}", headers=since)
        assert (again.status_code, again.data) == (304, b"")
        second = get(f"/feeds/{path}", headers={"GData-Version": "2"})
        assert second.headers["GData-Version"] == "2.1"
        root = etree.fromstring(second.data)
        assert root.get("{http://schemas.google.com/g/2005}etag") == second.headers["ETag"]
        known = {"If-None-Match": second.headers["ETag"], "GData-Version": "2"}
        assert get(f"/feeds/{path}", headers=known).status_code == 304
    assert (
        get("/feeds/videos?v=1", headers={"GData-Version": "2"}).headers["GData-Version"] == "1.0"
    )


def test_clients_manners_are_accepted() -> None:
    headers = {"Content-Type": "application/atom+xml", "X-GData-Key": "key=K",
               "X-GData-Client": "C", "Authorization": "AuthSub token=T"}  # fmt: skip
    for path in [*FEEDS, *ENTRIES]:
        joint = "&" if "?" in path else "?"
        assert get(f"/feeds/{path}{joint}key=K&client=C", headers=headers).status_code == 200
    assert get("/feeds/users/liz/uploads/").data == get("/feeds/users/liz/uploads").data
    tree = xml("/schemas/2007/categories.cat")
    assert len(tree) == 17


@pytest.mark.sweep(8)
@pytest.mark.parametrize("path", PATHS)
def test_paths_of_any_text(path: str) -> None:
    for nasty in NASTY:
        told(f"/feeds/{path.replace('{}', quote(nasty, safe=''))}")
        told(f"/feeds/{path.replace('{}', quote(nasty, safe='/{}|'))}?v=2&alt=json")


@pytest.mark.sweep(9)
@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_of_any_text(name: str) -> None:
    for nasty in NASTY:
        for path in ("videos", "users/darcy"):
            told(f"/feeds/{path}?{name}={quote(nasty, safe='')}")


def told(path: str) -> None:
    """The answer to ``path`` is a whole document, or a reason in which nothing sent is markup."""
    reply = get(path)
    assert reply.status_code in {200, 400, 401, 404}, (path[:200], reply.status_code)
    assert "X-Evil" not in reply.headers
    assert reply.data
    if "xml" in reply.content_type:
        etree.fromstring(reply.data)
    elif "json" in reply.content_type:
        json.loads(reply.data)
    else:
        assert "<script" not in reply.text
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


@given(
    words=st.text(max_size=60), path=st.text(max_size=30), form=st.sampled_from(["atom", "json"])
)
@settings(max_examples=60, deadline=None)
def test_any_search_and_category(words: str, path: str, form: str) -> None:
    asked = quote(words.encode("utf-8", "replace"), safe="")
    term = quote(path.encode("utf-8", "replace"), safe="")
    told(f"/feeds/videos/-/{term}?alt={form}&vq={asked}")
    told(f"/feeds/videos?alt={form}&v=2&vq={asked}")


_SEGMENTS = st.one_of(
    st.sampled_from([
        "videos", "users", "playlists", "standardfeeds", "-", "api", "related", "comments",
        "responses", "uploads", "favorites", "liz", "default", "2cdgTWitj_o", "45C563323B344971",
        "most_viewed", "US", "Comedy", "..", "{}", "|",
    ]),
    st.text(max_size=12),
)  # fmt: skip
_VALUES = st.one_of(
    st.sampled_from(
        ["", "0", "1", "2", "50", "true", "json", "rss", "jsonc", "fr", "today", "1,5"]
    ),
    st.text(max_size=20),
    st.integers().map(str),
)


@given(
    path=st.lists(_SEGMENTS, max_size=6),
    args=st.dictionaries(st.sampled_from((*PARAMETERS, "gsessionid")), _VALUES, max_size=5),
)
@settings(max_examples=250, deadline=None)
def test_any_path_and_query(path: list[str], args: dict[str, str]) -> None:
    asked = "/".join(quote(part.encode("utf-8", "replace"), safe="") for part in path)
    query = "&".join(
        f"{name}={quote(value.encode('utf-8', 'replace'), safe='')}" for name, value in args.items()
    )
    told(f"/feeds/{asked}?{query}")


def raw(port: int, request: bytes) -> bytes:
    """The answer to a request that no client library would write."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("start", "headers", "base"),
    [
        ("GET http://gdata.youtube.com/feeds/videos?max-results=1 HTTP/1.1",
         "Host: gdata.youtube.com", "http://gdata.youtube.com/feeds/"),
        ("GET http://gdata.youtube.com/feeds/videos?max-results=1 HTTP/1.0", "Accept: */*",
         "http://gdata.youtube.com/feeds/"),
        ("GET http://dev.gdata.youtube.com/feeds/api/videos?max-results=1 HTTP/1.1",
         "Host: dev.gdata.youtube.com", "http://dev.gdata.youtube.com/feeds/api/"),
        ("GET /gdata/feeds/videos?max-results=1 HTTP/1.1", "Host: localhost:81",
         "http://localhost:81/gdata/feeds/"),
        ("GET /feeds/videos/-/{http://gdata.youtube.com/schemas/2007/categories.cat}Comedy|Music"
         "?max-results=1 HTTP/1.1", "Host: localhost", "http://localhost/feeds/videos/-/%7Bhttp"),
    ],
)  # fmt: skip
def test_requests_as_old_clients_and_proxies_write_them(
    start: str, headers: str, base: str
) -> None:
    with listening(client().application) as port:
        asked = f"{start}\r\n{headers}\r\nConnection: close\r\n\r\n"
        head, _, body = raw(port, asked.encode()).partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    tree = etree.fromstring(body)
    (own,) = [link.get("href") for link in tree if link.get("rel") == "self"]
    assert own.startswith(base)


def test_a_big_body_over_the_wire_is_refused() -> None:
    with listening(client().application) as port:
        body = b"<a>" * 7_000_000
        head = f"POST /feeds/videos HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with contextlib.suppress(ConnectionError):  # the server does not wait for the rest of it
            assert b" 413 " in raw(port, head + body).splitlines()[0]


def test_a_strange_host_is_not_repeated() -> None:
    reply = get("/feeds/videos?max-results=1", headers={"Host": "evil'><x>"})
    assert reply.status_code == 403
    assert "evil" not in reply.text
