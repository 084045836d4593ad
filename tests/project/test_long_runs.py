"""Long runs: nothing grows, nothing stalls, nothing is lost. Sized by ``TWINWATCH_LONG``.

``make test-all`` runs them whole (``TWINWATCH_LONG=1``: 20,000 requests, ten minutes of mixed load,
500 captures of one puppet, 100 kills); ``TWINWATCH_LONG=0.02`` tries them in some minutes.
"""

from __future__ import annotations

import json
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
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

SHARE = float(os.environ.get("TWINWATCH_LONG", "1"))
MB = 1 << 20
#: No answer takes longer than this on the busiest machine: what does, stands still.
STALL_S = 120.0


def sized(whole: float, least: int) -> int:
    """A size, cut by the share that is asked for."""
    return max(least, round(whole * SHARE))


# ---- a server in a process of its own


@dataclass(frozen=True)
class Served:
    url: str
    port: int
    pid: int


@contextmanager
def mock_server() -> Iterator[Served]:
    command = [sys.executable, "-m", "mockserver.cli", "serve", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://")
        yield Served(url, int(url.rstrip("/").rpartition(":")[2]), process.pid)
        assert process.poll() is None, "the server has ended"
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


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


def flat(points: list[tuple[float, int]], what: str) -> None:
    """What was measured does not grow in its second half; the slope is printed (``-s``)."""
    span = points[-1][0] - points[len(points) // 2][0]
    grown = slope(points) * span
    print(f"{what}: {points[-1][1] / MB:.0f} MB, {grown / MB:+.1f} MB over {span:.0f} (2nd half)")
    assert grown < max(0.25 * points[len(points) // 2][1], 24 * MB), what


# ---- 20,000 requests

_ODD = (
    "", "0", "-1", "9" * 40, "%00", "%ff", "..%2f..", "'", '"', "<script>", "{}", "[]", "null",
    "\u202e", "a" * 3000, "2026-13-45", "http://[", "1-1", "٣", "😀",
)  # fmt: skip
_HEADERS = ("Origin", "Referer", "Cookie", "Accept-Language", "Authorization", "X-YTtrex-PublicKey",
            "X-Fbtrex-UserId", "Content-Type", "If-None-Match", "Range")  # fmt: skip


def routes(served: Served) -> list[tuple[str, str]]:
    """Method and path of every operation that the document describes."""
    document = httpx.get(f"{served.url}/openapi.json", timeout=STALL_S).json()
    return [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "delete", "patch", "head", "options")
    ]


def any_request(
    draw: random.Random, known: list[tuple[str, str]]
) -> tuple[str, str, bytes, dict[str, str]]:
    method, path = draw.choice(known)
    while "{" in path:
        head, _, rest = path.partition("{")
        path = (
            head + httpx.URL("/" + draw.choice(_ODD)).raw_path.decode()[1:] + rest.partition("}")[2]
        )
    if draw.random() < 0.5:
        name = draw.choice(("amount", "page", "q", "query", "since", "until", "fields", "alt"))
        path += f"?{name}={httpx.QueryParams({'x': draw.choice(_ODD)})['x']}"
    if draw.random() < 0.1:
        method = draw.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"))
    body = b""
    if method in ("POST", "PUT", "PATCH"):
        value = draw.choice([{}, [], None, 1, "x", {"a": draw.choice(_ODD)}, [{"type": {}}] * 3])
        body = json.dumps(value).encode()[: draw.choice((3, 10_000))]
    headers = {draw.choice(_HEADERS): draw.choice(_ODD).encode("ascii", "ignore").decode() or "x"
               for _ in range(draw.randrange(3))}  # fmt: skip
    return method, path, body, {"Content-Type": "application/json", **headers}


def raw(served: Served, data: bytes) -> bytes:
    """What a server answers to bytes that may be no request; empty where it says nothing."""
    with socket.create_connection(("127.0.0.1", served.port), STALL_S) as line:
        line.settimeout(STALL_S)
        with suppress(OSError):
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return line.recv(65_536)
    return b""


_METHODS = ("GET", "POST", "get", "G\x01T", "")


def garbled(draw: random.Random) -> bytes:
    """A request as no client writes it."""
    whole = (
        f"{draw.choice(_METHODS)} /{draw.choice(_ODD)} HTTP/1.1\r\n"
        f"Host: {draw.choice(('youtube.localhost', '', 'evil.example', '[::1', 'a' * 500))}\r\n"
        f"Content-Length: {draw.choice(('0', '5', '-1', '99999999999999', 'x', '5, 6'))}\r\n"
        f"Transfer-Encoding: {draw.choice(('chunked', 'gzip', 'identity', 'chunked, chunked'))}\r\n"
        f"\r\n{draw.choice(_ODD)}"
    ).encode("utf-8", "replace")
    data = bytearray(whole)
    for _ in range(draw.randrange(4)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[: draw.randrange(1, len(data) + 1)])


def test_no_request_makes_the_server_fail_or_stand_still() -> None:
    """Requests to every documented operation and bytes that are none: no 500, no stall."""
    draw = random.Random(20_000)
    failed: list[str] = []
    with mock_server() as served, httpx.Client(base_url=served.url, timeout=STALL_S) as client:
        known = routes(served)
        assert len(known) > 100
        for number in range(sized(20_000, 200)):
            if number % 4 == 3:
                answer = raw(served, data := garbled(draw))
                if answer[9:12] == b"500":
                    failed.append(repr(data[:200]))
                continue
            method, path, body, headers = any_request(draw, known)
            try:
                done = client.request(method, path, content=body, headers=headers)
            except (httpx.InvalidURL, httpx.LocalProtocolError):
                continue  # no client can write it
            if done.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
                failed.append(f"{method} {path[:200]} {body[:80]!r} {headers}")
        assert client.get("/openapi.json").status_code == httpx.codes.OK
    assert not failed, "\n".join(failed[:20])


# ---- ten minutes of mixed load


def test_mixed_load_leaves_memory_flat() -> None:
    """Readers of both sites and of the APIs for ten minutes, and what the server holds."""
    seconds = sized(600, 12)
    points: list[tuple[float, int]] = []
    errors: list[str] = []
    with mock_server() as served:
        known = [path for method, path in routes(served) if method == "GET" and "{" not in path]
        end = time.monotonic() + seconds

        def read(seed: int) -> None:
            draw = random.Random(seed)
            with httpx.Client(base_url=served.url, timeout=STALL_S) as client:
                while time.monotonic() < end:
                    host = draw.choice(("youtube.localhost", "facebook.localhost", "127.0.0.1"))
                    path = draw.choice(known) if host == "127.0.0.1" else "/"
                    answer = client.get(path, headers={"Host": f"{host}:{served.port}"})
                    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                        errors.append(f"{host}{path}: {answer.status_code}")

        readers = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
        for reader in readers:
            reader.start()
        begun = time.monotonic()
        while any(reader.is_alive() for reader in readers):
            points.append((time.monotonic() - begun, resident(served.pid)))
            readers[0].join(seconds / 40)
            for reader in readers[1:]:
                reader.join(0.01)
    assert not errors, errors[:5]
    flat(points, "mock under mixed load")


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
    """The memory of the run, all its processes together, beside the captures it has made."""
    times = sized(250, 10)
    run, log = tmp_path / "run", tmp_path / "log"
    process = start("run", scenario_of(tmp_path, times), "--driver", "http", "--out", run, log=log)
    points: list[tuple[float, int]] = []
    while process.poll() is None:
        points.append((float(len(points)), resident(process.pid)))
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    assert process.returncode == 0, log.read_text()[-2000:]
    with closing(sqlite3.connect(f"file:{run / 'store.db'}?mode=ro", uri=True)) as store:
        captures = store.execute("SELECT count(*) FROM captures").fetchone()[0]
    assert captures >= 2 * times
    most = max(size for _, size in points)
    while points[-1][1] < 0.7 * most:
        points.pop()  # the last moments are of processes that end
    flat(points, f"one puppet, {captures} captures")


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
