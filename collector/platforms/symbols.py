"""How many characters a text has for who reads it, as the references' library counted them."""

from __future__ import annotations

import re

_COMBO = "\u0300-\u036f\ufe20-\ufe2f\u20d0-\u20ff"
_SKIN = "\U0001f3fb-\U0001f3ff"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_PLAIN = f"[^{_COMBO}\ufe0e\ufe0f\U00010000-\U0010ffff]"
_MOD = f"(?:[{_COMBO}]|[{_SKIN}])?"
_SYMBOL = re.compile(
    f"[{_SKIN}](?=[{_SKIN}])"
    f"|(?:{_PLAIN}[{_COMBO}]?|[{_COMBO}]|{_FLAG}|[\U00010000-\U0010ffff]|[\ufe0e\ufe0f])"
    f"[\ufe0e\ufe0f]?{_MOD}"
    f"(?:\u200d(?:{_PLAIN}|{_FLAG}|[\U00010000-\U0010ffff])[\ufe0e\ufe0f]?{_MOD})*",
    re.DOTALL,
)


def symbols(text: str) -> int:
    """How many characters a reader sees: what the reference calls a text's size.

    >>> symbols("✍️ OPINIÓN"), symbols("👨‍👩‍👧 ok"), symbols("🇮🇹🇫🇷"), symbols("👍🏽x")
    (9, 4, 2, 2)
    """
    return len(text) if text.isascii() else sum(1 for _ in _SYMBOL.finditer(text))
