"""Elements of a page as they stand in its text: cut out, never parsed and written again.

What is signed and sent must be the bytes that were captured, so an element is found by the tags
around it and cut. One pass over the text; nothing is read twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_ATTRIBUTES = r"(?:[^=>]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+"
#: A comment, an element whose content is not markup, or any tag with its quoted attributes. What is
#: opened and never closed takes the rest of the text, as in a browser: nothing is read twice.
TOKEN = re.compile(
    r"<!--(?:.*?-->|.*+)"
    r"|<(script|style|textarea|title|noscript|iframe|xmp)\b"
    rf"{_ATTRIBUTES}(?:>(?:.*?</\1\s*+>|.*+)|\Z)"
    rf"|<(/?)([a-zA-Z][^\s/>]*+){_ATTRIBUTES}(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
     "wbr")
)  # fmt: skip


@dataclass(slots=True)
class Opened:
    """An element whose end has not come yet: ``tag`` in small letters, ``text`` its first tag."""

    tag: str
    start: int
    text: str
    wanted: list[int]
    """Numbers of the matches that it is to be cut out for."""
    hidden: bool | None = None
    """It, or something around it, is not shown; for who judges to find out."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One match: the name it was found by and where its element stands in the text."""

    name: str
    start: int
    end: int


#: What a first tag and the elements around it (outermost first) make of an element: a name and the
#: number of parents to climb, for each thing that it is.
Judge = Callable[[Opened, Sequence[Opened]], Iterator[tuple[str, int]]]


def cut(html: str, judge: Judge, *, last: int) -> list[Cut]:
    """Every element that ``judge`` names, in the order in which their matches begin.

    Tags that are never closed end with what is around them.

    :param last: no element that begins behind this place is named: the rest need not be read.
    """
    stack: list[Opened] = []
    open_now: Counter[str] = Counter()
    names: list[str] = []
    spans: list[tuple[int, int]] = []
    open_matches = 0

    def close(element: Opened, end: int) -> None:
        nonlocal open_matches
        open_now[element.tag] -= 1
        open_matches -= len(element.wanted)
        for number in element.wanted:
            spans[number] = (element.start, end)

    for token in TOKEN.finditer(html):
        if not open_matches and token.start() > last:
            return [Cut(name, *span) for name, span in zip(names, spans, strict=True)]
        name = token[3]
        if name is None:
            continue
        tag = name.lower()
        if token[2]:
            if not open_now[tag]:
                continue
            while stack[-1].tag != tag:
                close(stack.pop(), token.start())
            close(stack.pop(), token.end())
            continue
        element = Opened(tag, token.start(), token[0], [])
        open_now[tag] += 1
        for found, parents in judge(element, stack):
            goal = stack[-min(parents, len(stack))] if parents and stack else element
            goal.wanted.append(len(names))
            open_matches += 1
            names.append(found)
            spans.append((element.start, token.end()))
        drawn = token[0].endswith("/>") and any(each.tag == "svg" for each in stack[-3:])
        if tag in _VOID or drawn or (tag == "svg" and token[0].endswith("/>")):
            close(element, token.end())
        else:
            stack.append(element)
    while stack:
        close(stack.pop(), len(html))
    return [Cut(name, *span) for name, span in zip(names, spans, strict=True)]
