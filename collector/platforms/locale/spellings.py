"""Multipliers and ages that sites spell otherwise than the locale data does (``spellings.json``).

Regional variants of a language share its row.
"""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "spellings.json")

#: Multipliers that sites write and the locale data writes otherwise, by language.
MULTIPLIERS: dict[str, dict[str, int]] = _DATA["multipliers"]

#: "ago" forms that the locale data lacks or spells otherwise, by language: (unit, pattern), and the
#: plural where the pattern has no number and is not one unit alone.
AGES: dict[str, tuple[tuple[str, ...], ...]] = _DATA["ages"]
