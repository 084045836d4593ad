"""The API under the mock's real server: many clients at once, large bodies, clean ends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from yttrex_tools import item, signed

from collector.common.identity import KeyPair, js_json
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

KEYS = KeyPair.generate(b"together")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(MockConfig()) as running:
        yield running


def test_the_same_batch_from_many_at_once_is_stored_once(server: Server) -> None:
    body = js_json([item(seq=n) for n in range(5)]).encode()

    def post(_: int) -> list[str]:
        reply = httpx.post(
            f"{server.url}/api/v2/events", content=body, headers=signed(body, KEYS), timeout=120
        )
        assert reply.status_code == 200
        return [result["status"] for result in reply.json()["results"]]

    with ThreadPoolExecutor(6) as pool:
        answers = [status for statuses in pool.map(post, range(12)) for status in statuses]
    assert sorted(set(answers)) == ["duplicate", "stored"]
    assert answers.count("stored") == 5


def test_reading_goes_on_while_evidence_comes_in(server: Server) -> None:
    def work(n: int) -> int:
        if n % 2:
            return httpx.get(f"{server.url}/api/v1/last", timeout=120).status_code
        body = js_json([item(uuid=f"{n}—0.5-7")]).encode()
        return httpx.post(
            f"{server.url}/yttrex/api/v2/events",
            content=body,
            headers=signed(body, KEYS),
            timeout=120,
        ).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(24))) == {200}


def test_a_body_beyond_the_limit_is_answered_in_json(server: Server) -> None:
    body = b"[" + b" " * (10 * 1024 * 1024) + b"]"
    reply = httpx.post(
        f"{server.url}/api/v2/events", content=body, headers=signed(body, KEYS), timeout=120
    )
    assert reply.status_code == 413
    assert reply.json()["message"] == "request entity too large"


def test_the_index_names_a_token_that_works(server: Server) -> None:
    page = httpx.get(f"{server.url}/").text
    token = page.partition("v1/personal/")[2][:40]
    found = httpx.get(f"{server.url}/api/v1/personal/{token}/10-0").json()
    assert found["profile"]["p"] == "icecream-pie-tea"
