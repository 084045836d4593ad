"""Zip files whose every byte follows from their content: stored, no date, in the order given.

Protects the rule that a changed byte of a pack is found wherever it is: what is stored can be
written again from the content alone and compared (a compressed entry could not, as compressors
differ). Members that gain from it are compressed before, as files of their own.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
#: The first moment that a zip file can name.
EPOCH = (1980, 1, 1, 0, 0, 0)


def member(name: str) -> zipfile.ZipInfo:
    """The entry of a file: stored, readable by all, of no date."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_STORED
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info


class Container:
    """A zip file that is being written. Use as a context manager.

    :ivar sums: name → SHA-256 (hex) of what was added, in that order.
    """

    def __init__(self, target: Path | IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self.sums: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        """A file. Raises ValueError where there is one of that name."""
        self._claim(name)
        self._zip.writestr(member(name), data)
        self.sums[name] = hashlib.sha256(data).hexdigest()
        self.sizes[name] = len(data)

    def add_file(self, name: str, source: Path) -> None:
        """The same from a file on the disk, piece by piece."""
        self._claim(name)
        info = member(name)
        info.file_size = source.stat().st_size
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as file, self._zip.open(info, "w") as out:
            while piece := file.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        self.sums[name], self.sizes[name] = digest.hexdigest(), size

    def _claim(self, name: str) -> None:
        if name in self.sums:
            raise ValueError(f"{name} is added twice")


def rewritten(source: zipfile.ZipFile, target: IO[bytes]) -> None:
    """The content of ``source`` written again as :class:`Container` writes it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as again:
        for was in source.infolist():
            info = member(was.filename)
            info.file_size = was.file_size
            if was.file_size < CHUNK:
                again.writestr(info, source.read(was))
                continue
            with source.open(was) as file, again.open(info, "w") as out:
                while piece := file.read(CHUNK):
                    out.write(piece)


def first_difference(path: Path) -> int | None:
    """Offset of the first byte of a zip file that does not follow from its content.

    :raises zipfile.BadZipFile: the content itself cannot be read.
    """
    with (
        zipfile.ZipFile(path) as source,
        tempfile.TemporaryFile() as again,
        path.open("rb") as there,
    ):
        rewritten(source, again)
        again.seek(0)
        for at, (one, other) in enumerate(_pieces(there, again)):
            if one != other:
                same = next(
                    (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                    min(len(one), len(other)),
                )
                return at * CHUNK + same
    return None


def _pieces(one: IO[bytes], other: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while True:
        a, b = one.read(CHUNK), other.read(CHUNK)
        if not a and not b:
            return
        yield a, b
