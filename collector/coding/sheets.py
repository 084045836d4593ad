"""A sheet a coder: every item once, in an order of her own, and nothing of what was found.

The columns are ``item_id,url,kind,title,channel,picture,label,unsure,note``; ``picture`` is a file
beside the sheet where the run kept the picture, or else its address where the page had one. Arm,
puppet, rank and count stand in ``not-for-coders/where-shown.csv``, which nobody who still codes
should open.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from collector.cells import safe_cell, text_cell
from collector.coding.codebook import FILE, draft
from collector.coding.items import Shown, ToCode, shown, to_code
from collector.coding.pictures import Pictures, Seen
from collector.coding.thumbnails import Thumbnail, drawn_anew, write_picture
from collector.coding.workbook import write_workbook
from collector.common.errors import UserError
from collector.common.typed import typed
from collector.environment import refusals
from collector.export import open_run_store
from collector.files import shared_file
from collector.outputs import output

COLUMNS = ("item_id", "url", "kind", "title", "channel", "label", "unsure", "note")
"""Columns that a sheet must have; older ones have no ``picture``."""
HEAD = (*COLUMNS[:5], "picture", *COLUMNS[5:])
UNBLIND = Path("not-for-coders") / "where-shown.csv"


class Form(StrEnum):
    """What a sheet is: text for any program, or a workbook that has the pictures in it."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Written:
    """What an export wrote."""

    sheets: dict[str, Path]
    """Coder → file."""
    rows: dict[str, int]
    """Coder → how many items."""
    items: int
    """How many items are coded by anybody."""
    shared: int
    """How many by all coders."""
    codebook: Path
    pictures: int
    """How many items have a picture beside the sheets."""


def write_sheets(
    run: Path,
    out: Path,
    *,
    coders: Sequence[str] = (),
    surfaces: Collection[str] = (),
    sample: int | None = None,
    overlap: float = 1.0,
    codebook: Path | None = None,
    form: Form = Form.CSV,
) -> Written:
    """Write what has to be coded, a sheet a coder, with a codebook and the pictures that there are.

    :param coders: names of letters, digits, ``-`` and ``_``; none: one coder, ``A``.
    :param surfaces: only items that these lists showed.
    :param sample: so many items, drawn by the run's seed.
    :param overlap: share (0–1) of the items that every coder codes; the rest is dealt out.
    :param form: of the sheets; a workbook has the pictures in it, and nothing is ever fetched.
    :param codebook: a file that is there already; without it a draft with the declared labels.
    :raises UserError: no run, nothing to code, or a sheet that is there already: it may be coded.
    """
    names = list(dict.fromkeys(coders)) or ["A"]
    for name in names:
        if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 40:
            raise UserError(
                f"{name!r} is not a name of a coder",
                place="--coder",
                fix="use letters, digits, - and _",
            )
    with open_run_store(run) as store:
        about = store.runs()[-1]
        items, places = to_code(store, surfaces), list(shown(store))
        declared = _declared(about["analysis"])
    if not items:
        raise UserError(
            "there is nothing to code: no page with data shows an item",
            place=str(run),
            fix="leave --surface out"
            if surfaces
            else f"collector status {typed(run)} says whether it has run, and what is missing"
            " of it",
        )
    seed = int(about["seed"])
    pictures = Pictures(run, items).seen()
    random.Random(f"{seed} sample").shuffle(items)
    items = items[:sample]
    shared = round(len(items) * overlap) if len(names) > 1 else len(items)
    dealt = {
        name: items[:shared] + items[shared + number :: len(names)]
        for number, name in enumerate(names)
    }
    targets = {name: out / f"coder-{name}.{form.value}" for name in names}
    book = codebook or out / FILE
    for path in targets.values():
        if path.exists():
            raise UserError(
                "there is a sheet already, and somebody may have coded it",
                place=str(path),
                fix="name another folder with --out, or move that file away",
            )
    with refusals(out, fix="name a folder that can be written: --out"):
        out.mkdir(parents=True, exist_ok=True)
        seen = {
            item.item_id: _kept(out, item.item_id, pictures.get(item.item_id)) for item in items
        }
        for name, own in dealt.items():
            random.Random(f"{seed} {name}").shuffle(own)
            write_sheet(targets[name], own, seen, form)
        if not book.exists():
            shared_file(book, draft(declared).encode())
        coded = {item.item_id for item in items}
        _write_shown(out / UNBLIND, [each for each in places if each.item_id in coded])
    return Written(
        sheets=targets,
        rows={name: len(own) for name, own in dealt.items()},
        items=len(items),
        shared=shared,
        codebook=book,
        pictures=sum(each.thumbnail is not None for each in seen.values()),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a sheet says of a picture."""

    told: str = ""
    thumbnail: Thumbnail | None = None


def _kept(out: Path, item_id: str, seen: Seen | None) -> _Kept:
    """An item's picture, as a file beside the sheets where it can be drawn; else its address."""
    if seen is None:
        return _Kept()
    small = drawn_anew(seen.picture) if seen.picture is not None else None
    if small is None:
        return _Kept(seen.address)
    return _Kept(write_picture(out, item_id, small.data), small)


def _declared(analysis: str | None) -> list[str]:
    return list(json.loads(analysis or "{}").get("exposure") or ())


def write_sheet(
    path: Path,
    items: Sequence[ToCode],
    seen: Mapping[str, _Kept] = MappingProxyType({}),
    form: Form = Form.CSV,
) -> None:
    """One sheet, not coded yet: RFC 4180, UTF-8 with a mark, so that spreadsheets read it so; or a
    workbook."""
    rows = [
        (item.item_id, item.url, item.kind, item.title, item.channel,
         seen.get(item.item_id, _Kept()).told, "", "", "")
        for item in items
    ]  # fmt: skip
    if form is Form.XLSX:
        small = {
            number: found
            for number, item in enumerate(items)
            if (found := seen.get(item.item_id, _Kept()).thumbnail) is not None
        }
        with output(path, new=True) as place:
            write_workbook(place, HEAD, rows, small)
        return
    with output(path, new=True) as place, place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEAD)
        writer.writerows([text_cell(row[0]), *map(safe_cell, row[1:])] for row in rows)


def _write_shown(path: Path, places: Sequence[Shown]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with output(path) as place, place.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(field.name for field in fields(Shown))
        for each in places:
            rows.writerow([safe_cell(cell) for cell in astuple(each)])
