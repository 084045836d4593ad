"""Whatever is sent to whatever route, the answer is no 500, says something, and costs little.

Every route of the whole server, under every method: texts that break out of queries, markup, paths
and headers; bodies that are too deep, too large, of the wrong kind or no JSON at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

import fbtrex_tools
import openapi_tools as tools
import pytest
import yttrex_tools
from flask import Flask
from werkzeug.test import TestResponse

from mockserver.bodies import MOST_BODY_BYTES
from mockserver.routing import SITES

TEXTS = (
    "x" * 5000, "'; DROP TABLE yttrex_metadata; --", '" OR 1=1', "<script>&amp;]]>", "%",
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "\x00", "🤷\u202e", "-1", "-1--1", "NaN", "1e309",
    "𝟙-𝟚", "²", "{}", "null", "\r\nX-Evil: 1", "9" * 400, "[" * 200, "{{7*7}}", "\ud800", "∞/..//",
)  # fmt: skip
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a":' * 50_000),
    ("application/json", b"[]"),
    ("application/json", b"[null, [], 1e400, {}]"),
    ("application/json", b'{"": {"a": [1, "\\ud800"]}, "data": [null], "id": {"$ne": null}}'),
    ("application/json", b"9" * 5000),
    ("application/json", b"NaN"),
    ("application/json", b"\xff\xfe"),
    ("application/json", b"'" * 3000),
    ("application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
    ("application/x-www-form-urlencoded", b"a=" + b"%" * 3000 + b"&id[$ne]=1"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    ("\r\ntext/plain".strip() + "; charset=\xff", b"x"),
    ("", b""),
)
READING, WRITING = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")
NAMES = ("page", "q", "vq", "query", "filter", "amount", "skip", "alt", "v", "token", "visitor",
         "search_query", "start-index", "max-results", "orderby", "type", "id")  # fmt: skip
LARGE = 20 * 1024 * 1024


@dataclass(frozen=True)
class Route:
    host: str
    path: str
    """As a client asks for it, its parts in braces."""


def _routes(app: Flask) -> list[Route]:
    """Every route, under the host that it answers at."""
    found = {}
    sites = {mount: name for name, mount in SITES.items()}
    for rule in app.url_map.iter_rules():
        path = tools.parts(rule.rule)
        mount = next((mount for mount in sites if path.startswith(mount)), "")
        found[Route(f"{sites.get(mount, '127.0.0.1')}:8000", path.removeprefix(mount) or "/")] = 1
    return list(found)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = tools.made()
    yield made
    assert made.extensions["mock"].db.one("SELECT COUNT(*) AS n FROM yttrex_metadata")["n"] == 27
    made.extensions["mock"].close()


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _filled(path: str, text: str) -> str:
    return re.sub(r"{\w+}", lambda _: _quoted(text), path)


def _ask(app: Flask, route: Route, method: str, path: str, **more: Any) -> TestResponse:
    client = app.test_client(use_cookies=False)
    # Whoever takes the token away is not let in: it is needed for the rest.
    known = {} if route.path.endswith("/token/") else tools.auth(route.path)
    headers = {**known, **more.pop("headers", {})}
    return client.open(
        path, method=method, base_url=f"http://{route.host}", headers=headers, buffered=True, **more
    )


class Judge:
    """Gathers what is wrong, so that one run tells everything."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, answer: TestResponse, method: str, *what: object) -> None:
        wrong = [
            answer.status_code >= 500,
            "X-Evil" in answer.headers,
            answer.status_code >= 400 and method != "HEAD" and len(answer.data) < 3,
            b"root:x:0" in answer.data,
            b"Traceback" in answer.data,
        ]
        if any(wrong):
            self.problems.append(f"{answer.status_code} {wrong} {method} {what!r:.300}")


@pytest.fixture
def judge() -> Iterator[Judge]:
    made = Judge()
    yield made
    assert made.problems == []


@pytest.mark.slow
def test_texts_in_paths_and_queries(app: Flask, judge: Judge) -> None:
    texts = cycle(TEXTS)
    names = cycle(NAMES)
    for route in _routes(app):
        wanted = TEXTS if "{" in route.path else [next(texts) for _ in range(4)]
        for text in wanted:
            path = _filled(route.path, text)
            query = _quoted(text)
            asked = f"{path}?" + "&".join(f"{next(names)}={query}" for _ in range(3))
            judge(_ask(app, route, "GET", asked), "GET", asked)


@pytest.mark.slow
def test_every_method_of_every_route(app: Flask, judge: Judge) -> None:
    texts = cycle(TEXTS)
    for route in _routes(app):
        for method in (*READING, *WRITING, "TRACE", "FROB"):
            path = _filled(route.path, next(texts))
            judge(_ask(app, route, method, path), method, path)


@pytest.mark.slow
def test_bodies(app: Flask, judge: Judge) -> None:
    bodies = cycle(BODIES)
    for route in _routes(app):
        for method in WRITING:
            # Routes that read a body get every one of these, others two in turn.
            reads = method == "POST" and not route.path.startswith("/gdata")
            for kind, body in BODIES if reads else [next(bodies), next(bodies)]:
                answer = _ask(
                    app, route, method, _filled(route.path, "x"), data=body, content_type=kind
                )
                judge(answer, method, route, kind, body[:40])


def test_signed_bodies(app: Flask, judge: Judge) -> None:
    """What has a right signature is no better than other bodies."""
    for path, sign in (
        ("/yttrex/api/v2/events", yttrex_tools.signed),
        ("/yttrex/api/v2/handshake", yttrex_tools.signed),
        ("/fbtrex/api/v1/events", fbtrex_tools.signed),
        ("/fbtrex/api/v1/userInfo", fbtrex_tools.signed),
    ):
        for kind, body in BODIES:
            headers = {**sign(body, tools.KEYS), "Content-Type": kind or "application/json"}
            answer = app.test_client().post(path, data=body, headers=headers)
            judge(answer, "POST", path, kind, body[:40])


class _Counted:
    """A body that counts what is read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        found = b"[" * min(LARGE - self.taken, LARGE if size < 0 else size)
        self.taken += len(found)
        return found


def _large(app: Flask, route: Route, method: str, **environ: Any) -> tuple[TestResponse, int]:
    """The answer to a body of twenty megabytes, and how much of it was read."""
    body = _Counted()
    answer = _ask(
        app,
        route,
        method,
        _filled(route.path, "x"),
        environ_overrides={"wsgi.input": body, **environ},
        content_type="application/json",
    )
    return answer, body.taken


def test_bodies_of_twenty_megabytes_are_not_read(app: Flask, judge: Judge) -> None:
    for route in _routes(app):
        for method in WRITING:
            answer, taken = _large(app, route, method, CONTENT_LENGTH=str(LARGE))
            judge(answer, method, route)
            if taken:
                judge.problems.append(f"read {taken} bytes: {method} {route}")


def test_bodies_of_unknown_length_are_read_to_the_limit(app: Flask, judge: Judge) -> None:
    lengths = set()
    for route in _routes(app):
        answer, taken = _large(app, route, "POST", **{"wsgi.input_terminated": True})
        judge(answer, "POST", route)
        lengths.add(taken)
        if taken > MOST_BODY_BYTES + 64 * 1024:
            judge.problems.append(f"read {taken} bytes: {route}")
    assert max(lengths) > 64 * 1024
