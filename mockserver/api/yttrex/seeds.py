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
from datetime import UTC, datetime, timedelta
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


#: Observations of the first example's watcher before the documented ones: with them the documents'
#: "last 20" are twenty, and skipping five leaves something.
_EARLIER = 24


@lru_cache(maxsize=1)
def earlier() -> tuple[Example, ...]:
    """Made-up older observations in the documented shape, of videos that no document names.

    One a day before the first documented one, newest first, each with four of the others beside it.
    """
    first = examples()[0]
    videos = [
        {
            "index": 0,
            "title": f"Lezione di cucina n. {number + 1} di Cucina Facile {number % 5 + 1} mesi fa",
            "source": "Cucina Facile•",
            "vizstr": "Consigliato per te",
            "videoId": content_id(earlier=number)[:11],
            "displayTime": f"{number % 9 + 3}:20",
            "expandedTime": f"{number % 9 + 3} minuti e 20 secondi",
            "viz": f"{_dotted(40_000 + 1_311 * number)} visualizzazioni",
            "duration": "20 secondi",
            "timeago": f"{number % 9 + 3} minuti e",
        }
        for number in range(_EARLIER)
    ]
    found = []
    for number, watched in enumerate(videos):
        at = parse_iso(first.doc["savingTime"]) - timedelta(days=number + 1, minutes=7 * number)
        views = 40_000 + 1_311 * number
        beside = [videos[(number + place) % _EARLIER] for place in range(1, 5)]
        doc = {
            **first.doc,
            "id": content_id(earlier=number, watcher=first.doc["watcher"]),
            "authorName": "Cucina Facile",
            "authorSource": f"/channel/UC{content_id(author='Cucina Facile')[:22]}",
            "likeInfo": {
                "likes": f"{_dotted(views // 100)} Mi piace",
                "dislikes": f"{views // 5000} Non mi piace",
            },
            "publicationString": f"Pubblicato il {number + 1} gen 2019",
            "related": [{**item, "index": place} for place, item in enumerate(beside, start=1)],
            "savingTime": iso_z(at),
            "title": f"Lezione di cucina n. {number + 1}",
            "videoId": watched["videoId"],
            "viewInfo": {"viewStr": f"{_dotted(views)} visualizzazioni", "viewNumber": views},
        }
        found.append(Example(doc, first.public_key, first.user_token))
    return tuple(found)


def _dotted(number: int) -> str:
    """As Italian pages write it: ``40.000``."""
    return f"{number:,}".replace(",", ".")


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
