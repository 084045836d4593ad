"""The machine's clock is moved while a run is under way: nothing is lost, and it is said once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from places import ROOT
from proxy_tools import proxy

from collector.store import Store

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
SOURCE = ROOT / "tests" / "tools" / "moved_clock.c"
COMMAND = (sys.executable, "-c", "from collector.cli import main; main()")
SCENARIO = """
name: jump
persona: {{proxy: "http://127.0.0.1:{port}"}}
before: [{{visit: {{url: home, capture: false}}}}, {{consent: reject}}]
arms:
  a: {{steps: [{{visit: "/watch?v=dQw4w9WgXcQ"}}, {{watch: 30s}}]}}
  b: {{steps: [{{visit: "/watch?v=dQw4w9WgXcQ"}}, {{watch: 30s}}]}}
after: [{{visit: home}}]
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that moves the clock of whoever loads it."""
    if COMPILER is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler, or another system than Linux")
    built = tmp_path_factory.mktemp("shim") / "moved.so"
    subprocess.run(
        [COMPILER, "-shared", "-fPIC", "-O2", "-o", str(built), str(SOURCE), "-ldl"], check=True
    )
    return built


def heard_of(store: Path) -> bool:
    """The supervisor has seen the jump, and so has judged the leases after it."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        return bool(db.execute("SELECT 1 FROM events WHERE kind = 'clock'").fetchall())


@pytest.mark.parametrize(
    "by_s", [3600, *(pytest.param(by_s, marks=pytest.mark.slow) for by_s in (-3600, 90))]
)
def test_a_run_whose_clock_jumps_in_the_middle_loses_nothing(
    tmp_path: Path, shim: Path, by_s: int
) -> None:
    """Case 17, at the command: both puppets stand in a step until the supervisor has noticed."""
    shift, out = tmp_path / "shift", tmp_path / "run"
    shift.write_text("0")
    both, judged = threading.Barrier(2), threading.Event()

    def jump(path: str, html: str) -> str:
        if path.startswith("/watch") and not judged.is_set():
            both.wait(60)
            shift.write_text(str(by_s))
            while not judged.wait(0.05) and not heard_of(out / "store.db"):
                pass
            judged.set()
        return html

    with proxy(page=jump) as way:
        (tmp_path / "jump.yaml").write_text(SCENARIO.format(port=way.port))
        done = subprocess.run(
            [*COMMAND, "run", str(tmp_path / "jump.yaml"), "--driver", "http", "--submit-to",
             "none", "--out", str(out)],
            env={**os.environ, "LD_PRELOAD": str(shim), "MOVED_BY": str(shift)},
            capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
    assert judged.is_set(), done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    with Store(out / "store.db", readonly=True) as store:
        sessions = [(row["state"], row["detail"]) for row in store.sessions()]
        assert sessions == [("done", None)] * 2
        steps = store.rows("SELECT outcome, started, finished FROM steps")
        assert [row["outcome"] for row in steps] == ["done"] * 10
        assert all(row["started"] <= row["finished"] for row in steps)
        assert {receipt.status for _, _, receipt in store.receipts()} == {"complete"}
        (said,) = store.rows("SELECT message FROM events WHERE kind = 'clock'")
        assert f" by {by_s:+d} s" in said["message"]
