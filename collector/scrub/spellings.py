"""The ways a page writes one value, and where they stand.

Any character may be escaped for HTML, for JSON (once more when JSON lies in a string) or for a URL,
in any mixture; the longest run of plain letters and digits is looked for (a plain search is fast),
and the rest is matched around it. A value may also be packed into base64 between other bytes, where
it has three forms, one for each alignment.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import codepoint2name
from urllib.parse import quote, unquote

from collector.scrub.secret import Secret, Span

_MIN_BASE64 = 8
"""Bytes; shorter values are too common by chance within other base64 text."""

_WIDEST = 48
"""Bytes that one character may take: ``%25`` before each byte of a URL-encoded emoji."""


@dataclass(frozen=True)
class Needle:
    """A form of a value: a run of bytes to search for, and what must stand around it."""

    anchor: bytes
    before: re.Pattern[bytes] | None = None
    after: re.Pattern[bytes] | None = None
    reach: int = 0
    """Bytes before the anchor in which ``before`` may begin."""

    def spans(self, haystack: bytes) -> Iterator[tuple[int, int]]:
        at = haystack.find(self.anchor)
        while at >= 0:
            start, end = at, at + len(self.anchor)
            if self.before:
                match = self.before.search(haystack, max(0, at - self.reach), at)
                start = match.start() if match else -1
            if self.after and start >= 0:
                match = self.after.match(haystack, end)
                end = match.end() if match else -1
            if start >= 0 and end >= 0:
                yield start, end
            at = haystack.find(self.anchor, at + 1)


def occurrences(secret: Secret, haystack: bytes, data: bytes) -> list[Span]:
    """Where the secret stands.

    :param haystack: the page to search: ``data``, or ``data`` in lower case for folded kinds.
    """
    needles, packed = _needles(secret)
    spans = [
        Span(start, end, secret.kind)
        for needle in needles
        for start, end in needle.spans(haystack)
        if not secret.bounded or _stands_alone(data, start, end)
    ]
    for needle in packed:
        spans += [Span(start, end, secret.kind) for start, end in needle.spans(data)]
    return spans


@lru_cache(maxsize=512)
def _needles(secret: Secret) -> tuple[tuple[Needle, ...], tuple[Needle, ...]]:
    plain = {secret.value, unquote(secret.value), html.unescape(secret.value)} - {""}
    needles = [needle for text in sorted(plain) for needle in _written(text)]
    packed = {form for text in plain for form in _base64(text.encode("utf-8", "surrogatepass"))}
    return tuple(needles), tuple(Needle(form) for form in sorted(packed))


def _written(text: str) -> Iterator[Needle]:
    runs = list(re.finditer("[A-Za-z0-9]+", text))
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    if longest is None or len(longest[0]) < 3:
        yield from (Needle(form) for form in sorted(_uniform(text)))
        return
    head, tail = text[: longest.start()], text[longest.end() :]
    yield Needle(
        anchor=longest[0].encode(),
        before=re.compile(_pattern(head) + rb"\Z", re.DOTALL) if head else None,
        after=re.compile(_pattern(tail), re.DOTALL) if tail else None,
        reach=len(head) * _WIDEST,
    )


def _pattern(text: str) -> bytes:
    return b"".join(_character(character) for character in text)


def _character(character: str) -> bytes:
    """All ways to write one character."""
    raw = character.encode("utf-8", "surrogatepass")
    if character.isascii() and character.isalnum():
        return raw
    code = ord(character)
    units = character.encode("utf-16-be", "surrogatepass")
    hexed = (f"{int.from_bytes(units[i : i + 2]):04x}" for i in range(0, len(units), 2))
    forms = [
        re.escape(raw),
        rb"&(?:amp;)*#0*%d;" % code,
        rb"(?i:&(?:amp;)*#x0*%x;)" % code,
        b"".join(rb"(?i:\\+u%s)" % unit.encode() for unit in hexed),
        b"".join(rb"(?i:%%(?:25)*%02x)" % byte for byte in raw),
    ]
    if code in codepoint2name:
        forms.append(rb"&(?:amp;)*%s;" % codepoint2name[code].encode())
    if code < 256:
        forms.append(rb"(?i:\\+x%02x)" % code)
    if character in "\"'/\\":
        forms.append(rb"\\+" + re.escape(raw))
    if character == " ":
        forms += [rb"\s+", rb"\+", rb"&nbsp;", "\u00a0".encode(), rb"&#160;", rb"(?i:%c2%a0)"]
    return b"(?:" + b"|".join(forms) + b")"


def _uniform(text: str) -> set[bytes]:
    """Forms of a value without a run of plain letters, each character written the same way."""
    dumped = json.dumps(text)[1:-1]
    numbers = [ord(character) for character in text]
    quoted = quote(text.encode("utf-8", "surrogatepass"), safe="")
    forms = {
        text,
        html.escape(text),
        dumped,
        dumped.replace("\\", "\\\\"),
        re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda m: m[0].upper(), dumped),
        "".join(f"&#{number};" for number in numbers),
        "".join(f"&#x{number:x};" for number in numbers),
        "".join(f"&#x{number:X};" for number in numbers),
        quoted,
        quoted.lower(),
        quoted.replace("%", "%25"),
    }
    return {form.encode("utf-8", "surrogatepass") for form in forms}


def _base64(raw: bytes) -> Iterator[bytes]:
    if len(raw) < _MIN_BASE64:
        return
    for offset in range(3):
        # Characters that also depend on the bytes before or after are left out.
        packed = base64.b64encode(b"\0" * offset + raw)
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        form = packed[first:last]
        yield form
        yield form.translate(bytes.maketrans(b"+/", b"-_"))


_ESCAPE_BEFORE = re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrtbf])\Z")


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """No letter or digit right before or after."""
    before = data[max(0, start - 8) : start]
    left = "" if _ESCAPE_BEFORE.search(before) else before.decode("utf-8", "ignore")[-1:]
    right = data[end : end + 4].decode("utf-8", "ignore")[:1]
    return not (_joins(left) or _joins(right))


def _joins(character: str) -> bool:
    return bool(character) and (character.isalnum() or character == "_")
