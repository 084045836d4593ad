"""Paths as they stand in a command that a person is told to type."""

from __future__ import annotations

from pathlib import Path
from shlex import quote


def typed(path: Path | str) -> str:
    """A path that a shell takes whole and no command takes for an option, whatever is in it.

    >>> typed("my runs/a"), typed("-r")
    ("'my runs/a'", './-r')
    """
    text = f"./{path}" if str(path).startswith("-") else str(path)
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes that are no text
        raw = text.encode("utf-8", "surrogateescape")
        return "$'" + "".join(f"\\x{byte:02x}" if _odd(byte) else chr(byte) for byte in raw) + "'"
    return quote(text)


def _odd(byte: int) -> bool:
    return not 0x20 <= byte < 0x7F or byte in b"'\\"
