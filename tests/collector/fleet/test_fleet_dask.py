"""A run on a real Dask cluster whose workers are killed in mid-session; beside it, Dask alone."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from fleet_naive import watch_and_die_once
from mock_sites import mock_site
from places import TOOLS

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.evidence import EvidenceStore
from collector.fleet import cluster as fleet
from collector.mock.truth import Truth
from collector.run import execute
from collector.run.result import RunResult
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store

VIDEO = "dQw4w9WgXcQ"
SCENARIO = {
    "name": "lost",
    "seed": 5,
    "block": 1,
    "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
    "arms": {
        "a": {
            "twins": 3,
            "steps": [
                {"search": "live concert"},
                {"follow": {"rank": 1}},
                {"watch": "60s"},
                {"watch": {"video": VIDEO, "for": "30s"}},
            ],
        }
    },
    "after": [{"visit": "home"}],
}
STEPS = (
    "SELECT session, count(*) AS all_of, sum(outcome = 'done') AS done FROM steps GROUP BY session"
)
WATCHED_S = [60.0, 30.0]
#: A machine is lost between two watches, a Dask worker within one, a machine within one.
PLACES = {
    "b01-a-1": "machine:finished:4",
    "b02-a-2": "worker:started:5",
    "b03-a-3": "machine:acted:4",
}
MORTAL = TOOLS / "mortal_fleet.py"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    folder = tmp_path_factory.mktemp("dask")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))  # what a killed worker leaves behind
        with LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(folder),
            silence_logs=logging.CRITICAL,
        ) as found:
            yield found


#: Opens the store, reads a row and closes it, over and over; says when it has first succeeded.
LOOK = """
import sqlite3, sys, time
seen = False
while True:
    try:
        connection = sqlite3.connect("file:" + sys.argv[1] + "?mode=rw", uri=True)
        seen = connection.execute("SELECT * FROM steps").fetchone() is not None
        connection.close()
    except sqlite3.OperationalError:
        pass
    if seen and len(sys.argv) > 2:
        open(sys.argv.pop(), "w").close()
    time.sleep(0.02)
"""


@contextmanager
def looked_at(path: Path) -> Iterator[None]:
    """Another program reads the store all the while, as Datasette or a curious person would."""
    succeeded = path.parent.parent / "looked"
    reader = subprocess.Popen([sys.executable, "-c", LOOK, str(path), str(succeeded)])
    try:
        yield
    finally:
        reader.kill()
        reader.wait()
    assert succeeded.exists()


@dataclass(frozen=True)
class Lost:
    result: RunResult
    out: RunDir
    mock: MockSite


@pytest.fixture(scope="module")
def lost(cluster: LocalCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    """A run whose three sessions each kill the worker that has them."""
    folder = tmp_path_factory.mktemp("lost")
    places = folder / "places.json"
    places.write_text(json.dumps(PLACES))

    def job(*args: Any) -> SessionJob:
        return replace(real(*args), lease_s=6.0)

    real = execute._job
    options = RunOptions(
        site="mock",
        out=folder / "out",
        driver="http",
        executor="dask",
        scheduler=cluster.scheduler_address,
        workers=3,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fleet, "WORKER", (sys.executable, str(MORTAL), str(places)))
        patch.setattr(execute, "_job", job)
        with looked_at(folder / "out" / "store.db"), mock_site(seed=5) as mock:
            result = run_scenario(
                parse_scenario(SCENARIO),
                options,
                display=QuietDisplay(),
                confirm=lambda question: False,
                mock=mock,
            )
            yield Lost(result, result.out, mock)


def rows(lost: Lost, sql: str) -> list[dict[str, Any]]:
    with Store(lost.out.store, readonly=True) as store:
        return list(store.rows(sql))


def watched(lost: Lost, puppet: str) -> list[float]:
    """Seconds of each playback in the mock's own log, but for pages that were left at once."""
    sql = f"SELECT seconds FROM truth_watches WHERE puppet = '{puppet}' ORDER BY seq"
    return [row["seconds"] for row in rows(lost, sql) if row["seconds"] >= 1]


@pytest.mark.slow
def test_a_lost_worker_costs_no_watch_and_doubles_none(lost: Lost) -> None:
    assert {path.stem for path in lost.out.root.parent.glob("*.died")} == set(PLACES)
    states = {session: state.value for session, state in lost.result.states.items()}
    told = rows(lost, "SELECT id, state, detail FROM sessions")
    assert states == {"b01-a-1": "done", "b02-a-2": "done", "b03-a-3": "contaminated"}, told
    assert watched(lost, "a-1") == WATCHED_S
    assert watched(lost, "a-2") == WATCHED_S
    # Whether the watch that was cut off counts nobody can say: it is not done again, nor gone on.
    assert watched(lost, "a-3") == WATCHED_S[:1]


@pytest.mark.slow
def test_what_was_done_is_at_home_and_can_be_read(lost: Lost) -> None:
    steps = {row["session"]: row for row in rows(lost, STEPS)}
    assert steps["b01-a-1"]["done"] == steps["b02-a-2"]["done"] == 7
    assert (steps["b03-a-3"]["done"], steps["b03-a-3"]["all_of"]) == (4, 7)
    receipts = rows(lost, "SELECT session, step FROM receipts ORDER BY session, step")
    expected = [("b01-a-1", 4), ("b01-a-1", 5), ("b02-a-2", 4), ("b02-a-2", 5)]
    assert [(row["session"], row["step"]) for row in receipts] == expected
    evidence = EvidenceStore(lost.out.evidence)
    with Store(lost.out.store, readonly=True) as store:
        captures = list(store.captures())
        assert len(captures) == 4 + 4 + 2
        for capture in captures:
            observation = store.observation(capture.id)
            assert observation is not None
            assert observation.impressions
            assert len(evidence.get(capture.content_hash)) > 1000
    assert lost.result.submitted is not None
    queued = [row["capture"] for row in rows(lost, "SELECT capture FROM outbox")]
    assert {name.partition("+")[0] for name in queued} == {capture.id for capture in captures}
    assert (lost.result.submitted.sent, lost.result.submitted.left) == (len(queued), 0)
    after = rows(lost, "SELECT snapshot_after AS name FROM sessions WHERE state = 'done'")
    for row in after:
        assert (lost.out.snapshots / f"{row['name']}.tar.zst").exists()


@pytest.mark.slow
def test_dask_alone_watches_twice(lost: Lost, cluster: LocalCluster, tmp_path: Path) -> None:
    died = tmp_path / "died"
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        task = client.submit(watch_and_die_once, lost.mock.origin, "naive000001", VIDEO, str(died))
        assert task.result(timeout=300) == 30.0
    assert died.exists()
    with Truth(lost.mock) as truth:
        seen = [row["seconds"] for row in truth.watches(visitor="naive000001")]
    assert seen == [30.0, 30.0]
