"""Links and addresses that lead to the site by a detour; documents in other encodings than said."""

from __future__ import annotations

import io

import pytest
import youtube_pages as y

from collector.common.model import ItemKind, PageKind, PageStatus
from collector.platforms.address import find_address
from collector.platforms.registry import platform_of
from collector.platforms.youtube import parse_page
from collector.platforms.youtube.urls import HOSTS, list_id, parse_url, post_id, video_id
from collector.saved.har import pages_of
from collector.saved.page import text_of
from collector.saved.warc import pages_in

A, B = "A" * 11, "B" * 11
WATCH = f"https://www.youtube.com/watch?v={A}"
QUOTED = f"https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{A}"
RESULTS = "https://www.youtube.com/results?search_query=x"


@pytest.mark.parametrize(
    "href",
    [
        f"https://web.archive.org/web/20240101000000/{WATCH}",
        f"/web/20240101000000mp_/{WATCH}",
        f"https://archive.example/web/2024/{WATCH}&list=RDx",
        f"/redirect?event=x&q={QUOTED}",
        f"https://www.google.com/url?sa=t&url={QUOTED}",
        f"https://l.example/url?q={QUOTED}",
        f"/attribution_link?a=b&u=%2Fwatch%3Fv%3D{A}",
        f"vnd.youtube://{A}",
        f"vnd.youtube:{A}?x",
        f"./page_files/watch%3Fv={A}.html",
    ],
)
def test_a_link_by_a_detour_leads_to_its_video(href: str) -> None:
    assert video_id(href) == A
    card = y.classic(A, href=href)
    page = parse_page(y.app(y.results(card, y.classic(B))), RESULTS)
    assert [i.item_id for i in page.impressions] == [A, B] or list_id(href)


@pytest.mark.parametrize(
    "href",
    ["/redirect?q=https%3A%2F%2Fshop.example%2Fwatch%3Fv%3D" + A, "/url?q=" + "a" * 4000,
     "/redirect?q=%2Fredirect%3Fq%3D", "https://web.archive.org/web/20240101/"],
)  # fmt: skip
def test_a_detour_to_elsewhere_is_no_video(href: str) -> None:
    assert video_id(href) is None


def test_other_things_behind_detours_are_told_too() -> None:
    archived = "https://web.archive.org/web/20240101000000/https://www.youtube.com"
    assert list_id(f"/attribution_link?u=%2Fplaylist%3Flist%3DPLx{A}") == f"PLx{A}"
    assert post_id(f"{archived}/post/Ugkxyz") == "Ugkxyz"
    assert parse_url(f"{archived}/@maker").kind is PageKind.CHANNEL
    assert platform_of("", f"{archived}/@maker") == "youtube"


@pytest.mark.parametrize(
    "mark",
    [
        f"<!--\n Page saved with SingleFile \n url: {WATCH} \n saved date: today -->",
        f"<!-- Saved from {WATCH} at 2024-01-01 using monolith v2.8 -->",
        f"<!-- Mirrored from www.youtube.com/watch?v={A} by HTTrack Website Copier -->",
        f'<html data-scrapbook-source="{WATCH}">',
        f"<meta property=og:url content={WATCH}>",
        f'<meta content="{WATCH}" name="twitter:url">',
        f'<link rel="alternate" type="application/json+oembed" '
        f'href="https://www.youtube.com/oembed?format=json&amp;url={QUOTED}">',
        f'<link rel="canonical" href="https://web.archive.org/web/20240101000000/{WATCH}">',
        f'<base href="{WATCH}">',
        f'<script>ytcfg.set({{"originalUrl":"https:\\/\\/www.youtube.com\\/watch?v\\x3d{A}"}})'
        "</script>",
    ],
)
def test_an_address_is_found_in_every_mark(mark: str) -> None:
    assert find_address(f"{mark}<p>text</p>", HOSTS) == WATCH


def test_a_base_that_is_only_the_site_is_no_address() -> None:
    assert find_address('<base href="https://www.youtube.com/">', HOSTS) == ""


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<p>año</p>".encode("utf-16-le"), None),
        ("<p>año</p>".encode("utf-16-be"), "utf-8"),
        ("<p>año</p>".encode("utf-16"), None),
        (b"\xef\xbb\xbf" + "<p>año</p>".encode(), "iso-8859-1"),
        ("<p>año</p>".encode(), "iso-8859-1"),
        ("<p>año</p>".encode("cp1252"), "cp1252"),
        ("<meta charset=cp1252><p>año</p>".encode("cp1252"), None),
        ("<meta charset='windows-1252'><p>año</p>".encode("cp1252"), "nonsense"),
        ("<meta charset='gbk'><p>año</p>".encode(), None),
    ],
)
def test_a_text_is_decoded_by_what_it_is(data: bytes, charset: str | None) -> None:
    assert text_of(data, charset).removeprefix("\ufeff").endswith("<p>año</p>")


def test_a_text_in_a_charset_of_its_own_is_read() -> None:
    assert "動画" in text_of("<meta charset=Shift_JIS><p>動画</p>".encode("shift_jis"))


def test_a_har_of_an_archive_has_the_page_that_was_archived() -> None:
    content = {"mimeType": "text/html", "text": "<p>x</p>"}
    url = f"https://web.archive.org/web/20240101000000/{WATCH}"
    entry = {"request": {"url": url}, "response": {"status": 200, "content": content}}
    assert [page.href for page in pages_of({"log": {"entries": [entry]}})] == [WATCH]


def test_a_warc_of_drawn_pages_is_read() -> None:
    """Crawling browsers write the document as they drew it as a resource."""
    page = y.app(y.watch(y.lockup(B), video=A)).encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: urn:view:{WATCH}\r\n"
        "WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: text/html; charset=utf-8\r\n"
        "WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-123456789012>\r\n"
        f"Content-Length: {len(page)}\r\n\r\n"
    )
    file = io.BytesIO(head.encode() + page + b"\r\n\r\n")
    (saved,) = pages_in(file)
    assert saved.href == WATCH
    seen = parse_page(saved.html, saved.href)
    assert seen.status is PageStatus.OK
    assert [(i.kind, i.item_id) for i in seen.impressions] == [(ItemKind.VIDEO, B)]
