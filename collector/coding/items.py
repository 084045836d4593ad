"""What a run saw and somebody has to say what it is about: each video or post once.

An item counts if an outcome or a gate may ask for its label: everything that was listed on a page
with data, advertising left out, and what the puppets watched. A mix is coded as the video that it
begins with, as in the analysis. Title and channel are those of wherever the run saw them: on a list
that was asked for, on any other list, or on the video's own page. Those of the mix stand only where
the video itself was seen nowhere, and the sheet then says that it is a mix.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from collector.common.model import ItemKind
from collector.platforms.registry import spec_of
from collector.store import Store
from collector.store.rows import Row


@dataclass(frozen=True, slots=True)
class ToCode:
    """One item, as a coder is to see it."""

    item_id: str
    url: str
    """Where it can be looked at, on the real site; empty where there is no such place."""
    kind: str
    title: str
    channel: str
    capture: str = ""
    """A capture that it stands in, for its picture; never on a sheet."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an item was shown: for afterwards, not for coders."""

    item_id: str
    surface: str
    arm: str
    puppets: int
    pages: int
    best_position: int


_LISTED = """
SELECT i.item_id, i.kind, i.title, i.channel_name, i.href, i.capture, i.surface
FROM impressions i
JOIN captures c ON c.id = i.capture AND c.status IN ('ok', 'partial')
WHERE i.item_id IS NOT NULL AND i.item_id <> '' AND coalesce(i.kind, '') <> 'ad'
ORDER BY c.puppet, c.session, c.seq, i.surface, i.position
"""
_WATCHED = """
SELECT DISTINCT r.video_id AS item_id, 'video' AS kind, NULL AS title, NULL AS channel_name,
       '/watch?v=' || r.video_id AS href, '' AS capture, 'watched' AS surface
FROM receipts r ORDER BY r.video_id
"""
#: Videos on whose own pages puppets were: what a video that no list had is called.
_PAGES = """
SELECT json_extract(o.fields, '$.videoId') AS item_id, 'video' AS kind,
       json_extract(o.fields, '$.title') AS title,
       json_extract(o.fields, '$.authorName') AS channel_name,
       '/watch?v=' || json_extract(o.fields, '$.videoId') AS href, '' AS capture, '' AS surface
FROM observations o
JOIN captures c ON c.id = o.capture AND c.status IN ('ok', 'partial')
WHERE o.kind = 'video' AND json_extract(o.fields, '$.title') <> ''
ORDER BY c.puppet, c.session, c.seq
"""


def to_code(store: Store, surfaces: Collection[str] = ()) -> list[ToCode]:
    """Every item once, sorted by id: no order of showing is left in it.

    :param surfaces: only items of these lists (``home``, ``related``, ``search``, …; ``watched``:
        what the puppets watched). None: all of them.
    """
    runs = store.runs()
    origin = spec_of(runs[-1]["platform"]).site if runs else ""
    found: dict[str, ToCode] = {}
    elsewhere: dict[str, ToCode] = {}
    for row in _rows(store):
        there = elsewhere if surfaces and row["surface"] not in surfaces else found
        item, before = _item(row, origin), there.get(_id(row))
        if before is None or _known(item) > _known(before):
            there[item.item_id] = item
    if any(_known(item) < _ITSELF for item in found.values()):
        for row in store.rows(_PAGES):
            item, before = _item(row, origin), elsewhere.get(row["item_id"])
            if before is None or _known(item) > _known(before):
                elsewhere[row["item_id"]] = item
    return [_named(found[item], elsewhere.get(item)) for item in sorted(found)]


def known_ids(store: Store) -> set[str]:
    """Every id that a label of the run can be about: items, and the channels that they are of."""
    found = {item.item_id for item in to_code(store)}
    for row in store.rows(
        "SELECT DISTINCT item_id FROM impressions WHERE item_id IS NOT NULL"
        " UNION SELECT DISTINCT replace(channel_href, '/channel/', '') FROM impressions"
        " WHERE channel_href IS NOT NULL UNION SELECT item_id FROM labels"
    ):
        found.add(row["item_id"])
    return found


def shown(store: Store) -> Iterator[Shown]:
    """Where each item was shown, by list and arm; sorted."""
    for row in store.rows(
        "SELECT CASE WHEN i.kind = 'mix' THEN substr(i.item_id, -11) ELSE i.item_id END AS item,"
        " i.surface, p.arm, count(DISTINCT p.id) AS puppets, count(DISTINCT c.id) AS pages,"
        " min(i.position) AS best FROM impressions i"
        " JOIN captures c ON c.id = i.capture AND c.status IN ('ok', 'partial')"
        " JOIN puppets p ON p.id = c.puppet"
        " WHERE i.item_id IS NOT NULL AND i.item_id <> '' AND coalesce(i.kind, '') <> 'ad'"
        " GROUP BY item, i.surface, p.arm ORDER BY item, i.surface, p.arm"
    ):
        yield Shown(
            row["item"], row["surface"], row["arm"], row["puppets"], row["pages"], row["best"]
        )


def _rows(store: Store) -> Iterator[Row]:
    yield from store.rows(_LISTED)
    yield from store.rows(_WATCHED)


#: What a title is of: none, a mix, the item itself.
_NOTHING, _MIX, _ITSELF = range(3)


def _known(item: ToCode) -> int:
    if not item.title:
        return _NOTHING
    return _MIX if item.kind == ItemKind.MIX else _ITSELF


def _named(item: ToCode, other: ToCode | None) -> ToCode:
    """The item, called as it was elsewhere if it stands without a title of its own where it was
    asked for."""
    if other is None or _known(other) <= _known(item):
        return item
    own = "" if _known(item) == _MIX else item.channel
    return replace(item, kind=other.kind, title=other.title, channel=own or other.channel)


def _id(row: Row) -> str:
    item = str(row["item_id"])
    return item[-11:] if row["kind"] == ItemKind.MIX else item


def _item(row: Row, origin: str) -> ToCode:
    mix = row["kind"] == ItemKind.MIX
    item, href = _id(row), str(row["href"] or "")
    if mix:
        href = f"/watch?v={item}"
    return ToCode(
        item_id=item,
        url=urljoin(origin + "/", _path(href)) if href and origin else "",
        kind=str(row["kind"] or ""),
        title=row["title"] or "",
        channel=row["channel_name"] or "",
        capture=row["capture"],
        href=href,
    )


def _path(href: str) -> str:
    """An address without its host: the mock's is nobody's to visit."""
    if "://" not in href:
        return href
    rest = href.split("://", 1)[1]
    return "/" + rest.partition("/")[2]
