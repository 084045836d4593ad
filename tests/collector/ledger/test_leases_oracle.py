"""Leases against a model: a dictionary, a clock turned by hand, and any order of events."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.store import LeaseHeld, LeaseLost, NotClaimable, SessionState, Store, fencing, steady
from collector.store import leases as table
from collector.store.leases import Lease, LeaseRow, Owner

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
#: Session -> its puppet, of two runs that both have a puppet called p.
PUPPETS = {"one": "p", "two": "p", "three": "q", "other": "other-p"}
OWNERS = (Owner("here", 11, 1.5), Owner("there", 22, 2.5))


class Clock:
    """The clock of the store's machine, turned by hand."""

    at = BEGAN


@pytest.fixture(name="store")
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for module in (table, fencing):
        monkeypatch.setattr(module, "steady_now", lambda: Clock.at)
    monkeypatch.setattr(Clock, "at", BEGAN)
    with Store(tmp_path / "store.db") as opened:
        for run in ("r", "s"):
            opened.add_run(run, scenario="s", seed=1, plan_hash="0" * 64)
        for puppet, run in (("p", "r"), ("q", "r"), ("other-p", "s")):
            opened.add_puppet(puppet, run=run, arm="a", twin=1, block=1)
        for session, puppet in PUPPETS.items():
            run = "s" if puppet == "other-p" else "r"
            opened.add_session(session, run=run, puppet=puppet, block=1, position=0)
        yield opened


@dataclass
class Row:
    """What the model knows of a session's lease."""

    token: int
    owner: Owner
    expires: datetime
    released: bool = False


class Model:
    """What the docstrings promise, on a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.states = dict.fromkeys(PUPPETS, SessionState.PLANNED)

    def good(self, session: str) -> bool:
        row = self.rows.get(session)
        return row is not None and not row.released and row.expires > Clock.at

    def refusal(self, session: str) -> type[Exception] | None:
        """Why a claim fails, if it does: of the puppet's sessions, any is held or spoiled."""
        mine = [one for one in PUPPETS if PUPPETS[one] == PUPPETS[session]]
        for one in mine:
            if self.good(one):
                return LeaseHeld
            if self.states[one] is SessionState.CONTAMINATED:
                return NotClaimable
            if one == session and self.states[one] is SessionState.DONE:
                return NotClaimable
        return None

    def lost(self, lease: Lease) -> str:
        """Why nothing may be written under a lease; empty when it may."""
        row = self.rows.get(lease.session)
        if row is None or row.token != lease.token:
            return f"{lease.session} is no longer held under token {lease.token}"
        if row.released:
            return f"the lease of {lease.session} was given back or taken away"
        if row.expires <= Clock.at:
            iso = (
                row.expires.strftime("%Y-%m-%dT%H:%M:%S.")
                + f"{row.expires.microsecond // 1000:03}Z"
            )
            return f"the lease of {lease.session} was over at {iso}"
        return ""


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_events(store: Store, seed: int) -> None:
    """Claims, renewals, returns, revocations, time: every answer and row is the model's."""
    dice, model, leases = random.Random(seed), Model(), [Lease("one", 7, "x", BEGAN)]
    seen = set()
    for _ in range(150):
        session, lease = dice.choice([*PUPPETS]), dice.choice(leases)
        length = dice.choice((0.0, 1.0, 1.5, 30.0))
        action = dice.choice(
            ("claim", "claim", "claim", "renew", "release", "revoke", "wait", "end")
        )
        refused: type[Exception] | str | None = None
        if action == "claim":
            owner, refused = dice.choice(OWNERS), model.refusal(session)
            if refused is None:
                made = table.claim(store, session, owner, length)
                token = model.rows[session].token + 1 if session in model.rows else 1
                ends = Clock.at + timedelta(seconds=length)
                assert made == Lease(session, token, f"{owner.host}:{owner.pid}", ends)
                model.rows[session] = Row(token, owner, ends)
                leases.append(made)
            else:
                with pytest.raises(refused):
                    table.claim(store, session, owner, length)
        elif action in ("renew", "release"):
            refused = model.lost(lease)
            if refused:
                writes = {
                    "renew": lambda lease, length: table.renew(store, lease, length),
                    "release": lambda lease, length: table.release(store, lease),
                }
                with pytest.raises(LeaseLost) as caught:
                    writes[action](lease, length)
                assert str(caught.value) == refused
            elif action == "renew":
                ends = Clock.at + timedelta(seconds=length)
                made = table.renew(store, lease, length)
                assert made == replace(lease, expires=ends)
                model.rows[lease.session].expires = ends
            else:
                table.release(store, lease)
                model.rows[lease.session].released = True
        elif action == "revoke":
            table.revoke(store, session)
            if session in model.rows:
                model.rows[session].token += 1
                model.rows[session].released = True
        elif action == "wait":
            Clock.at += timedelta(seconds=dice.choice((0.5, 1.0, 10.0)))
        elif dice.random() < 0.1:
            model.states[session] = dice.choice((SessionState.DONE, SessionState.CONTAMINATED))
            store.update_session(session, state=model.states[session])
        seen.add((action, bool(refused)))
        _same(store, model)
    assert len(seen) >= 8


def _same(store: Store, model: Model) -> None:
    for session in PUPPETS:
        found, row = table.current_lease(store, session), model.rows.get(session)
        if row is None:
            assert found is None
            continue
        assert found == LeaseRow(
            session, row.token, f"{row.owner.host}:{row.owner.pid}", row.owner.pid,
            row.owner.process_started, row.expires, row.released,
        )  # fmt: skip
        assert found.good(Clock.at) is model.good(session)


def test_a_lease_is_over_at_its_very_end(store: Store) -> None:
    """Good until its end and no longer, for its holder as for everybody else."""
    lease = table.claim(store, "one", OWNERS[0], 10)
    Clock.at = BEGAN + timedelta(milliseconds=9999)
    table.require(store.db, "one", lease.token)
    with pytest.raises(LeaseHeld, match=r"^here:11 has one$"):
        table.claim(store, "two", OWNERS[1], 10)
    Clock.at = BEGAN + timedelta(seconds=10)
    with pytest.raises(LeaseLost, match=r"^the lease of one was over at 2026-03-01T12:00:10.000Z$"):
        table.require(store.db, "one", lease.token)
    assert table.claim(store, "two", OWNERS[1], 10).token == 1


def test_what_cannot_be_claimed_says_why(store: Store) -> None:
    """One sentence a cause, naming the session; another puppet's troubles are its own."""
    with pytest.raises(NotClaimable, match=r"^no session is called nobody$"):
        table.claim(store, "nobody", OWNERS[0], 10)
    store.update_session("one", state=SessionState.DONE)
    with pytest.raises(NotClaimable, match=r"^one is done$"):
        table.claim(store, "one", OWNERS[0], 10)
    table.release(store, table.claim(store, "two", OWNERS[0], 10))
    store.update_session("one", state=SessionState.CONTAMINATED)
    with pytest.raises(NotClaimable, match=r"^one is contaminated: its puppet is excluded$"):
        table.claim(store, "two", OWNERS[0], 10)
    table.claim(store, "three", OWNERS[0], 10)
    table.claim(store, "other", OWNERS[0], 10)


def test_a_refused_claim_leaves_nothing(store: Store) -> None:
    lease = table.claim(store, "one", OWNERS[0], 10)
    before = list(store.db.conn.iterdump())
    for session in ("one", "two", "nobody"):
        with pytest.raises((LeaseHeld, NotClaimable)):
            table.claim(store, session, OWNERS[1], 10)
    table.revoke(store, "nobody")
    assert list(store.db.conn.iterdump()) == before
    (row,) = store.rows("SELECT * FROM leases")
    assert (row["claimed"], row["expires"]) == (
        "2026-03-01T12:00:00.000Z",
        "2026-03-01T12:00:10.000Z",
    )
    Clock.at += timedelta(seconds=3)
    table.release(store, lease)
    (row,) = store.rows("SELECT * FROM leases")
    assert (row["released"], row["token"]) == ("2026-03-01T12:00:03.000Z", 1)


def test_a_row_that_names_nobody_is_nobodys(store: Store) -> None:
    """The table may hold leases without an owner or a process."""
    ends = "2026-03-01T12:00:05.000Z"
    store.db.execute("INSERT INTO leases (session, token, expires) VALUES ('one', 4, ?)", (ends,))
    over = BEGAN + timedelta(seconds=5)
    assert table.current_lease(store, "one") == LeaseRow("one", 4, "", None, None, over, False)


def test_this_process_is_told_from_a_later_one_of_its_number() -> None:
    me = Owner.this_process()
    assert (me.host, me.pid) == (socket.gethostname(), os.getpid())
    ticks = int(Path("/proc/self/stat").read_text().rpartition(") ")[2].split()[19])
    since_boot_s = me.process_started - steady.beginning_s()
    assert since_boot_s == pytest.approx(ticks / os.sysconf("SC_CLK_TCK"), abs=1e-5)
    assert me.name == f"{socket.gethostname()}:{os.getpid()}"


@pytest.mark.parametrize(
    ("owner", "pid", "started", "held"),
    [
        ("here:11", 11, 1.5, True),
        ("here:11", 11, 3.9, True),  # moments that differ by less than 2.5 s are one start
        ("here:11", 11, 4.1, False),
        ("here:11", 11, None, False),
        ("there:11", 11, 1.5, False),
        ("here:11", 12, 1.5, False),
        ("here:11", None, None, False),
        ("", None, 1.5, False),
    ],
)
def test_a_row_is_held_by_one_process(
    owner: str, pid: int | None, started: float | None, held: bool
) -> None:
    """Machine, number and start all have to agree; a start that nobody wrote down is none."""
    row = LeaseRow("one", 1, owner, pid, started, BEGAN, False)
    assert row.held_by(OWNERS[0]) is held
