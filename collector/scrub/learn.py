"""Where a page speaks of its viewer. Reads only small pieces: a page of 1 MB costs milliseconds.

Two sources: keys of the page's configuration and data (``"DATASYNC_ID":"…"``), and the elements
that show the account (avatar button, account menu, comment box), read with BeautifulSoup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from collector.scrub.secret import EMAIL, MARK, Secret, SecretKind, Span, classify, secret
from collector.scrub.spellings import occurrences

__all__ = ["Secret", "SecretKind", "Span", "classify", "learn"]

_TOKEN_KEYS = (
    "ID_TOKEN",
    "XSRF_TOKEN",
    "VISITOR_DATA",
    "DATASYNC_ID",
    "DELEGATED_SESSION_ID",
    "USER_SESSION_ID",
    "SESSION_INDEX",
    "LOGIN_INFO",
    "SAPISID",
    "visitorData",
    "datasyncId",
    "delegatedSessionId",
    "onBehalfOfUser",
    "sessionIndex",
    "idToken",
    "xsrfToken",
    "session_token",
    "rolloutToken",
    "deviceExperimentId",
    "aiaId",
    "GAIA_ID",
    "VISITOR_INFO1_LIVE",
    "VISITOR_PRIVACY_METADATA",
)
"""Keys (or ends of keys: ``aiaId`` is that of ``gaiaId`` and ``obfuscatedGaiaId``) of tokens."""

_KEYS = {key.encode(): SecretKind.TOKEN for key in _TOKEN_KEYS} | {
    b"remoteHost": SecretKind.ADDRESS,
    b"accountName": SecretKind.NAME,
    b"ACCOUNT_NAME": SecretKind.NAME,
    b"accountEmail": SecretKind.EMAIL,
    b"USER_EMAIL": SecretKind.EMAIL,
    b"accountByline": SecretKind.EMAIL,
}

_QUOTE = rb"(?:\\*[\"']|&quot;|&\#34;|&\#39;|\\+x22|\\+u0022)"
_VALUE = re.compile(
    rb"(?:" + _QUOTE + rb")?\s{0,8}(?P<joint>[:,=])\s{0,8}"
    # {"simpleText": "…"} and {"runs": [{"text": "…"}]} are the site's ways to write a text
    rb"(?:\{\s*" + _QUOTE + rb"(?:simpleText|content|runs)" + _QUOTE + rb"\s*:\s*"
    rb"(?:\[\s*\{\s*" + _QUOTE + rb"text" + _QUOTE + rb"\s*:\s*)?)?"
    rb"(?:(?P<quote>" + _QUOTE + rb")(?P<quoted>(?:(?!(?P=quote)).){1,4096}?)(?P=quote)"
    rb"|(?P<bare>[^\s\"'<>&\\,;{}\[\]]{6,4096}))",
    re.DOTALL,
)

_CALL = re.compile(rb"\(\s{0,8}" + _QUOTE + rb"\Z")

_INPUT = re.compile(rb"<input\b[^>]{0,400}\bname=\"session_token\"[^>]{0,400}>")

_VIEWER_ELEMENTS = (
    (b'id="avatar-btn"', b"</button>"),
    (b"<ytd-active-account-header-renderer", b"</ytd-active-account-header-renderer>"),
    (b"<ytd-account-item-renderer", b"</ytd-account-item-renderer>"),
    (b"<ytd-google-account-header-renderer", b"</ytd-google-account-header-renderer>"),
    (b"<ytd-comment-simplebox-renderer", b"</ytd-comment-simplebox-renderer>"),
    (b"<ytd-commentbox", b"</ytd-commentbox>"),
    (b"<yt-live-chat-message-input-renderer", b"</yt-live-chat-message-input-renderer>"),
)
_MAX_ELEMENT = 60_000
"""Bytes; an element that is longer is read as far as this."""

_NAMES = "#account-name, #author-name, .account-name, [data-account-name]"
_LABELLED = re.compile(r":\s*(?P<name>[^:()]{2,80}?)\s*\((?P<mail>[^()\s]+@[^()\s]+)\)")
"""``Google Account: Ada Lovelace (ada@example.org)``"""

_ACCOUNT_DATA = b"activeAccountHeaderRenderer"
_MAIL_ELEMENT = re.compile(
    rb"id=\"[\w-]*email\"[^>]{0,400}>\s{0,80}(?P<mail>[^<\s]{1,200}@[^<\s]{3,200})\s{0,80}<"
)
_OWN_CHANNEL = re.compile(rb"studio\.youtube\.com/channel/(UC[\w-]{22})")
_OWN_IMAGE = re.compile(rb"/yti/([\w-]{12,200})")


def learn(data: bytes) -> tuple[list[Secret], list[Span]]:
    """What identifies the viewer of this page.

    :param data: the page, UTF-8.
    :returns: secrets to replace everywhere, and spans that hold the viewer's values where they
        stand, however short.
    """
    found: list[Secret | None] = []
    spans: list[Span] = []
    for key, kind in _KEYS.items():
        for start, end in _values(data, key):
            raw = data[start:end].decode("utf-8", "surrogatepass")
            if kind.placeholder not in data[start:end]:
                spans.append(Span(start, end, kind))
            for value in _decoded(raw):
                found += [_named(kind, part) for part in (value, *value.split("||"))]
    signed_in = b'id="avatar-btn"' in data  # else a comment box shows everybody's grey head
    elements = list(_elements(data))
    names: set[str] = set()
    for start, end in elements:
        soup = BeautifulSoup(data[start:end].decode("utf-8", "replace"), "lxml")
        names |= set(_names(soup))
        found += _read_element(soup, signed_in=signed_in)
    found += [secret(SecretKind.NAME, name) for name in sorted(names)]
    spans += _in_place(data, elements, names)
    for match in _finditer(data, _ACCOUNT_DATA, re.compile(_ACCOUNT_DATA)):
        piece = data[match.end() : match.end() + 4000]
        for start, end in _values(piece, b"email"):
            mail = html.unescape(piece[start:end].decode("utf-8", "replace"))
            found += [secret(SecretKind.EMAIL, one) for one in _decoded(mail)]
    for match in _finditer(data, b'email"', _MAIL_ELEMENT, back=60):
        mail = html.unescape(match["mail"].decode("utf-8", "replace"))
        found.append(secret(SecretKind.EMAIL, mail))
    for match in _finditer(data, b"studio.youtube.com/channel/", _OWN_CHANNEL):
        found.append(secret(SecretKind.CHANNEL, match[1].decode()))
    found += _own_playlists(data)
    for match in _finditer(data, b"/yti/", _OWN_IMAGE):
        found.append(secret(SecretKind.AVATAR, match[1].decode()))
    return [one for one in dict.fromkeys(found) if one], spans


def _named(kind: SecretKind, value: str) -> Secret | None:
    if kind is SecretKind.EMAIL and not EMAIL.fullmatch(value.strip()):
        return secret(SecretKind.HANDLE, value.strip())
    return secret(kind, value)


def _values(data: bytes, key: bytes) -> Iterator[tuple[int, int]]:
    """Where the values of a key stand, by whatever quotes."""
    at = data.find(key)
    while at >= 0:
        match = _VALUE.match(data, at + len(key), at + len(key) + 9000)
        # a comma joins key and value in a call, ytcfg.set("KEY", "value"), and nowhere else
        if match and (match["joint"] != b"," or _CALL.search(data, max(0, at - 12), at)):
            yield match.span("bare" if match["quote"] is None else "quoted")
        at = data.find(key, at + len(key))


def _decoded(raw: str) -> set[str]:
    """The value behind the escapes of HTML, JSON and URLs."""
    text = html.unescape(raw)
    text = re.sub(r"\\+u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})", _character, text)
    text = re.sub(r"\\+([\"'/])", r"\1", text)
    return {text, unquote(text)}


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))


def _elements(data: bytes) -> Iterator[tuple[int, int]]:
    for opening, closing in _VIEWER_ELEMENTS:
        at = data.find(opening)
        while at >= 0:
            start = data.rfind(b"<", 0, at + 1)
            end = data.find(closing, at, at + _MAX_ELEMENT)
            end = min(at + _MAX_ELEMENT, len(data)) if end < 0 else end + len(closing)
            yield start, end
            at = data.find(opening, end)
    for match in _finditer(data, b"session_token", _INPUT, back=400):
        yield match.span()


def _read_element(soup: BeautifulSoup, *, signed_in: bool) -> Iterator[Secret | None]:
    """One element that shows the account: all but its names."""
    for text in _texts(soup):
        for mail in EMAIL.findall(text):
            yield secret(SecretKind.EMAIL, mail)
        if text.startswith("@"):
            yield secret(SecretKind.HANDLE, text)
    for tag in soup.select("a[href]"):
        yield from _own_links(str(tag["href"]))
    if signed_in:
        for tag in soup.select("img[src]"):
            yield _avatar(str(tag["src"]))
    for tag in soup.select("input[name=session_token][value]"):
        yield secret(SecretKind.TOKEN, str(tag["value"]))


def _in_place(data: bytes, elements: list[tuple[int, int]], names: set[str]) -> list[Span]:
    """Where the names stand in the viewer's own places: there even "Bo" is a name."""
    return [
        Span(start + span.start, start + span.end, span.kind)
        for start, end in elements
        for name in sorted(names)
        if MARK not in name
        for span in occurrences(Secret(SecretKind.NAME, name), data[start:end], data[start:end])
    ]


def _own_playlists(data: bytes) -> Iterator[Secret | None]:
    """Playlists in the side menu: each leads to the channel of the viewer who made it."""
    start = data.find(b"<ytd-guide-renderer")
    end = data.find(b"</ytd-guide-renderer>", start)
    if 0 <= start < end:
        for match in re.finditer(rb"[?&;]list=(PL[\w-]{10,60})", data[start:end]):
            yield secret(SecretKind.PLAYLIST, match[1].decode())


def _names(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.select(_NAMES):
        for value in (tag.get_text(), tag.get("title"), tag.get("data-account-name")):
            if value and str(value).strip():
                yield " ".join(str(value).split())
    for tag in soup.select("[aria-label], [title], [alt]"):
        for attribute in ("aria-label", "title", "alt"):
            match = _LABELLED.search(str(tag.get(attribute) or ""))
            if match:
                yield " ".join(match["name"].split())


def _texts(soup: BeautifulSoup) -> Iterator[str]:
    """Texts and attribute values."""
    yield from (text for text in soup.stripped_strings)
    for tag in soup.find_all(True):
        if isinstance(tag, Tag):
            for value in tag.attrs.values():
                yield value if isinstance(value, str) else " ".join(value)


def _own_links(href: str) -> Iterator[Secret | None]:
    path = unquote(urlsplit(href).path)
    if match := re.search(r"/channel/(UC[\w-]{22})", path):
        yield secret(SecretKind.CHANNEL, match[1])
    if match := re.match(r"/(@[^/]+)", path):
        yield secret(SecretKind.HANDLE, match[1])


def _avatar(src: str) -> Secret | None:
    """The part of an image's address that names the image: the longest piece of its path."""
    if MARK in src:
        return None
    if src.startswith("data:"):
        return secret(SecretKind.AVATAR, src.partition(",")[2])
    pieces = re.split(r"[/=]", re.sub(r"(?:=|/)s\d+-[\w-]+", "", urlsplit(src).path))
    return secret(SecretKind.AVATAR, max(pieces, key=len, default=""))


def _finditer(
    data: bytes, needle: bytes, pattern: re.Pattern[bytes], *, back: int = 0
) -> Iterator[re.Match[bytes]]:
    """Matches of a pattern that holds ``needle``: a plain search finds where to look."""
    at = data.find(needle)
    while at >= 0:
        match = pattern.search(data, max(0, at - back), at + len(needle) + 900)
        if match:
            yield match
        at = data.find(needle, at + len(needle))
