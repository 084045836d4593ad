"""The site's words in its seven languages (``words.json``).

``{n}`` is a count that has been written in the language already, ``{name}`` a person or page.
"""

from __future__ import annotations

from collector.common.jsondata import load

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar")

_DATA = load(__package__, "words.json")

#: By language, the words under their keys.
TEXT: dict[str, dict[str, str]] = _DATA["text"]

#: Units of abbreviated counts: thousands, millions; whether they stand off by a no-break space.
UNITS: dict[str, tuple[str, str]] = _DATA["units"]

#: Minutes, hours and days as the newer markup writes them behind a number.
AGES: dict[str, tuple[str, str, str]] = _DATA["ages"]
