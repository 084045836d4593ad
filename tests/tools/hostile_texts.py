"""Texts that are as hard as can be for a regular expression, made from its own structure.

A backtracking search is slow where a repetition can begin at many places and then fails. So for
each repetition of an expression: what may stand before it, once, and then what it repeats, over and
over, and never what must follow. And each beginning of the expression, over and over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

_ALPHABET = "a0 -_.:/=\"'<>&;,%@([{}])\\+\n\t\xa0é日Az9|#?!\u0301\u200d🏻🇦"
_MANY = 8
"""A repetition of at most so many times costs nothing."""
_LONGEST = 3000
_MOST_TEXTS = 60
"""Of the hundreds that a list of words in many languages would give."""


def hostile_texts(pattern: str | bytes, flags: int, size: int) -> Iterator[str]:
    """Texts of about ``size`` characters for one expression, the most different first."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    if isinstance(pattern, bytes):
        flags &= ~re.UNICODE
    pumps: list[tuple[str, str]] = []
    _walk(sre_parser.parse(text, flags & ~re.DEBUG), "", pumps)
    pairs = dict.fromkeys(
        pair
        for before, again in pumps
        for pair in ((before, again), ("", before + again), ("", again), ("", before + again * 40))
        if pair[1] and len(pair[0]) + len(pair[1]) < _LONGEST
    )
    every = max(1, len(pairs) // _MOST_TEXTS)
    for head, body in list(pairs)[::every]:
        yield head + body * max(1, (size - len(head)) // len(body))


def _walk(parsed: Any, before: str, pumps: list[tuple[str, str]]) -> str:
    """A text that matches ``parsed`` after ``before``; notes (before, repeated) of repetitions."""
    text = before
    for op, given in parsed:
        if op is sre.LITERAL:
            text += chr(given)
        elif op is sre.NOT_LITERAL:
            text += "x" if given != ord("x") else "y"
        elif op is sre.ANY:
            text += "x"
        elif op is sre.IN:
            text += _members(given)[0]
        elif op is sre.BRANCH:
            text = max((_walk(each, text, pumps) for each in given[1]), key=len)
        elif op is sre.SUBPATTERN:
            text = _walk(given[3], text, pumps)
        elif op is sre.ATOMIC_GROUP:
            text = _walk(given, text, pumps)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            text += _repeated(given, text, pumps)
        elif op is sre.ASSERT and given[0] > 0:
            _walk(given[1], text, pumps)
        if text not in ("", before):
            pumps.append(("", text))
    return text


def _repeated(given: Any, before: str, pumps: list[tuple[str, str]]) -> str:
    """One of what is repeated; notes it, and the repetitions in it."""
    least, most, body = given
    inner: list[tuple[str, str]] = []
    once = _walk(body, "", inner)
    if most > _MANY:
        single = len(body) == 1 and body[0][0] is sre.IN
        pumps += [(before, each) for each in {once, *(_members(body[0][1]) if single else ())}]
    for head, again in inner:
        pumps += [(before + head, again), ("", head + again)]
    return once * max(least, min(most, 1))


def _members(items: Any) -> list[str]:
    """Some characters of a class, at least one."""
    negated = bool(items) and items[0][0] is sre.NEGATE
    named = [] if negated else [chr(g if op is sre.LITERAL else g[0]) for op, g in items
                                if op in (sre.LITERAL, sre.RANGE)]  # fmt: skip
    return [each for each in [*named, *_ALPHABET] if _is_in(items, each)][:6] or ["x"]


def _is_in(items: Any, character: str) -> bool:
    negated = found = False
    word = character.isalnum() or character == "_"
    for op, given in items:
        if op is sre.NEGATE:
            negated = True
        elif op is sre.LITERAL:
            found |= ord(character) == given
        elif op is sre.RANGE:
            found |= given[0] <= ord(character) <= given[1]
        elif op is sre.CATEGORY:
            found |= {
                sre.CATEGORY_DIGIT: character.isdigit(),
                sre.CATEGORY_NOT_DIGIT: not character.isdigit(),
                sre.CATEGORY_SPACE: character.isspace(),
                sre.CATEGORY_NOT_SPACE: not character.isspace(),
                sre.CATEGORY_WORD: word,
                sre.CATEGORY_NOT_WORD: not word,
            }[given]
    return found != negated
