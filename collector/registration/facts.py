"""A run as a review sees it: plan, manifest and ledger, read once, nothing computed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.contract.layout import RunDir, open_run
from collector.registration.prereg import Prereg, read_prereg
from collector.scenario.plan import Plan
from collector.store import Store, no_run
from collector.store.rows import Row

#: As an error calls what JSON has; ``true`` is a number to Python.
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"), ((int, float), "a number"), (str, "text"), (list, "a list"),
    (dict, "a mapping"),
)  # fmt: skip
#: Files of a run's folder that hold its preregistration.
PREREG_JSON, PREREG_TEXT = "prereg.json", "prereg.md"


@dataclass(frozen=True)
class Facts:
    """What a run left. Rows are those of the tables of ``docs/store.md``, JSON columns opened."""

    there: RunDir
    plan: Plan
    manifest: Mapping[str, Any]
    prereg: Prereg | None
    run: Row
    puppets: tuple[Row, ...]
    sessions: tuple[Row, ...]
    """With ``wave``, ``slot``, ``due`` and ``late_s`` of ``turns``."""
    steps: tuple[Row, ...]
    receipts: tuple[Row, ...]
    captures: tuple[Row, ...]
    """With ``parser`` of the observation."""
    gaps: tuple[Row, ...]
    checks: tuple[Row, ...]
    """What a page saw of a persona and that does not agree with it."""
    labels: Mapping[str, int]
    """Source → number of labels that the run itself had."""
    coded: tuple[Row, ...]
    """``label_versions``: the labels that were given after the run, the newest last."""
    events: tuple[Row, ...]


def read_facts(root: Path, prereg: Path | None = None) -> Facts:
    """Read the run in ``root``.

    :param prereg: a preregistration, in place of the one in the run's folder.
    :raises UserError: this is no run, it has not begun, or a file of it cannot be read.
    """
    there = open_run(root)
    try:
        plan = Plan.from_json(there.plan.read_bytes())
    except FileNotFoundError:
        raise UserError(
            "the run has no plan", place=str(there.plan), fix="restore it from a copy of the run"
        ) from None
    own = root / PREREG_JSON
    registered = read_prereg(prereg) if prereg else read_prereg(own) if own.exists() else None
    with Store(there.store, create=False, readonly=True) as store:
        runs = store.runs()
        if not runs:
            raise no_run(there.store)
        run = runs[-1]
        for column in ("scenario_json", "analysis", "versions", "environment"):
            run[column] = json.loads(run[column] or "{}")
        steps = tuple(_opened(row, "args") for row in store.steps())
        _refuse_other_kinds(there, plan, run, steps)
        return Facts(
            there=there,
            plan=plan,
            manifest=there.read_manifest() or {},
            prereg=registered,
            run=run,
            puppets=tuple(_opened(row, "persona") for row in store.puppets()),
            sessions=_rows(
                store,
                "SELECT s.*, coalesce(t.wave, 1) AS wave, coalesce(t.slot, 1) AS slot, t.due,"
                " t.late_s FROM sessions s LEFT JOIN turns t ON t.session = s.id"
                " ORDER BY wave, slot, block, position, id",
            ),
            steps=steps,
            receipts=_rows(
                store,
                "SELECT r.*, n.puppet FROM receipts r JOIN sessions n ON n.id = r.session"
                " ORDER BY r.session, r.step",
            ),
            captures=tuple(
                _opened(row, "versions")
                for row in store.rows(
                    "SELECT c.*, o.parser FROM captures c LEFT JOIN observations o"
                    " ON o.capture = c.id ORDER BY c.puppet, c.session, c.seq"
                )
            ),
            gaps=_rows(
                store,
                "SELECT q.*, n.puppet FROM queries q JOIN sessions n ON n.id = q.session"
                " WHERE q.gap_s IS NOT NULL ORDER BY q.session, q.step",
            ),
            checks=_rows(
                store,
                "SELECT p.*, n.puppet FROM persona_checks p JOIN sessions n ON n.id = p.session"
                " WHERE p.agrees = 0 ORDER BY p.session, p.name",
            ),
            labels={
                row["source"]: row["n"]
                for row in store.rows("SELECT source, count(*) AS n FROM labels GROUP BY source")
            },
            coded=_rows(store, "SELECT version, coders FROM label_versions ORDER BY version"),
            events=_rows(store, "SELECT * FROM events ORDER BY id"),
        )


def _refuse_other_kinds(there: RunDir, plan: Plan, run: Row, steps: Iterable[Row]) -> None:
    """Refuse a plan in which something is of another type than in the ledger: it was edited, and
    another value of the same type is what a review tells. Raises UserError."""
    args = {(row["session"], row["step"]): row["args"] for row in steps}
    pairs = [
        ("scenario", plan.scenario, run["scenario_json"]),
        ("scenario.arms", plan.scenario.get("arms"), run["scenario_json"].get("arms")),
        ("scenario.analysis", plan.scenario.get("analysis"), run["analysis"]),
        *(
            (f"sessions.{session.id}.steps.{step.index}.args", step.args, kept)
            for session in plan.sessions
            for step in session.steps
            if (kept := args.get((session.id, step.index))) is not None
        ),
    ]
    for where, planned, kept in pairs:
        for path, was, now in _other_kinds(planned, kept, where):
            raise UserError(
                f"{path} is {was}, and {now} in store.db",
                place=str(there.plan),
                fix="put the plan back from a copy of the run",
            )


def _other_kinds(planned: Any, kept: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """(key, what it is here, what it is there) wherever two documents have other types; a key that
    only one of them has is not told."""
    if isinstance(planned, dict) and isinstance(kept, dict):
        for key in sorted(planned.keys() & kept.keys()):
            yield from _other_kinds(planned[key], kept[key], f"{path}.{key}")
    elif _kind(planned) != _kind(kept):
        yield path, _kind(planned), _kind(kept)


def _kind(value: Any) -> str:
    return next((word for kinds, word in _KINDS if isinstance(value, kinds)), "nothing")


def _rows(store: Store, sql: str) -> tuple[Row, ...]:
    return tuple(store.rows(sql))


def _opened(row: Row, column: str) -> Row:
    return row | {column: json.loads(row[column] or "{}")}
