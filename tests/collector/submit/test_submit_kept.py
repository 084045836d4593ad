"""What an outbox keeps beside pages: tokens of servers, parts of pages, how long a server waits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from submit_tools import capture, fill, fine, html_of, keys_of, once, outbox_at
from yttrex_tools import Clock

from collector.adapters.youtube.yttrex import YTTREX, YtTrex
from collector.common.errors import UserError
from collector.submit import RetryPolicy, sender


@pytest.mark.parametrize("given", [True, False])
def test_the_token_of_a_handshake_is_that_keys_at_that_server(given: bool) -> None:
    """And nobody else's; a handshake that brings none leaves the one of the answer to evidence."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("handshake"):
            return httpx.Response(200, json={"userToken": "abc-token"} if given else {})
        return fine(request)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        sender.flush(
            outbox, client, keys_of, dialect=YTTREX, html_of=html_of, target="t",
            url="http://s.test", clock=clock, policy=RetryPolicy(tries=2),
        )  # fmt: skip
    rows = list(outbox.db.query("SELECT target, public_key, user_token FROM outbox_tokens"))
    key = keys_of("control-1").public_key
    told = [{"target": "t", "public_key": key, "user_token": "abc-token"}] if given else []
    assert rows == told
    assert outbox.user_token("t", key) == ("abc-token" if given else None)
    assert outbox.user_token("u", key) is None
    outbox.db.close()


class Parted(YtTrex):
    """A server that takes each page in three parts, and keeps what was sent before of each."""

    def __init__(self) -> None:
        self.earlier: list[list[int]] = []
        self.pages: list[str] = []

    def parts_of(
        self, capture: Any, fields: Mapping[str, Any], html: str,
        earlier: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:  # fmt: skip
        self.earlier.append([part["part"] for part in earlier])
        self.pages.append(html)
        first = 10 * (capture.seq + 1)
        return [dict(fields), {"part": first}, {"part": first + 1}]


def test_parts_of_a_sessions_earlier_pages_are_known_in_order() -> None:
    """Of this session and this server alone, though another session's name begins alike."""
    outbox, dialect = outbox_at(None), Parted()
    sent = (("s", "t"), ("s", "t"), ("s-1", "t"), ("s", "u"), ("r", "t"), ("s-1", "t"), ("s", "t"))
    for number, (session, target) in enumerate(sent):
        made = capture(number, id=f"{session}-{number}", session=session)
        assert outbox.enqueue(made, target=target, public_key="k", dialect=dialect, html_of=str)
    assert dialect.earlier == [[], [10, 11], [], [], [], [30, 31], [10, 11, 20, 21]]
    kept = [json.loads(row["fields"]) for row in outbox.db.query("SELECT fields FROM outbox")]
    assert [part.get("part") for part in kept[:3]] == [None, 10, 11]
    outbox.db.close()


def test_parts_are_cut_out_of_the_captures_own_page() -> None:
    """The page that the caller hands in; of a caller that has none, the empty one."""
    outbox, dialect = outbox_at(None), Parted()
    more = {"target": "t", "public_key": "k", "dialect": dialect}
    assert outbox.enqueue(capture(0), **more, html_of=lambda: "<p>its page</p>")
    assert outbox.enqueue(capture(1), **more)
    assert dialect.pages == ["<p>its page</p>", ""]
    outbox.db.close()


@pytest.mark.parametrize(("asked_s", "waited_days"), [(86400 * 365, 365), (86400 * 4000, 365)])
def test_no_server_is_waited_for_longer_than_a_year(asked_s: int, waited_days: int) -> None:
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")
    busy = httpx.Response(503, headers={"Retry-After": str(asked_s)})
    asked = clock.now()
    once(outbox, lambda request: busy, clock)
    stopped = once(outbox, fine, clock).stopped
    until = asked + timedelta(days=waited_days)
    assert stopped.startswith(f"the server asked to wait until {until:%Y-%m-%dT%H:%M:%S}")
    outbox.db.close()


def test_a_lone_item_without_a_key_and_a_server_that_stops_say_why() -> None:
    """The reason stands with the item, and is why the sending ended."""
    outbox, clock = outbox_at(None), Clock()
    fill(outbox, 1, "t")

    def lost(puppet: str) -> Any:
        raise UserError("no profile")

    result = once(outbox, fine, clock, keys=lost)
    assert [one.reason for one in result.problems] == ["no key of control-1: no profile"]
    result = once(outbox, lambda request: httpx.Response(404, text="no such page"), clock)
    assert result.stopped.startswith("HTTP 404: no such page")
    assert (result.left, result.failed) == (1, 0)
    outbox.db.close()
