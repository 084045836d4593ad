"""Where every step and every capture of a run stands: puppet, session, phase, slot.

Made by the same rules as the report's pages (:mod:`collector.analysis.load`), for captures of any
status: a page that is opened during the treatment stays one of it, and of the captures of one page
load the last one with data stands for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.analysis.declared import levels_of
from collector.analysis.load import hurried_steps
from collector.analysis.rundata import RunData, phase_of, slot_of
from collector.frames.clocks import clocks
from collector.store import Store
from collector.store.rows import Row


@dataclass
class Whereabouts:
    """Columns of who and where, by (session, step) and by capture."""

    factors: tuple[str, ...] = ()
    puppets: dict[str, Row] = field(default_factory=dict)
    sessions: dict[str, Row] = field(default_factory=dict)
    """Session → columns of its puppet and its turn; ``first`` step counted through all."""
    steps: dict[tuple[str, int], Row] = field(default_factory=dict)
    watches: dict[tuple[str, int], Row] = field(default_factory=dict)
    """What the clocks showed when a watch began, by (session, step)."""
    captures: dict[str, Row] = field(default_factory=dict)
    """Capture → its columns, in the order of puppets, sessions and numbers."""


def whereabouts(store: Store, data: RunData) -> Whereabouts:
    """Everything's place."""
    levels = levels_of(data.run["scenario_json"], data.arms)
    found = Whereabouts(factors=tuple(f"factor_{name}" for name in levels))
    for puppet in data.puppets:
        found.puppets[puppet.name] = (
            {"run": data.run["id"], "arm": puppet.arm}
            | {f"factor_{name}": by_arm.get(puppet.arm) for name, by_arm in levels.items()}
            | {"puppet": puppet.name, "twin": puppet.twin, "block": puppet.block}
        )
    waves = {row["session"]: row["wave"] for row in store.rows("SELECT session, wave FROM turns")}
    turns: dict[str, str] = {row["id"]: row["turn"] for row in data.sessions}
    planned: dict[str, int] = {
        row["session"]: row["n"]
        for row in store.rows("SELECT session, count(*) AS n FROM steps GROUP BY session")
    }
    firsts = _firsts(store, planned)
    for row in data.sessions:
        session = row["id"]
        found.sessions[session] = found.puppets[row["puppet"]] | {
            "session": session,
            "wave": waves.get(session, 1),
            "turn": turns[session] or None,
        }
    times = clocks(store)
    found.watches = times.watches
    for step in store.steps():
        session, number = step["session"], step["step"]
        if session not in found.sessions:
            continue  # of another run in the same store
        found.steps[session, number] = _place(
            found.sessions[session],
            path=step["path"] or "",
            step=number,
            first=firsts[session],
            label=json.loads(step["args"] or "{}").get("label"),
        )
        found.steps[session, number] |= times.steps[session, number]
    _captures(store, data, found, firsts)
    return found


def _firsts(store: Store, planned: Mapping[str, int]) -> dict[str, int]:
    """Session → number of its first step among all steps of its puppet."""
    found: dict[str, int] = {}
    before: dict[str, int] = defaultdict(int)
    for row in store.rows(
        "SELECT s.id, s.puppet FROM sessions s LEFT JOIN turns t ON t.session = s.id"
        " ORDER BY s.puppet, coalesce(t.wave, 1), coalesce(t.slot, 1), s.id"
    ):
        found[row["id"]] = before[row["puppet"]]
        before[row["puppet"]] += planned.get(row["id"], 0)
    return found


def _place(
    session: Row, *, path: str, step: int, first: int, label: str | None, opened: str | None = None
) -> Row:
    where = path if opened is None else opened
    return session | {
        "phase": phase_of(where),
        "slot": slot_of(where, step + first, session["turn"] or ""),
        "step": step,
        "puppet_step": step + first,
        "capture_label": label or None,
    }


_CAPTURES = """
SELECT c.id, c.session, c.step, c.seq, c.page_uuid, c.kind, c.url, c.status, c.content_hash,
       c.client_time, c.saved_time, s.path, json_extract(s.args, '$.label') AS label,
       coalesce(s.outcome, '') = 'contaminated' AS contaminated,
       coalesce(o.impressions, 0) AS impressions, coalesce(o.unparsed, 0) AS unparsed
FROM captures c
LEFT JOIN steps s ON s.session = c.session AND s.step = c.step
LEFT JOIN observations o ON o.capture = c.id
ORDER BY c.puppet, c.session, c.seq
"""


def _captures(store: Store, data: RunData, found: Whereabouts, firsts: Mapping[str, int]) -> None:
    statuses = ("ok", "partial") if data.run["analysis"].get("partial") == "kept" else ("ok",)
    hurried = hurried_steps(store, data.run["scenario_json"])
    rows = [row for row in store.rows(_CAPTURES) if row["session"] in found.sessions]
    opened: dict[tuple[str, str], str] = {}
    named: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], str] = {}
    for row in rows:
        load = (row["session"], row["page_uuid"])
        if row["status"] in statuses and not row["contaminated"]:
            opened.setdefault(load, row["path"] or "")
            last[load] = row["id"]
            named[load] = row["label"] or named.get(load, "")
    for row in rows:
        load = (row["session"], row["page_uuid"])
        usable = row["status"] in statuses and not row["contaminated"]
        place = _place(
            found.sessions[row["session"]],
            path=row["path"] or "",
            step=row["step"],
            first=firsts[row["session"]],
            label=named.get(load) if usable else row["label"],
            opened=opened.get(load) if usable else None,
        )
        found.captures[row["id"]] = (
            place
            | _about(row)
            | {
                "counted": last.get(load) == row["id"],
                "hurried": (row["session"], row["step"]) in hurried,
            }
        )


def _about(row: Row) -> dict[str, Any]:
    return {
        "capture": row["id"],
        "seq": row["seq"],
        "page": row["kind"],
        "url": row["url"],
        "status": row["status"],
        "load": row["page_uuid"],
        "content_hash": row["content_hash"],
        "impressions": row["impressions"],
        "unparsed": row["unparsed"],
        "virtual_time": row["client_time"],
        "wall_time": row["saved_time"],
    }
