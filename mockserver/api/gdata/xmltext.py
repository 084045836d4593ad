"""Text that XML can hold: control characters and lone surrogates are no XML, however escaped."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """``text`` without what no XML document may contain.

    >>> legal("a\\x00b\\ud800c")
    'abc'
    """
    return text if text.isprintable() else _ILLEGAL.sub("", text)
