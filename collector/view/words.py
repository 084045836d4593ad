"""Numbers and times as the pages say them."""

from __future__ import annotations

from datetime import UTC, datetime


def lasting(seconds: float | None) -> str:
    """A length of time; below ten seconds to a tenth, as hurried steps last no longer.

    >>> lasting(0.26), lasting(2.0), lasting(75), lasting(3700), lasting(200_000), lasting(None)
    ('0.3 s', '2 s', '1 min 15 s', '1 h 1 min', '2 d 7 h', '–')
    """
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f}".removesuffix(".0") + " s"
    whole = max(0, round(seconds))
    for unit, below, size, part in (("d", "h", 86400, 3600), ("h", "min", 3600, 60),
                                    ("min", "s", 60, 1)):  # fmt: skip
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit}" + (f" {rest} {below}" if rest else "")
    return f"{whole} s"


def clock(moment: str | float | None) -> str:
    """A moment (UTC) for people, to the second; empty if there is none."""
    if moment in (None, ""):
        return ""
    if isinstance(moment, str):
        return moment[:19].replace("T", " ")
    return datetime.fromtimestamp(float(moment or 0), UTC).strftime("%Y-%m-%d %H:%M:%S")


def share(value: float | None) -> str:
    """A share as percent.

    >>> share(0.256), share(None)
    ('26 %', '–')
    """
    return "–" if value is None else f"{value * 100:.0f} %"


def slot_name(slot: str) -> str:
    """A slot as people read it.

    >>> slot_name("after.0"), slot_name("w2s1 arms.1.repeat[3].steps.0")
    ('after 1', 'w2s1 arms 2, round 4, 1')
    """
    turn, _, place = slot.rpartition(" ")
    if place.startswith("timeline") or turn.startswith(("step", "timeline")):
        return slot
    words: list[str] = []
    for part in place.split("."):
        name, bracket, number = part.partition("[")
        if bracket and number.rstrip("]").isdigit():
            words.append(f"round {int(number.rstrip(']')) + 1}")
        elif part.isdigit():
            words.append(str(int(part) + 1))
        elif name != "steps":
            words.append(name)
    head, rest = (words[0], words[1:]) if words else (place, [])
    said = " ".join([head, ", ".join(rest)]).strip()
    return f"{turn} {said}" if turn else said
