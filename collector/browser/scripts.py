"""The scripts that run inside pages, read once from the files beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """The text of ``name`` (``capture.js``, ``receipt.js``, ``virtual_media.js``)."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line and not line.startswith("//"))
    # Playwright takes a text that begins with a comment for statements, not for a function.
    return "\n".join(lines[first:])
