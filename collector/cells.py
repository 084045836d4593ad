"""Cells that no spreadsheet runs.

Protects whoever opens a table of what strangers wrote: a text that begins as a formula does is made
text with one apostrophe in front. Spreadsheets pass over white space, control characters and marks
that nobody sees, and take full-width signs for the plain ones.
"""

from __future__ import annotations

import re
from typing import Any

_RUNS = re.compile(
    r"\A[\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
    r"|\A[\t\r\n']"
)


_NUMBER = re.compile(r"\A\d+(?:[.,]\d*)?(?:[eE][-+]?\d+)?\Z")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet runs; what is not text stays as it is."""
    if isinstance(value, str) and _RUNS.match(value):
        return "'" + value
    return value


def text_cell(text: str) -> str:
    """A cell that a spreadsheet keeps as it is: it also makes no number of an id of digits.

    >>> text_cell("00012345678"), text_cell("a1")
    ("'00012345678", 'a1')
    """
    return "'" + text if _NUMBER.match(text) else str(safe_cell(text))


def plain_cell(text: str) -> str:
    """What :func:`safe_cell` or :func:`text_cell` was given."""
    return text[1:] if text.startswith("'") else text
