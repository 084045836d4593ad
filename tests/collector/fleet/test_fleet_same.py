"""A session far from its run's folder leaves there what it leaves at home: every table, every file.

Both are carried out in this process, on mocks of the same seed; the ledger is reached over HTTP.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mock_sites import mock_site

from collector.browser import lineage
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.evidence import EvidenceStore
from collector.fleet import worker
from collector.fleet.client import HttpLedger, LedgerEndpoint
from collector.fleet.scratch import write_home
from collector.fleet.serve import serving
from collector.fleet.service import write_jobs
from collector.run import execute
from collector.run.executors import Executor
from collector.run.result import RunResult
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.schedule.supervised import Ended, Message
from collector.session.session import run_session
from collector.store import TABLES, Store

VIDEOS = {
    "name": "videos",
    "persona": "marie-us",
    "seed": 11,
    "spacing": "2m",
    "waves": 2,
    "repeat": "daily",
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {
        "a": {
            "steps": [
                {"search": "live concert"},
                {"follow": {"rank": 1}},
                {"watch": "60s"},
                {"snapshot": "trained"},
                {"search": "speedrun"},
            ]
        },
        "b": {"steps": [{"visit": "home"}, {"follow": {"rank": 2}}, {"watch": "30s"}]},
    },
    "after": [{"visit": "home"}],
}
FEED = {
    "name": "feed",
    "platform": "facebook",
    "persona": "marie-us",
    "seed": 12,
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {"a": {"steps": [{"visit": "/music.en.1"}, {"subscribe": True}]}},
    "after": [{"visit": "home"}, {"scroll": "800px every 5s, 4 times"}],
}
#: What no two runs share: clocks, names that are made by chance, and the store's own numbers.
OF_ITS_OWN = {
    "runs": {"id", "started", "finished", "command", "submit_to", "environment"},
    "sessions": {
        "run", "ready", "started", "finished", "skew_ms", "snapshot_before", "snapshot_after",
    },
    "puppets": {"run"},
    "steps": {"planned", "started", "finished", "detail"},
    "leases": {"owner", "pid", "process_started", "claimed", "expires", "released"},
    "captures": {"run", "page_uuid", "url", "client_time", "saved_time", "event", "content_hash"},
    "observations": {"url", "fields"},
    "timelines": {"run", "id", "started", "event", "url"},
    "feed": {"timeline", "time", "content_hash", "post", "published", "delay_s"},
    "queries": {"time", "gap_s"},
    "clocks": {"began", "ended", "watch_began", "watch_wall"},
    "impressions": {"extra", "age_seconds"},
    "turns": {"due", "clock", "late_s"},
    "events": {"id", "run", "time"},
}  # fmt: skip
#: What the mock says, with its own clock and numbers.
SITES_OWN = ("truth_impressions", "truth_pages", "truth_watches")


class InThread:
    """A session in a thread of this process, seen by the engine as a worker."""

    returns_s = 0.0

    def __init__(
        self, job: SessionJob, inbox: queue.Queue[Message], run: Callable[..., Any]
    ) -> None:
        self._go = threading.Event()

        def carried() -> None:
            run(
                job,
                inbox.put,
                wait_for_go=self._go.wait,
                stopped=lambda: False,
                cut=lambda: False,
            )
            inbox.put(Ended(job.session, 0))

        self._thread = threading.Thread(target=carried, daemon=True)
        self._thread.start()

    def tell(self, line: str) -> None:
        assert line == "go"
        self._go.set()

    def signal(self, number: signal.Signals) -> None:
        raise AssertionError("nothing was to be ended")

    def join(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()


@contextmanager
def at_home(options: Any, jobs: Any, out: RunDir, say: Any) -> Iterator[Executor]:
    yield Executor(lambda job, inbox, log: InThread(job, inbox, run_session), lambda: None)


@contextmanager
def far_away(options: Any, jobs: Any, out: RunDir, say: Any) -> Iterator[Executor]:
    write_jobs(out, jobs)
    token = "a token of the test's own"

    def start(job: SessionJob, inbox: queue.Queue[Message], log: Path) -> InThread:
        scratch = out.root.parent / "far" / job.session / "scratch"
        scratch.mkdir(parents=True)
        write_home(scratch, home)
        with HttpLedger(home) as ledger:
            told = replace(ledger.job(job.session), out=scratch)
        return InThread(told, inbox, worker.run_session)

    with serving(out, token) as served:
        home = LedgerEndpoint(served.url, token)
        yield Executor(start, lambda: None)


def carried_out(scenario: dict[str, Any], out: Path, executing: Any) -> RunResult:
    with pytest.MonkeyPatch.context() as patch, mock_site(seed=scenario["seed"]) as mock:
        patch.setattr(execute, "executing", executing)
        return run_scenario(
            parse_scenario(scenario),
            RunOptions(site="mock", out=out, driver="http", workers=2),
            display=QuietDisplay(),
            confirm=lambda question: False,
            mock=mock,
        )


def left(out: RunDir, table: str) -> list[tuple[Any, ...]]:
    columns = [name for name in TABLES[table].columns if name not in OF_ITS_OWN.get(table, ())]
    with Store(out.store, readonly=True) as store:
        rows = store.rows(f'SELECT {", ".join(columns)} FROM "{table}"')
        return sorted((tuple(row.values()) for row in rows), key=repr)


@pytest.mark.parametrize(
    "scenario",
    [VIDEOS, pytest.param(FEED, marks=pytest.mark.slow)],
    ids=["videos", "feed"],
)
def test_the_run_far_away_leaves_what_the_run_at_home_leaves(
    tmp_path: Path, scenario: dict[str, Any]
) -> None:
    home = carried_out(scenario, tmp_path / "home", at_home)
    far = carried_out(scenario, tmp_path / "away", far_away)
    assert home.exit_code == far.exit_code == 0
    assert far.states == home.states
    compared = 0
    for table in TABLES:
        if table in SITES_OWN or table == "data_dictionary":
            continue
        rows = left(far.out, table)
        assert rows == left(home.out, table), table
        compared += len(rows)
    assert compared > 100
    with Store(far.out.store, readonly=True) as store:
        evidence = EvidenceStore(far.out.evidence)
        for capture in store.captures():
            assert evidence.get(capture.content_hash)
        named = [row["snapshot_after"] for row in store.sessions()]
    assert {one.snapshot for one in lineage.read(far.out.snapshots)} >= set(named)
    places = [
        sorted((one.session, one.at, str(one.name)) for one in lineage.read(run.out.snapshots))
        for run in (home, far)
    ]
    assert places[0] == places[1]
    assert len(places[1]) >= len(far.states)
    # Nothing is left where the sessions were.
    assert list((tmp_path / "far").iterdir()) == []
    assert not list((tmp_path / "away" / "profiles").glob("*/state/*"))
