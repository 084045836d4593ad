"""The API documentation's own example observations, filed in every mock.

So that the documentation's example requests answer with the documentation's example content. The
facts lie in ``seed.json``; the raw page of each is rebuilt from them, as nobody published it.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import zstandard

from collector.common.identity import KeyPair, content_id, iso_z, parse_iso, utf16_length
from mockserver.db import Submissions

#: When the documentation was written, as its ``timeago`` of two months tells. The examples are as
#: old as they were then, counted from the start of the server: their ``savingTime`` is fixed, their
#: "time ago" is what the documentation prints.
WRITTEN = datetime(2019, 9, 9, 21, 36, 10, 492000, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Example:
    """An observation and the made-up supporter it belongs to."""

    doc: Mapping[str, Any]
    public_key: str
    user_token: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """The examples, in the document's order; keys and tokens are the same in every mock."""
    documents = json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))
    return tuple(
        Example(
            doc=document,
            public_key=KeyPair.generate(f"example {document['watcher']}".encode()).public_key,
            user_token=content_id(example=document["watcher"]),
        )
        for document in documents
    )


def demo_token() -> str:
    """A user token that works on every mock: that of the first example's watcher."""
    return examples()[0].user_token


def file_page(db: Submissions, example: Example) -> None:
    """File the page an example was seen on, under the example's id (as ids were in 2019)."""
    page = _page(example.doc)
    href = f"https://www.youtube.com/watch?v={example.doc['videoId']}"
    with db.writing() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO yttrex_htmls (id, fingerprint, metadata_id, public_key, href,"
            " nature, blang, client_time, saving_time, size, incremental, place, status, parser,"
            " html) VALUES (?, ?, ?, ?, ?, ?, 'it', ?, ?, ?, 0, 0, 'ok', 'documented', ?)",
            [
                example.doc["id"],
                hashlib.sha256(page.encode()).hexdigest(),
                example.doc["id"],
                example.public_key,
                href,
                json.dumps({"type": "video", "videoId": example.doc["videoId"]}),
                example.doc["savingTime"],
                iso_z(parse_iso(example.doc["savingTime"])),
                utf16_length(page),
                zstandard.compress(page.encode()),
            ],
        )


def _page(doc: Mapping[str, Any]) -> str:
    """A small watch page that says what the observation says."""

    def said(value: Any) -> str:
        return html.escape(str(value), quote=True)

    items = "".join(
        f'<ytd-compact-video-renderer><a href="/watch?v={said(item["videoId"])}">'
        f'<span id="video-title">{said(item["title"])}</span></a>'
        f'<div id="metadata">{said(item["source"])}</div></ytd-compact-video-renderer>'
        for item in doc["related"]
    )
    return (
        f'<ytd-app><h1 class="title">{said(doc["title"])}</h1>'
        f'<span class="view-count">{said(doc["viewInfo"]["viewStr"])}</span>'
        f'<a href="{said(doc["authorSource"])}">{said(doc["authorName"])}</a>'
        f'<span class="date">{said(doc["publicationString"])}</span>'
        f'<div id="related">{items}</div></ytd-app>'
    )
