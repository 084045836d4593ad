"""Elements of a page as they stand in its text: cut out, never parsed and written again.

What is signed and sent must be the bytes that were captured, so an element is found by the tags
around it and cut. One pass over the text; nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

_ATTRIBUTES = r"(?:[^=>]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?!))?+|(?!))*+"
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
    """An element whose end has not come yet: ``tag`` in small letters, its first tag from ``start``
    to ``opens``."""

    tag: str
    start: int
    opens: int
    html: str
    """The whole text."""
    wanted: list[int] | None = None
    """Numbers of the matches that it is to be cut out for."""
    hidden: bool | None = None
    """It, or something around it, is not shown; for who judges to find out."""

    @property
    def text(self) -> str:
        """Its first tag."""
        return self.html[self.start : self.opens]


@dataclass(frozen=True, slots=True)
class Cut:
    """One match: the name it was found by and where its element stands in the text."""

    name: str
    start: int
    end: int


#: What a first tag and the elements around it (outermost first) make of an element: a name and the
#: number of parents to climb, for each thing that it is.
Judge = Callable[[Opened, Sequence[Opened]], Iterator[tuple[str, int]]]


class _Stack(Sequence[Opened]):
    """The open elements, outermost first; each is made when somebody asks for it."""

    def __init__(self, html: str) -> None:
        self._html = html
        self.tags: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.made: dict[int, Opened] = {}
        """By place."""

    def __len__(self) -> int:
        return len(self.tags)

    @overload
    def __getitem__(self, place: int) -> Opened: ...
    @overload
    def __getitem__(self, place: slice) -> list[Opened]: ...

    def __getitem__(self, place: int | slice) -> Opened | list[Opened]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self.tags)))]
        number = range(len(self.tags))[place]
        found = self.made.get(number)
        if found is None:
            found = Opened(self.tags[number], *self.spans[number], self._html)
            self.made[number] = found
        return found

    def add(self, tag: str, start: int, opens: int) -> None:
        """One more, inside all others."""
        self.tags.append(tag)
        self.spans.append((start, opens))

    def pop(self) -> Opened | None:
        """Take the innermost off; gives it if somebody has asked for it."""
        self.tags.pop()
        self.spans.pop()
        return self.made.pop(len(self.tags), None)


def cut(html: str, judge: Judge, *, hints: Sequence[int]) -> list[Cut]:
    """Every element that ``judge`` names, in the order in which their matches begin.

    Tags that are never closed end with what is around them.

    :param hints: places in rising order; an element in whose first tag none of them lies is not
        judged, and behind the last of them the text is not read.
    """
    stack = _Stack(html)
    tags = stack.tags
    open_now: dict[str, int] = {}
    small: dict[str, str] = {}
    names: list[str] = []
    spans: list[tuple[int, int]] = []
    open_matches, at, last = 0, 0, hints[-1] if hints else -1

    def close(end: int) -> None:
        nonlocal open_matches
        open_now[tags[-1]] -= 1
        element = stack.pop()
        if element is not None and element.wanted:
            open_matches -= len(element.wanted)
            for number in element.wanted:
                spans[number] = (element.start, end)

    for token in TOKEN.finditer(html):
        start, end = token.span()
        if start > last and not open_matches:
            return [Cut(name, *span) for name, span in zip(names, spans, strict=True)]
        closes, name = token.group(2, 3)
        if name is None:
            continue
        tag = small.get(name)
        if tag is None:
            tag = small[name] = name.lower()
        if closes:
            if not open_now.get(tag):
                continue
            while tags[-1] != tag:
                close(start)
            close(end)
            continue
        while at < len(hints) and hints[at] < start:
            at += 1
        element = None
        if at < len(hints) and hints[at] < end:
            element = Opened(tag, start, end, html)
            for found, parents in judge(element, stack):
                goal = stack[-min(parents, len(tags))] if parents and tags else element
                goal.wanted = goal.wanted or []
                goal.wanted.append(len(names))
                open_matches += 1
                names.append(found)
                spans.append((start, end))
        stack.add(tag, start, end)
        open_now[tag] = open_now.get(tag, 0) + 1
        if element is not None:
            stack.made[len(tags) - 1] = element
        drawn = html.startswith("/>", end - 2) and (tag == "svg" or "svg" in tags[-4:-1])
        if drawn or tag in _VOID:
            close(end)
    while tags:
        close(len(html))
    return [Cut(name, *span) for name, span in zip(names, spans, strict=True)]
