"""A sheet as a workbook (XLSX) with its pictures in it: rows of text, no formula.

Nothing in a cell is ever run, so nothing needs an apostrophe in front.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook

from collector.coding.thumbnails import Thumbnail

#: Height of a row with a picture and its name below it, points; of the picture, px; between the
#: picture and its cell, px; of the letters of its name, points.
_ROW_PT, _HIGH, _GAP, _NAME_PT = 82, 90, 2, 6
_A4 = 9
#: Characters that XML 1.0 cannot hold.
_BARRED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: As many as a cell can hold.
_MOST = 32_767
#: Of columns, in characters; others have the last.
_WIDTHS = {"item_id": 20, "title": 50, "url": 20, "picture": 24, "channel": 20, "note": 30, "": 14}
#: The same rows are the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


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
    with Workbook(str(path), {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet("sheet")
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        name_of_picture = book.add_format(
            {"valign": "bottom", "font_size": _NAME_PT, "shrink": True}
        )
        for at, name in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(name, _WIDTHS[""]), cell)
        for number, row in enumerate((columns, *rows)):
            for at, text in enumerate(row):
                if text:
                    over = number - 1 in pictures and columns[at] == "picture"
                    look = name_of_picture if over else cell
                    sheet.write_string(number, at, _BARRED.sub("", text)[:_MOST], look)
        for number, shown in pictures.items():
            scale = min(1.0, _HIGH / shown.height)
            sheet.set_row(number + 1, _ROW_PT)
            sheet.insert_image(
                number + 1,
                columns.index("picture"),
                "picture.jpg",
                {
                    "image_data": io.BytesIO(shown.data),
                    "x_scale": scale,
                    "y_scale": scale,
                    "x_offset": _GAP,
                    "y_offset": _GAP,
                },
            )
