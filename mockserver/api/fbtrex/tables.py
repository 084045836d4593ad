"""The fbTREX rows of the mock: supporters, their timelines, what is read and what is deleted.

Protects two rules: people are joined by the supporter's number, never by a pseudonym and never by
the account number that somebody declared; and what is deleted is all of a timeline or nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard

from collector.common.identity import iso_z, pseudonym
from mockserver.api.fbtrex.schema import SCHEMA
from mockserver.db import Submissions

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Supporter:
    """Whoever holds a key, under one declared account."""

    supporter: int
    public_key: str
    user_id: str
    user_token: str
    pseudo: str
    version: str
    key_time: str
    last_activity: str
    demo: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows that went, by the words of the API's answer."""

    timelines: int = 0
    impressions: int = 0
    htmls: int = 0
    summaries: int = 0


def prepare(db: Submissions) -> None:
    """Create what is missing."""
    with db.writing() as connection:
        for statement in SCHEMA.split(";"):
            if statement.strip():
                connection.execute(statement)


def token_of(db: Submissions, public_key: str, user_id: str) -> str:
    """The read token: 40 hex digits that nobody can work out without the server's secret."""
    told = f"fbtrex\0{public_key}\0{user_id}".encode()
    return hmac.new(db.secret.encode(), told, hashlib.sha256).hexdigest()[:40]


def upsert_supporter(db: Submissions, public_key: str, user_id: str, version: str) -> Supporter:
    """Create or update a supporter; only for a key whose signature was verified."""
    now = iso_z(db.now())
    with db.writing() as connection:
        connection.execute(
            "INSERT INTO fbtrex_supporters (public_key, user_id, user_token, pseudo, version,"
            " key_time, last_activity) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (public_key,"
            " user_id) DO UPDATE SET version = excluded.version,"
            " last_activity = excluded.last_activity",
            [
                public_key,
                user_id,
                token_of(db, public_key, user_id),
                pseudonym(f"user{user_id}"),
                version,
                now,
                now,
            ],
        )
        row = db.one(
            "SELECT * FROM fbtrex_supporters WHERE public_key = ? AND user_id = ?",
            [public_key, user_id],
        )
    return Supporter(**row)


def reader(db: Submissions, token: str) -> Supporter | None:
    """Whose data a token reads."""
    rows = db.rows("SELECT * FROM fbtrex_supporters WHERE user_token = ?", [token])
    return Supporter(**rows[0]) if rows else None


def timelines(db: Submissions, supporter: int, amount: int, skip: int = 0) -> list[Row]:
    """A supporter's timelines, newest first."""
    return db.rows(
        "SELECT * FROM fbtrex_timelines WHERE supporter = ?"
        " ORDER BY start_time DESC, rowid DESC LIMIT ? OFFSET ?",
        [supporter, amount, skip],
    )


def impressions(db: Submissions, supporter: int, timeline: str) -> list[Row]:
    """What was seen in a timeline, as it was scrolled."""
    return db.rows(
        "SELECT * FROM fbtrex_impressions WHERE supporter = ? AND timeline_id = ?"
        " ORDER BY impression_order, impression_time",
        [supporter, timeline],
    )


def summaries_of(db: Submissions, supporter: int, timeline: str) -> dict[str, Row]:
    """Impression id → the summary of its post."""
    return {
        row["impression_id"]: json.loads(row["doc"])
        for row in db.rows(
            "SELECT impression_id, doc FROM fbtrex_summaries WHERE supporter = ?"
            " AND timeline_id = ? ORDER BY impression_order",
            [supporter, timeline],
        )
    }


def summaries(
    db: Submissions,
    where: str = "1",
    values: Sequence[Any] = (),
    *,
    amount: int,
    skip: int = 0,
) -> list[Row]:
    """Rows of posts that meet ``where``, newest first; ``doc`` opened."""
    rows = db.rows(
        f"SELECT m.* FROM fbtrex_summaries m WHERE {where} ORDER BY m.impression_time DESC,"
        " m.impression_order DESC, m.rowid DESC LIMIT ? OFFSET ?",
        [*values, amount, skip],
    )
    for row in rows:
        row["doc"] = json.loads(row["doc"])
    return rows


def htmls(db: Submissions, supporter: int, timeline: str) -> list[Row]:
    """The fragments of a timeline, opened, in order."""
    rows = db.rows(
        "SELECT h.* FROM fbtrex_htmls h JOIN fbtrex_impressions i ON i.supporter = h.supporter"
        " AND i.id = h.impression_id WHERE h.supporter = ? AND h.timeline_id = ?"
        " ORDER BY i.impression_order",
        [supporter, timeline],
    )
    for row in rows:
        row["html"] = zstandard.decompress(row["html"]).decode()
    return rows


def count(db: Submissions, table: str, where: str = "1", values: Sequence[Any] = ()) -> int:
    """Count rows.

    :param table: its name, never from a request
    :param where: a condition with ``?`` for each of ``values``
    """
    return int(db.one(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}", values)["n"])


def labels_of(db: Submissions, ids: Iterable[str]) -> Mapping[str, tuple[str, list[str]]]:
    """Semantic id → (language, labels) where the text was understood."""
    found: dict[str, tuple[str, list[str]]] = {}
    for semantic_id in set(ids):
        rows = db.rows(
            "SELECT label, lang FROM fbtrex_semantics WHERE semantic_id = ? ORDER BY place",
            [semantic_id],
        )
        if rows:
            found[semantic_id] = (rows[0]["lang"], [row["label"] for row in rows])
    return found


def remove(db: Submissions, supporter: int, ids: Sequence[str], *, simulate: bool) -> Deleted:
    """Delete whole timelines: what was seen, the fragments, the summaries, what was made of them.

    ``simulate`` only counts. What only described texts that are gone (labels) goes too; it is
    derived and counted nowhere.
    """
    gone = {"timelines": 0, "impressions": 0, "htmls": 0, "summaries": 0}
    with db.writing() as connection:
        for timeline in ids:
            for kind, column in (
                ("impressions", "timeline_id"),
                ("htmls", "timeline_id"),
                ("summaries", "timeline_id"),
                ("timelines", "id"),
            ):
                where, values = f"supporter = ? AND {column} = ?", [supporter, timeline]
                if simulate:
                    gone[kind] += count(db, f"fbtrex_{kind}", where, values)
                    continue
                cursor = connection.execute(f"DELETE FROM fbtrex_{kind} WHERE {where}", values)
                gone[kind] += cursor.rowcount
        if not simulate:
            for table in ("fbtrex_labels", "fbtrex_semantics"):
                connection.execute(
                    f"DELETE FROM {table} WHERE semantic_id NOT IN"
                    " (SELECT semantic_id FROM fbtrex_summaries WHERE semantic_id IS NOT NULL)"
                )
    return Deleted(**gone)
