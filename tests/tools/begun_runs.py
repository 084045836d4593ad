"""A run as its supervisor left it before, or in, its sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleet_tools import make_run

from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.scenario.plan import Plan
from collector.store import Outcome, Store

# -- one session, and a whole run ----------------------------------------------------------------


def begun(tmp_path: Path, **more: Any) -> tuple[RunDir, Plan]:
    """A run's folder as its supervisor left it before the first session."""
    out, plan = make_run(tmp_path / "run")
    options = RunOptions(out=out.root, driver="http", submit_to="none", workers=2)
    out.write_manifest(
        {
            "run": "small-1", "options": options.to_dict(), "plan_hash": plan.hash,
            "started": "2026-03-01T09:00:00+00:00", "versions": {"collector": "0.0.1"},
            "warnings": ["mind the gap"], "mock_port": 4321, "labels": None,
        } | more
    )  # fmt: skip
    return out, plan


def played(store: Store, session: str, done: int, cut: bool) -> None:
    """``done`` steps ran to their end; then, if so, one was cut off."""
    for index in range(done + cut):
        store.step_started(session, index)
        if index < done:
            store.step_finished(session, index, Outcome.DONE, "")
