"""The outbox: evidence that waits to be submitted, in the run's own database.

A row is written in the transaction that files the capture, so no capture is ever without its row.
Rows move ``queued → sending → acked``, or are parked as ``refused`` with the reason. The make-up
of a batch is written down before it is sent and kept until it is answered: the servers' ids count
an item's place in its batch, so only the same batch sent again is known as the same evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from collector.common.identity import iso_z
from collector.common.model import Capture
from collector.sqlite import Database
from collector.submit.answers import Answer, ItemAnswer
from collector.submit.dialect import Dialect
from collector.submit.rows import SCHEMA, OutboxState, Problem, Waiting

#: How long a writer waits for its turn.
BUSY_TIMEOUT_MS = 30_000
#: Between a capture's id and the number of an element that is sent of it.
_ELEMENT = "+element-"


class Outbox:
    """The rows of one run. Every change is one short transaction, or joins the caller's."""

    def __init__(self, db: Database) -> None:
        self.db = db
        if next(db.query("PRAGMA busy_timeout"))["timeout"] < BUSY_TIMEOUT_MS:
            db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        for statement in SCHEMA.split(";"):
            if statement.strip():
                db.execute(statement)

    def enqueue(
        self,
        capture: Capture,
        *,
        target: str,
        public_key: str,
        dialect: Dialect,
        html_of: Callable[[], str] = str,
        research_tag: str | None = None,
        experiment_id: str | None = None,
    ) -> bool:
        """Queue ``capture`` for ``target``; inside a transaction, part of it.

        ``html_of()`` is the capture's page, out of which the dialect may send single elements too,
        each a row of its own. The captures of a session are queued in their order. False, and
        nothing written, for what the dialect does not submit and for what is in the outbox already.
        """
        parts = self.parts(
            capture,
            target=target,
            dialect=dialect,
            html_of=html_of,
            research_tag=research_tag,
            experiment_id=experiment_id,
        )
        return self.enqueue_parts(
            capture, parts, target=target, public_key=public_key, research_tag=research_tag
        )

    def parts(
        self,
        capture: Capture,
        *,
        target: str,
        dialect: Dialect,
        html_of: Callable[[], str] = str,
        research_tag: str | None = None,
        experiment_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """The fields of all that :meth:`enqueue` queues of a capture: of its page, then of single
        elements; empty for what the dialect does not submit.

        Reading the page takes a while, in which nobody has to wait for the file: what was queued
        of a session before is known, as long as the session is its process's alone.
        """
        fields = dialect.fields_of(capture, research_tag=research_tag, experiment_id=experiment_id)
        if fields is None:
            return []
        earlier = self._elements(target, capture.session)
        return dialect.parts_of(capture, fields, html_of(), earlier)

    def enqueue_parts(
        self,
        capture: Capture,
        parts: Sequence[dict[str, Any]],
        *,
        target: str,
        public_key: str,
        research_tag: str | None = None,
    ) -> bool:
        """Queue what :meth:`parts` found; inside a transaction, part of it. False, and nothing
        written, for nothing and for what is in the outbox already."""
        added = False
        for place, part in enumerate(parts):
            key = f"{capture.id}{_ELEMENT}{place}" if place else capture.id
            added = self.add(
                key,
                puppet=capture.puppet,
                target=target,
                public_key=public_key,
                content_hash=capture.content_hash,
                fields=part,
                languages=capture.languages,
                research_tag=research_tag,
            )
            if not added:
                break
        return added

    def _elements(self, target: str, session: str) -> list[dict[str, Any]]:
        """The fields of what was queued of a session beside its whole pages, in order."""
        rows = self.db.query(
            "SELECT capture, fields FROM outbox WHERE target = ? AND capture > ? AND capture < ?"
            " AND instr(capture, ?) ORDER BY id",
            [target, f"{session}-", f"{session}.", _ELEMENT],
        )
        return [
            json.loads(row["fields"])
            for row in rows
            if row["capture"].partition(_ELEMENT)[0].rpartition("-")[0] == session
        ]

    def add(
        self,
        key: str,
        *,
        puppet: str,
        target: str,
        public_key: str,
        content_hash: str,
        fields: dict[str, Any],
        languages: Sequence[str] = (),
        research_tag: str | None = None,
    ) -> bool:
        """Queue one item of any dialect under its own ``key``; False if it is here already."""
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO outbox (target, capture, puppet, public_key, content_hash,"
            " fields, languages, research_tag, state, enqueued_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                target,
                key,
                puppet,
                public_key,
                content_hash,
                json.dumps(fields, ensure_ascii=False),
                json.dumps(list(languages)),
                research_tag or None,
                OutboxState.QUEUED,
                iso_z(datetime.now(UTC)),
            ],
        )
        return bool(cursor.rowcount)

    def adopt(self, target: str) -> int:
        """Queue for ``target`` everything that was queued for any target; returns how many.

        The same evidence under the same tags, so the same bytes are sent to each.
        """
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO outbox (target, capture, puppet, public_key, content_hash,"
            " fields, languages, research_tag, state, enqueued_at) SELECT ?, capture, puppet,"
            " public_key, content_hash, fields, languages, research_tag, 'queued', ? FROM outbox"
            " WHERE target != ? ORDER BY id",
            [target, iso_z(datetime.now(UTC)), target],
        )
        return int(cursor.rowcount)

    # What the sender needs

    def started_batches(self, target: str) -> list[int]:
        """Batches made up earlier and not answered, oldest first."""
        rows = self.db.query(
            "SELECT DISTINCT batch FROM outbox WHERE target = ? AND batch IS NOT NULL"
            " AND state IN ('queued', 'sending') ORDER BY batch",
            [target],
        )
        return [row["batch"] for row in rows]

    def batch(self, batch: int) -> list[Waiting]:
        """The unanswered items of a batch in their places."""
        return self._waiting("batch = ? AND state IN ('queued', 'sending') ORDER BY place", [batch])

    def unbatched(self, target: str, limit: int) -> list[Waiting]:
        """The oldest items not yet in a batch."""
        where = "target = ? AND state = 'queued' AND batch IS NULL ORDER BY id LIMIT ?"
        return self._waiting(where, [target, limit])

    def _waiting(self, where: str, values: Sequence[Any]) -> list[Waiting]:
        return [
            Waiting(
                id=row["id"],
                capture=row["capture"],
                puppet=row["puppet"],
                public_key=row["public_key"],
                content_hash=row["content_hash"],
                fields=json.loads(row["fields"]),
                languages=tuple(json.loads(row["languages"])),
                research_tag=row["research_tag"],
                batch=row["batch"],
                attempts=row["attempts"],
            )
            for row in self.db.query(f"SELECT * FROM outbox WHERE {where}", values)
        ]

    def make_batch(self, rows: Iterable[Waiting]) -> int:
        """Write down that these items, in this order, are one batch; returns its number."""
        with self._write():
            last = next(self.db.query("SELECT COALESCE(MAX(batch), 0) AS n FROM outbox"))["n"]
            batch = int(last) + 1
            for place, row in enumerate(rows):
                self.db.execute(
                    "UPDATE outbox SET batch = ?, place = ?, state = 'sending' WHERE id = ?",
                    [batch, place, row.id],
                )
        return batch

    def divide(self, batch: int, reason: str) -> list[int]:
        """Dissolve a batch that was not accepted into batches of one; returns their numbers."""
        with self._write():
            rows = self.batch(batch)
            self.db.execute("UPDATE outbox SET reason = ? WHERE batch = ?", [reason, batch])
            return [self.make_batch([row]) for row in rows]

    def mark_sending(self, batch: int) -> None:
        """Count an attempt to send a batch, before it is made; what was answered stays as it is."""
        self.db.execute(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, not_before = NULL"
            " WHERE batch = ? AND state IN ('queued', 'sending')",
            [batch],
        )

    def put_back(self, batch: int, reason: str, not_before: datetime | None = None) -> None:
        """Not answered: to be sent again as the same batch."""
        self.db.execute(
            "UPDATE outbox SET state = 'queued', reason = ?, not_before = ?"
            " WHERE batch = ? AND state IN ('queued', 'sending')",
            [reason, iso_z(not_before) if not_before else None, batch],
        )

    def waits_until(self, batch: int) -> str | None:
        """The moment before which the server does not want to see this batch (ISO)."""
        row = next(
            self.db.query("SELECT MAX(not_before) AS t FROM outbox WHERE batch = ?", [batch])
        )
        return str(row["t"]) if row["t"] else None

    def acknowledge(self, rows: Sequence[Waiting], answer: Answer, now: datetime) -> None:
        """File an accepted batch; items that the server refused one by one are parked."""
        with self._write():
            for place, row in enumerate(rows):
                item = answer.items[place] if answer.items else ItemAnswer()
                if item.refused is not None:
                    self.refuse(row, item.refused, now)
                    continue
                self.db.execute(
                    "UPDATE outbox SET state = 'acked', reason = NULL, duplicate = ?,"
                    " remote_id = ?, metadata_id = ?, answered_at = ? WHERE id = ?",
                    [int(item.duplicate), item.id, item.metadata_id, iso_z(now), row.id],
                )

    def refuse(self, row: Waiting, reason: str, now: datetime) -> None:
        """Park an item: it stays here with its reason until :meth:`requeue`."""
        self.db.execute(
            "UPDATE outbox SET state = 'refused', batch = NULL, reason = ?, answered_at = ?"
            " WHERE id = ?",
            [reason, iso_z(now), row.id],
        )

    def keep_token(self, target: str, public_key: str, token: str) -> None:
        """Remember the token that reads this key's evidence back."""
        self.db.execute(
            "INSERT OR REPLACE INTO outbox_tokens (target, public_key, user_token)"
            " VALUES (?, ?, ?)",
            [target, public_key, token],
        )

    # What people ask

    def user_token(self, target: str, public_key: str) -> str | None:
        """The read token that ``target`` gave to this key, if it has."""
        rows = self.db.query(
            "SELECT user_token FROM outbox_tokens WHERE target = ? AND public_key = ?",
            [target, public_key],
        )
        return next((str(row["user_token"]) for row in rows), None)

    def captures(self, target: str) -> frozenset[str]:
        """The captures that are queued for ``target`` or were sent there."""
        rows = self.db.query("SELECT capture FROM outbox WHERE target = ?", [target])
        return frozenset(row["capture"] for row in rows)

    def counts(self, target: str) -> dict[OutboxState, int]:
        """How many items of ``target`` are in each state."""
        found = dict.fromkeys(OutboxState, 0)
        for row in self.db.query(
            "SELECT state, COUNT(*) AS n FROM outbox WHERE target = ? GROUP BY state", [target]
        ):
            found[OutboxState(row["state"])] = row["n"]
        return found

    def problems(self, target: str) -> tuple[Problem, ...]:
        """Items that are parked, or wait with a reason."""
        return tuple(
            Problem(row["capture"], OutboxState(row["state"]), row["reason"])
            for row in self.db.query(
                "SELECT capture, state, reason FROM outbox WHERE target = ? AND reason IS NOT NULL"
                " AND state != 'acked' ORDER BY id",
                [target],
            )
        )

    def requeue(self, target: str) -> int:
        """Give parked items another chance; returns how many."""
        cursor = self.db.execute(
            "UPDATE outbox SET state = 'queued', batch = NULL, attempts = 0"
            " WHERE target = ? AND state = 'refused'",
            [target],
        )
        return int(cursor.rowcount)

    @contextmanager
    def _write(self) -> Iterator[None]:
        if not self.db.conn.in_transaction:
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.conn.rollback()
                raise
            self.db.conn.commit()
        else:
            yield
