"""Reading a store: the words of ``common.model`` where there are some, else rows as dicts."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from collector.common.model import Capture, Observation, Receipt, Timeline
from collector.sqlite import Database
from collector.store import database, rows
from collector.store.rows import Row
from collector.store.times import from_iso


class Reading:
    """What can be asked of an open store. Part of :class:`collector.store.Store`."""

    path: Path
    db: Database

    def capture(self, capture: str) -> Capture:
        """The capture with this id.

        :raises KeyError: no capture has this id.
        """
        row = self._one("SELECT * FROM captures WHERE id = ?", capture)
        if row is None:
            raise KeyError(capture)
        return rows.to_capture(row)

    def captures(
        self, *, session: str | None = None, puppet: str | None = None
    ) -> Iterator[Capture]:
        """Captures in the order of their sessions and numbers."""
        where, values = _where({"session": session, "puppet": puppet})
        sql = f"SELECT * FROM captures{where} ORDER BY puppet, session, seq"
        for row in self.rows(sql, values):
            yield rows.to_capture(row)

    def answers(self, capture: str) -> list[tuple[str, str]]:
        """(path, hash) of what the site's API answered to a captured page, in order."""
        sql = "SELECT path, content_hash FROM answers WHERE capture = ? ORDER BY number"
        return [(row["path"], row["content_hash"]) for row in self.rows(sql, [capture])]

    def observation(self, capture: str) -> Observation | None:
        """What was read from a capture, or ``None`` when it was never parsed."""
        row = self._one("SELECT * FROM observations WHERE capture = ?", capture)
        if row is None:
            return None
        items = self.rows(
            "SELECT * FROM impressions WHERE capture = ? ORDER BY surface, position", [capture]
        )
        unread = self.rows("SELECT * FROM unparsed WHERE capture = ? ORDER BY number", [capture])
        return rows.to_observation(row, list(items), list(unread))

    def timelines(self, *, puppet: str | None = None) -> Iterator[Timeline]:
        """Timelines with their impressions, in the order of puppets and time."""
        where, values = _where({"puppet": puppet})
        sql = f"SELECT * FROM timelines{where} ORDER BY puppet, started, id"
        for row in list(self.rows(sql, values)):
            seen = self.rows("SELECT * FROM feed WHERE timeline = ? ORDER BY number", [row["id"]])
            yield Timeline(
                id=row["id"],
                started=from_iso(row["started"]),
                url=row["url"] or "",
                impressions=tuple(rows.to_feed(item) for item in seen),
                event=row["event"],
            )

    def receipts(self, *, session: str | None = None) -> Iterator[tuple[str, int, Receipt]]:
        """(session, step, receipt), in order."""
        where, values = _where({"session": session})
        for row in self.rows(f"SELECT * FROM receipts{where} ORDER BY session, step", values):
            yield row["session"], row["step"], rows.to_receipt(row)

    def runs(self) -> list[Row]:
        """Return every run, by when it started."""
        return list(self.rows("SELECT * FROM runs ORDER BY started, id"))

    def puppets(self, run: str | None = None) -> list[Row]:
        """Return the puppets of a run, or of all, by arm, twin and id."""
        where, values = _where({"run": run})
        return list(self.rows(f"SELECT * FROM puppets{where} ORDER BY arm, twin, id", values))

    def sessions(self, run: str | None = None) -> list[Row]:
        """Return the sessions of a run, or of all, by block, position and id."""
        where, values = _where({"run": run})
        return list(
            self.rows(f"SELECT * FROM sessions{where} ORDER BY block, position, id", values)
        )

    def steps(self, session: str | None = None) -> list[Row]:
        """Return the steps of a session, or of all, by session and number."""
        where, values = _where({"session": session})
        return list(self.rows(f"SELECT * FROM steps{where} ORDER BY session, step", values))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> Iterator[Row]:
        """Rows of any query, as dicts. However the reading ends, the store is not held by it."""
        with database.user_errors(self.path):
            cursor = self.db.execute(sql, list(values))
            try:
                names = [column[0] for column in cursor.description]
                for row in cursor:
                    yield dict(zip(names, row, strict=True))
            finally:
                # A reader may let go of its rows after the store was closed, and of the cursor.
                with contextlib.suppress(sqlite3.ProgrammingError):
                    cursor.close()

    def check(self) -> None:
        """Have SQLite look through the whole file.

        :raises StoreCorrupt: SQLite's own check finds damage.
        """
        with database.user_errors(self.path):
            database.quick_check(self.db, self.path)

    def timelines_of(self, session: str) -> int:
        """How many timelines a session has filed."""
        return sum(1 for _ in self.rows("SELECT 1 FROM timelines WHERE session = ?", [session]))

    def labels_of(self, items: Collection[str]) -> dict[str, tuple[str, str]]:
        """Item id → its label and where that comes from; an item without one is left out."""
        marks = ", ".join("?" * len(items))
        asked = f"SELECT item_id, label, source FROM labels WHERE item_id IN ({marks})"
        return {
            row["item_id"]: (row["label"], row["source"]) for row in self.rows(asked, sorted(items))
        }

    def _one(self, sql: str, *values: Any) -> Row | None:
        return next(self.rows(sql, values), None)


def _where(conditions: Mapping[str, str | None]) -> tuple[str, list[str]]:
    given = {name: value for name, value in conditions.items() if value is not None}
    if not given:
        return "", []
    return " WHERE " + " AND ".join(f"{name} = ?" for name in given), list(given.values())
