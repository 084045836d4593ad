"""Durations as people write them: ``90s``, ``2m``, ``1h30m``, ``500ms``, ``30%``, ``end``.

Protects the rule that a duration always has a unit: a bare number is refused, because seconds and
milliseconds were mixed up in every tool that took one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from collector.problems import Fixable

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_PIECE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(ms|d|h|m|s)", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", re.ASCII)
_WORDS = re.compile(
    r"\A(\d+(?:\.\d+)?)\s*"
    r"(milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)",
    re.ASCII | re.IGNORECASE,
)

#: No step lasts longer than this.
LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a video: exactly one of a time, a percentage (0–100] or the end."""

    time: timedelta | None = None
    percent: float | None = None
    end: bool = False

    def __str__(self) -> str:
        if self.end:
            return "end"
        if self.percent is not None:
            return f"{self.percent:g}%"
        return format_duration(self.time or timedelta())


def parse_duration(value: object) -> timedelta:
    """``90s`` → timedelta. Raises Fixable on anything without a unit, zero, or beyond 31 days."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Fixable(f"{value!r} is not a duration", "write it like 90s, 2m or 1h30m")
    text = str(value).strip().lower()
    if not isinstance(value, str) or _NUMBER.fullmatch(text):
        raise Fixable(f"{text} has no unit", f"write {text}s for seconds or {text}m for minutes")
    milliseconds, position, last = 0.0, 0, ""
    order = list(_UNITS)
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None or (last and order.index(piece[2]) <= order.index(last)):
            raise Fixable(f"{value!r} is not a duration", _suggest(text))
        milliseconds += float(piece[1]) * _UNITS[piece[2]]
        last = piece[2]
        position = piece.end()
        while position < len(text) and text[position] == " ":
            position += 1
    if not text:
        raise Fixable("no duration given", "write it like 90s, 2m or 1h30m")
    if milliseconds < 1:
        raise Fixable(
            f"{value!r}: a duration must be at least 1ms", "write a duration of at least 1ms"
        )
    if milliseconds > LONGEST / timedelta(milliseconds=1):
        raise Fixable(f"{value!r} is longer than {LONGEST.days} days", "write a shorter duration")
    return timedelta(milliseconds=round(milliseconds))


def _suggest(text: str) -> str:
    if clock := _CLOCK.fullmatch(text):
        parts = [int(part) for part in clock.groups() if part is not None]
        units = ("h", "m", "s") if len(parts) == 3 else ("m", "s")
        written = "".join(f"{n}{u}" for n, u in zip(parts, units, strict=True) if n)
        return f"write {written or '1s'}"
    if words := _WORDS.fullmatch(text):
        unit = "ms" if words[2].startswith(("mil", "ms")) else words[2][0]
        return f"write {words[1]}{unit}"
    if "," in text and _PIECE.fullmatch(text.replace(",", ".")):
        return f"write {text.replace(',', '.')}"
    return "write it like 90s, 2m, 1h30m or 500ms (larger units first)"


def parse_amount(value: object) -> Amount:
    """``30s``, ``30%`` or ``end``. Raises Fixable."""
    if isinstance(value, Amount):
        return value
    if isinstance(value, str):
        text = value.strip().lower()
        if text == "end":
            return Amount(end=True)
        if percent := _PERCENT.fullmatch(text):
            share = float(percent[1])
            if not 0 < share <= 100:
                raise Fixable(f"{value!r} is not a share of a video", "write 1% to 100%, or end")
            return Amount(percent=share)
    try:
        return Amount(time=parse_duration(value))
    except Fixable as error:
        number = str(value).strip()
        if error.message.endswith("has no unit"):
            raise Fixable(error.message, f"write {number}s, {number}m, {number}% or end") from None
        raise


def format_duration(time: timedelta) -> str:
    """The shortest exact spelling: ``1h30m``, ``90s`` is ``1m30s``, ``500ms``."""
    left = round(time / timedelta(milliseconds=1))
    pieces = []
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        if count:
            pieces.append(f"{count}{unit}")
    return "".join(pieces) or "0s"
