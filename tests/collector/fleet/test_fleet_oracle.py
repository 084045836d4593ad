"""How long a worker far away may think it holds a session: never longer than the ledger does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fleet_tools import ME, ONE, app_of, ledger_on, make_run

from collector.fleet import client

ASKED = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """The worker's clock, turned by hand."""

    at = ASKED


class Slow(httpx.BaseTransport):
    """The line to the ledger: ``there`` passes before it hears, ``back`` before the worker does."""

    def __init__(self, inner: httpx.BaseTransport, there: timedelta, back: timedelta) -> None:
        self.inner, self.there, self.back = inner, there, back

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        Clock.at += self.there
        answer = self.inner.handle_request(request)
        Clock.at += self.back
        return answer


@pytest.mark.parametrize(("there_s", "back_s"), [(0, 25), (25, 0), (10, 15)])
def test_a_lease_is_counted_from_before_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there_s: int, back_s: int
) -> None:
    """However slow the line, claim and renewal end at the moment of asking plus their length."""
    monkeypatch.setattr(client, "steady_now", lambda: Clock.at)
    monkeypatch.setattr(Clock, "at", ASKED)
    inner = httpx.WSGITransport(app=app_of(make_run(tmp_path / "run")[0]))
    line = Slow(inner, timedelta(seconds=there_s), timedelta(seconds=back_s))
    with ledger_on(None, transport=line) as ledger:
        lease = ledger.claim(ONE, ME, 60)
        assert lease.expires == ASKED + timedelta(seconds=60)
        asked = Clock.at
        renewed = ledger.renew(lease, 90)
        assert renewed.expires == asked + timedelta(seconds=90)
        assert Clock.at == ASKED + timedelta(seconds=50)
    assert (renewed.session, renewed.token, renewed.owner) == (ONE, lease.token, "here:7")
