"""Labels after the fact: what was seen is written out, coded by people, and brought back.

Protects three rules of a content analysis. Coders are blind: a sheet says what an item is, never
who was shown it, where in the list or how often. Nothing is lost: each import is a version of its
own, and what the run itself knew stays as it was. And nothing is guessed: a label that is not in
the codebook, or an id that the run never saw, is refused with its line.

:mod:`items` says what is to be coded, :mod:`codebook` with which words, :mod:`sheets` writes a
sheet a coder, :mod:`reading` reads them back, :mod:`agreement` measures how far coders agree,
:mod:`versions` keeps what they said, and :mod:`page` is the same sheet as a local page.
"""

from __future__ import annotations

from collector.coding.codebook import Codebook, read_codebook
from collector.coding.items import Shown, ToCode, shown, to_code
from collector.coding.reading import Sheet, read_sheet
from collector.coding.sheets import Written, write_sheets
from collector.coding.versions import Brought, bring_in

__all__ = [
    "Brought",
    "Codebook",
    "Sheet",
    "Shown",
    "ToCode",
    "Written",
    "bring_in",
    "read_codebook",
    "read_sheet",
    "shown",
    "to_code",
    "write_sheets",
]
