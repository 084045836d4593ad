"""Pages in every form that people have them in, named by their place, told by their own marks."""

from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import youtube_pages as y
import zstandard
from click.testing import CliRunner, Result
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collector.cli import main
from collector.common.model import Platform
from collector.platforms.address import find_address
from collector.platforms.registry import platform_of
from collector.platforms.youtube.urls import HOSTS

A, B = "A" * 11, "B" * 11
WATCH = f"https://www.youtube.com/watch?v={B}"
API = "https://www.youtube.com/youtubei/v1"
PAGE = y.app(y.watch(y.lockup(A), video=B))
ANSWER: dict[str, Any] = {
    "contents": {
        "twoColumnWatchNextResults": {
            "secondaryResults": {
                "secondaryResults": {
                    "results": [
                        {"compactVideoRenderer": {"videoId": A, "title": {"simpleText": "T"}}}
                    ]
                }
            }
        }
    },
    "currentVideoEndpoint": {"watchEndpoint": {"videoId": B}},
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["reparse", *map(str, arguments)])


def read(path: Path) -> list[dict[str, Any]]:
    out = path.parent / "out.jsonl"
    assert run(path, "--out", out).exit_code == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def mhtml(text: str) -> bytes:
    body = quopri.encodestring(text.encode()).decode("ascii")
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {WATCH}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--b"\r\n\r\n'
        "----b\r\nContent-Type: text/css\r\nContent-Location: x.css\r\n\r\n.a{}\r\n"
        "----b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: {WATCH}\r\n\r\n{body}\r\n----b--\r\n"
    ).encode()


def har(*entries: tuple[str, str, str]) -> bytes:
    return json.dumps(
        {
            "log": {
                "version": "1.2",
                "entries": [
                    {
                        "startedDateTime": "2026-01-02T03:04:05.678Z",
                        "request": {"url": url},
                        "response": {
                            "status": 200,
                            "content": {
                                "mimeType": mime,
                                "text": base64.b64encode(text.encode()).decode(),
                                "encoding": "base64",
                            },
                        },
                    }
                    for url, mime, text in entries
                ],
            }
        }
    ).encode()


def warc(*records: tuple[str, str, str], compressed: bool = True) -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=compressed)
    for url, mime, text in records:
        headers = StatusAndHeaders("200 OK", [("Content-Type", mime)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url, "response", payload=io.BytesIO(text.encode()), http_headers=headers
        )
        writer.write_record(record)
        record.raw_stream.close()
    return file.getvalue()


def wacz() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("archive/data.warc.gz", warc((WATCH, "text/html; charset=utf-8", PAGE)))
    return file.getvalue()


FORMS: dict[str, Callable[[], bytes]] = {
    "page.html": lambda: f"<!-- saved from url=(0043){WATCH} -->{PAGE}".encode(),
    "page.mhtml": lambda: mhtml(PAGE),
    "page.html.mhtml-in-html.html": lambda: mhtml(PAGE),
    "answer.json": lambda: json.dumps(ANSWER).encode(),
    "wrapped.json": lambda: json.dumps([{"page": "watch"}, {"response": ANSWER}]).encode(),
    "captures.json": lambda: json.dumps({"sources": [{"html": PAGE, "href": WATCH}]}).encode(),
    "one.json": lambda: json.dumps({"html": PAGE, "url": WATCH}).encode(),
    "archive.warc.gz": lambda: warc((WATCH, "text/html", PAGE)),
    "archive.warc": lambda: warc((WATCH, "text/html", PAGE), compressed=False),
    "archive.wacz": wacz,
    "visit.har": lambda: har((WATCH, "text/html", PAGE)),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_holds_the_same_page(name: str, tmp_path: Path) -> None:
    """The same video beside the same video, packed or not."""
    for ending, pack in (
        ("", bytes),
        (".gz", gzip.compress),
        (".zst", zstandard.ZstdCompressor().compress),
    ):
        if ending and ".warc" in name:
            continue
        path = tmp_path / (name + ending)
        path.write_bytes(pack(FORMS[name]()))
        (page,) = read(path)
        assert (page["type"], page["status"], page["videoId"]) == ("video", "ok", B)
        assert [item["videoId"] for item in page["related"]] == [A]
        assert page.get("source") == (
            "innertube" if name in ("answer.json", "wrapped.json") else None
        )


def test_an_archive_has_the_pages_of_a_visit_and_nothing_else(tmp_path: Path) -> None:
    """Documents and the API's lists in their order; scripts and other sites are left out."""
    records = (
        (WATCH, "text/html", PAGE),
        ("https://www.youtube.com/s/player.js", "text/javascript", "1"),
        ("https://example.org/", "text/html", "<p>another site</p>"),
        (f"{API}/next?prettyPrint=false", "application/json", json.dumps(ANSWER)),
        (f"{API}/log_event", "application/json", "{}"),
    )  # fmt: skip
    for name, data in (("visit.har", har(*records)), ("visit.warc.gz", warc(*records))):
        path = tmp_path / name
        path.write_bytes(data)
        pages = read(path)
        assert [(p["id"], p.get("source")) for p in pages] == [
            ("visit/1", None), ("visit/2", "innertube"),
        ]  # fmt: skip
        assert all([i["videoId"] for i in p["related"]] == [A] for p in pages)


def test_pages_are_named_by_their_place(tmp_path: Path) -> None:
    """A date stays in the name, and no two pages have one name."""
    for name in ("page.2024-01.html", "page.2025-01.html", "a/x.html", "b/x.html", "b/x.json"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"html": PAGE}) if name.endswith("json") else PAGE)
    names = [page["id"] for page in read(tmp_path / "in")]
    assert sorted(names) == ["a/x", "b/x.html", "b/x.json", "page.2024-01", "page.2025-01"]


@pytest.mark.parametrize(
    ("mark", "address"),
    [
        (f'<link rel="canonical" href="{WATCH}">', WATCH),
        (f"<link href='{WATCH}' rel='canonical'>", WATCH),
        (f'<meta property="og:url" content="{WATCH}&amp;feature=share">', WATCH),
        ('<script>ytcfg.set({"originalUrl":"https:\\/\\/www.youtube.com\\/results?search_query=a\\u0026sp=b"})</script>',
         "https://www.youtube.com/results?search_query=a&sp=b"),
        (f"<!-- saved from url=(0043){WATCH} -->", WATCH),
        ('<link rel="canonical" href="https://example.org/">', ""),
        ("<p>rel=canonical</p>", ""),
    ],
)  # fmt: skip
def test_the_address_is_found_where_the_page_bears_it(mark: str, address: str) -> None:
    """However far down, except for the browser's own comment, which is at the top."""
    far = "" if mark.startswith("<!--") else "<i></i>" * 100_000
    assert find_address(far + mark, HOSTS) == address


@pytest.mark.parametrize(
    ("html", "url", "platform"),
    [
        (PAGE, "", Platform.YOUTUBE),
        ("<p>x</p>", "https://m.youtube.com/watch?v=x", Platform.YOUTUBE),
        ('<div class="userContentWrapper"></div>', "", Platform.FACEBOOK),
        ("<p>x</p>", "http://facebook.localhost:5000/", Platform.FACEBOOK),
        (f'<div id="mount_0_0_a"></div><a href="{WATCH}">', "", Platform.FACEBOOK),
        ("<p>another site</p>", "https://example.org/", None),
    ],
)  # fmt: skip
def test_the_platform_is_told_from_the_page(html: str, url: str, platform: Platform | None) -> None:
    assert platform_of(html, url) is platform


def test_a_page_of_neither_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html><body><p>For you</p></body></html>")
    (page,) = read(tmp_path / "x.html")
    assert (page["type"], page["status"], page["statusReason"]) == (
        "other",
        "unknown",
        "other-platform",
    )


def test_a_blank_page_says_that_nothing_was_drawn(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html><head></head><body></body></html>")
    (page,) = read(tmp_path / "x.html")
    assert (page["type"], page["status"], page["statusReason"]) == (
        "other",
        "unknown",
        "not-drawn",
    )


def test_what_cannot_be_read_is_a_line_and_exit_code_1(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.html").write_text(PAGE)
    (folder / "torn.warc.gz").write_bytes(warc((WATCH, "text/html", PAGE))[:-30])
    (folder / "torn.wacz").write_bytes(wacz()[:-30])
    (folder / "other.json").write_text('{"a": [1, 2]}')
    (folder / "other.har").write_bytes(har(("https://example.org/", "text/html", "<p>x</p>")))
    (folder / "not.html.gz").write_bytes(b"<p>not packed</p>")
    result = run(folder, "--out", tmp_path / "o.jsonl")
    assert result.exit_code == 1
    assert "6 pages, 5 unreadable" in result.stderr
    pages = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [p["status"] for p in pages].count("error") == 5
    assert all(p["problem"] for p in pages if p["status"] == "error")
