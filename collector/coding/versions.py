"""Sheets become a version of the run's labels; what they say together is in force from then on.

Protects the record of who said what: every sheet is kept row by row with its hash, a version is
never changed, and the same sheets brought in twice are one version.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from collector.analysis.labelling import RESOLVED, fingerprint
from collector.coding.agreement import agreement
from collector.coding.codebook import FILE, Codebook, read_codebook
from collector.coding.items import known_ids, to_code
from collector.coding.reading import Coding, Sheet, read_sheet
from collector.common.errors import UserError
from collector.common.model import Platform
from collector.export import open_run_store
from collector.store import Store
from collector.store.rows import packed
from collector.store.times import now_iso


@dataclass(frozen=True)
class Brought:
    """What an import did."""

    version: int
    new: bool
    """``False``: these sheets are a version already, and nothing was written."""
    sheets: tuple[Sheet, ...]
    judge: Sheet | None
    resolved: int
    """Items that have a label now."""
    contested: tuple[str, ...]
    """Items on which coders differ and nobody settled it: they have no label."""
    uncoded: int
    """Items of the run that no sheet has a label for."""
    agreement: Mapping[str, Any]
    sha256: str
    codebook: Path | None
    """Where the labels come from that were allowed; ``None``: any label was."""


def bring_in(
    run: Path,
    sheets: Sequence[Path],
    *,
    coders: Sequence[str] = (),
    adjudicate: Path | None = None,
    codebook: Path | None = None,
) -> Brought:
    """Read sheets, resolve them, and keep them as the run's newest labels.

    An item has the label that all its coders gave; else that of who settles it (``adjudicate``);
    else what more than half of them say; else that of the only coder who was sure; on a scale the
    mean. Otherwise it is contested, and has none.

    :param coders: names in the order of the sheets; else ``coder-A.csv`` is of ``A``.
    :param codebook: without it the ``codebook.yaml`` beside the first sheet.
    :raises UserError: a sheet, the codebook or the store cannot be used; nothing was written.
    """
    names = _names(sheets, coders)
    beside = sheets[0].parent / FILE
    place = codebook or (beside if beside.exists() else None)
    book = read_codebook(place) if place else Codebook()
    with open_run_store(run) as store:
        platform = Platform(store.runs()[-1]["platform"])
        known, wanted = known_ids(store), {item.item_id for item in to_code(store)}
    read = [
        read_sheet(path, coder=name, codebook=book, known=known, platform=platform)
        for path, name in zip(sheets, names, strict=True)
    ]
    judge = None
    if adjudicate is not None:
        judge = read_sheet(
            adjudicate, coder="adjudicator", codebook=book, known=known, platform=platform
        )
    resolved, contested = resolve(read, judge, scale=book.scale is not None)
    coded = {
        sheet.coder: {item: c.label for item, c in sheet.codings.items() if c.label is not None}
        for sheet in read
    }
    agreed = agreement(coded, numeric=book.numeric) if len(read) > 1 else {}
    version, new = _keep(run, read, judge, book, resolved, agreed)
    return Brought(
        version=version,
        new=new,
        sheets=tuple(read),
        judge=judge,
        resolved=len(resolved),
        contested=contested,
        uncoded=len(wanted - resolved.keys()),
        agreement=agreed,
        sha256=fingerprint(resolved),
        codebook=place,
    )


def _names(sheets: Sequence[Path], coders: Sequence[str]) -> list[str]:
    """Who coded each sheet."""
    if coders and len(coders) != len(sheets):
        raise UserError(
            f"{len(sheets)} sheets and {len(coders)} names",
            place="--coder",
            fix="name every coder, in the order of the sheets, or none",
        )
    names = list(coders) or [path.stem.removeprefix("coder-") for path in sheets]
    for name in names:
        if names.count(name) > 1 or name in (RESOLVED, "adjudicator") or not name.strip():
            raise UserError(
                f"{name!r} cannot be the name of a coder"
                + (" of two sheets" if names.count(name) > 1 else ""),
                place="--coder",
                fix="name each coder with --coder, in the order of the sheets",
            )
    return names


def resolve(
    sheets: Sequence[Sheet], judge: Sheet | None, *, scale: bool = False
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Item id → the label that counts; and the items that are contested. See :func:`bring_in`."""
    settled = {} if judge is None else judge.codings
    items = dict.fromkeys(item for sheet in sheets for item in sheet.codings)
    items |= dict.fromkeys(settled)
    resolved: dict[str, str] = {}
    contested: list[str] = []
    for item in sorted(items):
        said = [sheet.codings[item] for sheet in sheets if item in sheet.codings]
        if (last := settled.get(item)) is not None and last.label is not None:
            resolved[item] = last.label
            continue
        said = [coding for coding in said if coding.label is not None]
        if not said:
            continue
        label = _together(said, scale)
        if label is None:
            contested.append(item)
        else:
            resolved[item] = label
    return resolved, tuple(contested)


def _together(said: Sequence[Coding], scale: bool) -> str | None:
    """The label that several codings make, or ``None`` if it is open."""
    if scale:
        return f"{fmean(float(coding.label or 0) for coding in said):.15g}"
    label, count = Counter(coding.label for coding in said).most_common(1)[0]
    if count * 2 > len(said):
        return label
    sure = {coding.label for coding in said if not coding.unsure}
    return sure.pop() if len(sure) == 1 else None


def _keep(
    run: Path,
    sheets: Sequence[Sheet],
    judge: Sheet | None,
    book: Codebook,
    resolved: Mapping[str, str],
    agreed: Mapping[str, Any],
) -> tuple[int, bool]:
    """Write the version; returns its number, and whether it is a new one."""
    files: list[dict[str, Any]] = [
        {"coder": sheet.coder, "name": sheet.name, "sha256": sheet.sha256} for sheet in sheets
    ]
    if judge is not None:
        files.append(
            {"coder": judge.coder, "name": judge.name, "sha256": judge.sha256, "adjudicates": True}
        )
    about = {
        "coders": packed([sheet.coder for sheet in sheets]),
        "files": packed(files),
        "codebook": packed(book.as_data()),
        "agreement": packed(agreed) if agreed else None,
        "sha256": fingerprint(resolved),
    }
    path = run if run.is_file() else run / "store.db"
    with contextlib.closing(Store(path, create=False)) as store, store.transaction():
        last = 0
        for row in store.rows("SELECT * FROM label_versions ORDER BY version"):
            last = int(row["version"])
            if all(row[column] == value for column, value in about.items()):
                return last, False
        version = last + 1
        store.db.table("label_versions").insert({"version": version, "made": now_iso(), **about})
        rows: list[dict[str, Any]] = [
            {
                "version": version,
                "coder": sheet.coder,
                "item_id": item,
                "label": coding.label,
                "unsure": int(coding.unsure),
                "note": coding.note or None,
                "file_sha256": sheet.sha256,
            }
            for sheet in [*sheets, *([judge] if judge else [])]
            for item, coding in sorted(sheet.codings.items())
        ]
        rows += [
            {
                "version": version,
                "coder": RESOLVED,
                "item_id": item,
                "label": label,
                "unsure": 0,
                "note": None,
                "file_sha256": None,
            }
            for item, label in resolved.items()
        ]
        store.db.table("codings").insert_all(rows)
    return version, True
