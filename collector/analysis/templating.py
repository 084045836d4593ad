"""How the templates of reports and comparisons are filled in."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from collector.analysis import words

if TYPE_CHECKING:
    from jinja2 import Environment

_LONG = re.compile(r"[^\s-]{13,}")


def _breaks(text: str) -> Markup:
    """Long words with places to break them every ten letters: a name heads a narrow column."""
    cut = _LONG.sub(lambda word: "\0".join(re.findall(r".{1,10}", word[0], re.DOTALL)), text)
    return Markup("<wbr>").join(cut.split("\0"))


@cache
def environment() -> Environment:
    """What the pages of this room are filled in by: every filter and function of their templates.

    >>> environment().from_string("{{ 0.25 | percent }}").render()
    '25 %'
    """
    # Heavy: most that know of reports write none.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("collector.analysis", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": words.percent,
        "signed": words.signed,
        "p": words.p_value,
        "interval": words.interval,
        "surface": words.surface,
        "word": words.verdict_word,
        "because": words.because,
        "breaks": _breaks,
        "ms": lambda value: f"{value:.0f} ms" if value >= 1 or not value else "under 1 ms",
        "minutes": lambda seconds: f"{seconds / 60:.1f}",
        "when": lambda text: f"{text[:19].replace('T', ' ')} UTC" if text else "–",
        "pretty": lambda value: json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
    }
    made.globals |= {
        "number": words.number,
        "listed": words.listed,
        "amount": words.amount,
        "level": words.level,
        "subject": words.subject,
    }
    return made
