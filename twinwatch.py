"""twinwatch for analysis: a run's tables as data frames.

>>> import twinwatch
>>> run = twinwatch.load("runs/mine")                        # doctest: +SKIP
>>> run.outcomes().groupby(["outcome", "arm"]).value.mean()  # doctest: +SKIP

>>> twinwatch.FRAMES["receipts"].columns["page_s"].about     # doctest: +SKIP

- ``load``: a run's folder as a ``Run``.
- ``Run``: a method a frame (pandas), ``table`` for Arrow, ``numbers`` for the report's numbers.
- ``FRAMES``: frame → its columns, each with its type, its meaning and its unit.
- ``UserError``: what every bad input raises; ``str()`` of it says place, problem and fix.
- ``__version__``: of the installed package; ``0+source`` where none is installed.

The instrument itself is in the packages ``collector`` and ``mockserver``. See docs/frames.md.
"""

from __future__ import annotations

from collector import __version__
from collector.common.errors import UserError
from collector.frames import FRAMES, Run, load

__all__ = ["FRAMES", "Run", "UserError", "__version__", "load"]
