"""A clock for how long something lasts: no correction of the machine's clock moves it.

Protects running sessions. A machine that is woken, or told the time by NTP, finds itself an hour
later at once; leases that are judged by the wall clock would all be over. Moments of this clock
look like wall time and are so until the wall clock is moved; from then on the two differ by what it
was moved. All processes of a machine have the same monotonic clock, and those of one run the same
beginning of it: whoever asks first hands it to the programs that it starts.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

_BEGINNING = "TWINWATCH_STEADY_CLOCK"
"""Environment variable: wall time at which the monotonic clock was 0, seconds since 1970."""


def _beginning() -> float:
    told = os.environ.get(_BEGINNING, "")
    try:
        return float(told)
    except ValueError:
        found = time.time() - time.monotonic()
        os.environ[_BEGINNING] = repr(found)
        return found


def boot_id() -> str:
    """Which boot of this machine this is: moments of one boot can be compared; empty: unknown."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


_START_S = 2.5
"""By so much two processes may differ about when a third one started: the system counts from its
boot, and reckons that moment in whole seconds of a clock that is corrected as it runs."""


def since_boot_s(process: psutil.Process) -> float:
    """Return when a process started, seconds after the machine did.

    Both of the system's numbers move with the wall clock, their difference does not.

    :raises psutil.NoSuchProcess: it has ended.
    """
    return process.create_time() - psutil.boot_time()


def same_start(one_s: float, other_s: float) -> bool:
    """Whether two moments, reckoned alike, are one start of a process: they agree to seconds."""
    return abs(one_s - other_s) < _START_S


def beginning_s() -> float:
    """Wall time at which the monotonic clock was 0, as this process reckons it; seconds since 1970.

    Whoever looks at a run later hears it from the run: another process would reckon it anew, with
    the wall clock as it is by then.
    """
    return _beginning()


def adopt(beginning: float) -> None:
    """Count from ``beginning`` (see :func:`beginning_s`), here and in programs started from now."""
    os.environ[_BEGINNING] = repr(beginning)


def steady_s() -> float:
    """Seconds since 1970, as they would be had nobody moved the clock."""
    return _beginning() + time.monotonic()


def steady_now() -> datetime:
    """:func:`steady_s` as an aware moment (UTC)."""
    return datetime.fromtimestamp(steady_s(), UTC)


def moved_s() -> float:
    """By how much the wall clock was moved since the beginning, seconds; forward is positive."""
    return time.time() - steady_s()
