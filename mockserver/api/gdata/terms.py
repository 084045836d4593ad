"""The two little languages of the feeds' requests: search text and category paths.

Search text (``vq``): words are joined by "or", ``"quoted words"`` must be adjacent and in that
order in one field, ``-word`` and ``-"phrase"`` exclude. Category paths (``/-/a/b%7Cc/-d``):
segments are joined by "and", ``|`` is "or", a leading ``-`` is "not", ``{scheme}`` says of what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockserver.api.gdata.errors import FeedError
from mockserver.world.search import tokens

_PIECE = re.compile(r'(-?)"([^"]*)(?:"|$)|(-?)([^\s"|]+)')
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

#: Limits that keep a hostile request cheap.
MOST_TEXT = 1000
MOST_TERMS = 60
MOST_PHRASES = 12
MOST_SEGMENTS = 40

Phrase = tuple[str, ...]
"""One folded word, or several that must be adjacent."""


@dataclass(frozen=True, slots=True)
class Text:
    """A search: any of ``wanted`` (empty: everything), none of ``unwanted``."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()
    impossible: bool = False
    """True when something was asked for that holds no word at all, such as ``???``."""


NO_TEXT = Text()


def parse_text(text: str) -> Text:
    """The search that ``text`` asks for.

    >>> parse_text('"Elizabeth Bennet" ball -cat').wanted
    (('elizabeth', 'bennet'), ('ball',))

    :raises FeedError: 400, too long
    """
    if len(text) > MOST_TEXT:
        raise FeedError(400, f"The search text is too long: at most {MOST_TEXT} characters.")
    wanted: dict[Phrase, None] = {}
    unwanted: dict[Phrase, None] = {}
    for match in _PIECE.finditer(text):
        not_phrase, quoted, not_word, bare = match.groups()
        if bare is None:
            phrase = tuple(part for word in tokens(quoted) for part in word.split("'") if part)
            found = [phrase] if phrase else []
        else:
            found = [tuple(words) for piece in _WORD.findall(bare) if (words := tokens(piece))]
        for term in found:
            (unwanted if not_phrase or not_word else wanted)[term] = None
    if len(wanted) + len(unwanted) > MOST_TERMS:
        raise FeedError(400, f"The search text has too many words: at most {MOST_TERMS}.")
    if sum(len(term) > 1 for term in (*wanted, *unwanted)) > MOST_PHRASES:
        raise FeedError(400, f"The search text has too many phrases: at most {MOST_PHRASES}.")
    nothing = bool(text.strip()) and not wanted and not unwanted
    return Text(tuple(wanted), tuple(unwanted), impossible=nothing)


@dataclass(frozen=True, slots=True)
class Term:
    """One alternative of a segment; ``scheme`` is ``None`` when the path names none."""

    term: str
    scheme: str | None = None
    negated: bool = False


Segment = tuple[Term, ...]
"""Alternatives of which one must hold."""


def split_outside_braces(text: str, separator: str) -> list[str]:
    """``text`` cut at ``separator``, but not inside ``{…}``.

    >>> split_outside_braces("a/{http://x/y}b/c", "/")
    ['a', '{http://x/y}b', 'c']
    """
    parts, begun, depth = [], 0, 0
    for place, letter in enumerate(text):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth = max(depth - 1, 0)
        elif letter == separator and depth == 0:
            parts.append(text[begun:place])
            begun = place + 1
    return [*parts, text[begun:]]


def parse_segments(parts: list[str]) -> tuple[Segment, ...]:
    """The filter of the segments after ``/-/``; empty segments ask for nothing.

    :raises FeedError: 400, a brace that is not closed, an empty alternative, too many
    """
    if len(parts) > MOST_SEGMENTS or sum(map(len, parts)) > 4 * MOST_TEXT:
        raise FeedError(400, f"The category path is too long: at most {MOST_SEGMENTS} segments.")
    return tuple(
        tuple(_term(alternative) for alternative in split_outside_braces(part, "|"))
        for part in parts
        if part
    )


def _term(text: str) -> Term:
    negated = text.startswith("-")
    rest = text[1:] if negated else text
    scheme = None
    if rest.startswith("{"):
        inside, closed, rest = rest[1:].partition("}")
        if not closed:
            raise FeedError(400, f"Invalid category: {text}: the brace is not closed.")
        scheme = inside or None
    if not rest:
        raise FeedError(400, f"Invalid category: {text or '(empty)'}: it names no term.")
    return Term(rest, scheme, negated)
