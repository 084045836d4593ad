"""Guardoni's experiment files (CSV) as scenarios, under the id they had on the ytTREX server.

One rule decides every doubtful case: the scenario does what Guardoni did with the file, and says by
row and column wherever that is not what the file asks for. So the same ``experimentId`` always
means the same treatment. The shapes: *comparison* (a row is a page to open) and *chiaroscuro* (a
row is a video that is searched for in three ways).
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from collector.identity import content_id
from collector.problems import BadFile, Problem, did_you_mean
from collector.scenario.loader import Loaded, parse_scenario
from collector.scenario.steps import video_of

#: Columns of a comparison file; any other was dropped by Guardoni.
COMPARISON = (
    "url",
    "urltag",
    "title",
    "loadFor",
    "watchFor",
    "type",
    "incrementScrollByPX",
    "totalScroll",
    "interval",
    "onCompleted",
)
CHIAROSCURO = ("videoURL", "title")

#: What the server kept of a row, and what became steps of their own.
_OPEN_FIELDS = frozenset({"url", "urltag", "title", "loadFor", "watchFor", "type"})

#: The server handed out every comparison step with this wait after loading (ms)…
LOAD_MS = 5000
#: … and every chiaroscuro step with this one.
SEARCH_LOAD_MS = 15000
#: Milliseconds between scrolls unless a file says otherwise; each scroll waited twice as long.
SCROLL_MS = 2000
#: A video watched "to the end" was left after this time.
LONGEST_WATCH = "10m"
#: Longest chain of scrolls or key presses that a scenario can say.
_MOST = 1000

_KEYPRESS = re.compile(r"keypress\((?P<key>\w+);(?P<times>\d+);(?P<delay>\d+)\)", re.ASCII)
_CLICK = re.compile(r"click\((?P<selector>[#|.]?[\w|:\s.\-]+);(?P<delay>\d+)\)", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_LEADING_INT = re.compile(r"\s*([+-]?\d+)", re.ASCII)
_PLAIN_TIME = re.compile(r"\d+[sm]", re.ASCII)


@dataclass
class _Row:
    """One row: ``number`` as a spreadsheet counts (the header is 1), ``line`` in the file."""

    number: int
    line: int
    cells: dict[str, str]


@dataclass
class _Reading:
    """What is built while the rows are read."""

    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def warn(self, row: _Row | None, column: str, message: str) -> None:
        place = f"row {row.number}, " if row else ""
        self.warnings.append(f"{place}{column}: {message}")


def parse_guardoni(text: str, *, path: Path, raw: bytes | None = None) -> Loaded:
    """A Guardoni CSV as a scenario with one arm, ``default``. Raises BadFile."""
    reading = _Reading()
    data = text.encode() if raw is None else raw
    if data.startswith(b"\xef\xbb\xbf"):
        reading.warn(
            None, "encoding", "a byte-order mark was dropped; Guardoni took it for part of a name"
        )
    header, rows = _table(text, path.name, reading)
    if "videoURL" in header:
        steps, experiment = _chiaroscuro(header, rows, reading)
    else:
        steps, experiment = _comparison(header, rows, reading)
    if reading.problems:
        raise BadFile(path.name, reading.problems)
    name = re.sub(r"[^A-Za-z0-9_. -]+", "-", path.stem).strip("-. ")[:80] or "guardoni"
    loaded = parse_scenario(
        {
            "name": name,
            "description": f"Guardoni CSV, {len(rows)} rows (experiment {experiment[:8]}…)",
            "analysis": {"surfaces": ["home", "related", "search"]},
            "arms": {"default": {"steps": _with_consent(steps)}},
        },
        place=path.name,
    )
    return Loaded(
        loaded.scenario,
        hashlib.sha256(data).hexdigest(),
        path,
        experiment,
        tuple(reading.warnings),
    )


def _table(text: str, place: str, reading: _Reading) -> tuple[list[str], list[_Row]]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs"}[delimiter]
        reading.warn(None, "separator", f"columns are parted by {name}; Guardoni reads only commas")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for record in reader:
            if record:
                records.append((line, record))
            line = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(f"not CSV: {error}", line=reader.line_num, fix="check the quotes there")
        raise BadFile(place, [problem]) from error
    if not records:
        raise BadFile(place, [Problem("is empty", fix="write a header and at least one row")])
    (_, names), *body = records
    header = [name.strip() for name in names]
    known = CHIAROSCURO if "videoURL" in header else COMPARISON
    problems = []
    if "url" not in header and "videoURL" not in header:
        problems.append(
            Problem(
                "neither a comparison (no column url) nor a chiaroscuro (no column videoURL)",
                line=1,
                fix=f"columns of a comparison: {', '.join(COMPARISON)}",
            )
        )
    if "videoURL" in header and "title" not in header:
        problems.append(Problem("no column title", line=1, fix="add the videos' titles"))
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.append(Problem(f"two columns are called {name!r}", line=1, fix="keep one"))
    if not body:
        problems.append(Problem("has no rows", fix="write a row for each page to open"))
    rows = []
    for number, (line, record) in enumerate(body, 2):
        if len(record) != len(header):
            message = f"has {len(record)} cells, the header {len(header)}"
            problems.append(
                Problem(message, f"row {number}", line, "quote cells that hold the separator")
            )
        rows.append(_Row(number, line, dict(zip(header, record, strict=False))))
    if problems:
        raise BadFile(place, problems)
    for name in header:
        if name not in known:
            hint = did_you_mean(name, known)
            near = f" ({hint})" if hint.startswith("did") else ""
            reading.warn(None, f"column {name!r}", f"is not honoured: unknown to Guardoni{near}")
    return header, rows


# ---- comparison


def _comparison(
    header: Sequence[str], rows: Sequence[_Row], reading: _Reading
) -> tuple[list[dict[str, Any]], str]:
    steps: list[dict[str, Any]] = []
    registered: list[dict[str, Any]] = []
    for row in rows:
        url = row.cells["url"].strip()
        if not any(cell.strip() for cell in row.cells.values()):
            problem = Problem("is empty", f"row {row.number}", row.line, "remove the row")
            reading.problems.append(problem)
            continue
        if bad := _bad_address(url):
            reading.problems.append(Problem(bad, f"row {row.number}, url", row.line, _HTTP))
            continue
        scroll = _scroll_fields(row, reading)
        commands = list(_commands(row, reading))
        registered.append(_registered_open(row))
        registered += [scroll] if scroll else []
        registered += [fields for fields, _ in commands]
        steps += _open_steps(row, url, reading)
        steps += _scroll_steps(row, scroll, reading)
        steps += [step for _, step in commands if step]
        if scroll or commands:
            steps.append({"capture": f"{_label(row)}, end"})
    return steps, content_id(steps=[_with_watch_for(step) for step in registered])


_HTTP = "write a full address, https://www.youtube.com/…"


def _bad_address(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole:
        return f"{url!r} is not an address"
    return f"{url!r} holds a space" if re.search(r"[\x00-\x20]", url) else None


def _label(row: _Row) -> str:
    text = row.cells.get("urltag") or row.cells.get("title") or f"row {row.number}"
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()[:90] or f"row {row.number}"


def _registered_open(row: _Row) -> dict[str, Any]:
    """The step as it was sent to the server: columns in the file's order, ``type`` overridden."""
    step = {
        name: value
        for name, value in row.cells.items()
        if name in _OPEN_FIELDS and not (name in ("loadFor", "watchFor") and value == "")
    }
    step["type"] = "openURL"
    return step


def _with_watch_for(step: Mapping[str, Any]) -> dict[str, Any]:
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


def _open_steps(row: _Row, url: str, reading: _Reading) -> Iterator[dict[str, Any]]:
    yield {"visit": {"url": url, "label": _label(row)}}
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
            reading.warn(row, "watchFor", f"{said!r} is no time: the video is not watched")


def _scroll_fields(row: _Row, reading: _Reading) -> dict[str, Any] | None:
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


def _scroll_steps(
    row: _Row, scroll: Mapping[str, Any] | None, reading: _Reading
) -> Iterator[dict[str, Any]]:
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


def _commands(
    row: _Row, reading: _Reading
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
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
    row: _Row, match: re.Match[str], reading: _Reading
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


# ---- chiaroscuro


def _chiaroscuro(
    header: Sequence[str], rows: Sequence[_Row], reading: _Reading
) -> tuple[list[dict[str, Any]], str]:
    steps: list[dict[str, Any]] = []
    for counter, row in enumerate(rows):
        url, title = row.cells["videoURL"], row.cells["title"]
        video = video_of(url) if url.startswith("http") and "watch" in url else None
        if video is None:
            problem = f"{url!r} is not a watch page"
            fix = "write https://www.youtube.com/watch?v=ID"
            reading.problems.append(Problem(problem, f"row {row.number}, videoURL", row.line, fix))
            continue
        if len(title) < 5:
            reading.problems.append(
                Problem(
                    f"{title!r} is shorter than 5 characters",
                    f"row {row.number}, title",
                    row.line,
                    "write the video's whole title",
                )
            )
            continue
        for way, query in (
            ("trimming", title[1:-1]),
            ("exact-title", title),
            ("videoId", video),
        ):
            text = quote(query, safe="!'()*-._~")
            address = f"https://www.youtube.com/results?search_query={text}"
            steps.append({"visit": {"url": address, "label": f"{way}-video-{counter}"}})
            steps.append({"pause": f"{SEARCH_LOAD_MS}ms"})
    links = [{name: row.cells[name] for name in header} for row in rows]
    return steps, content_id(type="chiaroscuro", links=links)


def _with_consent(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Guardoni declined cookies where it met the dialog: on the first page, before its capture."""
    if not steps:
        return steps
    first = dict(steps[0]["visit"])
    label = first.pop("label")
    opening: list[dict[str, Any]] = [
        {"visit": {**first, "capture": False}},
        {"consent": "reject"},
        {"capture": label},
    ]
    return opening + steps[1:]
