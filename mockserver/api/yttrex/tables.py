"""The ytTREX tables of the mock's database: supporters, pages, observations, leaves, experiments.

Protects two rules: people are joined by their key, never by the pseudonym; and what is read or
deleted in somebody's name is found through that key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from collector.common.identity import iso_z, js_json, parse_iso, pseudonym
from collector.platforms.youtube.reference import VIDEO_KINDS
from mockserver.api.yttrex import seeds
from mockserver.api.yttrex.schema import SCHEMA
from mockserver.db import Submissions

_VIDEO_KINDS = frozenset(kind.value for kind in VIDEO_KINDS)


@dataclass(frozen=True, slots=True)
class Supporter:
    """Whoever holds a key. Only ``pseudonym`` is for others' eyes."""

    public_key: str
    user_token: str
    pseudonym: str
    version: str
    creation_time: str
    last_activity: str


@dataclass(frozen=True, slots=True)
class Record:
    """One observation as stored: a page that somebody saw, under its metadata id."""

    id: str
    public_key: str
    watcher: str
    type: str
    saving_time: datetime
    research_tag: str | None
    experiment_id: str | None
    documented: bool
    """One of the documentation's own examples, in the documentation's own shape."""
    doc: dict[str, Any]


def prepare(db: Submissions) -> None:
    """Create what is missing and file the documentation's examples."""
    db.db.register_function(_casefold, deterministic=True, name="casefold")
    with db.writing() as connection:
        for statement in SCHEMA.split(";"):
            if statement.strip():
                connection.execute(statement)
        for example in (*seeds.examples(), *seeds.earlier()):
            connection.execute(
                "INSERT OR IGNORE INTO yttrex_supporters VALUES (?, ?, ?, ?, ?, ?)",
                [
                    example.public_key,
                    example.user_token,
                    example.doc["watcher"],
                    "1.1.0",
                    example.doc["savingTime"],
                    example.doc["savingTime"],
                ],
            )
            if not db.rows("SELECT 1 FROM yttrex_metadata WHERE id = ?", [example.doc["id"]]):
                put_metadata(
                    db,
                    example.doc,
                    public_key=example.public_key,
                    saving_time=parse_iso(example.doc["savingTime"]),
                    seen=0,
                    documented=True,
                )
                seeds.file_page(db, example)


def _casefold(text: str | None) -> str:
    return (text or "").casefold()


def user_token(db: Submissions, public_key: str) -> str:
    """The token that reads this key's evidence: 40 hex digits that the key does not give away."""
    for row in db.rows(
        "SELECT user_token FROM yttrex_supporters WHERE public_key = ?", [public_key]
    ):
        return str(row["user_token"])
    return hashlib.sha1(f"{db.secret}{public_key}".encode(), usedforsecurity=False).hexdigest()


def upsert_supporter(db: Submissions, public_key: str, version: str) -> Supporter:
    """Create or update a supporter; only for a key whose signature was verified."""
    now = iso_z(db.now())
    with db.writing() as connection:
        connection.execute(
            "INSERT INTO yttrex_supporters VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (public_key)"
            " DO UPDATE SET version = excluded.version, last_activity = excluded.last_activity",
            [public_key, user_token(db, public_key), pseudonym(public_key), version, now, now],
        )
        row = db.one("SELECT * FROM yttrex_supporters WHERE public_key = ?", [public_key])
    return Supporter(**row)


def reader(db: Submissions, token: str, *, by_key: bool = False) -> Supporter | None:
    """Whose evidence a token reads; the public key itself counts only with ``by_key``."""
    wanted = "user_token = ? OR public_key = ?" if by_key else "user_token = ?"
    values = [token, token] if by_key else [token]
    rows = db.rows(f"SELECT * FROM yttrex_supporters WHERE {wanted}", values)
    return Supporter(**rows[0]) if rows else None


def put_metadata(
    db: Submissions,
    doc: Mapping[str, Any],
    *,
    public_key: str,
    saving_time: datetime,
    seen: int,
    kind: str = "video",
    research_tag: str | None = None,
    experiment_id: str | None = None,
    documented: bool = False,
) -> None:
    """Store an observation, replacing an earlier state of the same page."""
    login = doc.get("login")
    with db.writing() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO yttrex_metadata VALUES"
            " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                doc["id"],
                public_key,
                kind,
                doc.get("videoId"),
                doc.get("title"),
                doc.get("authorName"),
                doc.get("query"),
                None if login is None else int(login),
                iso_z(saving_time),
                seen,
                research_tag,
                experiment_id,
                "documented" if documented else "reference",
                js_json(doc),
            ],
        )
        connection.execute("DELETE FROM yttrex_related WHERE metadata_id = ?", [doc["id"]])
        for place, item in enumerate(recommended(doc)):
            as_seen = str(item.get("videoId") or "")
            connection.execute(
                "INSERT INTO yttrex_related VALUES (?, ?, ?, ?)",
                [doc["id"], place, as_seen.partition("&")[0], as_seen],
            )


def recommended(doc: Mapping[str, Any], where: str = "related") -> list[Mapping[str, Any]]:
    """The videos in a page's list; advertisements, playlists and channels left out."""
    return [
        item
        for item in doc.get(where) or ()
        if item.get("videoId") and item.get("kind", "video") in _VIDEO_KINDS
    ]


def records(
    db: Submissions,
    where: str = "1",
    values: Sequence[Any] = (),
    *,
    amount: int,
    skip: int = 0,
) -> list[Record]:
    """Observations that meet ``where``, newest first."""
    # Chosen and sorted without their documents, which are most of a row.
    rows = db.rows(
        "SELECT m.*, s.pseudonym FROM (SELECT m.rowid AS place FROM yttrex_metadata m"
        f" WHERE {where} ORDER BY m.saving_time DESC, m.rowid DESC LIMIT ? OFFSET ?)"
        " JOIN yttrex_metadata m ON m.rowid = place JOIN yttrex_supporters s USING (public_key)"
        " ORDER BY m.saving_time DESC, m.rowid DESC",
        [*values, amount, skip],
    )
    return [_record(row) for row in rows]


def count(db: Submissions, where: str = "1", values: Sequence[Any] = ()) -> int:
    """How many observations meet ``where``."""
    return int(db.one(f"SELECT COUNT(*) AS n FROM yttrex_metadata m WHERE {where}", values)["n"])


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        id=row["id"],
        public_key=row["public_key"],
        watcher=row["pseudonym"],
        type=row["type"],
        saving_time=parse_iso(row["saving_time"]),
        research_tag=row["research_tag"],
        experiment_id=row["experiment_id"],
        documented=row["form"] == "documented",
        doc=json.loads(row["doc"]),
    )


def age(db: Submissions, record: Record) -> timedelta:
    """How long ago a page was seen.

    The documentation's examples are as old as they were when the documentation was written, plus
    the time since this server started.
    """
    now = db.now()
    if record.documented:
        now = seeds.WRITTEN + (now - db.started)
    return now - record.saving_time


def delete(db: Submissions, public_key: str, ids: Iterable[str]) -> int:
    """Delete pages of this key's own: observation, raw captures and leaves; returns how many."""
    deleted = 0
    with db.writing() as connection:
        for metadata_id in ids:
            mine = [metadata_id, public_key]
            gone = 0
            for table, column in (
                ("yttrex_htmls", "metadata_id"),
                ("yttrex_leaves", "metadata_id"),
                ("yttrex_metadata", "id"),
            ):
                cursor = connection.execute(
                    f"DELETE FROM {table} WHERE {column} = ? AND public_key = ?", mine
                )
                gone += cursor.rowcount
            if gone:
                connection.execute(
                    "DELETE FROM yttrex_related WHERE metadata_id = ?", [metadata_id]
                )
                deleted += 1
    return deleted
