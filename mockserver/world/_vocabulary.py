"""The vocabulary itself: concept words by topic and language, title patterns by language.

``vocabulary.json`` holds both. The i-th word of every language of a topic names the same concept;
``{a}`` and ``{b}`` of a pattern are concepts, ``{p}`` a person, ``{n}`` a number.
"""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "vocabulary.json")

#: By topic and language, ten concepts each.
WORDS: dict[str, dict[str, tuple[str, ...]]] = _DATA["words"]

#: By language, the patterns of titles.
PATTERNS: dict[str, tuple[str, ...]] = _DATA["patterns"]
