"""Speed of the APIs: every kind of list, search, feed and entry over the world ``medium``.

Requests go through the WSGI application in one process, without a network. Rounds of all requests
in an order shuffled anew; each is followed by a bare Flask route that returns as many bytes, so
that a machine that slows down slows both. *first* is what the first of these requests costs after
the start of the server, with every cache empty, in the order of the lists; it is not among the
rounds. *cpu* is the processor's time, which other programs on the machine disturb little.

Prints a table, warns of every request above 50 ms at the 95th percentile, and appends one JSON line
to ``docs/bench-results.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from api_requests import GDATA, TUBEARCHIVIST
from flask import Flask, Response, request
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table
from submitted import FBTREX, YTTREX, fill

from mockserver.app import create_app
from mockserver.context import MockConfig

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench-results.jsonl"
#: A request above this at the 95th percentile is named, milliseconds.
LIMIT_MS = 50.0
TOKEN = "a" * 40

#: The lists of the sites, by host.
SITES: tuple[tuple[str, str], ...] = (
    ("youtube.localhost", "/"),
    ("youtube.localhost", "/results?search_query=jazz"),
    ("youtube.localhost", "/watch?v=dQw4w9WgXcQ"),
    ("facebook.localhost", "/"),
    ("facebook.localhost", "/pages/"),
)


@dataclass
class Request:
    face: str
    path: str
    host: str = "127.0.0.1:8000"
    name: str = ""
    """What it is called: the path with its braces."""
    status: int = 0
    size: int = 0
    first_ms: float = 0.0
    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    @property
    def p95_ms(self) -> float:
        return percentile(self.ms, 95)


def percentile(values: Sequence[float], share: int) -> float:
    """
    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    2.5
    """
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def requests(words: dict[str, dict[str, str]]) -> list[Request]:
    """All of them; ``words`` fill the braces."""
    lists = {"GDATA": GDATA, "TUBEARCHIVIST": TUBEARCHIVIST, "YTTREX": YTTREX, "FBTREX": FBTREX}
    found = [
        Request(face, path.format(**words[face]) if face in words else path, name=path)
        for face, paths in lists.items()
        for path in paths
    ]
    return found + [Request("SITES", path, host, name=host + path) for host, path in SITES]


def bare() -> Flask:
    """A route that returns a constant of the size that is asked for."""
    app = Flask("bare", static_folder=None)
    constants: dict[str, bytes] = {}

    @app.get("/<size>")
    def constant(size: str) -> Response:
        if size not in constants:
            constants[size] = b"x" * int(size)
        return Response(constants[size], content_type=request.args.get("type", "text/plain"))

    return app


def visitor(app: Flask) -> FlaskClient:
    """A client that both sites know: it has answered their dialogs and is signed in to one."""
    client = app.test_client()
    for site, cookies in (
        ("youtube.localhost", {"VISITOR_INFO1_LIVE": "benchbench1", "SOCS": "CAI"}),
        ("facebook.localhost", {"datr": "bench", "c_user": "100012345678901", "cb": "reject"}),
    ):
        for name, value in cookies.items():
            client.set_cookie(name, value, domain=site)
    return client


def ask(client: FlaskClient, asked: Request) -> float:
    """Milliseconds of one request."""
    headers = {"Authorization": f"Token {TOKEN}"} if asked.face == "TUBEARCHIVIST" else {}
    begun = time.perf_counter()
    answer = client.get(asked.path, headers=headers, base_url=f"http://{asked.host}")
    asked.size, asked.status = len(answer.data), answer.status_code
    taken = (time.perf_counter() - begun) * 1000
    answer.close()
    return taken


def measure(asked: list[Request], client: FlaskClient, rounds: int) -> None:
    other = bare().test_client()
    order = random.Random(0)
    for one in asked:
        one.first_ms = ask(client, one)
        if one.status >= 500:
            raise SystemExit(f"bench: {one.path} answers {one.status}")
    for _ in range(rounds):
        for one in order.sample(asked, len(asked)):
            busy = time.process_time()
            one.ms.append(ask(client, one))
            one.cpu_ms.append((time.process_time() - busy) * 1000)
            begun = time.perf_counter()
            other.get(f"/{one.size}").close()
            one.bare_ms.append((time.perf_counter() - begun) * 1000)


def summary(asked: list[Request]) -> dict[str, dict[str, object]]:
    """Of each face: percentiles over all its requests, the slowest, and what is too slow."""
    found = {}
    for face in dict.fromkeys(one.face for one in asked):
        own = [one for one in asked if one.face == face]
        everything = [ms for one in own for ms in one.ms]
        plain = [ms for one in own for ms in one.bare_ms]
        slowest = max(own, key=lambda one: one.p95_ms)
        found[face.lower()] = {
            "requests": len(own),
            "p50_ms": round(percentile(everything, 50), 2),
            "p95_ms": round(percentile(everything, 95), 2),
            "bare_p50_ms": round(percentile(plain, 50), 2),
            "bare_p95_ms": round(percentile(plain, 95), 2),
            "slowest": {"path": slowest.name, "p95_ms": round(slowest.p95_ms, 2)},
            "above_limit": sorted(one.name for one in own if one.p95_ms > LIMIT_MS),
            "cpu_p95_ms": round(percentile([ms for one in own for ms in one.cpu_ms], 95), 2),
            "cpu_above_limit": sorted(
                one.name for one in own if percentile(one.cpu_ms, 95) > LIMIT_MS
            ),
            "first_ms": round(own[0].first_ms, 1),
            "slowest_first_ms": round(max(one.first_ms for one in own), 1),
        }
    return found


def table(asked: list[Request], world: str, rounds: int) -> Table:
    made = Table(title=f"world {world}, {rounds} rounds, milliseconds", show_lines=False)
    for heading in (
        "API",
        "request",
        "kB",
        "first",
        "p50",
        "p95",
        "cpu p95",
        "bare p50",
        "bare p95",
    ):
        made.add_column(
            heading,
            justify="left" if heading in ("API", "request") else "right",
            overflow="ellipsis",
            no_wrap=True,
            max_width=60,
        )
    for one in asked:
        slow = one.p95_ms > LIMIT_MS
        made.add_row(
            one.face,
            one.name,
            f"{one.size / 1000:.0f}",
            f"{one.first_ms:.1f}",
            f"{percentile(one.ms, 50):.1f}",
            f"{one.p95_ms:.1f}",
            f"{percentile(one.cpu_ms, 95):.1f}",
            f"{percentile(one.bare_ms, 50):.2f}",
            f"{percentile(one.bare_ms, 95):.2f}",
            style="bold red" if slow else None,
        )
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="measure the APIs over the world medium")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--world", default="medium")
    options = parser.parse_args(arguments)
    if options.rounds < 2:
        parser.error("--rounds must be 2 or more: percentiles need two times")
    begun = time.perf_counter()
    app = create_app(
        MockConfig(world=options.world, clock="0", tubearchivist_tokens={"admin": TOKEN})
    )
    start_s = time.perf_counter() - begun
    state = app.extensions["mock"]
    asked = requests(fill(state))
    measure(asked, visitor(app), options.rounds)
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "api",
        "world": options.world,
        "videos": len(state.world.videos),
        "rounds": options.rounds,
        "versions": {"python": platform.python_version(), "flask": version("flask")},
        "load": [round(load, 2) for load in os.getloadavg()],
        "start_s": round(start_s, 2),
        "faces": summary(asked),
    }
    state.close()
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(record) + "\n")
    console = Console(width=130)
    console.print(table(asked, options.world, options.rounds))
    for one in asked:
        if one.p95_ms > LIMIT_MS:
            cpu_ms = percentile(one.cpu_ms, 95)
            said = f"above {LIMIT_MS:.0f} ms: {one.name} ({one.p95_ms:.1f}, cpu {cpu_ms:.1f})"
            console.print(said, style="red")
    console.print(f"start of the server: {start_s:.1f} s; appended to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
