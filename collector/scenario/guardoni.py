"""Guardoni's experiment files (CSV) as scenarios, under the id they had on the ytTREX server.

One rule decides every doubtful case: the scenario does what Guardoni did with the file, and says by
row and column wherever that is not what the file asks for. So the same ``experimentId`` always
means the same treatment. The shapes: *comparison* (a row is a page to open) and *chiaroscuro* (a
row is a video that is searched for in three ways).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from collector.common.identity import content_id
from collector.common.model import DEFAULT_PLATFORM
from collector.platforms.registry import spec_of
from collector.problems import BadFile, Fixable, Problem
from collector.scenario.guardoni_rows import (
    bad_address,
    commands,
    label,
    open_steps,
    registered_open,
    scroll_fields,
    scroll_steps,
    with_watch_for,
)
from collector.scenario.guardoni_table import Reading, Row, read_table
from collector.scenario.loaded import Loaded
from collector.scenario.parsing import parse_scenario
from collector.scenario.values import as_address, video_of

#: The server handed out every chiaroscuro step with this wait after loading (ms).
SEARCH_LOAD_MS = 15000


def parse_guardoni(text: str, *, path: Path, raw: bytes | None = None) -> Loaded:
    """A Guardoni CSV as a scenario with one arm, ``default``. Raises BadFile."""
    reading = Reading()
    data = text.encode() if raw is None else raw
    if data.startswith(b"\xef\xbb\xbf"):
        reading.warn(
            None, "encoding", "a byte-order mark was dropped; Guardoni took it for part of a name"
        )
    header, rows = read_table(text, path.name, reading)
    if "videoURL" in header:
        steps, experiment = _chiaroscuro(header, rows, reading)
    else:
        steps, experiment = _comparison(rows, reading)
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


def _comparison(rows: Sequence[Row], reading: Reading) -> tuple[list[dict[str, Any]], str]:
    steps: list[dict[str, Any]] = []
    registered: list[dict[str, Any]] = []
    for row in rows:
        url = row.cells["url"].strip()
        if not any(cell.strip() for cell in row.cells.values()):
            problem = Problem("is empty", f"row {row.number}", row.line, "remove the row")
            reading.problems.append(problem)
            continue
        if bad := bad_address(url):
            fix = f"write a full address, {_site()}/…"
            reading.problems.append(Problem(bad, f"row {row.number}, url", row.line, fix))
            continue
        if _elsewhere(url):
            reading.warn(row, "url", f"{url} is on another site; the visit will fail")
        scroll = scroll_fields(row, reading)
        after = list(commands(row, reading))
        registered.append(registered_open(row))
        registered += [scroll] if scroll else []
        registered += [fields for fields, _ in after]
        steps += open_steps(row, url, reading)
        steps += scroll_steps(row, scroll, reading)
        steps += [step for _, step in after if step]
        if scroll or after:
            steps.append({"capture": f"{label(row)}, end"})
    return steps, content_id(steps=[with_watch_for(step) for step in registered])


def _site() -> str:
    """The site that Guardoni browsed, which a scenario means that names none."""
    return spec_of(DEFAULT_PLATFORM).site


def _elsewhere(url: str) -> bool:
    """An address that is not one of the site's; what is none at all is refused later."""
    try:
        return not str(as_address(url)).startswith("/")
    except Fixable:
        return False


def _chiaroscuro(
    header: Sequence[str], rows: Sequence[Row], reading: Reading
) -> tuple[list[dict[str, Any]], str]:
    steps: list[dict[str, Any]] = []
    for counter, row in enumerate(rows):
        url, title = row.cells["videoURL"], row.cells["title"]
        video = video_of(url) if url.startswith("http") and "watch" in url else None
        if video is None:
            problem = f"{url!r} is not a watch page"
            fix = f"write {_site()}/watch?v=ID"
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
            address = f"{_site()}/results?search_query={text}"
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
