"""twinwatch for analysis: a run's tables as data frames.

>>> import twinwatch
>>> run = twinwatch.load("runs/mine")                        # doctest: +SKIP
>>> run.outcomes().groupby(["outcome", "arm"]).value.mean()  # doctest: +SKIP

The instrument itself is in the packages ``collector`` and ``mockserver``. See docs/frames.md.
"""

from __future__ import annotations

from collector import __version__
from collector.common.errors import UserError
from collector.frames import FRAMES, Run, load

__all__ = ["FRAMES", "Run", "UserError", "__version__", "load"]
