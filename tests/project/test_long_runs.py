"""Long runs: nothing grows, nothing stalls, nothing is lost. Sized by ``TWINWATCH_LONG``.

``make test-all`` runs them whole (``TWINWATCH_LONG=1``: ten minutes of mixed load, 500 captures of
one puppet, 100 kills); ``TWINWATCH_LONG=0.02`` tries them in some minutes.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import httpx
import pytest
import yttrex_tools
from long_tools import STALL_S, Served, mock_server, routes, sized

from collector.common.identity import KeyPair, js_json

pytestmark = pytest.mark.slow

MB = 1 << 20
KEYS = KeyPair.generate(b"long")


def resident(pid: int) -> int:
    """Memory of a process and all below it, bytes."""
    total, pids = 0, [pid]
    while pids:
        each = pids.pop()
        with suppress(OSError, ValueError):
            pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
            total += pages * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{each}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return total


def slope(points: list[tuple[float, int]]) -> float:
    """Bytes for each unit of the first number, by least squares over the second half."""
    half = points[len(points) // 2 :]
    if len(half) < 3:
        return 0.0
    return statistics.linear_regression([at for at, _ in half], [size for _, size in half]).slope


def flat(points: list[tuple[float, int]], what: str, unit: str) -> None:
    """What was measured does not grow in its second half; the slope is printed (``-s``)."""
    half = points[len(points) // 2 :]
    assert len(half) >= 3
    sloped, span = slope(points), half[-1][0] - half[0][0]
    print(
        f"{what}: {points[-1][1] / MB:.0f} MB, {sloped / 1024:+.1f} KB a {unit},"
        f" {sloped * span / MB:+.1f} MB in the second half"
    )
    assert sloped * span < 0.05 * half[0][1] + 8 * MB, what


# ---- ten minutes of mixed load


def readers_of(served: Served) -> Callable[[random.Random, httpx.Client], httpx.Response]:
    """One request to a site or an API, by chance."""
    known = [path for method, path in routes(served) if method == "GET" and "{" not in path]

    def ask(draw: random.Random, client: httpx.Client) -> httpx.Response:
        host = draw.choice(("youtube.localhost", "facebook.localhost", "127.0.0.1"))
        path = draw.choice(known) if host == "127.0.0.1" else "/"
        return client.get(path, headers={"Host": f"{host}:{served.port}"})

    return ask


def submit(draw: random.Random, client: httpx.Client) -> httpx.Response:
    """One signed page of 100 KB that was never sent before."""
    page = yttrex_tools.watch_page(f"{draw.getrandbits(44):011x}") + "<i></i>" * 12_000
    body = js_json([yttrex_tools.item(page, uuid=f"{draw.getrandbits(60):x}")]).encode()
    return client.post(
        "/yttrex/api/v2/events", content=body, headers=yttrex_tools.signed(body, KEYS)
    )


def test_mixed_load_leaves_memory_flat() -> None:
    """Readers of both sites and of the APIs and somebody who submits, for ten minutes, beside
    connections that say nothing: what the server holds."""
    seconds = sized(600, 12)
    points: list[tuple[float, int]] = []
    errors: list[str] = []
    counts = Counter[str]()
    with mock_server() as served, ExitStack() as idle:
        for _ in range(50):
            idle.enter_context(socket.create_connection(("127.0.0.1", served.port), STALL_S))
        end = time.monotonic() + seconds

        def go_on(seed: int, ask: Callable[[random.Random, httpx.Client], httpx.Response]) -> None:
            draw = random.Random(seed)
            with httpx.Client(base_url=served.url, timeout=STALL_S) as client:
                while time.monotonic() < end:
                    answer = ask(draw, client)
                    counts[f"{ask.__name__} {answer.status_code // 100}00"] += 1
                    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                        errors.append(f"{answer.request.url}: {answer.status_code}")

        whose = [readers_of(served)] * 3 + [submit]
        busy = [threading.Thread(target=go_on, args=each) for each in enumerate(whose)]
        for thread in busy:
            thread.start()
        begun = time.monotonic()
        while any(thread.is_alive() for thread in busy):
            points.append((time.monotonic() - begun, resident(served.pid)))
            busy[0].join(seconds / 40)
            for thread in busy[1:]:
                thread.join(0.01)
    print(dict(counts))
    assert not errors, errors[:5]
    assert counts["submit 200"] > 0
    flat(points, "mock under mixed load", "second")


# ---- one puppet, 500 captures

_ONE = """
name: soak
site: mock
seed: 7
persona: marie-us
before: [{{visit: home}}, {{consent: reject}}]
arms:
  a:
    twins: 1
    steps:
      - repeat:
          times: {times}
          steps: [{{search: live concert}}, {{follow: {{rank: 1}}}}, {{watch: 2s}}]
"""


_COLLECTOR = "import sys; from collector.start import main; sys.exit(main())"


def scenario_of(folder: Path, times: int) -> Path:
    path = folder / "soak.yaml"
    path.write_text(_ONE.format(times=times))
    return path


def start(*arguments: str | Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-c", _COLLECTOR, *map(str, arguments)],
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def test_five_hundred_captures_of_one_puppet(tmp_path: Path) -> None:
    """The memory of the run, all its processes together, beside the captures it has made; until
    the last one, after which the run is summed up and submitted."""
    times = sized(250, 10)
    run, log = tmp_path / "run", tmp_path / "log"
    process = start("run", scenario_of(tmp_path, times), "--driver", "http", "--out", run, log=log)
    points: list[tuple[float, int]] = []
    while process.poll() is None:
        size, made = resident(process.pid), log.read_text().count(": captured ")
        if 0 < made < 2 * times:
            points.append((float(made), size))
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    assert process.returncode == 0, log.read_text()[-2000:]
    with closing(sqlite3.connect(f"file:{run / 'store.db'}?mode=ro", uri=True)) as store:
        captures = store.execute("SELECT count(*) FROM captures").fetchone()[0]
    assert captures >= 2 * times
    flat(points, f"one puppet, {captures} captures", "capture")


# ---- 100 kills


def test_kills_at_any_moment(tmp_path: Path) -> None:
    """kill -9 of everything at once, taken up again: no observation is there twice, none is
    missing, and each session has come to its end."""
    draw = random.Random(100)
    kills, left = 0, sized(100, 4)
    number = 0
    while kills < left:
        number += 1
        folder = tmp_path / f"{number}"
        folder.mkdir()
        run, log = folder / "run", folder / "log"
        process = start("run", scenario_of(folder, 6), "--driver", "http", "--out", run, log=log)
        for _ in range(3):
            with suppress(subprocess.TimeoutExpired):
                process.wait(draw.uniform(0.5, 9))
            if process.poll() is not None:
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
            if not (run / "manifest.json").exists():
                break
            process = start("run", "--resume", run, log=log)
        process.wait()
        if not (run / "store.db").exists():
            continue  # it was killed before anything was written
        if process.returncode < 0:
            process = start("run", "--resume", run, log=log)
            process.wait()
        assert process.returncode in (0, 1), log.read_text()[-2000:]
        with closing(sqlite3.connect(f"file:{run / 'store.db'}?mode=ro", uri=True)) as store:
            assert store.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            states = dict(store.execute("SELECT id, state FROM sessions"))
            planned = store.execute("SELECT count(*) FROM steps WHERE kind = 'watch'").fetchone()[0]
            complete = store.execute(
                "SELECT count(*) FROM receipts WHERE status = 'complete'"
            ).fetchone()[0]
            happened = store.execute("SELECT count(*) FROM truth_watches").fetchone()[0]
        assert set(states.values()) <= {"done", "contaminated"}, log.read_text()[-2000:]
        assert happened <= planned, "a watch was done twice"
        if set(states.values()) == {"done"}:
            assert happened == complete == planned
