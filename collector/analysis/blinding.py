"""A run under other arm names, until it is unblinded.

Protects the rule that whoever judges a run's quality, exclusions and outcomes need not know which
arm is which. It hides from the eye, not from somebody who opens the store: the names are permuted
by a number that follows from the plan, so that a repetition has the same.

With two arms either may be ``A``, and ``A`` is called the control, so that the sign of a difference
says nothing. With more the control is ``A`` (the declared comparisons need it) and the others are
permuted. What tells an arm by its content (its description, its steps, what its puppets were shown
and watched on the way) is left out; what comes after the treatment stays.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.analysis.rundata import Item, Page, Puppet, RunData
from collector.common.errors import UserError
from collector.store.rows import Row

#: Kind of the event that ends the blinding.
UNBLIND = "unblind"


def is_blinded(run: Mapping[str, Any], events: tuple[Row, ...]) -> bool:
    """The scenario asks for it, and nobody has unblinded the run.

    :param run: the row of ``runs``, with ``scenario_json`` opened.
    """
    registered = run["scenario_json"].get("registration") or {}
    return bool(registered.get("blinded")) and not any(e["kind"] == UNBLIND for e in events)


class Blinded(UserError):
    """What is asked for tells which puppet is of which arm, and the run is blinded."""


def refuse_blinded(
    run: Mapping[str, Any], events: tuple[Row, ...], where: Path, what: str, instead: str
) -> None:
    """Refuse what cannot be shown under other names.

    :param what: what would tell the arms, as ``the page shows which puppet is of which arm``.
    :param instead: what can be used meanwhile.
    :raises Blinded: the run is blinded.
    """
    if is_blinded(run, events):
        raise Blinded(
            f"the run is blinded, and {what}",
            place=str(where),
            fix=f"use {instead}; collector unblind ends the blinding",
        )


def codes(run: Mapping[str, Any], arms: tuple[str, ...]) -> dict[str, str]:
    """Arm → what it is called while the run is blinded: ``A``, ``B``, …

    :param arms: the control first.
    """
    told = str(run["plan_hash"]).encode()
    chance = random.Random(hashlib.sha256(told).digest())
    kept, others = (arms[:1], list(arms[1:])) if len(arms) > 2 else ((), list(arms))
    chance.shuffle(others)
    return {arm: _letter(number) for number, arm in enumerate((*kept, *others))}


def _letter(number: int) -> str:
    turn, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def blinded(data: RunData) -> RunData:
    """The same run, under other names where it is blinded; else the run itself."""
    if not is_blinded(data.run, data.events) or not data.arms:
        return data
    return _Blind(data).data()


class _Blind:
    """One run's renaming."""

    def __init__(self, data: RunData) -> None:
        self.was = data
        self.arms = codes(data.run, data.arms)
        self.puppets = {p.name: replace(p, arm=self.arms[p.arm], name=self._name(p))
                        for p in data.puppets}  # fmt: skip
        self.sessions = {
            row["id"]: row["id"].replace(
                f"-{row['puppet']}", f"-{self.puppets[row['puppet']].name}", 1
            )
            for row in data.sessions
        }

    def _name(self, puppet: Puppet) -> str:
        return f"{self.arms[puppet.arm]}-{puppet.twin}"

    def _row(self, row: Row) -> Row:
        """A row of the ledger: who and where under other names, what in particular left out."""
        found = dict(row)
        if found.get("puppet") in self.puppets:
            found["puppet"] = self.puppets[found["puppet"]].name
        if found.get("arm") in self.arms:
            found["arm"] = self.arms[found["arm"]]
        for key in ("session", "id"):
            if found.get(key) in self.sessions:
                found[key] = self.sessions[found[key]]
        if found.get("path"):
            found["path"] = self._path(found["path"])
        for key in ("topic", "detail", "error", "url"):
            if key in found:
                found[key] = None if key == "topic" else ""
        return found

    def _path(self, path: str) -> str:
        head, _, rest = path.partition(".")
        arm, _, tail = rest.partition(".")
        return f"arms.{self.arms[arm]}.{tail}" if head == "arms" and arm in self.arms else path

    def _page(self, page: Page) -> Page:
        treated = page.phase == "arms"
        session = self.sessions.get(page.session, page.session)
        return replace(
            page,
            capture=page.capture.replace(page.session, session, 1),
            puppet=self.puppets[page.puppet.name],
            session=session,
            path=self._path(page.path),
            url="" if treated else page.url,
            items=tuple(map(_hidden, page.items)) if treated else page.items,
            label="" if treated else page.label,
        )

    def _run(self) -> dict[str, Any]:
        run = dict(self.was.run)
        scenario = dict(run["scenario_json"])
        written = scenario.get("arms") or {}
        scenario["arms"] = {
            self.arms[arm]: _veiled(written[arm])
            for arm in sorted(written, key=lambda arm: self.arms[arm])
        }
        scenario["persona"] = _marks(scenario.get("persona") or {})
        run["scenario_json"] = scenario
        run["analysis"] = {**run["analysis"], "control": "A"}
        run["command"] = ""
        return run

    def data(self) -> RunData:
        was = self.was
        manifest = {k: v for k, v in was.manifest.items() if k in ("format", "run", "plan_hash")}
        order = {puppet.name: puppet for puppet in self.puppets.values()}
        return replace(
            was,
            run=self._run(),
            puppets=tuple(order[name] for name in sorted(order)),
            pages=tuple(map(self._page, was.pages)),
            cells=tuple(map(self._row, was.cells)),
            receipts=tuple(self._row(row) | {"video_id": ""} for row in was.receipts),
            sessions=tuple(map(self._row, was.sessions)),
            captures=tuple(map(self._row, was.captures)),
            served={
                (self.puppets[puppet].name, load, surface): rows
                for (puppet, load, surface), rows in was.served.items()
                if puppet in self.puppets
            },
            watched={},
            events=(),
            manifest=manifest,
            gaps={self.puppets[p].name: gaps for p, gaps in was.gaps.items() if p in self.puppets},
            treatment=tuple(
                replace(
                    done,
                    puppet=self.puppets[done.puppet].name,
                    arm=self.arms[done.arm],
                    path=self._path(done.path),
                )
                for done in was.treatment
            ),
            visitors=tuple(map(self._row, was.visitors)),
        )


def _hidden(item: Item) -> Item:
    """An item of a page of the treatment: there, but not what it is about."""
    return replace(item, title="", topic=None)


def _mark(value: Any) -> str:
    """Stands for a value: the same for the same one, and says nothing of it."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return f"#{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _marks(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: _mark(value) for key, value in values.items()}


def _veiled(arm: Mapping[str, Any]) -> dict[str, Any]:
    """An arm of the scenario without what tells it; that two arms differ in a key stays visible."""
    return {
        "description": "",
        "twins": arm.get("twins", 1),
        "persona": _marks(arm["persona"]) if arm.get("persona") else None,
        "steps": [{"capture": {"label": _mark(arm.get("steps") or [])}}],
    }
