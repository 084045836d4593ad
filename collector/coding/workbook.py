"""A sheet as a workbook (XLSX) with its pictures in it, written by hand: rows of text, no formula.

The parts are those of ECMA-376: one worksheet, its strings inline, one drawing that holds the
pictures. Nothing in a cell is ever run, so nothing needs an apostrophe in front.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from collector.coding.thumbnails import Thumbnail

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_TYPE = "application/vnd.openxmlformats-officedocument"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: English metric units in a pixel, at 96 dpi.
_EMU = 9525
#: Height of a row with a picture, points; of the picture, px.
_ROW_PT, _HIGH = 72, 90
#: Characters that XML 1.0 cannot hold.
_BARRED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: As many as a cell can hold.
_MOST = 32_767
_WIDTHS = {"title": 50, "url": 20, "picture": 24, "channel": 20, "note": 30}


def write_workbook(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    pictures: Mapping[int, Thumbnail],
) -> None:
    """Write rows of text under their columns' names.

    :param pictures: number of a row, from 0 → the picture that is laid over its cell in the column
        ``picture``.
    """
    at = columns.index("picture") if pictures else 0
    numbers = {row: number for number, row in enumerate(sorted(pictures), 1)}
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(bool(pictures)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations([("worksheet", "worksheets/sheet1.xml")]),
        "xl/worksheets/sheet1.xml": _sheet(columns, rows, pictures),
    }
    if pictures:
        media = [("image", f"../media/image{number}.jpg") for number in numbers.values()]
        parts |= {
            "xl/worksheets/_rels/sheet1.xml.rels": _relations(
                [("drawing", "../drawings/drawing1.xml")]
            ),
            "xl/drawings/drawing1.xml": _drawing(at, numbers, pictures),
            "xl/drawings/_rels/drawing1.xml.rels": _relations(media),
            **{f"xl/media/image{numbers[row]}.jpg": pictures[row].data for row in numbers},
        }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            data = content if isinstance(content, bytes) else (_HEAD + content).encode()
            book.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # no date: same bytes


def _types(drawing: bool) -> str:
    more = (
        f'<Default Extension="jpg" ContentType="image/jpeg"/>'
        f'<Override PartName="/xl/drawings/drawing1.xml" ContentType="{_TYPE}.drawing+xml"/>'
        if drawing
        else ""
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml"'
        f' ContentType="{_TYPE}.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        f' ContentType="{_TYPE}.spreadsheetml.worksheet+xml"/>{more}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _sheet(
    columns: Sequence[str], rows: Sequence[Sequence[str]], pictures: Mapping[int, object]
) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{_WIDTHS.get(name, 14)}" customWidth="1"/>'
        for n, name in enumerate(columns, 1)
    )
    lines = [_row(1, columns, "")]
    for number, row in enumerate(rows):
        high = f' ht="{_ROW_PT}" customHeight="1"' if number in pictures else ""
        lines.append(_row(number + 2, row, high))
    drawing = '<drawing r:id="rId1"/>' if pictures else ""
    return (
        f'<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>{''.join(lines)}</sheetData>{drawing}"
        "</worksheet>"
    )


def _row(number: int, cells: Sequence[str], high: str) -> str:
    texts = "".join(
        f'<c r="{_letter(at)}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(_BARRED.sub('', text)[:_MOST])}</t></is></c>"
        for at, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}"{high}>{texts}</row>'


def _letter(at: int) -> str:
    """A column of the first 26, from 0."""
    return chr(ord("A") + at)


def _drawing(at: int, numbers: Mapping[int, int], pictures: Mapping[int, Thumbnail]) -> str:
    found = []
    for row, number in numbers.items():
        shown = pictures[row]
        scale = min(1.0, _HIGH / shown.height) * _EMU
        size = f'cx="{round(shown.width * scale)}" cy="{round(shown.height * scale)}"'
        found.append(
            f"<xdr:oneCellAnchor><xdr:from><xdr:col>{at}</xdr:col><xdr:colOff>19050</xdr:colOff>"
            f"<xdr:row>{row + 1}</xdr:row><xdr:rowOff>19050</xdr:rowOff></xdr:from>"
            f"<xdr:ext {size}/><xdr:pic><xdr:nvPicPr>"
            f'<xdr:cNvPr id="{number + 1}" name="picture {number}"/><xdr:cNvPicPr/></xdr:nvPicPr>'
            f'<xdr:blipFill><a:blip r:embed="rId{number}"/><a:stretch><a:fillRect/></a:stretch>'
            f'</xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>'
            "<xdr:clientData/></xdr:oneCellAnchor>"
        )
    return (
        f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main"'
        f' xmlns:r="{_OFFICE}">{"".join(found)}</xdr:wsDr>'
    )
