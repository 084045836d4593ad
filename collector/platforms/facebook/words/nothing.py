"""What the site says in the place of posts, or where they end (``nothing.json``)."""

from __future__ import annotations

from collector.common.jsondata import load

#: By language, phrases in lower case.
NOTHING: dict[str, tuple[str, ...]] = load(__package__, "nothing.json")["nothing"]
