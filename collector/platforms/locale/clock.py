"""Lengths as the thumbnail shows them: ``4:05``, ``1:02:03``; the same in every language."""

from __future__ import annotations

import re

#: Lengths among other words.
CLOCKS = re.compile(r"(?<![\d:])\d{1,3}(?::\d{2}){1,2}(?![\d:])")
_CLOCK = re.compile(r"(?:(\d{1,4})[:.])?(\d{1,4})[:.](\d{2})\Z")


def parse_clock(text: str) -> int | None:
    """Seconds of a clock text, or ``None`` if it is not one (``LIVE``, ``SHORTS``)."""
    found = _CLOCK.match(text.strip().strip("\u200e\u200f"))
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
