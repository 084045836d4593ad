"""One row of a comparison file: what Guardoni registered for it, and what it did.

Registered and done are kept apart: the first makes the experiment's id, the second the treatment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from collector.addresses import parts_of
from collector.scenario.guardoni_table import Reading, Row

#: What the server kept of a row, and what became steps of their own.
_OPEN_FIELDS = frozenset({"url", "urltag", "title", "loadFor", "watchFor", "type"})

#: The server handed out every comparison step with this wait after loading (ms).
LOAD_MS = 5000
#: Milliseconds between scrolls unless a file says otherwise; each scroll waited twice as long.
SCROLL_MS = 2000
#: A video watched "to the end" was left after this time.
LONGEST_WATCH = "10m"
#: Longest chain of scrolls or key presses that a scenario can say.
_MOST = 1000

_KEYPRESS = re.compile(r"keypress\((?P<key>\w+);(?P<times>\d+);(?P<delay>\d+)\)", re.ASCII)
_CLICK = re.compile(r"click\((?P<selector>[#.]?[\w:\s.]+);(?P<delay>\d+)\)", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_LEADING_INT = re.compile(r"\A\s*([+-]?\d+)", re.ASCII)
_PLAIN_TIME = re.compile(r"\A\d+[sm]", re.ASCII)


def bad_address(url: str) -> str | None:
    """Why an address cannot be visited; ``None`` where it can."""
    if not parts_of(url).is_web:
        return f"{url!r} is not an address"
    return f"{url!r} holds a space" if re.search(r"[\x00-\x20]", url) else None


def label(row: Row) -> str:
    """What a row's page is called: its tag, its title, or its number; 90 characters at most."""
    text = row.cells.get("urltag") or row.cells.get("title") or f"row {row.number}"
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()[:90] or f"row {row.number}"


def registered_open(row: Row) -> dict[str, Any]:
    """The step as it was sent to the server: columns in the file's order, ``type`` overridden."""
    step = {
        name: value
        for name, value in row.cells.items()
        if name in _OPEN_FIELDS and not (name in ("loadFor", "watchFor") and value == "")
    }
    step["type"] = "openURL"
    return step


def with_watch_for(step: Mapping[str, Any]) -> dict[str, Any]:
    """The server converted ``watchFor`` of every step, and gave it (null) to those without."""
    return {**step, "watchFor": watch_for_ms(step.get("watchFor"))}


def watch_for_ms(value: str | int | None) -> int | str | None:
    """``10s`` → 10000, ``2m`` → 120000, ``end`` → ``end``; all else, also ``10000``, is null."""
    if not isinstance(value, str):
        return value
    if value.endswith(("s", "m")):
        number = _LEADING_INT.match(value)
        return int(number[1]) * (1000 if value.endswith("s") else 60_000) if number else None
    return "end" if value == "end" else None


def open_steps(row: Row, url: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """The steps that open a row's page and wait as Guardoni does, with warnings of the rest."""
    yield {"visit": {"url": url, "label": label(row)}}
    yield {"pause": f"{LOAD_MS}ms"}
    load = row.cells.get("loadFor", "")
    if load not in ("", str(LOAD_MS)):
        reading.warn(
            row, "loadFor", f"{load!r} is not honoured: the server made it {LOAD_MS} ms for all"
        )
    if row.cells.get("type", "") not in ("", "openURL"):
        reading.warn(row, "type", f"{row.cells['type']!r} is not honoured: a row opens a page")
    said = row.cells.get("watchFor", "")
    if "/watch?v=" not in url:
        if said:
            reading.warn(row, "watchFor", f"{said!r} is not honoured: not a watch page")
        return
    amount = watch_for_ms(said)
    to_end = {"watch": {"for": "end", "cap": LONGEST_WATCH}}
    if said == "":
        reading.warn(row, "watchFor", f"nothing given: to the end, at most {LONGEST_WATCH}")
        yield to_end
    elif amount == "end":
        yield to_end
    elif amount is None:
        reading.warn(
            row,
            "watchFor",
            f"{said!r} is not honoured: the server understood only 10s, 2m and end; "
            f"to the end, at most {LONGEST_WATCH}",
        )
        yield to_end
    else:
        assert isinstance(amount, int)
        if not _PLAIN_TIME.fullmatch(said):
            reading.warn(row, "watchFor", f"{said!r} was read by the server as {amount} ms")
        if amount > 0:
            yield {"watch": {"for": f"{amount}ms"}}
        else:
            reading.warn(row, "watchFor", f"{said!r} is not a time: the video is not watched")


def scroll_fields(row: Row, reading: Reading) -> dict[str, Any] | None:
    """How a row scrolls, in pixels and milliseconds; ``None`` where it does not."""
    by, total = row.cells.get("incrementScrollByPX", ""), row.cells.get("totalScroll", "")
    interval = row.cells.get("interval", "")
    if not (by and total):
        for name in ("incrementScrollByPX", "totalScroll", "interval"):
            if row.cells.get(name):
                reading.warn(
                    row,
                    name,
                    "is not honoured: scrolling needs incrementScrollByPX and totalScroll",
                )
        return None
    fields = {
        "type": "scroll",
        "incrementScrollByPX": _js_number(by),
        "totalScroll": _js_number(total),
    }
    return {**fields, "interval": _js_number(interval)} if interval else fields


def _js_number(text: str) -> int | float | None:
    """The number a browser makes of a cell (``None``: not a number, which JSON writes as null)."""
    try:
        number = float(text.strip() or "0")
    except ValueError:
        return None
    if not math.isfinite(number) or "_" in text:
        return None
    return int(number) if number.is_integer() else number


def scroll_steps(
    row: Row, scroll: Mapping[str, Any] | None, reading: Reading
) -> Iterator[dict[str, Any]]:
    """The steps that scroll as a row asks, with warnings of numbers that make no sense."""
    if scroll is None:
        return
    by, total = scroll["incrementScrollByPX"], scroll["totalScroll"]
    for name in ("incrementScrollByPX", "totalScroll", "interval"):
        value = scroll.get(name, SCROLL_MS)
        if value is None or value < 0 or (value == 0 and name == "incrementScrollByPX"):
            reading.warn(
                row, name, f"{row.cells[name]!r} is not honoured: not a number; no scrolling"
            )
            return
    pixels = max(1, round(by))
    if pixels != by:
        reading.warn(row, "incrementScrollByPX", f"{by} is rounded to {pixels} px")
    times = math.ceil(total / by) + 1
    if times > _MOST:
        reading.warn(row, "totalScroll", f"{times} scrolls are not honoured: {_MOST} at most")
        times = _MOST
    every = 2 * round(scroll.get("interval") or SCROLL_MS)
    yield {"scroll": {"pixels": pixels, "times": times, "every": f"{every}ms"}}


def commands(row: Row, reading: Reading) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The commands of ``onCompleted``: as registered, and as a step (None: it does nothing)."""
    text = row.cells.get("onCompleted", "")
    if not text.strip():
        return
    if not re.search("[-–]", text):
        reading.warn(
            row,
            "onCompleted",
            f"{text!r} is not honoured: Guardoni ignored a single command; end it with ' -'",
        )
        return
    for piece in re.split("[-–]", text):
        command = piece.strip()
        if not command:
            continue
        match = None
        if command.startswith("keypress"):
            match = _KEYPRESS.search(command)
        elif command.startswith("click"):
            match = _CLICK.search(command)
        if match is None:
            reading.warn(
                row,
                "onCompleted",
                f"{command!r} is not honoured: write click(selector;0) or keypress(Key;times;ms), "
                "parted by ' - ' and without a dash inside",
            )
        elif match.re is _KEYPRESS:
            yield _keypress(row, match, reading)
        else:
            selector, delay = match["selector"], int(match["delay"])
            if delay:
                reading.warn(row, "onCompleted", f"the delay of {command!r} is not honoured")
            fields = {"type": "click", "selector": selector, "delay": delay}
            yield fields, {"click": selector}


def _keypress(
    row: Row, match: re.Match[str], reading: Reading
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    key, times, delay = match["key"], int(match["times"]), int(match["delay"])
    fields = {"type": "keypress", "key": key, "times": times, "delay": delay}
    if not _KEY.fullmatch(key) or len(key) > 40:
        reading.warn(row, "onCompleted", f"{key!r} is not honoured: not the name of a key")
        return fields, None
    if times > _MOST:
        reading.warn(row, "onCompleted", f"{times} presses are not honoured: {_MOST} at most")
    if times == 0:
        reading.warn(row, "onCompleted", f"{match[0]!r} presses nothing")
        return fields, None
    step: dict[str, Any] = {"key": key, "times": min(times, _MOST)}
    return fields, {"keypress": step | ({"delay": f"{delay}ms"} if delay else {})}
