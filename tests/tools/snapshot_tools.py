"""Sessions of a small run carried out in this process, one by one, on a mock that is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.browser.lineage import Taken, read
from collector.contract.job import Pace, SessionJob
from collector.contract.layout import RunDir, new_run
from collector.contract.mocksite import MockSite
from collector.ledger.ledger import enter_plan
from collector.run.puppets import make_puppets
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.session.session import run_session
from collector.store import SessionState, Store
from mockserver.serve import Server


class Bed:
    """A run whose sessions are carried out when they are asked for."""

    def __init__(self, root: Path, server: Server, scenario: dict[str, Any], **job: Any) -> None:
        self.plan: Plan = make_plan(
            parse_scenario({"name": "bed", "persona": "marie-us"} | scenario)
        )
        self.out: RunDir = new_run(root)
        self.site = MockSite.of(server)
        self.job: dict[str, Any] = {"driver": "http", "pace": Pace(virtual=True)} | job
        self.out.plan.write_bytes(self.plan.to_json())
        self.puppets = make_puppets(self.plan, self.out.profiles, reproducible=True)
        self.out.write_manifest({"run": "bed", "scenario": "bed"})
        with Store(self.out.store) as store:
            store.add_run("bed", scenario="bed", seed=self.plan.seed, plan_hash=self.plan.hash)
            enter_plan(store, "bed", self.plan, {})

    def job_of(self, number: int) -> SessionJob:
        session = self.plan.sessions[number]
        return SessionJob(
            "bed",
            self.out.root,
            session.id,
            session.puppet,
            self.site.origin,
            True,
            truth_api=self.site.api,
            truth_token=self.site.truth_token,
            **self.job,
        )

    def carry_out(self, number: int = 0) -> SessionState:
        job = self.job_of(number)
        return run_session(job, lambda _: None, wait_for_go=lambda: None, stopped=lambda: False)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with Store(self.out.store, readonly=True) as store:
            return [dict(row) for row in store.rows(f"SELECT * FROM {table}")]

    @property
    def taken(self) -> tuple[Taken, ...]:
        return read(self.out.snapshots)
