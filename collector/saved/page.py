"""One page of a saved file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.common.model import Answer


class Unreadable(ValueError):
    """A file that is no evidence; the message says why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A page as it was saved: HTML, or a decoded answer of the site's API."""

    html: str = ""
    answer: Any = None
    href: str = ""
    """Empty where the form does not say it."""
    language: str | None = None
    client_time: datetime | None = None
    saving_time: datetime | None = None
    answers: tuple[Answer, ...] = ()
    """What the site's API answered to the page, in the order of coming."""


_CHARSET = re.compile(rb"<meta\b[^<>]{0,400}\bcharset=[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HEAD = 4000


def moment(value: Any) -> datetime | None:
    """An ISO time, aware; ``None`` if it is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def text_of(data: bytes, charset: str | None = None) -> str:
    """The text of a document: by its byte order mark; in UTF-8 where it is that, whatever it says
    of itself; else in the charset that its carrier or it names."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if data[1:8:2] == b"\0\0\0\0" or data[0:8:2] == b"\0\0\0\0":
        wide = "utf-16-le" if data[1] == 0 else "utf-16-be"
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(data, 0, _HEAD)
    for encoding in (charset, named[1].decode("ascii") if named is not None else None):
        if encoding and encoding.lower() not in ("utf-8", "utf8"):
            try:
                return data.decode(encoding, errors="replace")
            except LookupError:
                continue
    return data.decode("utf-8", errors="replace")
