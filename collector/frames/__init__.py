"""The tables of a run as data frames: what the report is made of, a row a thing, documented.

Protects an analysis of one's own from deriving anew what the report derives: which capture stands
for a page load, which slot and phase it belongs to, what an item is about and how much attention
its rank gets. The same columns come as pandas frames (:func:`load`), as Arrow tables
(:meth:`Run.table`) and as files (``collector export --frames``).

:mod:`columns` says what each column is, :mod:`whereabouts` where a step or a capture stands in the
session, :mod:`tables` makes the tables, and :mod:`run` is the public face, ``import twinwatch``.
"""

from __future__ import annotations

from collector.frames.columns import FRAMES, Kind
from collector.frames.run import Run, load

__all__ = ["FRAMES", "Kind", "Run", "load"]
