"""What items are about, by a pattern of their title or channel: rows of a label file without id.

Protects two things. A label that hangs on a title is given to every item that has such a title,
also where nobody knew the item before the run: on a real site that is the usual case. And no
pattern of somebody's file can hold up a puppet: what a search engine of Python's kind may need
long for is refused when the file is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from collector.common.model import Impression
from collector.common.words import composed

#: Titles and channels are looked at so far (characters).
_LOOKED_AT = 200
#: Parts of no fixed length in one alternative of a pattern: each one may be as long as the text.
_OPEN = 2
#: Parts that may be there or not: each one may double the work, and n alternatives do what
#: log2(n) of them do.
_OPTIONAL = 6
#: The same beside two parts of no fixed length.
_OPTIONAL_BESIDE = 1
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class LabelPattern:
    """One row of a label file: what title and channel have in common, and the label of it."""

    label: str
    title: str = ""
    """Regular expression, in any case, anywhere in the title; empty: any title."""
    channel: str = ""
    """The same of the channel's name or address (``/@gym``); empty: any channel."""

    def fits(self, title: str | None, channel: str | None, href: str | None) -> bool:
        """Does an item have such a title, and such a channel?"""
        return _found(self.title, title) and (
            _found(self.channel, channel) or _found(self.channel, href)
        )


@dataclass(frozen=True, slots=True)
class LabelPatterns:
    """All pattern rows of a file, in its order, and what they give way to."""

    rows: tuple[LabelPattern, ...] = ()
    source: str = ""
    """Name of the file."""
    over: tuple[str, ...] = ()
    """Sources of labels that these patterns overrule: those that a scenario names before the
    file. The ids of the file itself are not among them."""

    def label(self, title: str | None, channel: str | None, href: str | None) -> str | None:
        """The label of the first row that fits; ``None`` where none does."""
        return next((row.label for row in self.rows if row.fits(title, channel, href)), None)

    def free(self, source: str | None) -> bool:
        """May a pattern label an item that has a label of ``source`` (``None``: of none)?"""
        return source is None or source in self.over

    def labels_beside(
        self, named: Mapping[str, tuple[str, str]], shown: Iterable[Impression]
    ) -> dict[str, str]:
        """Item id → label of what is shown: those that items have (id → label and source), and
        what fits where a pattern may label."""
        found = {item: label for item, (label, _) in named.items()}
        for item in shown if self.rows else ():
            if self.free(named[item.item_id][1] if item.item_id in named else None):
                by = self.label(item.title, item.channel_name, item.channel_href)
                found |= {item.item_id: by} if by is not None else {}
        return found

    def labels(self, items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Item id → label of what fits, of rows of impressions.

        An item that was shown under several titles (languages) has the label of the first pattern
        row that fits any of them.

        Example: ``LabelPatterns((LabelPattern("x", title="a"),)).labels(rows)``.
        """
        best: dict[str, int] = {}
        for item in items:
            for number, row in enumerate(self.rows[: best.get(item["item_id"], len(self.rows))]):
                if row.fits(item["title"], item["channel_name"], item["channel_href"]):
                    best[item["item_id"]] = number
                    break
        return {item: self.rows[number].label for item, number in best.items()}

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> LabelPatterns:
        """From what ``dataclasses.asdict`` made of it, and JSON of that."""
        rows = tuple(LabelPattern(**row) for row in found.get("rows", ()))
        return cls(rows, found.get("source", ""), tuple(found.get("over", ())))


def by_pattern(file: str) -> str:
    """What a table of labels calls those that the patterns of a file gave."""
    return f"{file} (patterns)"


def _found(pattern: str, text: str | None) -> bool:
    looked_at = composed((text or "")[:_LOOKED_AT])
    return not pattern or re.search(pattern, looked_at, re.IGNORECASE) is not None


def flaw(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, and what to do about it; ``None``: nothing."""
    if len(pattern) > _LONGEST:
        return f"a pattern of {len(pattern)} characters", f"write at most {_LONGEST}, or two rows"
    try:
        tree = parser.parse(pattern)
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"{pattern!r} is not a pattern: {error}", "escape signs with \\"
    if re.search(pattern, ""):
        return f"{pattern!r} fits a text without a word", "write what has to be in the text"
    try:
        opened, optional = _weight(tree)
    except _TooMuch as error:
        return f"{pattern!r} may take too long: {error}", "write it without, as two rows if need be"
    most = _OPTIONAL if opened < _OPEN else _OPTIONAL_BESIDE
    if opened > _OPEN or optional > most:
        return (
            f"{pattern!r} may take too long: {opened} parts of any length, and {optional:.3g} that"
            " may be left out or be one of several, one after the other",
            f"write at most {_OPEN}, and {most} beside them; or two rows",
        )
    return None


class _TooMuch(Exception):
    """Something in a pattern of which no bound is known."""


def _weight(tree: Sequence[Any]) -> tuple[int, float]:
    """(parts of any length, parts that may be left out) of the heaviest way through a pattern."""
    opened, optional = 0, 0.0
    for code, argument in tree:
        more: tuple[int, float] = (0, 0)
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, inner = argument
            more = _repeated(int(least), int(most), inner)
        elif code is codes.BRANCH:
            ways = [_weight(way) for way in argument[1]]
            choice = math.log2(len(ways))
            more = max(way[0] for way in ways), max(way[1] for way in ways) + choice
        elif code is codes.SUBPATTERN:
            more = _weight(argument[-1])
        elif code is codes.ATOMIC_GROUP:
            more = _weight(argument)
        elif code not in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.AT):
            raise _TooMuch("it looks around, or back at what it found before")
        opened, optional = opened + more[0], optional + more[1]
    return opened, optional


def _repeated(least: int, most: int, inner: Sequence[Any]) -> tuple[int, float]:
    single = len(inner) == 1 and inner[0][0] in (
        codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY,
    )  # fmt: skip
    if single:
        if least == most:
            return 0, 0
        return (0, 1) if most == 1 else (1, 0)
    if most > 1:
        raise _TooMuch("it repeats a group")
    opened, optional = _weight(inner)
    return opened, optional + (least == 0)
