"""The truth log: what was really served and what was really watched, as the platform knows it.

A capture is right when it equals this log, entry by entry. Rows are plain dictionaries, appended
under one lock; a retried request does not log an impression twice. What never changes again (what
was served) leaves the memory for a temporary file when it is many. With a file of its own, rows are
also written to SQLite in batches.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from collector.common.model import ItemKind, PageStatus, Surface
from collector.environment import refusals
from collector.files import make_private
from collector.sqlite import Database
from mockserver.world.model import Entry
from mockserver.world.rows import Row, Rows

#: Rows kept back before they are written to the file.
_BATCH = 500

#: Rows in memory, a table; ``None``: all, as they change.
_KEPT: dict[str, int | None] = {
    "impressions": 20_000, "watches": None, "pages": 20_000, "probes": None,
}  # fmt: skip
_TABLES = tuple(_KEPT)

#: The address of a page that plays a video.
_PLAYS = re.compile(r"\A/watch\?(?:[^#]*&)?v=([\w-]{11})(?![\w-])|\A/shorts/([\w-]{11})(?![\w-])")


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def union(segments: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Overlapping (start, end) segments merged, in order; empty and backward ones dropped."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted((s, e) for s, e in segments if e > s):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


class TruthLog:
    """Append-only rows of one world; safe for several threads."""

    def __init__(self, now: Callable[[], datetime], kept: Mapping[str, int | None] = _KEPT) -> None:
        """:param kept: how many rows of each table stay in memory."""
        self._now = now
        self._lock = threading.RLock()
        self._rows = {table: Rows(kept[table]) for table in _TABLES}
        self._by_visitor: dict[str, dict[str, array[int]]] = {table: {} for table in _TABLES}
        """Table and visitor → numbers of the rows."""
        self._seen: dict[tuple[str, str, str], int] = {}
        """Visitor, load, surface → the slots on record, one bit each."""
        self._watches: dict[tuple[str, str, str], Row] = {}
        self._probes: dict[str, Row] = {}
        self._mixes: dict[str, str] = {}
        self._playing: dict[tuple[str, str], str] = {}
        """Visitor and load → the video of that page."""
        self._path: Path | None = None
        self.note: Callable[[str, Row], None] | None = None
        """Told of every row that is new or has changed, where the world keeps a journal."""
        self._dirty: dict[str, dict[int, Row]] = {table: {} for table in _TABLES}

    def _append(self, table: str, row: Row) -> Row:
        rows = self._rows[table]
        row = {"seq": len(rows) + 1, "time": iso(self._now()), **row}
        rows.append(row)
        self._index(table, row)
        self._changed(table, row)
        return row

    def _index(self, table: str, row: Row) -> None:
        self._by_visitor[table].setdefault(row["visitor"], array("Q")).append(row["seq"])

    def _first_time(self, visitor: str, load: str, surface: str, slot: int) -> bool:
        """Whether a slot of a load is not on record yet; from now on it is."""
        place = (visitor, load, surface)
        known = self._seen.get(place, 0)
        self._seen[place] = known | 1 << slot
        return not known >> slot & 1

    def served(
        self,
        visitor: str,
        *,
        load: str,
        surface: Surface,
        context: str | None,
        entries: Sequence[Entry],
        lang: str,
        hits: Mapping[int, str] = MappingProxyType({}),
        at_s: float | None = None,
    ) -> int:
        """Log the entries just sent; one already logged for (visitor, load, surface, slot) is not
        logged again. Returns how many were new.

        :param hits: slot → what was done to the entry's markup
        :param at_s: second of the visitor's clock, in a world with truths"""
        new = 0
        with self._lock:
            for entry in entries:
                if not self._first_time(visitor, load, surface.value, entry.slot):
                    continue
                if entry.kind is ItemKind.MIX and entry.topic is not None:
                    self._mixes[entry.item_id] = entry.topic
                new += 1
                self._append(
                    "impressions",
                    {
                        "visitor": visitor,
                        "load": load,
                        "surface": surface.value,
                        "context": context,
                        "slot": entry.slot,
                        "kind": entry.kind.value,
                        "item_id": entry.item_id,
                        "video_id": entry.video.id if entry.video else None,
                        "topic": entry.topic,
                        "title": entry.title,
                        "section": entry.section,
                        "shelf": entry.shelf,
                        "score": round(entry.score, 6),
                        "parts": {name: round(part, 6) for name, part in entry.parts.items()},
                        "lang": lang,
                        **({} if at_s is None else {"at_s": at_s}),
                        **({"hit": str(hits[entry.slot])} if entry.slot in hits else {}),
                    },
                )
        return new

    def posted(self, visitor: str, *, load: str, slot: int, row: Mapping[str, Any]) -> bool:
        """Log one post of a timeline; False when (visitor, load, slot) is on record already."""
        with self._lock:
            if not self._first_time(visitor, load, Surface.FEED.value, slot):
                return False
            place = {"visitor": visitor, "load": load, "surface": Surface.FEED.value, "slot": slot}
            self._append("impressions", {**place, "context": None, **row})
            return True

    def page(
        self, visitor: str, *, load: str, path: str, kind: str, status: str, lang: str
    ) -> None:
        """Log that a page was sent: ``status`` is the page status it should be read as."""
        with self._lock:
            self._append(
                "pages",
                {"visitor": visitor, "load": load, "path": path, "kind": kind, "status": status,
                 "lang": lang},
            )  # fmt: skip
            self._loaded(visitor, load, path, status)

    def _loaded(self, visitor: str, load: str, path: str, status: str) -> None:
        if status != PageStatus.UNAVAILABLE and (match := _PLAYS.match(path)):
            self._playing[(visitor, load)] = match[1] or match[2]

    def plays(self, visitor: str, load: str, video_id: str) -> bool:
        """Whether this load served the page of this video to this visitor, with its player."""
        with self._lock:
            return self._playing.get((visitor, load)) == video_id

    def beacon(
        self,
        visitor: str,
        *,
        load: str,
        video_id: str,
        segments: Iterable[tuple[float, float]],
        ad_id: str | None = None,
        state: str = "",
        visible: bool = True,
        rate: float = 1.0,
        length: float | None = None,
    ) -> Row:
        """Add played (start, end) media seconds to the watch (visitor, load, video).

        Segments may repeat or overlap: seconds are those of their union, for ads per ad.
        :returns: a copy of the watch's row; ``seconds`` is the video's, ``ad_seconds`` the ads'.
        """
        with self._lock:
            key = (visitor, load, video_id)
            row = self._watches.get(key)
            if row is None:
                row = self._append(
                    "watches",
                    {
                        "visitor": visitor,
                        "load": load,
                        "video_id": video_id,
                        "seconds": 0.0,
                        "ad_seconds": 0.0,
                        "segments": [],
                        "ads": {},
                        "length": length,
                        "state": state,
                        "rate": rate,
                        "beacons": 0,
                        "hidden_beacons": 0,
                    },
                )
                self._watches[key] = row
            if ad_id is None:
                row["segments"] = union([*map(tuple, row["segments"]), *segments])
                row["seconds"] = round(sum(end - start for start, end in row["segments"]), 3)
                row["length"] = length if length is not None else row["length"]
            else:
                played = union([*map(tuple, row["ads"].get(ad_id, [])), *segments])
                row["ads"][ad_id] = played
                row["ad_seconds"] = round(
                    sum(end - start for parts in row["ads"].values() for start, end in parts), 3
                )
            row["state"] = state or row["state"]
            row["rate"] = rate
            row["beacons"] += 1
            row["hidden_beacons"] += 0 if visible else 1
            self._changed("watches", row)
            return dict(row)

    def probe(self, visitor: str, facts: Mapping[str, Any]) -> None:
        """Remember what the site saw of a visitor (headers, cookies, script probe); later facts of
        the same name replace earlier ones."""
        with self._lock:
            row = self._probes.get(visitor)
            if row is None:
                row = self._append("probes", {"visitor": visitor, "facts": {}})
                self._probes[visitor] = row
            row["facts"] = {**row["facts"], **facts}
            row["last"] = iso(self._now())
            self._changed("probes", row)

    def whoami(self, visitor: str) -> Row | None:
        """Give what the site saw of a visitor; ``None``: nothing yet."""
        with self._lock:
            row = self._probes.get(visitor)
            return dict(row) if row is not None else None

    def rows(
        self,
        table: str,
        *,
        visitor: str | None = None,
        where: Mapping[str, str] | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[list[Row], int]:
        """Rows of ``table`` in order, filtered, with ``seq`` beyond ``after``.

        :returns: the page of rows (copies) and the count of all matching rows
        """
        wanted = {name: value for name, value in (where or {}).items() if value}
        with self._lock:
            rows = self._rows[table]
            numbers: Sequence[int] = range(after + 1, len(rows) + 1)
            if visitor is not None:
                own = self._by_visitor[table].get(visitor, array("Q"))
                numbers = own[bisect_right(own, after) :]
            if not wanted:
                page = numbers if limit is None else numbers[:limit]
                return [dict(rows[number - 1]) for number in page], len(numbers)
            found: list[Row] = []
            total = 0
            for number in numbers:
                row = rows[number - 1]
                if all(str(row.get(name)) == value for name, value in wanted.items()):
                    total += 1
                    if limit is None or len(found) < limit:
                        found.append(dict(row))
            return found, total

    def impressions(self, **where: str) -> list[Row]:
        """Impressions filtered by ``visitor``, ``load``, ``surface``, in the order served."""
        return self.rows("impressions", visitor=where.pop("visitor", None), where=where)[0]

    def watches(self, **where: str) -> list[Row]:
        """Watches filtered by ``visitor``, ``load``, ``video_id``."""
        return self.rows("watches", visitor=where.pop("visitor", None), where=where)[0]

    def mixes(self) -> dict[str, str]:
        """Topic of every mix that was served, by its id; a mix exists only where it is shown."""
        with self._lock:
            return dict(self._mixes)

    def visitors(self) -> list[str]:
        """Every visitor id in the log, sorted."""
        with self._lock:
            return sorted({name for table in self._by_visitor.values() for name in table})

    def persist(self, path: Path) -> None:
        """From now on also write rows to tables ``truth_*`` of the SQLite file ``path``."""
        with self._lock:
            with refusals(path):
                make_private(path)
            self._path = path
            for table in _TABLES:
                self._dirty[table] = {row["seq"]: row for row in self._rows[table]}

    def restore(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Put back (table, row) as they were noted, of each row the latest; the log is empty."""
        with self._lock:
            for table, row in rows:
                known = self._rows[table]
                if row["seq"] <= len(known):
                    known[row["seq"] - 1].update(row)
                    continue
                known.append(row)
                self._index(table, row)
                if table == "impressions":
                    self._first_time(row["visitor"], row["load"], row["surface"], row["slot"])
                    if row["kind"] == ItemKind.MIX and row["topic"] is not None:
                        self._mixes[row["item_id"]] = row["topic"]
                elif table == "pages":
                    self._loaded(row["visitor"], row["load"], row["path"], row["status"])
                elif table == "watches":
                    self._watches[(row["visitor"], row["load"], row["video_id"])] = row
                elif table == "probes":
                    self._probes[row["visitor"]] = row

    def _changed(self, table: str, row: Row) -> None:
        if self.note is not None:
            self.note(table, row)
        if self._path is None:
            return
        self._dirty[table][row["seq"]] = row
        if sum(map(len, self._dirty.values())) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what the file lacks; without a file, nothing."""
        if self._path is None:
            return
        with self._lock:
            database = Database(self._path)
            try:
                for table, rows in self._dirty.items():
                    if rows:
                        database.table(f"truth_{table}").upsert_all(
                            [dict(row) for row in rows.values()], pk="seq", alter=True
                        )
                        rows.clear()
            finally:
                database.close()
