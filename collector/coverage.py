"""What changed between two readings of the same pages: fields gained, lost, changed.

A parser's maintainer compares the lines of ``collector reparse`` from before a change with those
from after it. A page or a field that had a value and has none any more is lost coverage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from collector.common.errors import UserError

#: Keys that say how a line was made rather than what was on the page.
_ABOUT = frozenset(("parser", "unparsed", "captures", "problem"))
_LISTS = ("selected", "related", "results")
_ITEM_IDS = ("videoId", "itemId", "listId")


@dataclass(slots=True)
class Change:
    """How often each field (``results[].views``) was gained, lost or changed, with an example."""

    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    pages: int = 0

    def note(self, kind: str, name: str, example: str) -> None:
        """Counts one difference of a kind (``gained``, ``lost``, ``changed``)."""
        counter: Counter[str] = getattr(self, kind)
        counter[name] += 1
        self.examples.setdefault((kind, name), example[:160])


def compare(before: Iterable[bytes], after: Iterable[bytes]) -> Change:
    """Compares two sets of lines, page by page by ``id``.

    :raises UserError: a line is not a JSON object with an id.
    """
    old, new = dict(_pages(before, "before")), dict(_pages(after, "after"))
    change = Change(pages=len(old))
    for page, document in old.items():
        there = new.get(page)
        if there is None:
            change.note("lost", "page", page)
        else:
            _compare_page(page, document, there, change)
    for page in new.keys() - old.keys():
        change.note("gained", "page", page)
    return change


def _pages(lines: Iterable[bytes], which: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = orjson.loads(line)
            yield str(document["id"]), document
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise UserError(
                f"line {number} is not a page: {error}",
                place=f"the lines {which}",
                fix="give the file that `collector reparse --out FILE` wrote",
            ) from error


def _compare_page(
    page: str, old: Mapping[str, Any], new: Mapping[str, Any], change: Change
) -> None:
    for name in sorted({*old, *new} - _ABOUT - {*_LISTS}):
        _compare_value(page, name, old.get(name), new.get(name), change)
    for name in _LISTS:
        _compare_items(page, name, old.get(name) or [], new.get(name) or [], change)


def _compare_items(page: str, name: str, old: list[Any], new: list[Any], change: Change) -> None:
    """Items are matched by id and its number of occurrence, so that one more is one more."""
    mine, theirs = dict(_keyed(old)), dict(_keyed(new))
    for key, item in mine.items():
        there = theirs.get(key)
        if there is None:
            change.note("lost", f"{name}[]", f"{page}: {key[0]}")
            continue
        for inner in sorted({*item, *there}):
            _compare_value(page, f"{name}[].{inner}", item.get(inner), there.get(inner), change)
    for key in theirs.keys() - mine.keys():
        change.note("gained", f"{name}[]", f"{page}: {key[0]}")


def _keyed(items: list[Any]) -> Iterator[tuple[tuple[str, int], Mapping[str, Any]]]:
    seen: Counter[str] = Counter()
    for item in items:
        key = str(next((item[k] for k in _ITEM_IDS if item.get(k)), ""))
        seen[key] += 1
        yield (key, seen[key]), item


def _compare_value(page: str, name: str, old: Any, new: Any, change: Change) -> None:
    if old == new:
        return
    if _empty(new) and not _empty(old):
        change.note("lost", name, f"{page}: {old!r}")
    elif _empty(old) and not _empty(new):
        change.note("gained", name, f"{page}: {new!r}")
    else:
        change.note("changed", name, f"{page}: {old!r} -> {new!r}")


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
