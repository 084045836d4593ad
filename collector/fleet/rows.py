"""The rows that travel between a run's store and the scratch store of a session elsewhere.

Protects two rules. A worker writes its own session and nothing else: every row is checked against
the session whose lease it came under. Evidence is written once: a row that comes again must be the
same, so a request that is repeated changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from collector.fleet.wire import BadRequest
from collector.store import Store
from collector.store.schema import TABLES
from collector.submit import Outbox

Row = dict[str, Any]
Named = tuple[str, Row]
"""A table and a row of it."""


class MergeRule(Enum):
    """What happens to a row that is there already."""

    ONCE = "once"
    """It must be the same."""
    QUEUED = "queued"
    """It stays as it is: it may be on its way already."""
    REPLACED = "replaced"
    APPENDED = "appended"
    """Rows have no name; the same content is the same row."""
    UPDATED = "updated"
    """It is there always; only some columns of it travel."""


@dataclass(frozen=True, slots=True)
class Travels:
    """How a table's rows come home from a worker: by which rule, under which key, which columns."""

    how: MergeRule
    key: tuple[str, ...]
    columns: tuple[str, ...]


def _as_planned(table: str, how: MergeRule, *leave_out: str) -> Travels:
    columns = tuple(name for name in TABLES[table].columns if name not in leave_out)
    return Travels(how, TABLES[table].key, columns)


#: Tables in the order in which their rows can be entered.
HOME: Mapping[str, Travels] = {
    "captures": _as_planned("captures", MergeRule.ONCE),
    "answers": _as_planned("answers", MergeRule.ONCE),
    "outbox": Travels(
        MergeRule.QUEUED,
        ("target", "capture"),
        (
            "target", "capture", "puppet", "public_key", "content_hash", "fields", "languages",
            "research_tag", "state", "enqueued_at",
        ),
    ),
    "observations": _as_planned("observations", MergeRule.REPLACED),
    "impressions": _as_planned("impressions", MergeRule.REPLACED),
    "unparsed": _as_planned("unparsed", MergeRule.REPLACED),
    "timelines": _as_planned("timelines", MergeRule.ONCE),
    "feed": _as_planned("feed", MergeRule.REPLACED),
    "receipts": _as_planned("receipts", MergeRule.ONCE),
    "queries": _as_planned("queries", MergeRule.ONCE),
    "clocks": _as_planned("clocks", MergeRule.REPLACED),
    "persona_checks": _as_planned("persona_checks", MergeRule.REPLACED),
    "turns": Travels(MergeRule.UPDATED, ("session",), ("session", "late_s", "clock")),
    "events": _as_planned("events", MergeRule.APPENDED, "id"),
}  # fmt: skip

#: What a session reads of its store: table → the rows of it that it is given.
_GIVEN: Mapping[str, str] = {
    "runs": "id = (SELECT run FROM sessions WHERE id = :session)",
    "puppets": "id = :puppet",
    "sessions": "puppet = :puppet",
    "turns": "session IN (SELECT id FROM sessions WHERE puppet = :puppet)",
    "captures": "puppet = :puppet",
    "answers": "capture IN (SELECT id FROM captures WHERE session = :session)",
    "observations": "capture IN (SELECT id FROM captures WHERE session = :session)",
    # what was sent of this session before: numbers and adverts go on from there
    "outbox": "capture > :session || '-' AND capture < :session || '.'",
    "timelines": "session = :session",
    "queries": "session IN (SELECT id FROM sessions WHERE puppet = :puppet)",
    "labels": "1",
}

_JOURNAL = "CREATE TABLE outgoing (seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, row INTEGER)"


def given(store: Store, session: str, puppet: str) -> Iterator[Named]:
    """Everything of a run's store that a session elsewhere has to know."""
    there = set(store.db.table_names())
    for table, where in _GIVEN.items():
        if table not in there:  # a run that submits nothing has no outbox
            continue
        sql = f'SELECT * FROM "{table}" WHERE {where}'
        cursor = store.db.execute(sql, {"session": session, "puppet": puppet})
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield table, dict(zip(names, values, strict=True))


def begin_scratch(store: Store, known: Sequence[Named]) -> None:
    """Fill an empty store with what was given, and keep a journal of what is written from now."""
    Outbox(store.db)
    with store.transaction():
        for table, row in known:
            _insert(store, table, row)
        store.db.execute(_JOURNAL)
        for table in HOME:
            for moment in ("INSERT", "UPDATE"):
                store.db.execute(
                    f'CREATE TRIGGER "outgoing_{table}_{moment}" AFTER {moment} ON "{table}" BEGIN'
                    f" INSERT INTO outgoing (name, row) VALUES ('{table}', NEW.rowid); END"
                )


def outgoing(store: Store) -> tuple[int, list[Named]]:
    """The journal position for :func:`gone`, and the rows that are not uploaded yet."""
    last = 0
    found: dict[str, list[Named]] = {table: [] for table in HOME}
    rows = store.rows(
        "SELECT max(seq) AS seq, name, row FROM outgoing GROUP BY name, row ORDER BY seq"
    )
    for entry in list(rows):
        last = max(last, entry["seq"])
        table = entry["name"]
        columns = ", ".join(f'"{column}"' for column in HOME[table].columns)
        sql = f'SELECT {columns} FROM "{table}" WHERE rowid = ?'
        found[table] += [(table, row) for row in store.rows(sql, [entry["row"]])]
    return last, [named for each in found.values() for named in each]


def gone(store: Store, last: int) -> None:
    """Drop the journal up to ``last``: those rows are uploaded."""
    with store.transaction():
        store.db.execute("DELETE FROM outgoing WHERE seq <= ?", (last,))


def accept(store: Store, session: str, rows: Sequence[Any]) -> int:
    """Enter rows that a session uploads; return how many were new or changed. Call it within a
    transaction under the session's lease.

    :raises BadRequest: a row is not of this session, or of no form that is known; it says which.
    """
    (owner,) = store.rows("SELECT run, puppet FROM sessions WHERE id = ?", [session])
    Outbox(store.db)
    changed = 0
    for number, entry in enumerate(rows):
        try:
            changed += _accept(store, session, owner, *_named(entry))
        except sqlite3.IntegrityError as error:
            raise BadRequest(
                f"it breaks a rule of the store ({error})", place=f"row {number}"
            ) from error
        except BadRequest as error:
            raise BadRequest(error.problem, place=f"row {number}") from None
    return changed


def _named(entry: Any) -> Named:
    if not (isinstance(entry, list | tuple) and len(entry) == 2 and isinstance(entry[1], dict)):
        raise BadRequest("it is not a pair of a table and a row")
    table, row = entry
    if not isinstance(table, str) or table not in HOME:
        raise BadRequest(f"rows of {str(table)[:40]!r} cannot be uploaded")
    if set(row) != set(HOME[table].columns):
        raise BadRequest(f"its columns are not those of {table}")
    if not all(value is None or isinstance(value, str | int | float) for value in row.values()):
        raise BadRequest("a value is neither text nor number")
    return table, row


def _accept(store: Store, session: str, owner: Row, table: str, row: Row) -> int:
    _check_owner(store, session, owner, table, row)
    travels = HOME[table]
    if travels.how is MergeRule.UPDATED:
        store.update_turn(session, late_s=row["late_s"], clock=row["clock"])
        return 1
    by = travels.columns if travels.how is MergeRule.APPENDED else travels.key
    where = " AND ".join(f'"{column}" IS ?' for column in by)
    columns = ", ".join(f'"{column}"' for column in travels.columns)
    sql = f'SELECT {columns} FROM "{table}" WHERE {where}'
    there = next(store.rows(sql, [row[column] for column in by]), None)
    if there is not None and travels.how is not MergeRule.REPLACED:
        if travels.how is MergeRule.ONCE and there != row:
            raise BadRequest(f"{table} are written once, and another is there already")
        return 0
    if there == row:
        return 0
    _insert(store, table, row)
    return 1


def _check_owner(store: Store, session: str, owner: Row, table: str, row: Row) -> None:
    """Refuse a row of somebody else's, and one that a worker does not make.

    :raises BadRequest: the row is about another session.
    """
    if "session" in row and row["session"] != session:
        raise BadRequest(f"it is of another session than {session}")
    for column in ("run", "puppet"):
        if column in row and row[column] != owner[column]:
            raise BadRequest(f"it is of another {column} than its session")
    if table == "outbox":
        if row["state"] != "queued":
            raise BadRequest("an uploaded row of the outbox must be queued")
        return
    for column, above in (("capture", "captures"), ("timeline", "timelines")):
        if column not in row:
            continue
        sql = f"SELECT 1 FROM {above} WHERE id = ? AND session = ?"
        if next(store.rows(sql, [row[column], session]), None) is None:
            raise BadRequest(f"its {column} does not belong to {session}")


def _insert(store: Store, table: str, row: Row) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    store.db.execute(
        f'INSERT OR REPLACE INTO "{table}" ({columns}) VALUES ({marks})', tuple(row.values())
    )
