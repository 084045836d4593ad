"""Captures to submit, a real server to submit them to, and a record of what reached it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import sqlite_utils
from flask import request
from werkzeug.serving import make_server
from yttrex_tools import Bench, Clock, bench

from collector import __version__
from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import YTTREX
from collector.common.identity import KeyPair, js_loads
from collector.common.model import Capture, PageKind, PageStatus, Platform
from collector.submit import Outbox, RetryPolicy, sender
from collector.submit.answers import Answer
from collector.submit.rows import Waiting

ROME = timezone(timedelta(hours=1))


def keys_of(puppet: str) -> KeyPair:
    return KeyPair.generate(puppet.encode())


def html_of(content_hash: str) -> str:
    """The evidence store of these tests: the page is made from its name."""
    return f"<!doctype html><html><body><ytd-app>{content_hash} é</ytd-app></body></html>"


def capture(n: int = 0, **more: Any) -> Capture:
    made = Capture(
        id=f"capture-{n}",
        run="run",
        puppet="control-1",
        session="session",
        step=n,
        seq=n,
        page_uuid="page",
        platform=Platform.YOUTUBE,
        url="https://www.youtube.com/watch?v=SU31AEXDLrM",
        kind=PageKind.VIDEO,
        status=PageStatus.OK,
        content_hash=hashlib.sha256(str(n).encode()).hexdigest(),
        size=100,
        client_time=datetime(2022, 3, 24, 17, 6, 33, 789000, tzinfo=ROME),
        saved_time=datetime(2022, 3, 24, 16, 6, 34, tzinfo=UTC),
        viewport=(1280, 720),
        languages=("en-US", "en"),
        event=None,
        versions={"collector": "0", "parser": "0", "browser": "0"},
    )
    return replace(made, **more)


def outbox_at(path: Path | None) -> Outbox:
    db = sqlite_utils.Database(str(path)) if path else sqlite_utils.Database(memory=True)
    return Outbox(db)


def fill(outbox: Outbox, count: int, target: str, **more: Any) -> None:
    for n in range(count):
        item = capture(n, **more)
        key = keys_of(item.puppet).public_key
        assert outbox.enqueue(item, target=target, public_key=key, dialect=YTTREX)


@dataclass
class Served:
    """A mock that listens, and every body of evidence that reached it."""

    bench: Bench
    url: str
    bodies: list[bytes] = field(default_factory=list)

    @property
    def stored(self) -> list[str]:
        """The ids of all stored pages but the documentation's examples."""
        rows = self.bench.db.rows("SELECT id FROM yttrex_htmls WHERE parser != 'documented'")
        return [row["id"] for row in rows]


@contextmanager
def served(compat: str | None = None) -> Iterator[Served]:
    made = bench(compat)
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    found = Served(made, f"http://127.0.0.1:{server.port}/api")

    @made.app.before_request
    def record() -> None:
        if request.path.endswith("/events"):
            found.bodies.append(request.get_data())

    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        made.db.close()


NOW = datetime(2026, 1, 1, tzinfo=UTC)
BUILD = f"twinwatch-{__version__}"


def waiting(fields: dict[str, Any], **more: Any) -> Waiting:
    row = Waiting(1, "c", "p", "key", "hash", fields, ("it", "en"), "tag", None, 0)
    return replace(row, **more)


def judged(status: int, body: Any = None, sent: int = 2, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    content = {"text": body} if isinstance(body, str) else {"json": body}
    return yttrex.judge(httpx.Response(status, headers=names, **content), sent=sent, now=NOW)


def once(
    outbox: Outbox, handler: Callable[[httpx.Request], httpx.Response], clock: Clock, **more: Any
) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("handshake"):
            return httpx.Response(200, json={})
        return handler(request)

    given = {"html_of": html_of, "keys": keys_of, "policy": RetryPolicy(tries=2)} | more
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return sender.flush(
            outbox, client, given["keys"], dialect=YTTREX, html_of=given["html_of"], target="t", url="http://s.test",
            clock=clock, policy=given["policy"],
        )  # fmt: skip


def fine(request: httpx.Request) -> httpx.Response:
    count = len(js_loads(request.content))
    return httpx.Response(200, json={"status": "OK", "htmls": {"success": count}})
