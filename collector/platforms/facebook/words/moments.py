"""Times as the feed words them, where the locale data does otherwise (``moments.json``)."""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "moments.json")

#: "Just now" and "yesterday", in lower case.
NOW: tuple[str, ...] = _DATA["now"]
YESTERDAY: tuple[str, ...] = _DATA["yesterday"]

#: Units that the locale data writes otherwise than the site does.
UNITS: dict[str, tuple[str, ...]] = _DATA["units"]
