"""Ending the blinding of a run, once, with its moment in the run's event log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.analysis.blinding import UNBLIND, codes
from collector.analysis.load import load_run
from collector.common.errors import UserError
from collector.contract.layout import open_run
from collector.store import Store


def unblind_run(root: Path) -> dict[str, Any]:
    """Record that the arms' names may be shown; a second call changes nothing.

    :returns: ``run``, ``time`` (of the first call), ``arms`` (code → arm).
    :raises UserError: this is no run, or none that is blinded.
    """
    there = open_run(root)
    data = load_run(root)
    registered = data.run["scenario_json"].get("registration") or {}
    if not registered.get("blinded"):
        raise UserError(
            "the run was not blinded",
            place=str(root),
            fix="a scenario with registration: {blinded: true} is reported under other arm names",
        )
    names = {code: arm for arm, code in codes(data.run, data.arms).items()}
    with Store(there.store, create=False) as store:
        found = _when(store)
        if found is None:
            told = ", ".join(f"{code} is {arm}" for code, arm in sorted(names.items()))
            store.log(data.run["id"], UNBLIND, told, data=names)
            found = _when(store)
    return {"run": data.run["id"], "time": found, "arms": dict(sorted(names.items()))}


def _when(store: Store) -> str | None:
    rows = store.rows("SELECT time FROM events WHERE kind = ? ORDER BY id LIMIT 1", [UNBLIND])
    return next((str(row["time"]) for row in rows), None)
