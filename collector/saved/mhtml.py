"""MHTML: a page saved by a browser as one file, whatever ending its name has."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime

from collector.saved.page import Saved, text_of

_HEADER = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_MULTIPART = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)


def is_mhtml(head: bytes) -> bool:
    """True if a file begins with the header of such a message."""
    found = _HEADER.match(head.replace(b"\r\n", b"\n"))
    return found is not None and _MULTIPART.search(found[0]) is not None


def pages_of(data: bytes) -> Iterator[Saved]:
    """The page: the part that the header names, else the first HTML part."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    address = str(message.get("Snapshot-Content-Location") or "").strip()
    parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not parts:
        return
    chosen = next((p for p in parts if address and _location(p) == address), parts[0])
    body = chosen.get_payload(decode=True)
    if not isinstance(body, bytes):
        return
    try:
        when = parsedate_to_datetime(str(message.get("Date"))) if message.get("Date") else None
    except ValueError:
        when = None
    yield Saved(
        html=text_of(body, chosen.get_content_charset()),
        href=address or _location(chosen),
        client_time=when if when is not None and when.tzinfo is not None else None,
    )


def _location(part: Message) -> str:
    return str(part.get("Content-Location") or "").strip()
