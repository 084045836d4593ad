"""View counts and live audiences: a count together with the site's noun, and "no views" as zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from collector.platforms.locale.counts import count_pattern, count_value
from collector.platforms.locale.tags import canonical
from collector.platforms.locale.text import (
    bounded,
    bounded_left,
    bounded_right,
    flexible,
)
from collector.platforms.youtube.locale.words import NO_VIEWS, VIEWS, WATCHING, WORDED_VIEWS

_LAST_DIGIT = re.compile(r"\A.*(\d)", re.DOTALL)
#: What stands in a number between its digits.
_GROUPING = frozenset(" .,'’٬٫．，،")
#: Longer texts are sentences.
_SHORT = 24


@dataclass(frozen=True, slots=True)
class ViewCount:
    """A count of views (``live`` false) or of people watching; ``exact`` false where rounded."""

    value: int
    exact: bool
    live: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Templates:
    """The templates of a row as one expression; ``after`` is true where all words stand after the
    number and none holds a digit, so that what is found begins at a number."""

    regex: re.Pattern[str]
    after: bool


@lru_cache(maxsize=128)
def _patterns(tag: str) -> tuple[_Templates, _Templates, re.Pattern[str]]:
    return (
        _templates(VIEWS, tag),
        _templates(WATCHING, tag),
        re.compile("|".join(bounded(flexible(w), w) for w in _worded(tag)) or r"(?!)", re.I),
    )


@lru_cache(maxsize=128)
def _worded(tag: str) -> dict[str, int]:
    """Counts without a digit, by their words; "no views" is 0."""
    return dict.fromkeys(_row(NO_VIEWS, tag), 0) | WORDED_VIEWS.get(tag.split("-")[0], {})


def has_nouns(tag: str) -> bool:
    """True if the site's noun for views is known in a language."""
    return bool(_row(VIEWS, canonical(tag) or tag))


def _row(table: dict[str, tuple[str, ...]], tag: str) -> tuple[str, ...]:
    tag = canonical(tag) or tag
    return table.get(tag) or table.get(tag.split("-")[0], ())


def _templates(table: dict[str, tuple[str, ...]], tag: str) -> _Templates:
    """One expression for all templates of a row; those with the same words in front share one."""
    count = count_pattern(tag)
    nouns: dict[str, list[str]] = {}
    for template in _row(table, tag):
        before, _, after = (part.strip() for part in template.partition("{n}"))
        nouns.setdefault(before, []).append(after)
    branches = []
    for i, (before, afters) in enumerate(nouns.items()):
        number = count.replace("?P<n>", f"?P<n{i}>").replace("?P<s>", f"?P<s{i}>")
        left = (
            bounded_left(flexible(before), before) + " ?"
            if before
            else r"(?<![\w.,．，،٬٫])(?<!\d[/⁄:~〜～–—-])"
        )
        ordered = sorted(afters, key=lambda w: (-len(w), w))
        right = "|".join(" ?" + bounded_right(flexible(w), w) if w else "" for w in ordered)
        branches.append(f"{left}{number}(?:{right})")
    plain = not any(any(map(str.isdecimal, after)) for afters in nouns.values() for after in afters)
    regex = re.compile("|".join(branches) or r"(?!)", re.IGNORECASE)
    return _Templates(regex, set(nouns) == {""} and plain)


def find_views(text: str, languages: Sequence[str]) -> ViewCount | None:
    """The last count of views (or of viewers) in a cleaned text, in the first language that sees
    one; "no views" is 0."""
    if len(text) > _SHORT:
        return _last_views(text, languages)
    return _short_views(text, tuple(languages))


@lru_cache(maxsize=8192)
def _short_views(text: str, languages: tuple[str, ...]) -> ViewCount | None:
    """The language of a page is told by the texts that are read then, and the same few counts stand
    on every page. Sentences do not come again."""
    return _last_views(text, languages)


def _last_views(text: str, languages: Sequence[str]) -> ViewCount | None:
    counted = _last_number(text)
    for tag in languages:
        views, watching, worded = _patterns(tag)
        for templates, live in ((views, False), (watching, True)) if counted >= 0 else ():
            found = _last(templates.regex, text, counted) if templates.after else None
            found = found or _last(templates.regex, text)
            if found is not None:
                branch = (found.lastgroup or "n0")[1:]
                value = count_value(tag, found[f"n{branch}"], found[f"s{branch}"])
                if value is not None:
                    return ViewCount(value[0], value[1], live, found.start(), found.end())
        words = _last(worded, text)
        if words is not None:
            count = _worded(tag).get(words[0], 0)
            return ViewCount(count, True, False, words.start(), words.end())
    return None


def _last_number(text: str) -> int:
    """Where the last number of a text begins; -1 without one. Most counts stand at the end."""
    digit = _LAST_DIGIT.match(text)
    if digit is None:
        return -1
    start = at = digit.start(1)
    while at and ((char := text[at - 1]).isdecimal() or char in _GROUPING):
        at -= 1
        if char.isdecimal():
            start = at
    return start


def _last(pattern: re.Pattern[str], text: str, start: int = 0) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text, start):  # noqa: B007 (the last one is wanted)
        pass
    return found
