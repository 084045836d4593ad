"""Two puppets' pages at the same slot, item by item: what both were shown, what moved, what lacks.

An item of both pages stands *in order* if it belongs to the longest run of shared items that both
pages have in the same order; the other shared ones *moved*. So one item that jumped to the top
moved, and not all the others by one place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.store import Store
from collector.view.pages import Item, Page, items_of


class Mark(StrEnum):
    """How an item of one page stands to the other page."""

    SHARED = "shared"
    """On both, in the same order."""
    MOVED = "moved"
    """On both, in another order."""
    ALONE = "alone"
    """Not on the other page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One item of one page."""

    item: Item
    mark: Mark
    other: int | None
    """Its place on the other page."""

    @property
    def places(self) -> int:
        """By how many places it stands further down than on the other page; 0 if it is alone."""
        return 0 if self.other is None else self.item.position - self.other


@dataclass(frozen=True, slots=True)
class Aligned:
    """One list of two pages."""

    surface: str
    rows: tuple[tuple[Cell | None, Cell | None], ...]
    shared: int
    moved: int
    alone: tuple[int, int]
    """Items that only the first, only the second page has."""

    @property
    def jaccard(self) -> float | None:
        """Share of all different items that both have, 0–1; ``None`` of two empty lists."""
        both = self.shared + self.moved
        every = both + sum(self.alone)
        return both / every if every else None


def align(first: Sequence[Item], second: Sequence[Item]) -> tuple[Aligned, ...]:
    """The lists of two pages, each aligned with the list of the same name."""
    surfaces = sorted({item.surface for item in (*first, *second)})
    return tuple(
        _list(
            surface,
            [item for item in first if item.surface == surface],
            [item for item in second if item.surface == surface],
        )
        for surface in surfaces
    )


def _list(surface: str, left: list[Item], right: list[Item]) -> Aligned:
    """Rows: shared items beside each other, what lies between them filled up from the top."""
    places_l, places_r = _places(left), _places(right)
    common = [at for at, item in enumerate(left) if places_l.get(item.id) == at
              and item.id in places_r]  # fmt: skip
    anchors = [common[n] for n in longest_rising([places_r[left[at].id] for at in common])]
    kept = {left[at].id for at in anchors}

    def cell(item: Item, at: int, own: Mapping[str, int], others: Mapping[str, int],
             there: list[Item]) -> Cell:  # fmt: skip
        if own.get(item.id) != at or item.id not in others:
            return Cell(item, Mark.ALONE, None)
        mark = Mark.SHARED if item.id in kept else Mark.MOVED
        return Cell(item, mark, there[others[item.id]].position)

    cells_l = [cell(item, at, places_l, places_r, right) for at, item in enumerate(left)]
    cells_r = [cell(item, at, places_r, places_l, left) for at, item in enumerate(right)]
    rows: list[tuple[Cell | None, Cell | None]] = []
    from_l = from_r = 0
    for to_l, to_r in [*((at, places_r[left[at].id]) for at in anchors), (len(left), len(right))]:
        between_l, between_r = cells_l[from_l:to_l], cells_r[from_r:to_r]
        for n in range(max(len(between_l), len(between_r))):
            rows.append(
                (
                    between_l[n] if n < len(between_l) else None,
                    between_r[n] if n < len(between_r) else None,
                )
            )
        if to_l < len(left):
            rows.append((cells_l[to_l], cells_r[to_r]))
        from_l, from_r = to_l + 1, to_r + 1
    marks = Counter(one.mark for one in cells_l)
    return Aligned(
        surface=surface,
        rows=tuple(rows),
        shared=marks[Mark.SHARED],
        moved=marks[Mark.MOVED],
        alone=(marks[Mark.ALONE], sum(one.mark is Mark.ALONE for one in cells_r)),
    )


def _places(items: list[Item]) -> dict[str, int]:
    """Item → its first place in the list, from 0; what has no id cannot be found again."""
    found: dict[str, int] = {}
    for at, item in enumerate(items):
        if item.id:
            found.setdefault(item.id, at)
    return found


def longest_rising(values: Sequence[int]) -> list[int]:
    """Places of a longest strictly rising subsequence.

    >>> longest_rising([5, 0, 1, 2])
    [1, 2, 3]
    """
    tails: list[int] = []  # values that end the best subsequence of each length
    at: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(tails, value)
        before.append(at[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            at.append(place)
        else:
            tails[length], at[length] = value, place
    found: list[int] = []
    here = at[-1] if at else -1
    while here >= 0:
        found.append(here)
        here = before[here]
    return found[::-1]


def shown_to(
    store: Store, pages: Iterable[Page], slot: str, arms: Mapping[str, str]
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Who was shown what at a slot.

    :param arms: puppet → arm.
    :returns: item → arm → puppets that were shown it; arm → puppets that have a page there.
    """
    there = {page.id: page.puppet for page in pages if page.slot == slot and page.status == "ok"}
    seen: dict[str, set[str]] = {}
    for page, items in items_of(store, there).items():
        for item in items:
            if item.id:
                seen.setdefault(item.id, set()).add(there[page])
    return (
        {item: dict(Counter(arms[one] for one in puppets)) for item, puppets in seen.items()},
        dict(Counter(arms[one] for one in set(there.values()))),
    )
