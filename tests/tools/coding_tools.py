"""Coders for tests: sheets are filled in as people would, from what a made-up run knows."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from collector.export.text import plain_cell
from collector.store import Store

Says = Callable[[str], tuple[str, str, str]]
"""Item id → label, unsure, note."""


def truth_of(run: Path) -> dict[str, str]:
    """The labels that the run began with."""
    with Store(run / "store.db", readonly=True) as store:
        return {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM labels")}


def exposure_of(run: Path) -> list[tuple[object, ...]]:
    """Everything that the view ``exposure`` says of who was shown what about which topic."""
    with Store(run / "store.db", readonly=True) as store:
        return [tuple(row.values()) for row in store.rows(
            "SELECT puppet, capture, surface, position, kind, item_id, topic FROM exposure"
            " WHERE kind <> 'ad' ORDER BY capture, surface, position")]  # fmt: skip


def rows_of(sheet: Path) -> list[dict[str, str]]:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return [
            {key: plain_cell(value) for key, value in row.items()} for row in csv.DictReader(file)
        ]


def fill(sheet: Path, says: Says | Mapping[str, str], out: Path | None = None) -> Path:
    """Code every row; what a mapping does not know is ``other``."""
    rows = rows_of(sheet)
    for row in rows:
        found = (
            says(row["item_id"]) if callable(says) else (says.get(row["item_id"], "other"), "", "")
        )
        row["label"], row["unsure"], row["note"] = found
    target = out or sheet
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target


def as_xlsx(sheet: Path, target: Path) -> Path:
    """The rows of a CSV as a workbook, by hand: numbers as numbers, the rest inline text."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))

    def cell(text: str) -> str:
        try:
            float(text)
        except ValueError:
            return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        return f"<c><v>{text}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="a" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>'
        "</worksheet>",
    }  # fmt: skip
    with zipfile.ZipFile(target, "w") as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return target
