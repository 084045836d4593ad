"""What was submitted to the mock, in SQLite: one file, one connection, one lock.

Protects the rule that a submission is filed whole or not at all: every write is one transaction.
Each API keeps tables of its own here (``Submissions.db``); this module knows only what they
share.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.environment import refusals
from collector.files import make_private
from collector.sqlite import Database


class Submissions:
    """The mock's database. ``path`` ``None`` is a private file that goes with the server.

    Methods may be called from any thread. ``now`` is the clock of everything that is filed; a test
    may replace it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if path is None:
            self._folder = tempfile.TemporaryDirectory(prefix="twinwatch-mock-")
            path = Path(self._folder.name) / "mock.db"
        with refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            make_private(path)
            connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
            self.db = Database(connection)
            self.db.enable_wal()
            self._begin()
        self.path = path
        self.lock = threading.RLock()
        self.started = self.now()
        self.cache: dict[str, Any] = {}
        self._finalizer = weakref.finalize(self, _close, connection, self._folder)

    def _begin(self) -> None:
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS server (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
        )
        self.db.execute("CREATE TABLE IF NOT EXISTS seen (digest TEXT PRIMARY KEY) WITHOUT ROWID")

    def now(self) -> datetime:
        """The wall clock (aware)."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Close the file; a private one is deleted. A second call does nothing."""
        self._finalizer()

    @property
    def secret(self) -> str:
        """The server's own secret, minted once a database; tokens are derived from it."""
        with self.writing():
            self.db.execute(
                "INSERT OR IGNORE INTO server (key, value) VALUES ('secret', ?)",
                [secrets.token_hex(32)],
            )
            return str(self.one("SELECT value FROM server WHERE key = 'secret'")["value"])

    def first_time(self, *what: str) -> bool:
        """Whether this was never asked before; from now on it was.

        A signature covers neither address nor time, so whoever overheard a request can send it
        again, to another address too. What such a request may learn is what its first sender may
        not be told twice: this is the mark by which the second one is known.
        """
        digest = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()
        with self.writing():
            cursor = self.db.conn.execute("INSERT OR IGNORE INTO seen VALUES (?)", [digest])
            return cursor.rowcount == 1

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction; nested uses join it. Rolled back when its body raises."""
        with self.lock:
            if self.db.conn.in_transaction:
                yield self.db
                return
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.conn.rollback()
                raise
            self.db.conn.commit()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query, as dictionaries."""
        with self.lock:
            return list(self.db.query(sql, list(values)))

    def count(self, table: str) -> int:
        """Rows of a table of this mock's."""
        return int(self.one(f"SELECT COUNT(*) AS n FROM {table}")["n"])

    def one(self, sql: str, values: Sequence[Any] = ()) -> dict[str, Any]:
        """The first row of a query. Raises LookupError when there is none."""
        found = self.rows(sql, values)
        if not found:
            raise LookupError("no such row")
        return found[0]


def _close(connection: sqlite3.Connection, folder: tempfile.TemporaryDirectory[str] | None) -> None:
    connection.close()
    if folder is not None:
        folder.cleanup()
