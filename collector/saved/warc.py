"""WARC: the documents and the API's answers that a crawler wrote down (read by warcio)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from collector.saved.har import page_of
from collector.saved.page import Saved, Unreadable, moment

#: Bodies larger than this are no pages.
_MOST_BYTES = 64_000_000
#: Before the address of a page's document as a crawling browser drew it.
_VIEW = "urn:view:"


def pages_of(path: Path) -> Iterator[Saved]:
    """The pages of a file, compressed record by record or not at all.

    :raises Unreadable: it is no WARC or is cut off.
    """
    try:
        with path.open("rb") as file:
            yield from pages_in(file)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error}") from error


def pages_in(file: BinaryIO) -> Iterator[Saved]:
    """The pages of an open WARC.

    :raises Unreadable: it is no WARC or is cut off.
    """
    try:
        for record in ArchiveIterator(file):
            if record.rec_type not in ("response", "resource", "conversion"):
                continue
            headers = record.http_headers
            if headers is not None and headers.get_statuscode() != "200":
                continue
            body = record.content_stream().read(_MOST_BYTES)
            if len(body) < _MOST_BYTES and getattr(record.raw_stream, "limit", 0) > 0:
                raise Unreadable("cut off in the middle of a record")
            page = page_of(
                (record.rec_headers.get_header("WARC-Target-URI") or "").removeprefix(_VIEW),
                (headers or record.rec_headers).get_header("Content-Type") or "",
                body,
            )
            if page is not None:
                yield Saved(
                    html=page.html,
                    answer=page.answer,
                    href=page.href,
                    client_time=moment(record.rec_headers.get_header("WARC-Date")),
                )
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        raise Unreadable(f"not a WARC that can be read: {error}") from error
