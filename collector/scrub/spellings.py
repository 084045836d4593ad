"""The ways a page writes one value, and where they stand.

A value may be escaped for HTML, for JSON (twice, when JSON lies in a string), for a URL, or packed
into base64 with other bytes around it, where it has three forms, one for each alignment.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote

from collector.scrub.secret import Secret, Span

_MIN_BASE64 = 8
"""Bytes; shorter values are too common by chance within other base64 text."""


@lru_cache(maxsize=512)
def spellings(secret: Secret) -> tuple[bytes, ...]:
    """Every form to look for, longest first; lower case for kinds that fold case."""
    value = secret.value
    plain = {value, unquote(value), html.unescape(value)}
    forms = set(plain)
    for text in plain:
        forms |= set(_html(text)) | set(_json(text)) | set(_url(text))
    found = {form.encode("utf-8", "surrogatepass") for form in forms if form}
    if secret.kind.folded:
        found = {form.lower() for form in found}
    for text in plain:
        found |= set(_base64(text.encode("utf-8", "surrogatepass")))
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def occurrences(secret: Secret, haystack: bytes, data: bytes) -> list[Span]:
    """Where the secret stands.

    :param haystack: the page to search: ``data``, or ``data`` in lower case for folded kinds.
    """
    spans = []
    for form in spellings(secret):
        at = haystack.find(form)
        while at >= 0:
            end = at + len(form)
            if not secret.bounded or _stands_alone(data, at, end):
                spans.append(Span(at, end, secret.kind))
            at = haystack.find(form, at + 1)
    return spans


def _html(text: str) -> Iterator[str]:
    yield html.escape(text, quote=False)
    escaped = html.escape(text, quote=True)
    yield escaped
    yield escaped.replace("&#x27;", "&#39;")
    yield text.replace("&", "&amp;").replace('"', "&quot;")
    yield text.encode("ascii", "xmlcharrefreplace").decode()
    if " " in text:
        for space in ("&nbsp;", "\u00a0", "&#160;"):
            yield text.replace(" ", space)


def _json(text: str) -> Iterator[str]:
    for ascii_only in (True, False):
        dumped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for written in (
            dumped,
            dumped.replace("/", "\\/"),
            _escaped(dumped, "\\u%04x"),
            _escaped(dumped, "\\x%02x"),
            re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda m: m[0].upper(), dumped),
        ):
            yield written
            yield written.replace("\\", "\\\\")


def _escaped(text: str, form: str) -> str:
    """The characters that JSON inside HTML or a script is careful with, as escapes."""
    return re.sub(r"[&<>'=]", lambda m: form % ord(m[0]), text)


def _url(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogatepass")
    for written in (quote(raw, safe=""), quote(raw), quote(raw, safe="@"), quote_plus(raw)):
        yield written
        yield re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), written)
        yield quote(written, safe="")


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
    if _ESCAPE_BEFORE.search(before):
        before = b""
    left = before.decode("utf-8", "ignore")[-1:]
    right = data[end : end + 4].decode("utf-8", "ignore")[:1]
    return not (_joins(left) or _joins(right))


def _joins(character: str) -> bool:
    return bool(character) and (character.isalnum() or character == "_")
