"""sqlite-utils, loaded without pandas.

It imports pandas where that is installed, to know how a time stamp of pandas is stored, which costs
every process half a second. No row of ours holds one.
"""

from __future__ import annotations

import sys

_asked = "pandas" not in sys.modules
if _asked:
    sys.modules["pandas"] = None  # type: ignore[assignment]  # its import fails at once
try:
    from sqlite_utils import Database
finally:
    if _asked:
        del sys.modules["pandas"]

__all__ = ["Database"]
