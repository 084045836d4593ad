"""What one browser may come to before it is replaced or ended."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024
PAGES = 150
SOFT_MB = 1024
RECORDED_BYTES = 20_000_000
"""Of the bodies that the recording of one step holds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``pages``: navigations after which it is worn. ``soft_mb``: memory from which it is worn.
    ``hard_mb``: memory above which it is ended at once, whatever it does.

    A worn browser is closed and opened again at the next moment that costs nothing.
    """

    pages: int = PAGES
    soft_mb: int = SOFT_MB
    hard_mb: int = 3 * SOFT_MB
