"""The ledger over HTTP, as a worker on another machine uses it.

Protects two rules. A request whose answer was lost is made again and does nothing twice: it says
that it comes again. And a worker that cannot reach the ledger stops in time: after its lease, by
its own clock and counted from before it was asked for, nothing is tried any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
import orjson

from collector.bounded import BoundedTransport, exchange
from collector.common.errors import UserError
from collector.common.model import Receipt
from collector.contract.job import SessionJob
from collector.fleet.rows import Named
from collector.fleet.wire import ROOT, TOKEN, error_from_json, pack, unpack
from collector.ledger.lease import StepRow
from collector.store import LeaseHeld, LeaseLost, NotClaimable, Outcome, SessionState
from collector.store.leases import Lease, Owner
from collector.store.rows import from_receipt
from collector.store.steady import steady_now, steady_s
from collector.submit import RetryPolicy

REQUEST_TIMEOUT_S = 30.0
ANSWER_LIMIT_S = 300.0
"""For a whole answer, the largest snapshot over a slow line: one byte a second is none."""
MOST_ANSWER_BYTES = 1 << 30
PATIENCE_S = 60.0
"""How long a ledger that does not answer is asked again, where no lease says so."""
_SAME = frozenset({"note", "mark", "lineage"})
"""Requests whose body is kept as it is; doing them again does the same."""
_BUSY = frozenset({429, 502, 503, 504})


class LedgerGone(UserError):
    """Nothing answers where the ledger should be."""


class Ended(NotClaimable):
    """The session has ended, in this ``state`` and for the reason ``detail``."""

    def __init__(self, message: str, state: SessionState, detail: str) -> None:
        super().__init__(message)
        self.state = state
        self.detail = detail


class Taken(LeaseHeld):
    """Somebody has the session; in ``wait_s`` seconds that may be over by itself."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class LedgerEndpoint:
    """Where the ledger is, and what opens it. ``repr`` keeps the token to itself."""

    url: str
    token: str = field(repr=False)


class HttpLedger:
    """:class:`collector.ledger.lease.Ledger` at an address. One object a thread.

    :param wait: lets seconds pass between two tries. ``now``: seconds since 1970, as
        :mod:`collector.store.steady` counts them.
    """

    def __init__(
        self,
        home: LedgerEndpoint,
        *,
        policy: RetryPolicy | None = None,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = steady_s,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.home = home
        self._policy = policy or RetryPolicy(base_s=0.1, cap_s=5.0)
        self._wait = wait
        self._now = now
        self._http = httpx.Client(
            base_url=home.url + ROOT,
            headers={"Authorization": f"Bearer {home.token}"},
            timeout=REQUEST_TIMEOUT_S,
            transport=transport or BoundedTransport(),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the ledger."""
        self._http.close()

    # ---- the protocol

    def claim(self, session: str, owner: Owner, length_s: float) -> Lease:
        """As in the protocol. :raises Taken: :raises Ended: with what the caller needs to know."""
        asked = steady_now()
        body = {
            "host": owner.host,
            "pid": owner.pid,
            "process_started": owner.process_started,
            "length_s": length_s,
        }
        answer = self._ask("POST", f"/sessions/{session}/claim", body)
        expires = asked + timedelta(seconds=length_s)
        return Lease(session, answer["token"], answer["owner"], expires)

    def renew(self, lease: Lease, length_s: float) -> Lease:
        """Make a lease last ``length_s`` seconds from when this was asked. :raises LeaseLost:"""
        asked = steady_now()
        self._under(lease, "POST", "renew", {"length_s": length_s})
        expires = asked + timedelta(seconds=length_s)
        return Lease(lease.session, lease.token, lease.owner, expires)

    def check(self, lease: Lease) -> None:
        """Make sure that the session is still this process's. :raises LeaseLost: it is not."""
        self._under(lease, "GET", "lease")

    def steps(self, session: str) -> tuple[StepRow, ...]:
        """Return the steps of a session in their order."""
        return tuple(
            StepRow(
                row["step"],
                row["kind"],
                row["started"],
                Outcome(row["outcome"]) if row["outcome"] else None,
            )
            for row in self._ask("GET", f"/sessions/{session}/steps")
        )

    def note(self, lease: Lease, **changes: Any) -> None:
        """Set columns of the session; moments go as ISO 8601. :raises LeaseLost:"""
        values = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in changes.items()
        }
        self._under(lease, "POST", "note", values)

    def step_started(self, lease: Lease, step: int) -> None:
        """Write down that a step begins. :raises LeaseLost: :raises WrongOrder: it began before."""
        self._under(lease, "POST", f"steps/{step}/started", {})

    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        """Write down how a step ended. :raises LeaseLost: :raises WrongOrder: it is not open."""
        body = {"outcome": str(outcome), "detail": detail}
        self._under(lease, "POST", f"steps/{step}/finished", body)

    def add_receipt(self, lease: Lease, step: int, receipt: Receipt) -> None:
        """Upload the receipt of a watch as a row of the session. :raises LeaseLost:"""
        self.bring(lease, [("receipts", from_receipt(lease.session, step, receipt))])

    def release(self, lease: Lease, state: SessionState, detail: str = "") -> SessionState:
        """End a session and give it back; answers its state by the ledger. :raises LeaseLost:"""
        body = {"state": str(state), "detail": detail}
        return SessionState(self._under(lease, "POST", "release", body)["state"])

    # ---- what travels besides

    def job(self, session: str) -> SessionJob:
        """What the session is told; its ``out`` means nothing here."""
        answer = self._ask("GET", f"/sessions/{session}/job")
        return SessionJob.from_json(orjson.dumps(answer).decode())

    def plan(self) -> bytes:
        """The run's plan, as it is written."""
        return self._send("GET", "/plan", lambda again: b"", None).content

    def session_bundle(self, lease: Lease) -> Mapping[str, Any]:
        """``profile``, ``rows``, ``snapshot``, ``mark``: see ``LedgerService.session_bundle``."""
        path = f"/sessions/{lease.session}/kit"
        answer = self._send("GET", path, lambda again: b"", lease)
        found: dict[str, Any] = orjson.loads(unpack(answer.content))
        return found

    def snapshot(self, name: str) -> bytes:
        """Return a snapshot's bytes, packed as in the run's folder. :raises LedgerGone:"""
        return self._send("GET", f"/snapshots/{name}", lambda again: b"", None).content

    def bring(self, lease: Lease, rows: list[Named]) -> None:
        """Upload rows of the session. :raises LeaseLost:"""
        body = pack(rows)
        self._send("POST", f"/sessions/{lease.session}/rows", lambda again: body, lease)

    def bring_file(self, lease: Lease, kind: str, name: str, body: bytes) -> None:
        """Give a file of a session to the ledger.

        :param kind: ``evidence`` or ``snapshots``; ``body`` is compressed.
        """
        self._send("PUT", f"/sessions/{lease.session}/{kind}/{name}", lambda again: body, lease)

    def keep_mark(self, lease: Lease, mark: Mapping[str, Any]) -> None:
        """Keep a checkpoint's fields in the run's folder. :raises LeaseLost:"""
        self._under(lease, "PUT", "mark", mark)

    def keep_descent(self, lease: Lease, taken: Mapping[str, Any]) -> None:
        """Where a snapshot that was brought comes from: a ``lineage.Taken`` as a mapping."""
        self._under(lease, "POST", "lineage", taken)

    # ---- asking

    def _under(
        self, lease: Lease, method: str, what: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        return self._ask(method, f"/sessions/{lease.session}/{what}", body, lease)

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        lease: Lease | None = None,
    ) -> Any:
        def told(again: bool) -> bytes:
            if body is None:
                return b""
            return orjson.dumps({**body, "again": True} if again and what not in _SAME else body)

        what = path.rpartition("/")[2]
        return orjson.loads(self._send(method, path, told, lease).content)

    def _send(
        self, method: str, path: str, body: Callable[[bool], bytes], lease: Lease | None
    ) -> httpx.Response:
        """Ask until there is an answer. Raises what the answer says; LedgerGone; LeaseLost when
        the lease is over before there is one."""
        over = self._now() + PATIENCE_S if lease is None else lease.expires.timestamp()
        headers = {} if lease is None else {TOKEN: str(lease.token)}
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = exchange(
                    self._http,
                    method,
                    path,
                    limit_s=ANSWER_LIMIT_S,
                    most_bytes=MOST_ANSWER_BYTES,
                    content=body(attempt > 1),
                    headers=headers,
                )
                if answer.status_code not in _BUSY:
                    return self._read(answer)
                why = f"status {answer.status_code}"
            except httpx.TransportError as error:
                why = f"{type(error).__name__}: {error}"
            delay_s = self._policy.delay_s(attempt)
            if self._now() + delay_s >= over:
                if lease is not None:
                    raise LeaseLost(f"the ledger did not answer before the lease was over ({why})")
                raise LedgerGone(
                    f"the ledger does not answer ({why})",
                    place=self.home.url,
                    fix="see that the run's supervisor is alive and can be reached from here",
                )
            self._wait(delay_s)

    def _read(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        try:
            found = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            found = {"message": f"status {answer.status_code}, and no word of the ledger's"}
        error = error_from_json(found, self.home.url)
        if isinstance(error, NotClaimable) and "state" in found:
            detail = str(found.get("detail") or "")
            error = Ended(str(error), SessionState(found["state"]), detail)
        if isinstance(error, LeaseHeld):
            error = Taken(str(error), float(found.get("wait_s") or 1.0))
        raise error
