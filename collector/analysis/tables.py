"""The report's tables: design, what each puppet did, missing cells, topics. Plain data for a page.

Protects the rule that missing cells come first: what was planned is counted from the ledger, never
from what happens to be there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from collector.analysis.metrics import Attention, attention_weights, exposure_share
from collector.analysis.outcomes import attention_of, described_pages, shares, surfaces_of
from collector.analysis.rundata import UNLABELLED, Page, RunData
from collector.common.model import ReceiptStatus
from collector.store import Outcome

Dict = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Where a part of an arm's session begins, in steps."""

    start: int
    phase: str
    """``before``, ``treatment`` or ``after``."""
    session: str = ""
    """Its name where a session begins here and the puppets have several."""


def design(data: RunData) -> list[Dict]:
    """One row an arm: what it does, how many puppets of how many planned, how many are whole."""
    written = data.run["scenario_json"].get("arms") or {}
    rows = []
    for arm in data.arms:
        puppets = data.of_arm(arm)
        cells = [cell for cell in data.cells if cell["arm"] == arm]
        lost = {cell["puppet"] for cell in cells if cell["outcome"] in _LOSS or not cell["outcome"]}
        rows.append(
            {
                "arm": arm,
                "description": (written.get(arm) or {}).get("description", ""),
                "control": arm == data.control,
                "planned": (written.get(arm) or {}).get("twins", len(puppets)),
                "puppets": len(puppets),
                "whole": len(puppets) - len(lost),
                "cells": len(cells),
                "data": sum(1 for cell in cells if cell_word(cell) in ("ok", "done")),
            }
        )
    return rows


_LOSS = (Outcome.SKIPPED, Outcome.CONTAMINATED, Outcome.FAILED)


def cell_word(cell: Mapping[str, Any]) -> str:
    """The one word for a cell: the page's status where it says more than the outcome."""
    outcome, status = cell["outcome"], cell["status"]
    if outcome is None:
        return "open"
    if status not in (None, "ok"):
        return str(status)
    if outcome == Outcome.DONE:
        return "ok" if status == "ok" else "done"
    return str(outcome)


def matrix(data: RunData) -> Dict:
    """Puppets × steps, and the words that occur."""
    width = 1 + max((cell["step"] for cell in data.cells), default=-1)
    rows: dict[str, list[Dict | None]] = {p.name: [None] * width for p in data.puppets}
    counts: Counter[str] = Counter()
    kinds: list[Counter[str]] = [Counter() for _ in range(width)]
    for cell in data.cells:
        word = cell_word(cell)
        counts[word] += 1
        kinds[cell["step"]][cell["kind"]] += 1
        if cell["puppet"] in rows:
            rows[cell["puppet"]][cell["step"]] = {
                "word": word,
                "step": cell["step"],
                "kind": cell["kind"],
                "path": cell["path"],
                "detail": cell["detail"] or "",
                "label": cell["label"],
            }
    called: list[dict[str, None]] = [{} for _ in range(width)]
    for cell in data.cells:
        if cell["label"]:
            called[cell["step"]][cell["label"]] = None
    return {
        "labels": [", ".join(found) for found in called],
        "columns": [next(iter(kind.most_common(1)), ("", 0))[0] for kind in kinds],
        "rows": [{"puppet": p, "cells": rows[p.name]} for p in _by_arm(data)],
        "counts": dict(counts),
        "planned": sum(counts.values()),
        "data": counts["ok"] + counts["done"],
        "missing": [
            {**cell, "word": cell_word(cell)}
            for cell in data.cells
            if cell_word(cell) not in ("ok", "done")
        ],
    }


def attrition(data: RunData) -> list[Dict]:
    """Per arm: planned cells, data, missing ones by word."""
    found = []
    for arm in data.arms:
        words = Counter(cell_word(cell) for cell in data.cells if cell["arm"] == arm)
        planned = sum(words.values())
        good = words["ok"] + words["done"]
        found.append(
            {
                "arm": arm,
                "planned": planned,
                "data": good,
                "share": good / planned if planned else None,
                "missing": {w: n for w, n in sorted(words.items()) if w not in ("ok", "done")},
            }
        )
    return found


def puppets(data: RunData) -> list[Dict]:
    """What each puppet did: its receipts and its session."""
    rows = []
    for puppet in _by_arm(data):
        receipts = [r for r in data.receipts if r["puppet"] == puppet.name]
        sessions = [row for row in data.sessions if row["puppet"] == puppet.name]
        skews = [row["skew_ms"] for row in sessions if row["skew_ms"] is not None]
        rows.append(
            {
                "puppet": puppet,
                "state": _state(sessions),
                "detail": next((row["detail"] for row in sessions if row["detail"]), ""),
                "skew_ms": max(skews, default=None),
                "captures": sum(1 for c in data.captures if c["puppet"] == puppet.name),
                "receipts": [_bar(receipt) for receipt in receipts],
                "statuses": dict(Counter(r["status"] for r in receipts)),
                "planned_s": sum(r["planned_s"] for r in receipts),
                "watched_s": sum(r["watched_s"] for r in receipts),
                "ad_s": sum(r["ad_s"] for r in receipts),
                "stalled_s": sum(r["stalled_s"] for r in receipts),
                "errors": sorted({r["error"] for r in receipts if r["error"]}),
                "confirmed_s": _confirmed(data, puppet.name),
            }
        )
    return rows


def _state(sessions: Sequence[Mapping[str, Any]]) -> str:
    """The one word for a puppet's sessions, or how many of them are done."""
    states = {row["state"] for row in sessions}
    if len(states) < 2:
        return states.pop() if states else "never begun"
    done = sum(row["state"] == "done" for row in sessions)
    return f"{done} of {len(sessions)} done"


def spacing(data: RunData) -> Dict:
    """Seconds between the searches of a puppet: least and median a puppet, and least of all."""
    found = {
        puppet: {"searches": len(gaps) + 1, "least_s": min(gaps), "median_s": median(gaps)}
        for puppet, gaps in data.gaps.items()
    }
    return {
        "asked": data.run["scenario_json"].get("spacing"),
        "puppets": found,
        "least_s": min((row["least_s"] for row in found.values()), default=None),
    }


def _bar(receipt: Mapping[str, Any]) -> Dict:
    share = receipt["watched_share"]
    return {
        "step": receipt["step"],
        "video_id": receipt["video_id"],
        "topic": receipt["topic"] or UNLABELLED,
        "status": receipt["status"],
        "share": 1.0 if share is None else min(1.0, share),
        "planned_s": receipt["planned_s"],
        "watched_s": receipt["watched_s"],
        "ad_s": receipt["ad_s"],
    }


def _confirmed(data: RunData, puppet: str) -> float | None:
    """Media seconds of the puppet's watches that the mock received, or ``None`` without its log."""
    if not data.watched:
        return None
    return sum(seconds for (name, _), seconds in data.watched.items() if name == puppet)


def manipulation(data: RunData) -> Dict:
    """Watched minutes by topic and arm, and how many watches came about."""
    minutes: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(data.arms, 0.0))
    for receipt in data.receipts:
        minutes[receipt["topic"] or UNLABELLED][receipt["arm"]] += receipt["watched_s"] / 60
    totals = {arm: sum(row[arm] for row in minutes.values()) for arm in data.arms}
    rows = [
        {
            "topic": topic,
            "arms": {
                arm: {"minutes": row[arm], "share": row[arm] / totals[arm] if totals[arm] else None}
                for arm in data.arms
            },
        }
        for topic, row in sorted(minutes.items(), key=lambda item: (-sum(item[1].values()), item))
    ]
    complete = sum(1 for r in data.receipts if r["status"] == ReceiptStatus.COMPLETE)
    planned = sum(1 for cell in data.cells if cell["kind"] == "watch")
    return {
        "topics": rows,
        "totals": totals,
        "complete": complete,
        "receipts": len(data.receipts),
        "planned": planned,
    }


def skew(data: RunData) -> Dict:
    """Achieved start skew: milliseconds between the first and the last start of a block."""
    blocks: dict[Any, list[float]] = defaultdict(list)
    for row in data.sessions:
        if row["skew_ms"] is not None:
            turn = row.get("turn")
            blocks[f"{row['block']} {turn}" if turn else row["block"]].append(row["skew_ms"])
    spans = {block: max(values) for block, values in blocks.items() if len(values) > 1}
    return {
        "blocks": spans,
        "largest": max(spans.values(), default=None),
        "mean": fmean(spans.values()) if spans else None,
    }


def divided(data: RunData) -> int:
    """Blocks whose puppets did not all start together, as more than could run at once: they ran in
    parts, one after the other, and the skew is that of a part."""
    starts = data.manifest.get("blocks") or ()
    return len({start["block"] for start in starts if start.get("part")})


def topic_rows(
    pages: Sequence[Page], arms: Sequence[str], curve: Attention, declared: Sequence[str], most: int
) -> dict[str, dict[str, list[float]]]:
    """Topic → arm → one share a puppet; declared labels first, then the most shown."""
    weights: dict[str, float] = defaultdict(float)
    for page in pages:
        for topic, weight in zip(
            page.topics, attention_weights(len(page.topics), curve), strict=True
        ):
            if topic is not None:
                weights[topic] += weight
    others = sorted(weights.keys() - set(declared), key=lambda topic: (-weights[topic], topic))
    rows: dict[str, dict[str, list[float]]] = {}
    for topic in [*declared, *others[: max(0, most - len(declared))]]:
        found = shares(pages, {topic}, curve)
        rows[topic] = {arm: [v for p, v in found.items() if p.arm == arm] for arm in arms}
    return rows


def by_surface(data: RunData, declared: Sequence[str]) -> list[Dict]:
    """How each surface differs: pages, items, labelled share, declared share by arm and curve."""
    rows = []
    seen = [s for s in ("home", "related", "search", "channel") if s in surfaces_of(data)]
    others = [s for s in dict.fromkeys(p.surface for p in data.pages) if s not in seen]
    for surface in [*seen, *others]:
        phase, pages = described_pages(data, surface)
        items = [item for page in pages for item in page.organic]
        curves = {
            curve.value: {
                arm: _mean(
                    v for p, v in shares(pages, set(declared), curve).items() if p.arm == arm
                )
                for arm in data.arms
            }
            for curve in Attention
        }
        rows.append(
            {
                "surface": surface,
                "phase": phase,
                "pages": len(pages),
                "names": list(dict.fromkeys(page.label for page in pages if page.label)),
                "items": len(items),
                "ads": sum(len(page.items) - len(page.organic) for page in pages),
                "labelled": _mean(float(item.topic is not None) for item in items),
                "shares": curves,
            }
        )
    return rows


def session_lines(
    data: RunData, surface: str, topics: Sequence[str]
) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Arm → topic → step → one share a puppet, over all sessions of the puppets."""
    lines: dict[str, dict[str, dict[int, list[float]]]] = {}
    for arm in data.arms:
        pages = [p for p in data.pages if p.surface == surface and p.puppet.arm == arm]
        found: dict[str, dict[int, list[float]]] = {}
        for topic in topics:
            points: dict[int, list[float]] = defaultdict(list)
            for page in pages:
                share = exposure_share(page.topics, {topic}, attention_of(data))
                if share is not None:
                    points[page.step].append(share)
            if points:
                found[topic] = dict(sorted(points.items()))
        if found:
            lines[arm] = found
    return lines


def session_parts(data: RunData, arm: str) -> tuple[Part, ...]:
    """Where the phases and sessions of an arm begin, in steps of its first puppet that has most."""
    words = {"before": "before", "arms": "treatment", "after": "after"}
    turns = {row["id"]: row.get("turn") or "" for row in data.sessions}
    of_puppet: dict[str, list[Dict]] = defaultdict(list)
    for each in data.cells:
        if each["arm"] == arm:
            of_puppet[each["puppet"]].append(each)
    longest: list[Dict] = max(of_puppet.values(), key=len, default=[])
    parts: list[Part] = []
    phase = turn = None
    for cell in sorted(longest, key=lambda row: int(row["step"])):
        head = (cell["path"] or "arms").partition(".")[0]
        now = words.get(head, "treatment"), turns.get(cell["session"], "")
        if now != (phase, turn):
            parts.append(Part(cell["step"], now[0], now[1] if now[1] != turn else ""))
        phase, turn = now
    return tuple(parts)


def page_names(pages: Sequence[Page]) -> dict[int, str]:
    """Step → what the scenario calls the page that is filed there."""
    named: dict[int, dict[str, None]] = defaultdict(dict)
    for page in pages:
        if page.label:
            named[page.step][page.label] = None
    return {step: ", ".join(found) for step, found in sorted(named.items())}


def _mean(values: Any) -> float | None:
    found = [value for value in values if value is not None]
    return fmean(found) if found else None


def _by_arm(data: RunData) -> list[Any]:
    order = {arm: number for number, arm in enumerate(data.arms)}
    return sorted(data.puppets, key=lambda p: (order[p.arm], p.twin, p.name))
