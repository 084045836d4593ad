"""A server of whims, down, full or dumb: every item arrives or is parked with the reason."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from submit_tools import capture, fill, fine, html_of, keys_of, once, outbox_at
from yttrex_tools import Clock

from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import YTTREX
from collector.common.errors import UserError
from collector.common.identity import js_loads, verify
from collector.submit import OutboxState, Problem, RetryPolicy, sender


@dataclass
class Whims:
    """A server that answers as its dice fall, and keeps what it accepted."""

    dice: random.Random
    stored: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)
    """Items by what their last answer said: stored, duplicate, refused."""
    batches: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    greeted: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["X-YTtrex-PublicKey"]
        assert verify(key, request.headers["X-YTtrex-Signature"], request.content)
        if request.url.path == "/api/v2/handshake":
            self.greeted[key] += 1
            return httpx.Response(self.dice.choice((200, 500)), json={"ignored": True})
        assert request.url.path == "/api/v2/events"
        assert len(request.content) <= LIMIT
        sent = js_loads(request.content)
        ids = tuple(re.search(r"[0-9a-f]{64}", item["element"])[0] for item in sent)  # type: ignore[index]
        self.batches.append((ids, request.content))
        whim = self.dice.random()
        if whim < 0.15:
            return httpx.Response(503, headers={"Retry-After": str(self.dice.choice((1, 9999)))})
        if whim < 0.25:
            raise httpx.ReadError("hung up", request=request)
        if whim < 0.35:
            return httpx.Response(500, text="broken")
        bad = [one for one in ids if int(one[:2], 16) % 7 == 0]
        if bad and len(ids) > 1:
            return httpx.Response(400, json={"info": "one of them is bad"})
        if bad:
            self.refused.update(bad)
            return httpx.Response(422, json={"info": "bad"})
        answers = []
        for one in ids:
            answers.append({"status": "duplicate" if self.stored[one] else "stored", "id": one[:9]})
            self.stored[one] += 1
        if whim < 0.45:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        self.told.update(answer["status"] for answer in answers)
        whole: dict[str, Any] = {"status": "OK", "supporter": {"userToken": f"token of {key}"}}
        return httpx.Response(200, json=whole | {"results": answers})


LIMIT = 1500
PUPPETS = ("control-1", "treated-1")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_server_does_each_item_arrives_or_is_parked(seed: int) -> None:
    """Nothing is lost, nothing is counted twice, and a batch sent again is the same bytes."""
    server, clock, outbox = Whims(random.Random(seed)), Clock(), outbox_at(None)
    every: dict[str, str] = {}
    for n in range(40):
        puppet = PUPPETS[n // 7 % 2]
        made = capture(n, puppet=puppet, languages=("en",) if n % 11 else ("fr",))
        every[made.content_hash] = puppet
        key = keys_of(puppet).public_key
        assert outbox.enqueue(made, target="t", public_key=key, research_tag="tag", dialect=YTTREX)
    policy = RetryPolicy(
        tries=3, batch_items=6, batch_bytes=LIMIT, patience_s=60, dice=random.Random(seed)
    )
    sent = duplicates = 0
    progress: list[Any] = []
    with httpx.Client(transport=httpx.MockTransport(server)) as client:
        for _ in range(200):
            result = sender.flush(
                outbox, client, keys_of, dialect=YTTREX, html_of=html_of, target="t",
                url="http://server.test", clock=clock,
                policy=policy, progress=progress.append,
            )  # fmt: skip
            sent, duplicates = sent + result.sent, duplicates + result.duplicates
            counts = outbox.counts("t")
            assert result.left == counts[OutboxState.QUEUED] + counts[OutboxState.SENDING]
            assert result.failed == counts[OutboxState.REFUSED]
            assert sum(counts.values()) == len(every)
            assert (result.left == 0) is (result.stopped is None)
            if not result.left:
                break
            clock.sleep(100_000)
    assert not result.left
    assert {*server.stored} | server.refused == {*every}
    assert not {*server.stored} & server.refused
    assert (sent, duplicates) == (server.told["stored"], server.told["duplicate"])
    assert sent + duplicates == len(server.stored)
    rows = {row["content_hash"]: row for row in outbox.db.query("SELECT * FROM outbox")}
    for name, row in rows.items():
        assert (row["state"] == "refused") is (name in server.refused)
        if row["state"] == "acked":
            assert (row["remote_id"], row["reason"]) == (name[:9], None)
        assert row["answered_at"]
    problems = {problem.capture for problem in result.problems}
    assert problems == {rows[name]["capture"] for name in server.refused}
    bodies: dict[tuple[str, ...], set[bytes]] = {}
    for ids, body in server.batches:
        bodies.setdefault(ids, set()).add(body)
        assert len({every[one] for one in ids}) == 1
        assert len(ids) <= 6
    assert all(len(found) == 1 for found in bodies.values())
    for puppet in PUPPETS:
        key = keys_of(puppet).public_key
        assert outbox.user_token("t", key) == f"token of {key}"
        assert outbox.user_token("u", key) is None
    assert progress
    assert server.greeted.keys() == {keys_of(puppet).public_key for puppet in PUPPETS}
    outbox.db.close()


def test_a_server_that_asks_for_more_than_patience() -> None:
    """Not asked again before the moment it named; then all of it goes at once."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    busy = httpx.Response(503, headers={"Retry-After": "121"})
    result = once(outbox, lambda request: busy, clock)
    assert result.stopped == (
        "HTTP 503: Service Unavailable; the server asks for 121 s of patience"
    )
    until = "2026-03-04T05:08:08.891Z"
    assert result.problems == (
        Problem("capture-0", OutboxState.QUEUED, "HTTP 503: Service Unavailable"),
        Problem("capture-1", OutboxState.QUEUED, "HTTP 503: Service Unavailable"),
    )
    assert clock.slept == []
    again = once(outbox, fine, clock)
    assert (again.stopped, again.sent) == (f"the server asked to wait until {until}", 0)
    clock.sleep(121)
    assert once(outbox, fine, clock).sent == 2
    outbox.db.close()


def test_within_patience_the_server_is_waited_for() -> None:
    """The longer of what it asks and what the policy would wait; between tries only."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")
    result = once(
        outbox, lambda request: httpx.Response(429, headers={"Retry-After": "120"}), clock
    )
    assert clock.slept == [120.0]
    assert (result.left, result.failed, result.stopped) == (1, 0, None)
    outbox.db.close()


@pytest.mark.parametrize(("batches", "stopped"), [(2, None), (3, "HTTP 500: broken")])
def test_a_server_that_fails_again_and_again_is_down(batches: int, stopped: str | None) -> None:
    """Three batches in a row, and the flush ends; two are bad luck."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, batches, "t")
    calls: list[bytes] = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request.content)
        return httpx.Response(500, text="broken")

    policy = RetryPolicy(tries=2, batch_items=1)
    result = once(outbox, broken, clock, policy=policy)
    assert (result.stopped, result.left) == (stopped, batches)
    assert len(calls) == 2 * batches
    attempts = [row["attempts"] for row in outbox.db.query("SELECT attempts FROM outbox")]
    assert attempts == [2] * batches
    outbox.db.close()


def test_what_cannot_be_sent_says_why() -> None:
    """A page that is gone, an item too large, a key that is lost or is another."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    names = [capture(n).content_hash for n in range(3)]

    def pages(name: str) -> str:
        if name == names[0]:
            raise OSError("gone")
        return "x" * 9000 if name == names[1] else html_of(name)

    size = len(yttrex.item_json(yttrex.item_fields(capture(1)), "x" * 9000).encode()) + 1
    policy = RetryPolicy(batch_bytes=9000)
    result = once(outbox, fine, clock, html_of=pages, policy=policy)
    assert (result.sent, result.failed, result.left) == (1, 2, 0)
    assert [problem.reason for problem in result.problems] == [
        f"evidence {names[0][:12]} cannot be read: gone",
        f"the item has {size:,} bytes; a request holds 9,000",
    ]
    assert outbox.requeue("t") == 2
    assert outbox.requeue("u") == 0

    def lost(puppet: str) -> Any:
        raise UserError("no profile")

    result = once(outbox, fine, clock, keys=lost)
    assert result.problems[0].reason == "no key of control-1: no profile"
    assert (result.left, result.failed) == (2, 0)
    result = once(outbox, fine, clock, keys=lambda puppet: keys_of("other"))
    assert {problem.reason for problem in result.problems} == {
        "control-1 has another key now than when the page was captured"
    }
    assert (result.left, result.failed) == (0, 2)
    outbox.db.close()


def test_evidence_that_vanished_since_its_batch_was_made() -> None:
    """What is left of the batch goes out as another one, in its order."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    seen: list[list[int]] = []
    assert once(outbox, lambda request: httpx.Response(404), clock).left == 3

    def pages(name: str) -> str:
        if name == capture(1).content_hash:
            raise KeyError(name)
        return html_of(name)

    def see(request: httpx.Request) -> httpx.Response:
        seen.append([item["incremental"] for item in js_loads(request.content)])
        return fine(request)

    result = once(outbox, see, clock, html_of=pages)
    assert seen == [[0, 2]]
    assert (result.sent, result.failed, result.left) == (2, 1, 0)
    outbox.db.close()


@pytest.mark.parametrize("room", [-1, 0])
def test_a_batch_is_as_large_as_its_limit_and_no_larger(room: int) -> None:
    """Two items fit when brackets, comma and both fit, to the byte."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    texts = [
        yttrex.item_json(yttrex.item_fields(capture(n)), html_of(capture(n).content_hash))
        for n in range(2)
    ]
    whole = sum(len(text.encode()) + 1 for text in texts) + 2
    bodies: list[int] = []

    def see(request: httpx.Request) -> httpx.Response:
        bodies.append(len(js_loads(request.content)))
        return fine(request)

    once(outbox, see, clock, policy=RetryPolicy(batch_bytes=whole + room))
    assert bodies == ([2] if room == 0 else [1, 1])
    outbox.db.close()


@pytest.mark.parametrize("room", [-1, 0])
def test_an_item_is_as_large_as_a_request_and_no_larger(room: int) -> None:
    """Its bytes, two brackets and a comma's worth; one byte less and it is parked."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")
    text = yttrex.item_json(yttrex.item_fields(capture(0)), html_of(capture(0).content_hash))
    policy = RetryPolicy(batch_bytes=len(text.encode()) + 3 + room)
    result = once(outbox, fine, clock, policy=policy)
    assert (result.sent, result.failed) == ((1, 0) if room == 0 else (0, 1))
    outbox.db.close()


def test_a_server_that_hangs_up_is_quoted() -> None:
    """The kind of failure and its words stand beside every item and end the flush at once."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 2, "t")
    calls: list[int] = []

    def hang_up(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        raise httpx.ReadError("hung up", request=request)

    result = once(outbox, hang_up, clock)
    assert result.stopped == "ReadError: hung up"
    assert [problem.reason for problem in result.problems] == ["ReadError: hung up"] * 2
    assert len(calls) == 2
    assert len(clock.slept) == 1
    outbox.db.close()


def test_a_batch_that_a_server_cannot_digest_is_sent_one_by_one_the_next_time() -> None:
    """Broken by a batch and not by silence: each item is a batch of its own, with the reason."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    sizes: list[int] = []

    def broken(request: httpx.Request) -> httpx.Response:
        sizes.append(len(js_loads(request.content)))
        return httpx.Response(500, text="broken")

    result = once(outbox, broken, clock)
    assert sizes == [3, 3]
    assert (result.left, result.stopped) == (3, None)
    assert [problem.reason for problem in result.problems] == ["HTTP 500: broken"] * 3
    assert [row["state"] for row in outbox.db.query("SELECT state FROM outbox")] == ["queued"] * 3
    once(outbox, broken, clock)
    assert sizes[2:] == [1] * 6
    outbox.db.close()


def test_items_that_the_server_refuses_one_by_one_are_parked() -> None:
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 3, "t")
    answers = [
        {"status": "stored", "id": "a", "metadataId": "m"},
        {"status": "refused", "reason": "no href"},
        {"status": "duplicate", "id": "c"},
    ]

    def mixed(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "OK", "results": answers})

    result = once(outbox, mixed, clock)
    assert (result.sent, result.duplicates, result.failed) == (1, 1, 1)
    assert result.problems == (Problem("capture-1", OutboxState.REFUSED, "no href"),)
    rows = list(outbox.db.query("SELECT * FROM outbox ORDER BY id"))
    assert [row["state"] for row in rows] == ["acked", "refused", "acked"]
    assert [row["duplicate"] for row in rows] == [0, None, 1]
    assert [row["remote_id"] for row in rows] == ["a", None, "c"]
    assert [row["metadata_id"] for row in rows] == ["m", None, None]
    assert {row["answered_at"] for row in rows} == {"2026-03-04T05:06:07.891Z"}
    assert outbox.captures("t") == {"capture-0", "capture-1", "capture-2"}
    assert outbox.captures("u") == frozenset()
    assert outbox.adopt("u") == 3
    copied = list(outbox.db.query("SELECT * FROM outbox WHERE target = 'u' ORDER BY id"))
    for one, other in zip(rows, copied, strict=True):
        for name in ("capture", "puppet", "public_key", "content_hash", "fields", "languages",
                     "research_tag"):  # fmt: skip
            assert one[name] == other[name]
        assert (other["state"], other["batch"], other["attempts"]) == ("queued", None, 0)
        assert other["enqueued_at"].endswith("Z")
    outbox.db.close()
