"""The site's own nouns, language by language: the only hand-made tables (``words.json``).

``VIEWS`` are templates around a count, ``NO_VIEWS`` whole texts, ``WATCHING`` templates of live
audiences, ``LIVE``/``UPCOMING``/``SHORTS`` the badges on thumbnails, ``SPONSORED`` the mark of what
is paid for, ``CREATORS`` the ends of bylines that count further creators. Regional variants of a
language share its row.
"""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "words.json")

VIEWS: dict[str, tuple[str, ...]] = _DATA["views"]
NO_VIEWS: dict[str, tuple[str, ...]] = _DATA["no_views"]
#: One and two views, where a word says the number.
WORDED_VIEWS: dict[str, dict[str, int]] = _DATA["worded_views"]

#: A live audience: in a card, a count that is not of views.
WATCHING: dict[str, tuple[str, ...]] = _DATA["watching"]

#: Badges, folded by case.
LIVE: frozenset[str] = frozenset(_DATA["live"])
UPCOMING: frozenset[str] = frozenset(_DATA["upcoming"])
SHORTS: frozenset[str] = frozenset(_DATA["shorts"])
#: Marks of paid items, whole texts folded by case.
SPONSORED: frozenset[str] = frozenset(_DATA["sponsored"])

#: Ends of bylines, ``{n}`` being how many more there are.
CREATORS: dict[str, tuple[str, ...]] = _DATA["creators"]
