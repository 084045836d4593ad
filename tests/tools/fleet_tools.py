"""A run's folder with a plan, a ledger and puppets, as it is before the first session."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import httpx
from flask import Flask

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir, new_run
from collector.fleet.app import make_app
from collector.fleet.client import HttpLedger, LedgerEndpoint
from collector.fleet.service import LedgerService, write_jobs
from collector.ledger.ledger import enter_plan
from collector.run.puppets import make_puppets
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.store import Store
from collector.store.leases import Owner

TOKEN = "a token of the test's own"
SCENARIO = {
    "name": "small",
    "seed": 3,
    "block": 1,
    "arms": {
        "a": {
            "twins": 2,
            "steps": [
                {"visit": "home"},
                {"pause": "1s"},
                {"watch": {"video": "dQw4w9WgXcQ", "for": "30s"}},
            ],
        }
    },
}
ONE, TWO = "b01-a-1", "b02-a-2"
ME = Owner("here", 7, 1.5)
OTHER = Owner("there", 8, 2.5)


def make_run(root: Path) -> tuple[RunDir, Plan]:
    """A run of :data:`SCENARIO` that has not begun, with the jobs of its sessions."""
    out = new_run(root)
    plan = make_plan(parse_scenario(SCENARIO))
    out.plan.write_bytes(plan.to_json())
    out.write_manifest({"run": "small-1"})
    puppets = make_puppets(plan, out.profiles, reproducible=True)
    with Store(out.store) as store:
        store.add_run("small-1", scenario="small", seed=3, plan_hash=plan.hash)
        enter_plan(store, "small-1", plan, {n: p.pseudonym for n, p in puppets.items()})
    job = {"run": "small-1", "out": root, "site": "http://x.localhost:1", "on_loopback": True}
    jobs = {s.id: SessionJob(session=s.id, puppet=s.puppet, **job) for s in plan.sessions}
    write_jobs(out, jobs)
    return out, plan


def app_of(out: RunDir) -> Flask:
    return make_app(LedgerService(out), TOKEN)


def ledger_on(app: Any, **more: Any) -> HttpLedger:
    """A client of an app (or any WSGI callable) without a network between them."""
    transport = more.pop("transport", None) or httpx.WSGITransport(app=app)
    return HttpLedger(LedgerEndpoint("http://ledger.localhost", TOKEN), transport=transport, **more)


def content(out: RunDir) -> dict[str, Any]:
    """All that a worker could have written: rows of all tables, names and hashes of files."""
    found: dict[str, Any] = {}
    with Store(out.store, readonly=True) as store:
        tables = store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for table in [row["name"] for row in tables]:
            found[table] = list(store.rows(f'SELECT * FROM "{table}"'))
    for path in sorted(out.root.rglob("*")):
        if path.is_file() and not path.name.startswith("store.db"):
            found[str(path.relative_to(out.root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
