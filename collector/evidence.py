"""The HTML of captures: compressed, named by its own hash, written once, checked when read.

Protects the rule that evidence is never edited: the name is the SHA-256 of the content, an existing
file is left untouched, and a file whose content no longer has its name is refused.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import zstandard

from collector.common.errors import UserError
from collector.common.model import Answer
from collector.drafts import name_once, scratch
from collector.files import create_private, private_dir

_LEVEL = 6
"""zstd level: an 800 KB page becomes 80 KB in about 10 ms."""
_SUFFIX = ".html.zst"
_MAX_BYTES = 256 * 1024 * 1024
"""No page is larger; bounds what a damaged file can make the reader allocate."""


class EvidenceMissing(UserError):
    """No file has this hash."""


class EvidenceCorrupt(UserError):
    """The file's content is not what its name says."""


class EvidenceDiskFull(UserError):
    """There was no room to write evidence."""


class Answered(Protocol):
    """What knows the answers of captures: a store."""

    def answers(self, capture: str) -> list[tuple[str, str]]:
        """(path, hash) of each."""
        ...


class EvidenceStore:
    """Files ``ab/<sha256>.html.zst`` below a folder, readable by their owner alone: pages, and
    what the site's API answered to them (JSON, under the same ending)."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def put(self, html: str) -> str:
        """Keep a page.

        :returns: SHA-256 (hex) of its UTF-8 bytes; the same page again is not written again.
        :raises EvidenceDiskFull: nothing was kept, and nothing half-written is left.
        """
        data = html.encode("utf-8", "surrogatepass")
        name = hashlib.sha256(data).hexdigest()
        target = self.path(name)
        if target.exists():
            return name
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data)
        try:
            _write_once(self.folder, target, packed)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise EvidenceDiskFull(
                "the disk is full",
                place=str(self.folder),
                fix="free some space and resume; everything filed so far is safe",
            ) from error
        return name

    def get(self, name: str) -> str:
        """The page with this hash, checked.

        :raises EvidenceMissing: there is none.
        :raises EvidenceCorrupt: the file was damaged or edited.
        """
        path = self.path(name)
        try:
            packed = path.read_bytes()
        except FileNotFoundError:
            raise EvidenceMissing(
                f"no evidence has the hash {name}",
                place=str(self.folder),
                fix="copy the whole folder of the run: the database and evidence/ belong together",
            ) from None
        try:
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BYTES)
        except zstandard.ZstdError as error:
            raise _corrupt(path, str(error)) from error
        found = hashlib.sha256(data).hexdigest()
        if found != name:
            raise _corrupt(path, f"its content has the hash {found}")
        return data.decode("utf-8", "surrogatepass")

    def path(self, name: str) -> Path:
        """Where the page with this hash lies or would lie."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256 in hex: {name!r}")
        return self.folder / name[:2] / (name + _SUFFIX)

    def __contains__(self, name: str) -> bool:
        return self.path(name).exists()

    def __iter__(self) -> Iterator[str]:
        """The hashes of all pages, sorted."""
        for path in sorted(self.folder.glob(f"??/*{_SUFFIX}")):
            yield path.name.removesuffix(_SUFFIX)

    def verify(self) -> Iterator[EvidenceCorrupt]:
        """Read everything; yields an error for each file that is damaged."""
        for name in self:
            try:
                self.get(name)
            except EvidenceCorrupt as error:
                yield error


def kept_answers(store: Answered, evidence: EvidenceStore, capture: str) -> tuple[Answer, ...]:
    """What the site's API answered to a captured page, in the order of coming.

    :raises EvidenceMissing: an answer that the store names is not there; or EvidenceCorrupt.
    """
    return tuple(Answer(path, evidence.get(name)) for path, name in store.answers(capture))


def _corrupt(path: Path, reason: str) -> EvidenceCorrupt:
    return EvidenceCorrupt(
        f"this evidence was damaged or edited: {reason}",
        place=str(path),
        fix="restore the file from a copy of the run; without one, exclude its captures",
    )


def _write_once(folder: Path, target: Path, data: bytes) -> None:
    """Bytes under a name, all or nothing, on the disk when this returns.

    All drafts of a run lie in ``folder`` under one name: the next page removes what a kill left.
    """
    private_dir(target.parent)
    with scratch(folder, "page") as place:
        draft = place / "draft"
        with os.fdopen(create_private(draft), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process filed the same page first
            name_once(draft, target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
