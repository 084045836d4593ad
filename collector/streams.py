"""Standard output by its name: what cannot be written to it is told of it, not of a disk.

Protects whoever sends the output of a command to a place without room: the system says no name of
what it could not write, and the disk of the run would be blamed.
"""

from __future__ import annotations

import io
import sys
from typing import Any

#: What an error of standard output has in place of a file's name.
STDOUT = "standard output"


class _Named(io.FileIO):
    """A stream whose errors have its name. After the first nothing more is written: what is left in
    buffers would fail again when the program ends."""

    failed = False

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        if self.failed or not size:  # click writes nothing, to see whether it may
            return size
        try:
            return super().write(data)
        except BlockingIOError:
            raise
        except OSError as error:
            self.failed = True
            error.filename = STDOUT
            raise


def name_output() -> None:
    """Have what cannot be written to standard output raise ``OSError`` with :data:`STDOUT` as its
    file. A terminal stays as it is."""
    plain = sys.stdout
    if not isinstance(plain, io.TextIOWrapper) or plain.isatty():
        return
    plain.flush()
    raw = _Named(plain.fileno(), "w", closefd=False)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(raw) if isinstance(plain.buffer, io.BufferedWriter) else raw,
        encoding=plain.encoding,
        errors=plain.errors,
        line_buffering=plain.line_buffering,
        write_through=plain.write_through,
    )
