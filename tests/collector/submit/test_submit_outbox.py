"""The outbox: what is queued, what is sent, what is parked, and why."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from submit_tools import Served, capture, fill, html_of, keys_of, outbox_at, served
from yttrex_tools import Clock

from collector.adapters.youtube.yttrex import YTTREX
from collector.common.errors import UserError
from collector.common.identity import KeyPair, js_loads
from collector.submit import FlushResult, Outbox, OutboxBusy, OutboxState, RetryPolicy, sender

TARGET = "mock"
URL = "http://server.test/api"
POLICY = RetryPolicy(tries=3, dice=random.Random(1))


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    made = outbox_at(None)
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as running:
        yield running


Handler = Callable[[httpx.Request], httpx.Response]


def flush(
    outbox: Outbox,
    handler: Handler,
    *,
    clock: Clock | None = None,
    policy: RetryPolicy = POLICY,
    greet: bool = False,
    pages: Callable[[str], str] = html_of,
    keys: Callable[[str], KeyPair] = keys_of,
) -> FlushResult:
    """Flush through a made-up server; ``greet`` leaves the handshake to it too."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v2/handshake") and not greet:
            return httpx.Response(200, json={"ignored": True})
        return handler(request)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return sender.flush(
            outbox,
            client,
            keys,
            dialect=YTTREX,
            html_of=pages,
            target=TARGET,
            url=URL,
            policy=policy,
            clock=clock or Clock(),
        )


def accept(request: httpx.Request) -> httpx.Response:
    """What the real server says to anything good."""
    count = len(js_loads(request.content))
    told = {"error": False, "success": count, "subject": "htmls"}
    return httpx.Response(200, json={"status": "OK", "supporter": {}, "htmls": told})


def test_it_arrives_and_is_acknowledged(server: Served) -> None:
    outbox = outbox_at(None)
    fill(outbox, 3, TARGET)
    with httpx.Client() as client:
        result = sender.flush(
            outbox,
            client,
            keys_of,
            dialect=YTTREX,
            html_of=html_of,
            target=TARGET,
            url=server.url,
            clock=Clock(),
        )
        again = sender.flush(
            outbox,
            client,
            keys_of,
            dialect=YTTREX,
            html_of=html_of,
            target=TARGET,
            url=server.url,
            clock=Clock(),
        )
    assert (result.sent, result.duplicates, result.left, result.failed) == (3, 0, 0, 0)
    assert (again.sent, again.duplicates, again.left) == (0, 0, 0)
    assert len(server.stored) == 3
    assert outbox.counts(TARGET)[OutboxState.ACKED] == 3
    known = {row["remote_id"] for row in outbox.db.query("SELECT remote_id FROM outbox")}
    assert known == set(server.stored)
    key = keys_of("control-1").public_key
    token = outbox.user_token(TARGET, key)
    read = server.bench.get(f"/v1/personal/{token}")
    assert read.get_json()["profile"]["publicKey"] == key
    outbox.db.close()


def test_batches_hold_one_key_and_keep_under_the_limit(outbox: Outbox) -> None:
    fill(outbox, 4, TARGET)
    outbox.enqueue(
        capture(9, puppet="treated-1"),
        target=TARGET,
        public_key=keys_of("treated-1").public_key,
        dialect=YTTREX,
    )
    seen: list[tuple[str, int, int]] = []

    def count(request: httpx.Request) -> httpx.Response:
        key = request.headers["X-YTtrex-PublicKey"]
        seen.append((key, len(js_loads(request.content)), len(request.content)))
        return accept(request)

    result = flush(outbox, count, policy=replace(POLICY, batch_bytes=1000))
    assert result.sent == 5
    control, treated = keys_of("control-1").public_key, keys_of("treated-1").public_key
    assert [(key, n) for key, n, _ in seen] == [(control, 3), (control, 1), (treated, 1)]
    assert all(size <= 1000 for _, _, size in seen)


def test_an_item_that_no_request_holds_is_parked_with_the_reason(outbox: Outbox) -> None:
    fill(outbox, 3, TARGET)
    large = capture(1).content_hash

    def pages(content_hash: str) -> str:
        return "x" * 5000 if content_hash == large else html_of(content_hash)

    result = flush(outbox, accept, policy=replace(POLICY, batch_bytes=4000), pages=pages)
    assert (result.sent, result.left, result.failed) == (2, 0, 1)
    assert result.problems[0].capture == "capture-1"
    assert "bytes" in result.problems[0].reason


def test_missing_evidence_is_parked_and_holds_up_nothing(outbox: Outbox) -> None:
    fill(outbox, 3, TARGET)

    def pages(content_hash: str) -> str:
        if content_hash == capture(0).content_hash:
            raise FileNotFoundError("gone")
        return html_of(content_hash)

    result = flush(outbox, accept, pages=pages)
    assert (result.sent, result.failed) == (2, 1)
    assert "gone" in result.problems[0].reason


def test_a_broken_server_is_tried_again_ever_more_slowly(outbox: Outbox) -> None:
    fill(outbox, 2, TARGET)
    clock = Clock()
    answers = iter([503, 500])
    bodies: list[bytes] = []

    def shaky(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        status = next(answers, 200)
        return accept(request) if status == 200 else httpx.Response(status)

    result = flush(outbox, shaky, clock=clock)
    assert (result.sent, result.left) == (2, 0)
    assert len(set(bodies)) == 1
    assert 0.25 <= clock.slept[0] <= 0.5 <= clock.slept[1] <= 1.0


def test_retry_after_is_honoured(outbox: Outbox) -> None:
    fill(outbox, 1, TARGET)
    clock = Clock()
    waits = iter(["7", "Wed, 04 Mar 2026 05:06:44 GMT"])

    def busy(request: httpx.Request) -> httpx.Response:
        wait = next(waits, None)
        if wait is None:
            return accept(request)
        return httpx.Response(429, headers={"Retry-After": wait})

    assert flush(outbox, busy, clock=clock).sent == 1
    assert clock.slept == [7.0, pytest.approx(29.109)]


def test_a_long_retry_after_ends_the_flush_and_outlives_it(outbox: Outbox) -> None:
    fill(outbox, 1, TARGET)
    clock = Clock()
    calls = []

    def away(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(503, headers={"Retry-After": "3600"})

    result = flush(outbox, away, clock=clock)
    assert (result.left, clock.slept) == (1, [])
    assert result.stopped
    assert "3600" in result.stopped
    again = flush(outbox, away, clock=clock)
    assert again.stopped
    assert "asked to wait until" in again.stopped
    assert len(calls) == 1
    clock.sleep(3601)
    assert flush(outbox, accept, clock=clock).sent == 1


def test_a_server_that_is_not_there_keeps_everything_queued(outbox: Outbox) -> None:
    fill(outbox, 30, TARGET)
    clock = Clock()

    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    result = flush(outbox, dead, clock=clock, greet=True)
    assert (result.sent, result.left, result.failed) == (0, 30, 0)
    assert result.stopped
    assert "ConnectError" in result.stopped
    assert len(clock.slept) == POLICY.tries - 1
    assert flush(outbox, accept, clock=clock).sent == 30


def test_one_bad_item_is_found_and_parked(outbox: Outbox) -> None:
    fill(outbox, 4, TARGET)

    def picky(request: httpx.Request) -> httpx.Response:
        if any(item["incremental"] == 2 for item in js_loads(request.content)):
            return httpx.Response(400, json={"status": "error", "info": ["bad href"]})
        return accept(request)

    result = flush(outbox, picky)
    assert (result.sent, result.left, result.failed) == (3, 0, 1)
    assert (result.problems[0].capture, result.problems[0].state) == (
        "capture-2",
        OutboxState.REFUSED,
    )
    assert "bad href" in result.problems[0].reason


def test_an_item_that_crashes_the_server_does_not_hold_up_the_rest(outbox: Outbox) -> None:
    fill(outbox, 3, TARGET)

    def brittle(request: httpx.Request) -> httpx.Response:
        if any(item["incremental"] == 1 for item in js_loads(request.content)):
            return httpx.Response(500, text="Software error: undefined")
        return accept(request)

    first = flush(outbox, brittle)
    assert (first.sent, first.left) == (0, 3)
    second = flush(outbox, brittle)
    assert (second.sent, second.left, second.failed) == (2, 1, 0)
    assert "Software error" in second.problems[0].reason


def test_a_refused_signature_parks_the_batch_at_once(outbox: Outbox) -> None:
    fill(outbox, 2, TARGET)
    calls = []
    error = {"status": "error", "info": "Signature does not match request body"}

    def deaf(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200, json=error)

    result = flush(outbox, deaf)
    assert (result.failed, len(calls)) == (2, 1)
    assert outbox.requeue(TARGET) == 2
    assert flush(outbox, accept).sent == 2


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, text="URL not found"),
        httpx.Response(301, headers={"Location": "https://elsewhere.test/"}),
        httpx.Response(200, text="<html>Please log in to this hotel's network</html>"),
        httpx.Response(200, json={"hello": "world"}),
        httpx.Response(405),
    ],
)
def test_an_address_that_is_no_api_loses_nothing(outbox: Outbox, response: httpx.Response) -> None:
    fill(outbox, 2, TARGET)
    result = flush(outbox, lambda request: response)
    assert (result.left, result.failed) == (2, 0)
    assert result.stopped


def test_a_body_over_the_servers_own_limit_is_divided(outbox: Outbox) -> None:
    fill(outbox, 4, TARGET)

    def small(request: httpx.Request) -> httpx.Response:
        if len(js_loads(request.content)) > 1:
            return httpx.Response(413, json={"message": "request entity too large"})
        return accept(request)

    assert flush(outbox, small).sent == 4


def test_answers_per_item_are_filed_per_item(outbox: Outbox) -> None:
    fill(outbox, 3, TARGET)

    def answer(request: httpx.Request) -> httpx.Response:
        results = [
            {"status": "stored", "id": "a"},
            {"status": "duplicate", "id": "b"},
            {"status": "refused", "reason": "no href"},
        ]
        return httpx.Response(200, json={"status": "OK", "results": results})

    result = flush(outbox, answer)
    assert (result.sent, result.duplicates, result.failed) == (1, 1, 1)
    assert result.problems[0].reason == "no href"


def test_a_lost_or_changed_key_is_said(outbox: Outbox) -> None:
    fill(outbox, 1, TARGET)

    def lost(puppet: str) -> KeyPair:
        raise UserError("no such profile")

    result = flush(outbox, accept, keys=lost)
    assert result.left == 1
    assert "no such profile" in result.problems[0].reason
    result = flush(outbox, accept, keys=lambda puppet: KeyPair.generate(b"other"))
    assert result.failed == 1
    assert "another key" in result.problems[0].reason


def test_two_processes_do_not_send_at_once(tmp_path: Path) -> None:
    first, second = outbox_at(tmp_path / "s.db"), outbox_at(tmp_path / "s.db")
    fill(first, 1, TARGET)
    refused = []

    def meanwhile(request: httpx.Request) -> httpx.Response:
        with pytest.raises(OutboxBusy):
            flush(second, accept)
        refused.append(True)
        return accept(request)

    assert flush(first, meanwhile).sent == 1
    assert refused == [True]
    first.db.close()
    second.db.close()


def test_what_went_to_one_server_can_go_to_another(outbox: Outbox) -> None:
    fill(outbox, 2, "elsewhere")
    assert outbox.adopt(TARGET) == 2
    assert outbox.adopt(TARGET) == 0
    assert flush(outbox, accept).sent == 2
    assert outbox.counts("elsewhere")[OutboxState.QUEUED] == 2
