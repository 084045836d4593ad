"""The same warning of many arms is said once, with how many arms it is said of."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ARM = re.compile(r"\Aarms\.([a-z0-9-]+)((?:\.[^:\s]*)?: .*)", re.ASCII | re.DOTALL)

#: So many arms may each have a sentence of their own.
_FEW = 3


def folded(sentences: Iterable[str]) -> list[str]:
    """``sentences`` in their order; one that more than three ``arms.NAME: …`` share stands once, at
    the first of them: ``arms.NAME (and 7 more arms): …``."""
    told: dict[str, list[str]] = {}
    for sentence in sentences:
        found = _ARM.fullmatch(sentence)
        told.setdefault(found[2] if found else sentence, []).append(found[1] if found else "")
    lines: list[str] = []
    for rest, arms in told.items():
        names = list(dict.fromkeys(arms))
        if names == [""]:
            lines.append(rest)
        elif len(names) <= _FEW:
            lines += [f"arms.{name}{rest}" for name in names]
        else:
            lines.append(f"arms.{names[0]} (and {len(names) - 1:,} more arms){rest}")
    return lines
