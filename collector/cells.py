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


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet runs; what is not text stays as it is."""
    if isinstance(value, str) and _RUNS.match(value):
        return "'" + value
    return value


def plain_cell(text: str) -> str:
    """What :func:`safe_cell` was given."""
    return text[1:] if text.startswith("'") else text
