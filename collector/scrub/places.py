"""The elements of a page that show whose account it is, read in one go.

Only these are parsed: they are found by a plain search, each is read as far as a limit, and what
several of them share is read once, so a page of nothing but such openings costs no more than any.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from unicodedata import normalize

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collector.addresses import parts_of
from collector.scrub.secret import EMAIL, MARK, Secret, SecretKind, secret
from collector.scrub.sieve import Sieve
from collector.scrub.view import reads
from collector.scrub.words import LABELLED, LEADS_TO_OWN

_ELEMENTS = (
    (b'id="avatar-btn"', b"</button>"),
    (b"<ytd-active-account-header-renderer", b"</ytd-active-account-header-renderer>"),
    (b"<ytd-account-item-renderer", b"</ytd-account-item-renderer>"),
    (b"<ytd-google-account-header-renderer", b"</ytd-google-account-header-renderer>"),
    (b"<ytd-comment-simplebox-renderer", b"</ytd-comment-simplebox-renderer>"),
    (b"<ytd-commentbox", b"</ytd-commentbox>"),
    (b"<yt-live-chat-message-input-renderer", b"</yt-live-chat-message-input-renderer>"),
    (b'data-testid="blue_bar_profile_link"', b"</a>"),
)
#: Names of inputs that hold a token of the session.
_TOKEN_INPUTS = (b"session_token", b"fb_dtsg")
#: Which of these openings a page holds.
_SIEVE = Sieve(
    [*(opening for opening, _ in _ELEMENTS), *_TOKEN_INPUTS],
    around=(b"_", b"<ytd-"),
)
#: Links to the viewer's own profile, whose title is the viewer's name.
_PROFILE = "a[data-testid=blue_bar_profile_link]"
_MAX_ELEMENT = 60_000
"""Bytes; an element that is longer is read as far as this."""
_MAX_TAG = 2_000
"""Bytes of an opening tag."""
_MAX_LABEL = 400
"""Characters of an attribute in which a label may stand."""

_NAMES = "#account-name, #author-name, .account-name, [data-account-name]"
_ENDS_ANYTHING = b"\n--></script></style></textarea></title>\"'>\n"
"""Between two pieces: whatever the one before left open ends here."""


class Places:
    """Where a page shows its account, as ranges of its bytes, and what stands there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.signed_in = b'id="avatar-btn"' in data  # else a comment box shows everybody's head
        self.ranges = list(_merged(_elements(data)))
        pieces = [data[start:end] for start, end in self.ranges]
        self.names: list[str] = []
        self.found: list[Secret | None] = []
        if pieces:
            root = LexborHTMLParser(_ENDS_ANYTHING.join(pieces).decode("utf-8", "replace"))
            self.names = list(dict.fromkeys(_names(root)))
            self.found = list(_read(root, signed_in=self.signed_in))

    def hold(self, at: int) -> bool:
        """Whether a byte of the page is within one of these places."""
        number = bisect_right(self.ranges, (at, len(self._data))) - 1
        return number >= 0 and self.ranges[number][0] <= at < self.ranges[number][1]


def own_links(href: str) -> Iterator[Secret | None]:
    """The channel and the handle in an address of the viewer's own."""
    path = reads(parts_of(href).path.encode("utf-8", "replace")).decode("utf-8", "replace")
    if match := re.search(r"/channel/(UC[\w-]{22})", path):
        yield secret(SecretKind.CHANNEL, match[1])
    if match := re.match(r"/(@[^/]{1,60})", path):
        yield secret(SecretKind.HANDLE, match[1])


def avatar(src: str) -> Secret | None:
    """The part of an image's address that names the image: the longest piece of its path."""
    if MARK in src:
        return None
    if src.startswith("data:"):
        return secret(SecretKind.AVATAR, src.partition(",")[2])
    path = re.sub(r"(?:=|/)s\d{1,5}-[\w-]{1,99}", "", parts_of(src).path)
    return secret(SecretKind.AVATAR, max(re.split(r"[/=]", path), key=len, default=""))


def _elements(data: bytes) -> Iterator[tuple[int, int]]:
    there = _SIEVE.through(data)
    for opening, closing in _ELEMENTS:
        at = data.find(opening) if opening in there else -1
        while at >= 0:
            start = max(at - _MAX_TAG, data.rfind(b"<", max(0, at - _MAX_TAG), at + 1))
            end = data.find(closing, at, at + _MAX_ELEMENT)
            end = min(at + _MAX_ELEMENT, len(data)) if end < 0 else end + len(closing)
            yield max(start, 0), end
            at = data.find(opening, end)
    for token in _TOKEN_INPUTS:
        at = data.find(token) if token in there else -1
        while at >= 0:
            start = data.rfind(b"<", max(0, at - 400), at)
            end = data.find(b">", at, at + 400)
            if start >= 0 and end >= 0 and data.startswith(b"<input", start):
                yield start, end + 1
            at = data.find(token, at + 1)


def _merged(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges that overlap as one, in order."""
    last: tuple[int, int] | None = None
    for start, end in sorted(ranges):
        if last is not None and start < last[1]:
            last = last[0], max(last[1], end)
            continue
        if last is not None:
            yield last
        last = start, end
    if last is not None:
        yield last


def _read(root: LexborHTMLParser, *, signed_in: bool) -> Iterator[Secret | None]:
    """All that the elements tell but names."""
    for text in dict.fromkeys(_texts(root)):
        if "@" in text:
            for mail in EMAIL.findall(text):
                yield secret(SecretKind.EMAIL, mail)
            if text.startswith("@"):
                yield secret(SecretKind.HANDLE, text)
    for href in dict.fromkeys(_attributes(root, "a[href]", "href")):
        yield from own_links(href)
    if signed_in:
        for src in dict.fromkeys(_attributes(root, "img[src]", "src")):
            yield avatar(src)
    for href in dict.fromkeys(_attributes(root, f"{_PROFILE}[href]", "href")):
        match = re.fullmatch(r"/([\w.-]{5,50})/?", parts_of(href).path)
        if match and match[1] != "profile.php":
            yield secret(SecretKind.TOKEN, match[1])
    for src in dict.fromkeys(_attributes(root, f"{_PROFILE} img[src]", "src")):
        if (image := avatar(src)) is not None:
            # without the end of a file's name: the same image has several
            yield secret(SecretKind.AVATAR, image.value.partition(".")[0])
    for name in _TOKEN_INPUTS:
        for value in _attributes(root, f"input[name={name.decode()}][value]", "value"):
            yield secret(SecretKind.TOKEN, value)


def _attributes(root: LexborHTMLParser, selector: str, name: str) -> Iterator[str]:
    for node in root.css(selector):
        yield node.attributes.get(name) or ""


def _texts(root: LexborHTMLParser) -> Iterator[str]:
    """Texts and attribute values."""
    if root.root is None:
        return
    for node in root.root.traverse(include_text=True):
        if node.tag == "-text":
            yield normalize("NFC", (node.text_content or "").strip())
        else:
            for value in node.attributes.values():
                if value:
                    yield normalize("NFC", value)


def _names(root: LexborHTMLParser) -> Iterator[str]:
    for node in root.css(_NAMES):
        for value in (_own_text(node), *map(node.attributes.get, ("title", "data-account-name"))):
            if value and value.strip():
                yield " ".join(value.split())
    for node in root.css("[aria-label], [title], [alt]"):
        for attribute in ("aria-label", "title", "alt"):
            label = (node.attributes.get(attribute) or "")[:_MAX_LABEL]
            if match := LABELLED.search(label):
                yield " ".join(match["name"].split())
    for title in _attributes(root, f"{_PROFILE}[title]", "title"):
        if len(title) <= _MAX_LABEL and title.strip():
            yield " ".join(title.split())
    for node in root.css("[id=avatar-btn][aria-label], [id=avatar-btn] [aria-label]"):
        if match := LEADS_TO_OWN.match((node.attributes.get("aria-label") or "")[:_MAX_LABEL]):
            yield " ".join((match["name"] or match["own"]).split())


def _own_text(node: LexborNode) -> str:
    """The text of an element that holds a name; of a longer one, nothing."""
    text = node.text(deep=True)
    return text if len(text) <= 200 else ""
