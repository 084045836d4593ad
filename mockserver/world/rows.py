"""Rows of a log in order: the newest in memory, the others in a temporary file.

Protects two rules: a mock that serves for weeks does not fill the memory, and no row of its truth
is ever lost. The file has no name and goes with the process.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections import deque
from collections.abc import Iterator
from typing import IO, Any

import orjson

Row = dict[str, Any]


class Rows:
    """Append-only rows; the caller locks.

    :param keep: how many of the newest stay in memory; ``None``: all, so that rows may be changed.
        What is read back from the file is a copy.
    """

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._newest: deque[Row] = deque()
        self._ends = array("Q")
        """Where in the file each older row ends."""
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return len(self._ends) + len(self._newest)

    def __getitem__(self, index: int) -> Row:
        if not 0 <= index < len(self):
            raise IndexError(index)
        older = len(self._ends)
        return self._newest[index - older] if index >= older else self._filed(index)

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def append(self, row: Row) -> None:
        """Add a row; of too many in memory, the oldest goes to the file."""
        self._newest.append(row)
        if self._keep is not None and len(self._newest) > self._keep:
            self._file_away(self._newest.popleft())

    def _file_away(self, row: Row) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed below)
            weakref.finalize(self, self._file.close)
        packed = orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY)
        self._file.seek(0, 2)
        self._file.write(packed)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(packed))

    def _filed(self, index: int) -> Row:
        assert self._file is not None
        start = self._ends[index - 1] if index else 0
        self._file.seek(start)
        row: Row = orjson.loads(self._file.read(self._ends[index] - start))
        return row
