"""What ``--record`` and ``--record-limit`` can say."""

from __future__ import annotations

import re
from enum import StrEnum

from collector.browser.limits import RECORDED_BYTES
from collector.common.errors import UserError

LIMIT_BYTES = RECORDED_BYTES

_UNITS = {"": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


class Record(StrEnum):
    """What is kept of a step: nothing, an HTTP archive, or Playwright's trace."""

    OFF = "off"
    HAR = "har"
    TRACE = "trace"


def bytes_of(text: str) -> int:
    """``20MB``, ``500 kB``, ``1000000`` in bytes. Raises UserError."""
    match = re.fullmatch(r"\s*(\d{1,12}(?:\.\d+)?)\s*([kmg]?b?)\s*", text, re.IGNORECASE)
    unit = match[2].lower() if match else ""
    size = round(float(match[1]) * _UNITS.get(unit, _UNITS.get(f"{unit}b", 0))) if match else 0
    if size < 1:
        raise UserError(
            f"{text!r} is not a size", place="--record-limit", fix="write 20MB, 500kB or 1000000"
        )
    return size
