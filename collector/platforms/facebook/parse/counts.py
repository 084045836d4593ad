"""Reactions, comments and shares: numbers in every notation of the interface."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qs

from bs4.element import Tag

from collector.addresses import parts_of
from collector.common.model import ParseError
from collector.platforms.facebook.parse.reading import Reading, attr, visible_text
from collector.platforms.facebook.words import responses
from collector.platforms.locale import parse_count
from collector.platforms.locale.text import clean

#: Notations to try after those of the page's language: together they know every multiplier.
_FALLBACK = ("en", "es", "it", "de", "pl", "fr", "pt", "nl", "ja", "ar")
#: More notations, asked only where those make no sense of a number.
_MORE = (
    "bg", "ru", "uk", "sr", "sr-Latn", "zh-TW", "zh-CN", "ko", "el", "sk", "cs", "sl", "hr", "fi",
    "sv", "da", "no", "et", "lv", "lt", "hu", "ro", "tr", "vi", "id", "ms", "th", "hi", "fa", "he",
)  # fmt: skip
#: Nothing was ever liked by more.
_MOST = 10_000_000_000
_NAMES = {
    label.casefold(): name for name, labels in responses.REACTIONS.items() for label in labels
}
_DIGIT = re.compile(r"\d")
_COLON = re.compile("[:：]")


def number(text: str, languages: Sequence[str]) -> int | None:
    """The first count of a text (``1,2 mil``, ``12.4K``, ``3,1 Mio.``, ``1.2萬``), or ``None``.

    A fraction is the number of some thousands or millions. Where no language of the page knows the
    word for them, all languages of the site are asked; if they know none or disagree, there is no
    number: ``1,2`` of something is never twelve.
    """
    text = clean(text)
    found = parse_count(text, (*languages, *_FALLBACK))
    if found is not None and found.value <= _MOST:
        return found.value
    others = [parse_count(text, [tag]) for tag in _MORE]
    values = {other.value for other in others if other and not other.exact and other.value <= _MOST}
    return values.pop() if len(values) == 1 else None


def reactions(places: Iterable[Tag], reading: Reading, renderer: str) -> dict[str, int]:
    """Counts by the reference's names, from links with a type or from labels that name one."""
    found: dict[str, int] = {}
    for tag in places:
        label = clean(attr(tag, "aria-label"))
        if not _DIGIT.search(label):
            continue
        name = _typed(attr(tag, "ajaxify") or attr(tag, "href")) or _named(label)
        count = number(_unnamed(label, name), reading.languages)
        if name is None or count is None:
            reading.note(renderer, "reactions", ParseError.BAD_NUMBER, label)
            continue
        found.setdefault(name, count)
    return found


def _unnamed(label: str, name: str | None) -> str:
    """The label without the reaction's word: the "Mi" of "21 Mi piace" is no million."""
    lowered = label.casefold()
    for word in sorted(responses.REACTIONS.get(name or "", ()), key=len, reverse=True):
        if lowered.endswith(word.casefold()):
            return label[: -len(word)]
    return label


def _typed(href: str) -> str | None:
    """The reaction of ``…?reaction_type=2``."""
    if "reaction_type=" not in href:
        return None
    try:
        given = parse_qs(parts_of(href).query).get("reaction_type", [""])[0]
    except ValueError:  # more fields than are read
        return None
    return (
        responses.REACTION_TYPES.get(int(given)) if given.isdecimal() and len(given) < 4 else None
    )


def _named(label: str) -> str | None:
    """The reaction of ``Like: 471 people`` and of ``471 Like``."""
    head = _COLON.split(label, maxsplit=1)[0].rstrip().casefold()
    if head in _NAMES:
        return _NAMES[head]
    lowered = label.casefold()
    best = ""
    for word in _NAMES:
        if (lowered.endswith(word) or lowered.startswith(word)) and len(word) > len(best):
            best = word
    return _NAMES.get(best)


def noun_count(places: Iterable[Tag], nouns: Sequence[str], languages: Sequence[str]) -> int | None:
    """The number beside one of the nouns ("13 Comments"), from the first place that has it."""
    for tag in places:
        for text in (visible_text(tag), attr(tag, "aria-label")):
            line = clean(text).casefold()
            if not line or len(line) > 60 or not _DIGIT.search(line):
                continue
            if any(noun in line for noun in nouns):
                count = number(line, languages)
                if count is not None:
                    return count
    return None
