"""20,000 requests to every API and site, and bytes that are none: no 500, no stall.

Half are Schemathesis's, made of the mock's own description, right and wrong; a quarter is odd texts
in paths, queries, headers and bodies, of the sites too; a quarter is bytes on a bare connection.
``TWINWATCH_LONG=0.02`` tries it in a minute.
"""

from __future__ import annotations

import json
import random
import socket
import time
from contextlib import suppress
from itertools import islice
from typing import Any

import httpx
import openapi_tools as tools
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from long_tools import STALL_S, Served, mock_server, routes, sized
from schemathesis import GenerationMode

from mockserver.routing import SITES

pytestmark = pytest.mark.slow

#: The share of a whole of 20,000 that one of the tests below sends.
MADE, ODD, RAW = 10_000, 5_000, 5_000

_ODD = (
    "", "0", "-1", "9" * 40, "%00", "%ff", "..%2f..", "'", '"', "<script>", "{}", "[]", "null",
    "\u202e", "a" * 3000, "2026-13-45", "http://[", "1-1", "٣", "😀",
)  # fmt: skip
_HEADERS = ("Origin", "Referer", "Cookie", "Accept-Language", "Authorization", "X-YTtrex-PublicKey",
            "X-Fbtrex-UserId", "Content-Type", "If-None-Match", "Range")  # fmt: skip


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
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return line.recv(65_536)
        except TimeoutError:  # it stands still
            raise
        except OSError:  # it hung up
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


class Heard:
    """What was answered: how often, and what was wrong with it."""

    def __init__(self) -> None:
        self.answers = 0
        self.wrong: list[str] = []
        self.slowest = 0.0, ""

    def __call__(self, status: int, begun: float, asked: str) -> None:
        self.answers += 1
        self.slowest = max(self.slowest, (time.monotonic() - begun, asked))
        if status == httpx.codes.INTERNAL_SERVER_ERROR:
            self.wrong.append(asked[:300])

    def judge(self, served: Served, what: str, least: int) -> None:
        """Enough was asked, nothing failed, and the server still answers."""
        print(f"{what}: {self.answers} answers, {len(self.wrong)} of 500, "
              f"slowest {self.slowest[0]:.2f} s ({self.slowest[1][:80]})")  # fmt: skip
        assert httpx.get(f"{served.url}/openapi.json").status_code == httpx.codes.OK
        assert not self.wrong, "\n".join(self.wrong[:20])
        assert self.answers >= least


def test_requests_that_the_description_makes() -> None:
    """Schemathesis over every operation of every API: limits one by one, and made up."""
    heard = Heard()
    with mock_server() as served:
        schema: Any = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
        operations = [found.ok() for found in schema.get_all_operations()]
        # What takes a token away comes last.
        operations.sort(key=lambda each: each.path.endswith("/token/"))
        share = sized(MADE, 2 * len(operations)) // len(operations) + 1

        def ask(case: Any) -> None:
            begun = time.monotonic()
            with suppress(UnicodeError, ValueError):  # no client can write it
                answer = case.call(headers=tools.auth(case.formatted_path), timeout=STALL_S)
                told = f"{case.method} {case.formatted_path} {case.query} {case.body!r:.80}"
                heard(answer.status_code, begun, told)

        for operation in operations:
            before = heard.answers
            covered = schema.iter_coverage_cases(
                operation,
                generation_modes=list(GenerationMode),
                generation_config=schema.config.generation,
            )
            for case in islice(covered, share // 2):
                ask(case)
            left = share - (heard.answers - before)
            quiet = settings(
                max_examples=max(1, left),
                phases=[Phase.generate],
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            quiet(given(operation.as_strategy())(ask))()
        heard.judge(served, f"{len(operations)} operations", sized(MADE, 2 * len(operations)) // 2)


def test_odd_texts_in_every_part_of_a_request() -> None:
    """Every route of the APIs and of the sites, with methods that it has and has not."""
    draw, heard = random.Random(20_000), Heard()
    with mock_server() as served, httpx.Client(base_url=served.url, timeout=STALL_S) as client:
        known = [("", *each) for each in routes(served)]
        for rule in tools.app().url_map.iter_rules():
            path = tools.parts(rule.rule)
            for host, mount in SITES.items():
                if path.startswith(mount):
                    rest = path.removeprefix(mount) or "/"
                    known += [(host, method, rest) for method in sorted(rule.methods or ())]
        assert len(known) > 200
        for _ in range(sized(ODD, 100)):
            host = draw.choice(known)[0]
            paths = [(method, path) for at, method, path in known if at == host]
            method, path, body, headers = any_request(draw, paths)
            if host:
                headers["Host"] = f"{host}:{served.port}"
            begun = time.monotonic()
            try:
                done = client.request(method, path, content=body, headers=headers)
            except (httpx.InvalidURL, httpx.LocalProtocolError):
                continue  # no client can write it
            heard(done.status_code, begun, f"{host} {method} {path} {body[:80]!r} {headers}")
        heard.judge(served, f"{len(known)} routes", sized(ODD, 100) // 2)


def test_bytes_that_are_no_request() -> None:
    """Bare connections: requests cut off, garbled, of wrong lengths."""
    draw, heard = random.Random(5_000), Heard()
    with mock_server() as served:
        for _ in range(sized(RAW, 100)):
            begun, data = time.monotonic(), garbled(draw)
            answer = raw(served, data)
            if answer[9:12].isdigit():
                heard(int(answer[9:12]), begun, repr(data))
        heard.judge(served, "bare connections", sized(RAW, 100) // 20)
