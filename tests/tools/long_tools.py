"""What long tests share: their size, and a mock in a process of its own, with something in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from places import TOOLS

SHARE = float(os.environ.get("TWINWATCH_LONG", "1"))
#: No answer takes longer than this on the busiest machine: what does, stands still.
STALL_S = 120.0
HERE = TOOLS

_SERVE = """
import sys
from mockserver.serve import listening
from openapi_tools import made
app = made()
with listening(app) as port:
    print(port, flush=True)
    sys.stdin.read()
app.extensions["mock"].close()
"""


def sized(whole: float, least: int) -> int:
    """A size, cut by the share that is asked for."""
    return max(least, round(whole * SHARE))


@dataclass(frozen=True)
class Served:
    url: str
    port: int
    pid: int


@contextmanager
def mock_server() -> Iterator[Served]:
    """The mock of ``openapi_tools``: its tokens are known, and every API has something to answer.

    It ends with the block; where it has ended by itself, that is an error.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=HERE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield Served(f"http://127.0.0.1:{port}", port, process.pid)
        assert process.poll() is None, "the server has ended"
    finally:
        process.stdin.close()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


def routes(served: Served) -> list[tuple[str, str]]:
    """Method and path of every operation that the document describes."""
    document = httpx.get(f"{served.url}/openapi.json", timeout=STALL_S).json()
    return [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "delete", "patch", "head", "options")
    ]
