"""The captures of one puppet as a WACZ 1.1.1 file: WARC records, their index, and a list of pages.

Each capture is a WARC ``resource`` record: the scrubbed page under its address and the moment at
which it was filed. It is the document that the browser held, not what a server sent, so it is no
``response``. What servers sent, of a run that was recorded, are ``response`` records: the text of
the answer, with no header but its type. A timeline's posts are records under
``urn:twinwatch:feed:…``, what the site API answered under ``urn:twinwatch:answer:…``.
Two records of one address in one second would hide each other in a viewer's index, which counts in
seconds: there the later one's moment is a second on, and ``WARC-Twinwatch-Saved`` keeps a capture's
exact one.

Same run, same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid5

from collector import __version__
from collector.addresses import parts_of
from collector.packing.container import Container

VERSION = "1.1.1"
WARC = "data.warc.gz"
CHAIN = "captures.chain"
"""File of a pack that holds the chain over its captures."""
_SPACE = UUID("6f0c7c5e-7a53-4c8e-9d0a-7a4a1c8a2f10")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Kept:
    """One page (or post) of evidence, as it goes into an archive."""

    name: str
    """The capture, or ``timeline/number``."""
    url: str
    saved: datetime
    html: bytes
    sha256: str
    title: str
    """For the list of pages; empty: it is not a page and is not listed."""
    about: dict[str, Any]
    """What else the list of pages says: puppet, session, step, label, status."""
    mime: str = "text/html"
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent for a page, or for a script of one, as it goes into an archive."""

    name: str
    """Session, step and number of the answer in it."""
    url: str
    saved: datetime
    """When it was asked for."""
    method: str
    status: int
    mime: str
    body: bytes
    """Text in UTF-8."""
    session: str
    step: int

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the body, 64 hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def urlkey(url: str) -> str:
    """The sort-friendly form of an address that indexes of web archives go by (SURT).

    Example: ``https://www.youtube.com/watch?v=B&a=1`` is ``com,youtube)/watch?a=1&v=b``.
    """
    parts = parts_of(url)
    if parts.scheme not in _PORTS or not parts.host:
        return url
    host = re.sub(r"^www\d*\.", "", parts.host.lower())
    port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme] else ""
    path = parts.path.lower().rstrip("/") or "/"
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){path}" + (f"?{query}" if query else "")


def write_wacz(
    target: Path, pages: Iterable[Kept], *, puppet: str, run: str, answers: Iterable[Answer] = ()
) -> None:
    """Write one puppet's archive.

    :param pages: in the order of their moments.
    :param answers: what servers sent, in the order of their moments.
    """
    warc, index, listed = _Warc(puppet, run), [], []
    moments: dict[str, datetime] = {}
    last = datetime.fromtimestamp(0, UTC)
    everything: Iterator[Kept | Answer] = heapq.merge(
        pages, answers, key=lambda each: each.saved.astimezone(UTC)
    )
    for page in everything:
        second = page.saved.replace(microsecond=0)
        if page.url in moments:
            second = max(second, moments[page.url] + timedelta(seconds=1))
        moments[page.url] = second
        last = max(last, page.saved)
        offset, length = warc.add(page, second)
        entry = {
            "url": page.url,
            "mime": page.mime,
            "status": str(page.status),
            "digest": f"sha256:{page.sha256}",
            "length": str(length),
            "offset": str(offset),
            "filename": WARC,
        }
        index.append(f"{urlkey(page.url)} {second:%Y%m%d%H%M%S} {json.dumps(entry)}\n")
        if isinstance(page, Kept) and page.title:
            listed.append(
                {
                    "id": page.name,
                    "url": page.url,
                    "ts": f"{second:%Y-%m-%dT%H:%M:%SZ}",
                    "title": page.title,
                    **page.about,
                }
            )
    head = {"format": "json-pages-1.0", "id": "pages", "title": f"Captures of {puppet}"}
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in (head, *listed)]
    with Container(target) as out:
        out.add(f"archive/{WARC}", bytes(warc.data))
        out.add("indexes/index.cdx", "".join(sorted(index)).encode())
        out.add("pages/pages.jsonl", "".join(lines).encode())
        package = _package(out, puppet, run, last)
        out.add("datapackage.json", package)
        digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(package).hexdigest()}",
        }
        out.add("datapackage-digest.json", json.dumps(digest, indent=2).encode())


def _package(out: Container, puppet: str, run: str, created: datetime) -> bytes:
    resources = [
        {
            "name": Path(name).name.lower(),
            "path": name,
            "hash": f"sha256:{digest}",
            "bytes": out.sizes[name],
        }
        for name, digest in out.sums.items()
    ]
    found = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": f"{run}: {puppet}",
        "description": "Scrubbed pages as the browser held them, and what servers answered.",
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "software": f"twinwatch {__version__}",
        "resources": resources,
    }
    return json.dumps(found, indent=2, ensure_ascii=False).encode()


class _Warc:
    """WARC 1.1 records, each compressed alone."""

    def __init__(self, puppet: str, run: str) -> None:
        self.data = bytearray()
        self.run, self.puppet = run, puppet
        told = (
            f"software: twinwatch {__version__}\r\nformat: WARC File Format 1.1\r\n"
            f"isPartOf: {run}\r\ndescription: scrubbed pages of the puppet {puppet}\r\n"
        )
        self._write(
            "warcinfo", "warcinfo", told.encode(), "application/warc-fields",
            [("WARC-Filename", WARC), ("WARC-Date", "1970-01-01T00:00:00Z")],
        )  # fmt: skip

    def add(self, page: Kept | Answer, second: datetime) -> tuple[int, int]:
        """The record; answers its offset and length in the compressed file."""
        return self._page(page, second) if isinstance(page, Kept) else self._sent(page, second)

    def _page(self, page: Kept, second: datetime) -> tuple[int, int]:
        saved = page.saved.astimezone(UTC).isoformat(timespec="milliseconds")
        return self._write(
            "resource", page.name, page.html, f"{page.mime}; charset=utf-8",
            [
                ("WARC-Target-URI", page.url),
                ("WARC-Date", f"{second:%Y-%m-%dT%H:%M:%SZ}"),
                ("WARC-Block-Digest", f"sha256:{page.sha256}"),
                ("WARC-Payload-Digest", f"sha256:{page.sha256}"),
                ("WARC-Twinwatch-Capture", page.name),
                ("WARC-Twinwatch-Saved", saved.replace("+00:00", "Z")),
            ],
        )  # fmt: skip

    def _sent(self, answer: Answer, second: datetime) -> tuple[int, int]:
        head = (
            f"HTTP/1.1 {answer.status} \r\nContent-Type: {answer.mime}; charset=utf-8\r\n"
            f"Content-Length: {len(answer.body)}\r\n\r\n"
        )
        block = head.encode("latin-1", "replace") + answer.body
        return self._write(
            "response", answer.name, block, "application/http; msgtype=response",
            [
                ("WARC-Target-URI", answer.url),
                ("WARC-Date", f"{second:%Y-%m-%dT%H:%M:%SZ}"),
                ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
                ("WARC-Payload-Digest", f"sha256:{answer.sha256}"),
                ("WARC-Twinwatch-Answer", f"{answer.method} {answer.session} {answer.step}"),
            ],
        )  # fmt: skip

    def _write(
        self, kind: str, name: str, block: bytes, mime: str, more: list[tuple[str, str]]
    ) -> tuple[int, int]:
        record = uuid5(_SPACE, f"{self.run}/{self.puppet}/{kind}/{name}")
        headers = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<urn:uuid:{record}>"),
            *more,
            ("Content-Type", mime),
            ("Content-Length", str(len(block))),
        ]
        head = "WARC/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in headers) + "\r\n"
        packed = gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=6, mtime=0)
        offset = len(self.data)
        self.data += packed
        return offset, len(packed)


def title_of(html: str) -> str:
    """What a page calls itself, at most 200 characters; empty where it does not."""
    found = re.search(r"<title[^<>]*>([^<]{0,1000})</title", html[:200_000], re.IGNORECASE)
    return " ".join(found[1].split())[:200] if found else ""


def chain(start: str, rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """The hash chain over captures, posts and answers: a line's hash is over the one before too.

    :param start: what the chain begins with.
    :param rows: (capture, post or answer, SHA-256 of its text, moment), in the order of filing.
    :returns: lines ``hash capture sha256 moment``; one left out, added or moved breaks all after.
    """
    before = hashlib.sha256(start.encode()).hexdigest()
    for capture, content, saved in rows:
        told = f"{capture} {content} {saved}"
        before = hashlib.sha256(f"{before} {told}".encode()).hexdigest()
        yield f"{before} {told}"
