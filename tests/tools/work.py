"""How much work something is, told without a clock, or by another work in the same run.

A limit in seconds measures the machine: it fails on a slow one, and lets a defect pass on a fast
one. Calls of functions are the same everywhere; processor time is compared with that of a work of
the same kind.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType


def calls(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, ``work`` calls in this thread."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def cpu_s(work: Callable[[], object], tries: int = 3) -> float:
    """Processor time, which other programs do not add to; the least of several."""
    least = float("inf")
    for _ in range(tries):
        begun = time.process_time()
        work()
        least = min(least, time.process_time() - begun)
    return least


def times_as_much(
    work: Callable[[], object], other: Callable[[], object], *, enough: float
) -> float:
    """How many times the processor's time of ``other`` the one of ``work`` is.

    The least of three measurements, or the first below ``enough``: whatever else the machine does
    makes one larger or smaller, and what is slow by its nature is slow in all. ``other`` counts as
    5 ms at least.
    """
    least = float("inf")
    for _ in range(3):
        least = min(least, cpu_s(work, 1) / max(cpu_s(other, 1), 0.005))
        if least < enough:
            break
    return least
