"""Entries for the element table, proposed from pages whose cards nobody knows.

A redesign is mostly a new name for an element whose inside stays as it was. For each unknown name,
the pages are read once more with the name replaced by that of each known renderer in turn. A reader
fits if it finds the items at their places, with ids and titles that are known of them: from the
links on the card itself, from the page's own JSON, and from other pages of the corpus. The proposal
is a diff that a person reviews; it is made only if nothing else in the corpus changes.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import orjson

from collector.common.model import DEFAULT_PLATFORM, Impression, ItemKind, Observation, Platform
from collector.platforms.registry import PlatformSpec, platform_of, spec_of
from collector.reparse import read_page
from collector.saved import Saved

#: Of its items a reader must find so many where they stand.
_MOST_LOST = 0.1
_FIELDS = ("title", "seconds", "channel_name", "views", "age_seconds")


class Element(Protocol):
    """A module that reads some elements, as a table lists it."""

    __name__: str
    __file__: str
    TAGS: tuple[str, ...]
    """Elements in a page, in lower case and with a hyphen."""
    KEYS: tuple[str, ...]
    """Names of the same in the site's JSON."""


class ElementTable(Protocol):
    """The module that :attr:`PlatformSpec.elements` names: who reads which element. ::

    RENDERERS = [cards, adverts]
    READERS = {tag: module.read for module in RENDERERS for tag in module.TAGS}
    SENT_READERS = {key: module.read_sent for module in RENDERERS for key in module.KEYS}
    """

    RENDERERS: Sequence[Element]
    READERS: Mapping[str, Any]
    SENT_READERS: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the corpus."""

    name: str
    saved: Saved
    told: Platform | None = None
    """The platform that the file says it is of."""

    @property
    def spec(self) -> PlatformSpec:
        """Return the platform whose parser reads it."""
        saved = self.saved
        return spec_of(self.told or platform_of(saved.html, saved.href) or DEFAULT_PLATFORM)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would read an unknown name: the file of the reader, and how well it fits."""

    unknown: str
    like: str
    """The known name that it was read as."""
    items: int
    pages: int
    agreeing: int
    """Values that are the same as known ones of the same item."""
    disagreeing: int
    filled: int
    """Values that were not seen before."""
    diff: str


@dataclass(frozen=True, slots=True)
class Unmended:
    """An unknown name that no reader fits, with the reason."""

    unknown: str
    items: int
    reason: str


@dataclass(slots=True)
class _Known:
    """What is known of items, by id: the values that readers have seen."""

    values: dict[str, dict[str, set[object]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def learn(self, items: Iterable[Impression]) -> None:
        for item in items:
            if item.item_id:
                for name in _FIELDS:
                    value = getattr(item, name)
                    if value is not None:
                        self.values[item.item_id][name].add(value)


def mend(pages: Sequence[Page]) -> Iterator[Proposal | Unmended]:
    """A proposal, or the reason why there is none, for each unknown name of the pages.

    Pages of platforms without an element table are passed over.
    """
    of_platform: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        of_platform[page.spec.name].append(page)
    for name, own in sorted(of_platform.items()):
        table = spec_of(name).load("elements")
        if table is not None:
            yield from _mended(own, table)


def _mended(pages: Sequence[Page], table: ElementTable) -> Iterator[Proposal | Unmended]:
    before = [read_page(page.saved, page.told) for page in pages]
    known = _Known()
    unknown: dict[str, list[int]] = defaultdict(list)
    for number, seen in enumerate(before):
        known.learn(seen.impressions)
        for name in dict.fromkeys(
            i.renderer for i in seen.impressions if i.kind is ItemKind.UNKNOWN
        ):
            unknown[name].append(number)
    for name, numbers in sorted(unknown.items()):
        yield _best(name, numbers, pages, before, known, table)


def _best(
    name: str,
    numbers: Sequence[int],
    pages: Sequence[Page],
    before: Sequence[Observation],
    known: _Known,
    table: ElementTable,
) -> Proposal | Unmended:
    items = sum(_count(before[n], name) for n in numbers)
    if name in table.READERS or name in table.SENT_READERS:
        return Unmended(name, items, "its reader is there and cannot read it")
    tag = "-" in name
    fits: list[tuple[tuple[int, int], Proposal]] = []
    for module, like in _candidates(table, tag):
        score = _tried(name, like, numbers, pages, before, known)
        if score is None:
            continue
        agreeing, disagreeing, filled = score
        diff = _diff(module, "TAGS" if tag else "KEYS", name)
        proposal = Proposal(name, like, items, len(numbers), agreeing, disagreeing, filled, diff)
        fits.append(((agreeing - 4 * disagreeing, filled), proposal))
    if not fits:
        return Unmended(name, items, "no known reader finds its items where they stand")
    best = max(fits, key=lambda fit: fit[0])[1]
    if best.disagreeing * 4 > best.agreeing + best.filled:
        return Unmended(name, items, "what the best reader finds disagrees with what is known")
    changed = _changed_elsewhere(name, best.like, numbers, pages, before)
    if changed:
        return Unmended(name, items, f"the entry would change other items, such as on {changed}")
    return best


def _candidates(table: ElementTable, tag: bool) -> list[tuple[Element, str]]:
    """Each renderer's module, with one of its names."""
    out = []
    for module in table.RENDERERS:
        names = module.TAGS if tag else module.KEYS
        if names:
            out.append((module, names[0]))
    return out


def _tried(
    name: str,
    like: str,
    numbers: Sequence[int],
    pages: Sequence[Page],
    before: Sequence[Observation],
    known: _Known,
) -> tuple[int, int, int] | None:
    """Values that agree, disagree and are new when a name is read as another; ``None`` if items
    are lost or still unknown."""
    agreeing = disagreeing = filled = lost = total = 0
    for number in numbers:
        after = read_page(_renamed(pages[number].saved, name, like), pages[number].told)
        there = {item.position: item for item in after.impressions}
        for old in before[number].impressions:
            if old.kind is not ItemKind.UNKNOWN or old.renderer != name:
                continue
            total += 1
            new = there.get(old.position)
            if new is None or new.kind is ItemKind.UNKNOWN or new.item_id != old.item_id:
                lost += 1
                continue
            for field_name in _FIELDS:
                value = getattr(new, field_name)
                values = known.values[old.item_id][field_name]
                if value is None:
                    disagreeing += bool(values) and field_name == "title"
                elif not values:
                    filled += 1
                elif value in values:
                    agreeing += 1
                else:
                    disagreeing += field_name in ("title", "seconds")
    if lost > total * _MOST_LOST or agreeing + filled == 0:
        return None  # items lost, or nothing learnt of them
    return agreeing, disagreeing, filled


def _changed_elsewhere(
    name: str,
    like: str,
    numbers: Sequence[int],
    pages: Sequence[Page],
    before: Sequence[Observation],
) -> str:
    """The first page on which an item changes that is not of the name."""
    pattern = _pattern(name)
    for number, page in enumerate(pages):
        if number not in numbers and pattern.search(_text(page.saved)) is None:
            continue
        after = read_page(_renamed(page.saved, name, like), page.told)
        mine = {i.position for i in before[number].impressions if i.renderer == name}
        kept = [i for i in before[number].impressions if i.position not in mine]
        now = [i for i in after.impressions if i.position not in mine]
        if kept != now:
            return page.name
    return ""


def _count(seen: Observation, name: str) -> int:
    return sum(1 for i in seen.impressions if i.kind is ItemKind.UNKNOWN and i.renderer == name)


def _pattern(name: str) -> re.Pattern[str]:
    if "-" in name:
        return re.compile(rf"(</?){re.escape(name)}(?=[\s/>])")
    return re.compile(rf"(\"|\\x22){re.escape(name)}(?=(?:\"|\\x22)\s*:)")


def _text(saved: Saved) -> str:
    return saved.html or orjson.dumps(saved.answer).decode()


def _renamed(saved: Saved, name: str, like: str) -> Saved:
    """The page as if the site had kept the known name."""
    text = _pattern(name).sub(lambda m: m[1] + like, _text(saved))
    if saved.html:
        return replace(saved, html=text)
    return replace(saved, answer=orjson.loads(text))


_BLOCK = r"^{0} = \((?P<body>.*?)\)"


def _diff(module: Element, table: str, name: str) -> str:
    """The one line in the renderer's file that would teach it the name."""
    path = Path(module.__file__)
    old = path.read_text("utf-8")
    block = re.search(_BLOCK.format(table), old, re.MULTILINE | re.DOTALL)
    if block is None:
        return ""
    body = block["body"]
    if "\n" in body:
        written = f'{body.rstrip().rstrip(",")},\n    "{name}",\n'
    else:
        written = f'{body.rstrip().rstrip(",")}, "{name}"'
    new = old[: block.start("body")] + written + old[block.end("body") :]
    place = f"{module.__name__.replace('.', '/')}.py"
    return "".join(
        difflib.unified_diff(
            old.splitlines(keepends=True),
            new.splitlines(keepends=True),
            f"a/{place}",
            f"b/{place}",
        )
    )
