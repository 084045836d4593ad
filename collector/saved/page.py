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


#: Addresses of the site's API whose answers hold lists.
API = re.compile(r"/youtubei/v1/(?:browse|next|search|reel/\w+)\b|[?&]pbj=1\b")
#: Hosts whose documents are pages of a platform.
SITES = re.compile(
    r"\A(?:[\w-]+\.)*(?:youtube(?:-nocookie)?\.com|facebook\.com|youtube\.localhost|facebook\.localhost)\Z",
    re.IGNORECASE,
)


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
    """The text of a document: in its charset, by its byte order mark, else UTF-8."""
    encoding = charset or "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif data[:3] == b"\xef\xbb\xbf":
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding, errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")
