"""The pages of a run and where each stands, so that pages of different puppets can be compared.

A page is what one load showed: of its usable captures the last, at the place in the scenario where
it was opened (the rule of the report's pages); or one timeline of a feed. A capture that is no data
(a captcha, a consent dialog) is a page of its own, at its own step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.analysis.rundata import phase_of, slot_of
from collector.store import Store
from collector.store.rows import Row

TIMELINE = "timeline:"
"""Begins the id of a page that is a timeline."""
POST_TEXT = (
    "coalesce(CASE WHEN json_valid(post) THEN substr(json_extract(post, '$.texts[0]'), 1, 300) END,"
    " source)"
)
"""SQL: what a row of ``feed`` is called: how its text begins, or else who published it."""
_MANY = 500
"""Values in one ``IN (…)``: fewer than the fewest that SQLite may be built with."""

_CAPTURES = """
SELECT c.id, c.puppet, c.session, c.step, c.seq, c.page_uuid, c.kind, c.url, c.status,
       c.client_time, c.saved_time, s.path, s.kind AS verb
FROM captures c LEFT JOIN steps s ON s.session = c.session AND s.step = c.step
"""
_TIMELINES = """
SELECT l.id, l.puppet, coalesce(l.session, '') AS session, coalesce(l.step, 0) AS step, l.url,
       l.started, s.path, s.kind AS verb
FROM timelines l LEFT JOIN steps s ON s.session = l.session AND s.step = l.step
ORDER BY l.puppet, l.started, l.id
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page that a puppet was shown."""

    id: str
    """Of its capture, or ``timeline:`` and the id of the timeline."""
    puppet: str
    session: str
    step: int
    """Number of the step that opened it, in its session, from 0."""
    seq: int
    """Number of the capture in its session; of a timeline: of the puppet's timelines."""
    slot: str
    """The same for pages of different puppets that are to be compared."""
    phase: str
    """``before``, ``arms`` or ``after``."""
    verb: str
    """Kind of the step."""
    kind: str
    url: str
    status: str
    virtual: str
    """When, on the page's own clock: ISO 8601, UTC."""
    wall: str
    """When, on this machine's clock."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item that a page showed."""

    surface: str
    position: int
    kind: str
    id: str
    title: str
    channel: str
    href: str
    topic: str
    """Its label in force; empty where it has none."""

    @property
    def name(self) -> str:
        """What it is called: its title, or else its id."""
        return self.title or self.id or "(private)"


def pages_of(store: Store, puppets: Iterable[str] | None = None) -> list[Page]:
    """The pages of a run in the order of puppets and time; of some puppets, if they are named."""
    turns = _turns(store)
    chosen = None if puppets is None else set(puppets)
    rows = [
        row
        for row in store.rows(f"{_CAPTURES} ORDER BY c.puppet, c.saved_time, c.session, c.seq")
        if chosen is None or row["puppet"] in chosen
    ]
    opened: dict[tuple[str, str], Row] = {}
    last: dict[tuple[str, str], str] = {}
    for row in rows:
        if row["status"] == "ok":
            load = (row["session"], row["page_uuid"])
            opened.setdefault(load, row)
            last[load] = row["id"]
    found = []
    for row in rows:
        load = (row["session"], row["page_uuid"])
        if row["status"] != "ok":
            found.append(_page(row, row, turns))
        elif last[load] == row["id"]:
            found.append(_page(row, opened[load], turns))
    return found + list(_timelines(store, turns, chosen))


def page_of(store: Store, page: str) -> Page | None:
    """The page with this id, or that of another capture of the same load; ``None``: there is none.

    The answer bears the asked id, so that every capture can be looked at.
    """
    if page.startswith(TIMELINE):
        found = _timelines(store, _turns(store), None)
        return next((one for one in found if one.id == page), None)
    row = next(store.rows(f"{_CAPTURES} WHERE c.id = ?", [page]), None)
    return None if row is None else _page(row, row, _turns(store))


def items_of(store: Store, pages: Iterable[str], most: int = 10_000) -> dict[str, list[Item]]:
    """Page → its items in the order of lists and places.

    :param most: the last place of each list that is read.
    """
    asked = list(dict.fromkeys(pages))
    captures = [page for page in asked if not page.startswith(TIMELINE)]
    feeds = [page.removeprefix(TIMELINE) for page in asked if page.startswith(TIMELINE)]
    rows: list[Row] = []
    for some in batches(captures):
        rows += store.rows(
            "SELECT capture AS page, surface, position, kind, item_id, title, channel_name,"
            f" channel_href, href FROM impressions WHERE capture IN ({_marks(some)})"
            " AND position <= ? ORDER BY capture, surface, position",
            [*some, most],
        )
    for some in batches(feeds):
        rows += store.rows(
            f"SELECT '{TIMELINE}' || timeline AS page, 'feed' AS surface, number AS position,"
            " CASE WHEN nature = 'sponsored' THEN 'ad' ELSE coalesce(media, 'post') END AS kind,"
            f" coalesce(post_id, '') AS item_id, {POST_TEXT} AS title, source AS channel_name,"
            " source_link AS channel_href, permalink AS href FROM feed"
            f" WHERE timeline IN ({_marks(some)}) AND number <= ? ORDER BY timeline, number",
            [*some, most],
        )
    topics = topics_of(store, (name for row in rows for name in _labelled(row)))
    found: dict[str, list[Item]] = {page: [] for page in asked}
    for row in rows:
        found[row["page"]].append(
            Item(
                surface=row["surface"],
                position=row["position"],
                kind=row["kind"] or "",
                id=row["item_id"] or "",
                title=row["title"] or "",
                channel=row["channel_name"] or "",
                href=row["href"] or "",
                topic=next((topics[name] for name in _labelled(row) if name in topics), ""),
            )
        )
    return found


def topics_of(store: Store, items: Iterable[str]) -> dict[str, str]:
    """Item → its label in force, for those that have one."""
    found: dict[str, str] = {}
    for some in batches(sorted(set(items))):
        rows = store.rows(
            f"SELECT item_id, label FROM topics WHERE item_id IN ({_marks(some)})", some
        )
        found.update((row["item_id"], row["label"]) for row in rows)
    return found


def batches(values: Sequence[str]) -> Iterator[list[str]]:
    """The values, as many at a time as one query takes."""
    for start in range(0, len(values), _MANY):
        yield list(values[start : start + _MANY])


def _labelled(row: Mapping[str, Any]) -> list[str]:
    """What a label may be given to, the nearest first: as in the view ``exposure``."""
    names = [row["item_id"] or ""]
    if row["kind"] == "mix":
        names.append((row["item_id"] or "")[-11:])
    names.append((row["channel_href"] or "").replace("/channel/", ""))
    return [name for name in names if name]


def _page(row: Row, opened: Row, turns: Mapping[str, str]) -> Page:
    path = opened["path"] or ""
    return Page(
        id=row["id"],
        puppet=row["puppet"],
        session=row["session"],
        step=opened["step"],
        seq=row["seq"],
        slot=slot_of(path, opened["step"], turns.get(row["session"], "")),
        phase=phase_of(path),
        verb=opened["verb"] or "",
        kind=row["kind"],
        url=row["url"],
        status=row["status"],
        virtual=row["client_time"],
        wall=row["saved_time"],
    )


def _timelines(store: Store, turns: Mapping[str, str], chosen: set[str] | None) -> Iterator[Page]:
    numbers: dict[str, int] = defaultdict(int)
    for row in store.rows(_TIMELINES):
        if chosen is not None and row["puppet"] not in chosen:
            continue
        path, number = row["path"] or "", numbers[row["puppet"]]
        numbers[row["puppet"]] += 1
        where = slot_of(path, row["step"], turns.get(row["session"], ""))
        yield Page(
            id=TIMELINE + row["id"],
            puppet=row["puppet"],
            session=row["session"],
            step=row["step"],
            seq=number,
            slot=where if row["session"] else f"timeline {number + 1}",
            phase=phase_of(path),
            verb=row["verb"] or "",
            kind="timeline",
            url=row["url"] or "",
            status="ok",
            virtual=row["started"],
            wall=row["started"],
        )


def _turns(store: Store) -> dict[str, str]:
    """Session → ``w2s3``; empty where its puppet has one session only."""
    rows = list(
        store.rows(
            "SELECT s.id, s.puppet, coalesce(t.wave, 1) AS wave, coalesce(t.slot, 1) AS slot"
            " FROM sessions s LEFT JOIN turns t ON t.session = s.id"
        )
    )
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        count[row["puppet"]] += 1
    return {
        row["id"]: f"w{row['wave']}s{row['slot']}" if count[row["puppet"]] > 1 else ""
        for row in rows
    }


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
