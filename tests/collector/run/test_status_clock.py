"""Whoever looks at a run after the machine's clock was moved is told what is so, in a process of
his own; and whoever takes it up waits no day for a lease that nobody holds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fleet_tools import make_run

from collector.store import Store

DAY_S = 86_400.0

#: The wall clock of this process is moved; the monotonic one goes on. The system reckons when it
#: was booted from both, so that moves too, and with it when each process started.
MOVED = """
import json, sys, time
import psutil, psutil._pslinux
by_s, run = float(sys.argv[1]), sys.argv[2]
real, booted = time.time, psutil._pslinux.boot_time
time.time = lambda: real() + by_s
psutil._pslinux.boot_time = lambda: booted() + by_s
"""
LOOK = (
    MOVED
    + """
from pathlib import Path
from collector.run.status import run_status
from collector.cli.status import _drawn
from collector.store import Store
from collector.view.tiles import board
from rich.console import Console
found = run_status(Path(run))
console = Console(width=250, file=open("/dev/null", "w"), record=True)
console.print(_drawn(found, Path(run)))
with Store(Path(run) / "store.db", readonly=True) as store:
    shown = board(Path(run), store)
(tile,) = [each for each in shown.tiles if each.status.name == "a-1"]
(own,) = [each for each in found.puppets if each.name == "a-1"]
assert (shown.run.state, tile.status.held_by) == (found.state, own.held_by)
print(json.dumps([found.state, own.held_by, console.export_text()]))
"""
)
#: Takes the run and a lease for a time, says which process has it, and waits to be killed.
HOLD = """
import os, sys
from pathlib import Path
from collector.run.runlock import RunLock
from collector.store import Store
from collector.store.leases import Owner, claim
run = Path(sys.argv[1])
with RunLock(run), Store(run / "store.db") as store:
    claim(store, "b01-a-1", Owner.this_process(), float(sys.argv[2]))
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""
#: Takes it up, by a clock that was moved.
TAKE = (
    MOVED
    + """
from pathlib import Path
from collector.run.runlock import RunLock
from collector.store import Store
from collector.store.leases import Owner, claim
with RunLock(Path(run)), Store(Path(run) / "store.db") as store:
    print(json.dumps(claim(store, "b01-a-1", Owner.this_process(), 60).token))
"""
)


@pytest.fixture(name="python")
def _python(
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
) -> tuple[str, ...]:
    """What begins a process that runs a script, its first argument."""
    return forked_processes[1]("python")


@pytest.fixture(name="told")
def _told(python: tuple[str, ...]) -> Callable[[str, float, Path], Any]:
    """What a script says, run in a process whose clock was moved."""
    env = {name: value for name, value in os.environ.items() if name != "TWINWATCH_STEADY_CLOCK"}

    def told(script: str, by_s: float, run: Path) -> Any:
        done = subprocess.run(
            [*python, script, str(by_s), str(run)], capture_output=True, text=True, env=env
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return told


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Path:
    out, _ = make_run(tmp_path / "run")
    with Store(out.store) as store, store.transaction():
        store.db.execute("UPDATE runs SET state = 'running'")
    return out.root


@contextmanager
def held(python: tuple[str, ...], run: Path, length_s: float) -> Iterator[None]:
    """A process has the run and a lease in the block, and is killed at its end."""
    process = subprocess.Popen(
        [*python, HOLD, str(run), str(length_s)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        holder = int(process.stdout.readline())
        yield
        os.kill(holder, signal.SIGKILL)
        process.wait()


@pytest.fixture(name="under_way")
def _under_way(python: tuple[str, ...], run: Path) -> Iterator[Path]:
    with held(python, run, 600):
        yield run


@pytest.mark.parametrize("by_s", [0.0, DAY_S, -DAY_S])
def test_a_run_under_way_is_under_way_whatever_the_clock(
    under_way: Path, told: Callable[..., Any], by_s: float
) -> None:
    state, held_by, text = told(LOOK, by_s, under_way)
    assert state == "running"
    assert held_by is not None
    left = int(text.partition("held by ")[2].split(" for ")[1].split(" s")[0])
    assert 0 < left <= 600


@pytest.mark.parametrize("by_s", [0.0, DAY_S, -DAY_S])
def test_a_run_that_was_killed_is_broken_off_whatever_the_clock(
    python: tuple[str, ...], run: Path, told: Callable[..., Any], by_s: float
) -> None:
    """Its lease is over when its time is, by the run's own clock, and it can be taken up."""
    with held(python, run, 0.01):
        pass
    state, held_by, _ = told(LOOK, by_s, run)
    assert (state, held_by) == ("broken off", None)
    assert told(TAKE, by_s, run) == 2
