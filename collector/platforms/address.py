"""Where a saved page came from, as the page itself says.

A page's address stands in one of many marks, some of them far down (at byte 636,645 on one real
page); none of them is on every page. What a page does not say stays unknown: an address is never
made up.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlunsplit

from collector.addresses import parts_of, unarchived

#: What browsers and tools write at the top of what they save: a browser's "complete page",
#: SingleFile, monolith, HTTrack, WebScrapBook.
_SAVED_FROM = re.compile(
    r"<!--\s{0,9}saved from url=\(\d{1,6}\)(?P<a>\S{1,4000}?)\s{0,9}-->"
    r"|<!--\s{0,9}Page saved with SingleFile\s{0,9}url:\s{0,9}(?P<b>\S{1,4000})"
    r"|<!--\s{0,9}Saved from (?P<c>https?:\S{1,4000})"
    r"|<!--\s{0,9}Mirrored from (?P<d>\S{1,4000})"
    r"|\sdata-scrapbook-source=\"(?P<e>[^\"]{1,4000})\""
)
_LINK = re.compile(r"<link\b[^<>]{0,4000}\brel=[\"']?canonical\b[^<>]{0,4000}>", re.IGNORECASE)
_META = re.compile(
    r"<meta\b[^<>]{0,4000}\b(?:property|name)=[\"']?(?:og:url|twitter:url|al:web:url)\b"
    r"[^<>]{0,4000}>",
    re.IGNORECASE,
)
_HANDHELD = re.compile(r"<link\b[^<>]{0,4000}\bhandheld\b[^<>]{0,4000}>", re.IGNORECASE)
_OEMBED = re.compile(r"<link\b[^<>]{0,4000}\+oembed\b[^<>]{0,4000}>", re.IGNORECASE)
_BASE = re.compile(r"<base\b[^<>]{0,4000}>", re.IGNORECASE)
_HREF = re.compile(r"\bhref=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_ORIGINAL = re.compile(r"[\"']originalUrl[\"']\s{0,9}:\s{0,9}\"((?:[^\"\\]|\\.){1,4000})\"")
_UNICODE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))")
_TRACKING = re.compile(r"(?:utm_\w+|gclid|fbclid|si|feature|ved|usg|pp)\Z")


def find_address(html: str, hosts: re.Pattern[str]) -> str:
    """The address on one of the ``hosts`` that a page bears; empty if it bears none."""
    for mark in (_saved_from, _original, _canonical, _meta_url, _handheld, _oembed, _base):
        found = unarchived(mark(html))
        if found and _is_on(found, hosts):
            return found
    return ""


def _saved_from(html: str) -> str:
    found = _SAVED_FROM.search(html, 0, 4000)
    if found is None:
        return ""
    address = unescape(next(filter(None, found.groups()), ""))
    return address if ":" in address else f"https://{address}"


def _canonical(html: str) -> str:
    return _in_tag(html, "canonical", _LINK, _HREF)


def _meta_url(html: str) -> str:
    marks = ("og:url", "twitter:url", "al:web:url")
    return next(filter(None, (_in_tag(html, mark, _META, _CONTENT) for mark in marks)), "")


def _handheld(html: str) -> str:
    return _in_tag(html, "handheld", _HANDHELD, _HREF)


def _oembed(html: str) -> str:
    """What the link to the page's embedded form is of."""
    link = _in_tag(html, "+oembed", _OEMBED, _HREF)
    return dict(parse_qsl(parts_of(link).query)).get("url", "")


def _base(html: str) -> str:
    """The base of a page's links, where it is more than the site."""
    found = _in_tag(html, "<base", _BASE, _HREF)
    return found if len(parts_of(found).path) > 1 else ""


def _in_tag(html: str, mark: str, tag: re.Pattern[str], value: re.Pattern[str]) -> str:
    """The value of the first tag that bears a mark, wherever it stands in the page."""
    at = html.find(mark)
    while at >= 0:
        start = html.rfind("<", max(at - 4000, 0), at + 1)
        found = tag.match(html, start) if start >= 0 else None
        inside = value.search(found[0]) if found is not None else None
        if inside is not None:
            return _plain(unescape(inside[1] or inside[2] or inside[3] or ""))
        at = html.find(mark, at + len(mark))
    return ""


def _original(html: str) -> str:
    found = _ORIGINAL.search(html)
    if found is None:
        return ""
    text = found[1].replace("\\/", "/")
    return _plain(_UNICODE.sub(lambda m: chr(int(m[1] or m[2], 16)), text))


def _plain(address: str) -> str:
    """An address without what only tells where a click came from."""
    parts = parts_of(address.strip())
    query = [(k, v) for k, v in parse_qsl(parts.query, True) if not _TRACKING.match(k)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _is_on(address: str, hosts: re.Pattern[str]) -> bool:
    return hosts.match(parts_of(address).host) is not None
