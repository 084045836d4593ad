"""What a file is, by its content rather than its name, and the pages in it."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import zstandard

from collector.saved import har, mhtml, warc
from collector.saved.page import Saved, Unreadable, moment, text_of

#: Files larger than this, unpacked, are refused: no page is.
MAX_BYTES = 256_000_000
#: Archives may hold many pages.
MAX_ARCHIVE_BYTES = 4_000_000_000

_FORMS = (
    ".json", ".html", ".htm", ".mhtml", ".mht", ".har", ".warc", ".wacz", ".har.zip",
)  # fmt: skip
_PACKED = ("", ".gz", ".zst")
#: Endings of files that are evidence, longest first.
NAMES = tuple(
    sorted((form + packed for form in _FORMS for packed in _PACKED), key=len, reverse=True)
)

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


def load(path: Path) -> list[Saved]:
    """The pages of a file.

    :raises Unreadable: it is broken or no evidence.
    """
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(".warc"):
        # Compressed record by record: never unpacked as a whole.
        return _some(warc.pages_of(path), path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error}") from error
    return read_saved(data, path.name)


def read_saved(data: bytes, name: str) -> list[Saved]:
    """The pages of a file's bytes.

    :raises Unreadable: they are broken or no evidence.
    """
    ending = name.lower()
    if ending.endswith((".gz", ".zst")) and data[:4] != _ZSTD and data[:2] != _GZIP:
        raise Unreadable("cannot be read: not compressed as its name says")
    data = _unpacked(data)
    if data[:4] == _ZIP:
        return _some(_zipped(data), name)
    head = data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"WARC/"):
        return _some(warc.pages_in(io.BytesIO(data)), name)
    if mhtml.is_mhtml(head):
        return _some(mhtml.pages_of(data), name)
    if head[:1] in (b"{", b"[") or ending.removesuffix(".gz").removesuffix(".zst").endswith(
        (".json", ".har")
    ):
        return _some(_json_pages(data), name)
    return [Saved(html=text_of(data))]


def _some(pages: Iterator[Saved] | list[Saved], place: object) -> list[Saved]:
    found = list(pages)
    if not found:
        raise Unreadable(f"no page of a platform in {place}")
    return found


def _unpacked(data: bytes) -> bytes:
    try:
        if data[:2] == _GZIP:
            with gzip.open(io.BytesIO(data)) as file:
                data = file.read(MAX_BYTES + 1)
        elif data[:4] == _ZSTD:
            with zstandard.ZstdDecompressor().stream_reader(data) as stream:
                data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise Unreadable(f"cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES} bytes")
    return data


def _zipped(data: bytes) -> Iterator[Saved]:
    """A WACZ (web archive in a zip), or a HAR with its bodies beside it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sum(info.file_size for info in archive.infolist()) > MAX_ARCHIVE_BYTES:
                raise Unreadable(f"larger than {MAX_ARCHIVE_BYTES} bytes, unpacked")
            for name in names:
                if name.startswith("archive/") and ".warc" in name:
                    with archive.open(name) as member:
                        yield from warc.pages_in(io.BytesIO(member.read()))
                elif name.endswith(".har"):
                    yield from har.pages_of(_decoded(archive.read(name)), _body_in(archive))
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError) as error:
        raise Unreadable(f"cannot be read: {error}") from error


def _body_in(archive: zipfile.ZipFile) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        try:
            return archive.read(name)
        except KeyError:
            return b""

    return read


def _decoded(data: bytes) -> Any:
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error


def _json_pages(data: bytes) -> list[Saved]:
    """Captures as volunteers sent them, one page with its address, a HAR, or an API's answer."""
    document = _decoded(data)
    if isinstance(document, dict):
        if "sources" in document:
            sources = document["sources"]
            if not isinstance(sources, list) or not sources:
                raise Unreadable("no list of captures under 'sources'")
            return [_capture(item) for item in sources]
        if har.is_har(document):
            return list(har.pages_of(document))
        if isinstance(document.get("html"), str):
            return [_capture(document)]
    if isinstance(document, dict | list):
        return [Saved(answer=document)]
    raise Unreadable("no captures under 'sources', no HAR and no answer of the site")


def _capture(item: Any) -> Saved:
    if not isinstance(item, dict) or not isinstance(item.get("html"), str):
        raise Unreadable("a capture without 'html'")
    blang = item.get("blang")
    return Saved(
        html=item["html"],
        href=str(item.get("href") or item.get("url") or ""),
        language=blang if isinstance(blang, str) else None,
        client_time=moment(item.get("clientTime")),
        saving_time=moment(item.get("savingTime")),
    )
