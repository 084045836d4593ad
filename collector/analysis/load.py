"""Reading a run's folder: from the rows of its store to :mod:`collector.analysis.rundata`.

Protects the rule that only pages with status ``ok`` are data, and that a page counts once: of the
captures of one page load, the last one stands for it (a scrolled list holds what was there before).
A page that was read in part only (``partial``) is a missing cell too, unless the scenario says
``partial: kept``.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.analysis.labelling import Labelling, Wanted, read_labelling
from collector.analysis.rundata import Done, Item, Page, Puppet, RunData
from collector.common.errors import UserError
from collector.manifestshape import check_shape
from collector.store import Store, no_run
from collector.store.details import taken_of
from collector.store.rows import Row


def load_run(folder: Path, labels: Wanted = None, *, pages: bool = True) -> RunData:
    """Read a run directory.

    :param labels: which labels items are to have; the newest that were given without it.
    :param pages: read the pages with their items, which are most of a large run.
    :raises UserError: there is no store, it cannot be read, it holds no run, or no such labels.
    """
    with Store(folder / "store.db", readonly=True) as store:
        runs = store.runs()
        if not runs:
            raise no_run(folder / "store.db")
        run = _opened(runs[-1])
        puppets = tuple(
            Puppet(row["id"], row["arm"], row["twin"], row["block"])
            for row in store.puppets(run["id"])
        )
        turns = _turns(store)
        labelling = read_labelling(store, labels, run["platform"])
        return RunData(
            folder=folder,
            run=run,
            puppets=puppets,
            pages=()
            if not pages
            else _pages(
                store,
                {puppet.name: puppet for puppet in puppets},
                turns,
                statuses=("ok", "partial") if run["analysis"].get("partial") == "kept" else ("ok",),
                hurried=hurried_steps(store, run["scenario_json"]),
                labelling=labelling,
            ),
            cells=_in_turn(_cells(store), turns),
            receipts=_in_turn(_receipts(store, labelling), turns),
            sessions=tuple(
                row | {"turn": turns[row["id"]].name} for row in store.sessions(run["id"])
            ),
            captures=_all(store, "captures", "puppet, session, seq"),
            coverage=_all(store, "coverage", "count DESC, renderer, field, error"),
            served=_served(store),
            watched=_watched(store),
            events=_all(store, "events", "id"),
            outbox=_outbox(store),
            manifest=_manifest(folder),
            labels=labelling.sources,
            gaps=_gaps(store),
            topics=dict(sorted(Counter(labelling.labels.values()).items())),
            treatment=_treatment(store, labelling),
            visitors=_known_visitors(store),
            labelling=labelling,
            codings=_codings(store),
        )


def _codings(store: Store) -> dict[str, dict[str, str]]:
    """The newest version of the table ``codings``, by coder."""
    if not list(store.rows("SELECT 1 FROM sqlite_master WHERE name = 'codings'")):
        return {}
    found: dict[str, dict[str, str]] = {}
    for row in store.rows(
        "SELECT coder, item_id, label FROM codings WHERE label IS NOT NULL AND coder != 'resolved'"
        " AND version = (SELECT max(version) FROM codings) ORDER BY rowid"
    ):
        found.setdefault(row["coder"], {})[row["item_id"]] = row["label"]
    return found


@dataclass(frozen=True, slots=True)
class _Turn:
    """A session among those of its puppet."""

    name: str
    """``w2s3``; empty where the puppet has one session only."""
    first: int
    """Number of its first step among all steps of the puppet, from 0."""


def _turns(store: Store) -> dict[str, _Turn]:
    """Session → its turn. Steps are counted through all sessions of a puppet, in their order."""
    rows = store.rows(
        "SELECT s.id, s.puppet, coalesce(t.wave, 1) AS wave, coalesce(t.slot, 1) AS slot,"
        " (SELECT count(*) FROM steps p WHERE p.session = s.id) AS steps"
        " FROM sessions s LEFT JOIN turns t ON t.session = s.id ORDER BY puppet, wave, slot, s.id"
    )
    of_puppet: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_puppet[row["puppet"]].append(row)
    found: dict[str, _Turn] = {}
    for sessions in of_puppet.values():
        first = 0
        for row in sessions:
            name = f"w{row['wave']}s{row['slot']}" if len(sessions) > 1 else ""
            found[row["id"]] = _Turn(name, first)
            first += row["steps"]
    return found


def _in_turn(rows: tuple[Row, ...], turns: Mapping[str, _Turn]) -> tuple[Row, ...]:
    """Rows of steps, counted through all sessions of their puppet, in that order."""
    counted = [row | {"step": row["step"] + turns[row["session"]].first} for row in rows]
    return tuple(sorted(counted, key=lambda row: (row["arm"], row["puppet"], row["step"])))


def _cells(store: Store) -> tuple[Row, ...]:
    """The view ``cells`` with the scenario's ``label`` of each step; empty where it has none."""
    labels = {
        (row["session"], row["step"]): row["label"]
        for row in store.rows(
            "SELECT session, step, json_extract(args, '$.label') AS label FROM steps"
            " WHERE json_extract(args, '$.label') IS NOT NULL"
        )
    }
    return tuple(
        row | {"label": labels.get((row["session"], row["step"]), "")}
        for row in _all(store, "cells", "arm, puppet, session, step")
    )


def _gaps(store: Store) -> dict[str, tuple[float, ...]]:
    found: dict[str, list[float]] = defaultdict(list)
    for row in store.rows(
        "SELECT s.puppet, q.gap_s FROM queries q JOIN sessions s ON s.id = q.session"
        " WHERE q.gap_s IS NOT NULL ORDER BY s.puppet, q.time"
    ):
        found[row["puppet"]].append(row["gap_s"])
    return {puppet: tuple(gaps) for puppet, gaps in found.items()}


def _opened(run: Row) -> Row:
    for column in ("scenario_json", "analysis", "versions", "environment", "recommender"):
        run[column] = json.loads(run[column] or "{}")
    return run


def _all(store: Store, name: str, order: str) -> tuple[Row, ...]:
    return tuple(store.rows(f"SELECT * FROM {name} ORDER BY {order}"))


def _pages(
    store: Store,
    puppets: Mapping[str, Puppet],
    turns: Mapping[str, _Turn],
    *,
    statuses: tuple[str, ...],
    hurried: frozenset[tuple[str, int]],
    labelling: Labelling,
) -> tuple[Page, ...]:
    last: dict[tuple[str, str], Row] = {}
    opened: dict[tuple[str, str], str] = {}
    order: dict[tuple[str, str], int] = {}
    loads: dict[str, int] = defaultdict(int)
    named: dict[tuple[str, str], str] = {}
    found = store.rows(
        "SELECT c.*, s.path, json_extract(s.args, '$.label') AS label,"
        " coalesce(o.unparsed, 0) AS unparsed FROM captures c"
        " LEFT JOIN steps s ON s.session = c.session AND s.step = c.step"
        " LEFT JOIN observations o ON o.capture = c.id"
        f" WHERE c.status IN ({_marks(statuses)})"
        " AND coalesce(s.outcome, '') <> 'contaminated'"
        " ORDER BY c.puppet, c.session, c.seq",
        statuses,
    )
    for row in found:
        load = (row["session"], row["page_uuid"])
        if load not in order:
            loads[row["session"]] += 1
            order[load] = loads[row["session"]]
            opened[load] = row["path"] or ""
        last[load] = row
        named[load] = row["label"] or named.get(load, "")
    items: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for row in store.rows(f"{_ITEMS} WHERE c.status IN ({_marks(statuses)}) {_ORDER}", statuses):
        item_id, kind, channel = row["item_id"], row["kind"], row["channel_href"]
        topic = labelling.topic(item_id, kind, channel)
        items[row["capture"], row["surface"]].append(
            Item(row["position"], kind, item_id, row["title"] or "", topic, channel)
        )
    surfaces: dict[str, list[str]] = defaultdict(list)
    for capture, surface in items:
        surfaces[capture].append(surface)
    return tuple(
        Page(
            capture=row["id"],
            puppet=puppets[row["puppet"]],
            session=row["session"],
            step=row["step"] + turns[row["session"]].first,
            seq=row["seq"],
            order=order[load],
            path=opened[load],
            url=row["url"],
            event=row["event"],
            surface=surface,
            items=tuple(items[row["id"], surface]),
            turn=turns[row["session"]].name,
            unparsed=row["unparsed"],
            hurried=(row["session"], row["step"]) in hurried,
            label=named[load],
        )
        for load, row in last.items()
        for surface in sorted(surfaces[row["id"]])
        if row["puppet"] in puppets
    )


_ITEMS = """
SELECT i.capture, i.surface, i.position, i.kind, i.item_id, i.title, i.channel_href
FROM impressions i
JOIN captures c ON c.id = i.capture
"""
_ORDER = "ORDER BY i.capture, i.surface, i.position"


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(duration: str | None) -> float | None:
    """A duration of a scenario's snapshot (``11m``, ``1h30m``) in seconds."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", duration or "")
    return sum(float(number) * _UNITS[unit] for number, unit in parts) if parts else None


def hurried_steps(store: Store, scenario: Mapping[str, Any]) -> frozenset[tuple[str, int]]:
    """(session, step) of the searches that came sooner after another than was declared."""
    spacing = _seconds(scenario.get("spacing"))
    if spacing is None:
        return frozenset()
    return frozenset(
        (row["session"], row["step"])
        for row in store.rows("SELECT session, step FROM queries WHERE gap_s < ?", [spacing - 1])
    )


#: Kinds of step that prepare, wait or measure. By every other kind a treatment is given, one that
#: another package brings among them: it could fail in every puppet, and nothing would say so.
PREPARING = (
    "visit", "consent", "refresh", "slot", "scroll", "pause", "capture", "screenshot", "snapshot",
)  # fmt: skip


def _treatment(store: Store, labelling: Labelling) -> tuple[Done, ...]:
    labels = labelling.labels
    found = []
    for row in store.rows(
        "SELECT n.puppet, p.arm, s.path, s.kind, s.outcome, s.detail, s.args FROM steps s"
        " JOIN sessions n ON n.id = s.session JOIN puppets p ON p.id = n.puppet"
        f" WHERE s.path LIKE 'arms.%' AND s.kind NOT IN ({_marks(PREPARING)})"
        " ORDER BY n.puppet, s.session, s.step",
        PREPARING,
    ):
        detail = row["detail"] or ""
        found.append(
            Done(
                puppet=row["puppet"],
                arm=row["arm"],
                path=row["path"],
                kind=row["kind"],
                outcome=row["outcome"],
                detail=detail,
                args=json.loads(row["args"] or "{}"),
                topics=tuple(labels.get(item) for item in taken_of(detail)),
            )
        )
    return tuple(found)


def _known_visitors(store: Store) -> tuple[Row, ...]:
    """Puppets that the site knew before their first page: it did not ask them for consent, or the
    run itself found a history. A page that was refused (a captcha) asks nobody and says nothing."""
    return tuple(
        store.rows(
            "SELECT DISTINCT n.puppet, s.detail FROM steps s JOIN sessions n ON n.id = s.session"
            " WHERE s.kind = 'consent' AND s.path LIKE 'before.%'"
            " AND s.outcome IN ('done', 'failed')"
            " AND s.detail LIKE '%no consent dialog%'"
            " AND NOT EXISTS (SELECT 1 FROM steps w WHERE w.session = s.session AND w.step < s.step"
            " AND w.outcome = 'missing')"
            " UNION SELECT n.puppet, e.message AS detail FROM events e"
            " JOIN sessions n ON n.id = e.session WHERE e.kind = 'known-visitor'"
            " ORDER BY 1, 2"
        )
    )


def _receipts(store: Store, labelling: Labelling) -> tuple[Row, ...]:
    """The rows of ``watch_receipts`` with the samples, opened."""
    found = []
    for row in store.rows(
        "SELECT w.*, r.samples, r.duration_s, r.rate FROM watch_receipts w"
        " JOIN receipts r ON r.session = w.session AND r.step = w.step"
        " ORDER BY w.arm, w.puppet, w.session, w.step"
    ):
        row["samples"] = json.loads(row["samples"] or "[]")
        row["topic"] = labelling.labels.get(row["video_id"])
        found.append(row)
    return tuple(found)


def _served(store: Store) -> dict[tuple[str, str, str], tuple[Row, ...]]:
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in store.rows(
        "SELECT puppet, load, surface, slot, kind, item_id, topic FROM truth_impressions"
        " WHERE puppet IS NOT NULL ORDER BY puppet, load, surface, slot"
    ):
        found[row["puppet"], row["load"], row["surface"]].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _watched(store: Store) -> dict[tuple[str, str], float]:
    return {
        (row["puppet"], row["video_id"]): row["seconds"]
        for row in store.rows(
            "SELECT puppet, video_id, sum(seconds) AS seconds FROM truth_watches"
            " WHERE puppet IS NOT NULL GROUP BY puppet, video_id ORDER BY puppet, video_id"
        )
    }


def _outbox(store: Store) -> dict[str, dict[str, int]]:
    if not store.db.table("outbox").exists():
        return {}
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in store.rows(
        "SELECT target, state, count(*) AS n FROM outbox GROUP BY target, state"
        " ORDER BY target, state"
    ):
        found[row["target"]][row["state"]] = row["n"]
    return dict(found)


def _manifest(folder: Path) -> dict[str, Any]:
    """What ``manifest.json`` says; a run that broke off early may have none."""
    path = folder / "manifest.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UserError(
            f"the manifest is not JSON ({error})",
            place=str(path),
            fix="restore it from a copy of the run, or remove it: the store holds the same facts",
        ) from error
    if not isinstance(found, dict):
        return {}
    check_shape(found, path)
    return found
