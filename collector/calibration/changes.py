"""What a platform may do to the lists of one arm: one change of the drawn lists for each mechanism
that a report can name.

Lists come from the world's own recommender, with its noise, channels, shelves and advertising, and
nothing that a viewer does moves them. A change is then made in a share of their places (its
*size*), so that every mechanism has a size in one unit and a size can be doubled. Alone what was
watched moves lists by the recommender itself; its size is in points of exposure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.analysis.mechanism import Mechanism
from collector.calibration.audits import Audits, Design
from collector.calibration.measured import AD, Bools
from collector.calibration.probe import Probe
from collector.calibration.scenes import Catalogue, Rows

Key = tuple[str, str]
"""(surface, slot)"""
Tosses = NDArray[np.float32]

MANY = 12
"""Twins of an arm where a mechanism needs more than one or two blocks to be seen."""
_INSIDE = 5 / 6
"""Share of the treated that the platform puts into its test group, and of the others that it does
not."""


@dataclass(frozen=True, eq=False)
class Chance:
    """What a change is drawn by: the same for every size, so that sizes can be compared."""

    item: Tosses
    """Of each item, shape (audits, items): the platform does the same to all its viewers."""
    rank: Tosses
    """By which it puts items into another order, shape (audits, items)."""
    place: Mapping[Key, Tosses]
    """Of each place of a list, shape (audits, puppets, entries)."""
    start: Mapping[Key, Floats]
    """Where in a pool of items each list begins, shape (audits, puppets)."""
    deal: Floats
    """By which puppets are dealt out to test groups, shape (audits, puppets)."""
    earlier: Mapping[Key, Rows]
    """An earlier search of each puppet, for something else: its items, shape (audits, puppets,
    entries)."""
    partner: Rows
    """Another item of the same label for each, shape (items,)."""
    anyone: Rows
    """Another item of whatever label for each, shape (items,)."""
    pool: Rows
    """The items with the label that is asked for, or with the most frequent one."""

    @classmethod
    def of(cls, probe: Probe, told: Audits, generator: np.random.Generator) -> Chance:
        """Draw it for a batch.

        :param told: lists that nothing moves.
        """
        catalogue = probe.catalogue
        audits, items = len(told), len(catalogue.topic)
        shapes = {key: lists.items.shape for key, lists in told.lists.items()}
        anyone = _deranged(catalogue, np.zeros(items, dtype=np.int16))
        return cls(
            item=generator.random((audits, items), dtype=np.float32),
            rank=generator.random((audits, items), dtype=np.float32),
            place={key: generator.random(shape, dtype=np.float32) for key, shape in shapes.items()},
            start={key: generator.random(shape[:2]) for key, shape in shapes.items()},
            deal=generator.random((audits, len(told.design.puppets))),
            earlier={
                key: np.where(own.items >= 0, anyone[np.maximum(own.items, 0)], own.items)
                for key, own in told.lists.items()
            },
            partner=_deranged(catalogue, catalogue.topic),
            anyone=anyone,
            pool=_pool(probe),
        )


def _deranged(catalogue: Catalogue, groups: NDArray[np.int16]) -> Rows:
    """Each single item → the next of its group and kind, in an order that has nothing to do with
    what is popular; one without another of its group is itself."""
    found = np.arange(len(groups), dtype=np.int32)
    order = np.random.default_rng(1).permutation(catalogue.singles)
    for group in np.unique(groups[: catalogue.singles]):
        for short in (False, True):
            own = order[(groups[order] == group) & (catalogue.short[order] == short)]
            found[own] = np.roll(own, 1)
    return found


def _pool(probe: Probe) -> Rows:
    topic = probe.catalogue.topic[: probe.catalogue.singles]
    labels = probe.catalogue.labels
    label = next((q.label for q in probe.questions if q.label in labels), None)
    wanted = labels.index(label) if label else int(np.bincount(topic[topic >= 0]).argmax())
    rows = np.flatnonzero((topic == wanted) & ~probe.catalogue.short)
    return np.random.default_rng(2).permutation(rows).astype(np.int32)


def _swapped(items: Rows, other: Rows, wanted: Bools) -> Rows:
    """The other items in the wanted places, save where the list holds them already."""
    new = np.where(wanted & (items >= 0), other, items)
    twice = (new[..., :, None] == items[..., None, :]).any(axis=-1) & (new != items)
    return np.where(twice, items, new)


def _by_item(partner: Rows, told: Rows, chance: Tosses, size: float) -> Rows:
    """Items that fall below ``size`` give way to their partners, for all viewers the same."""
    at = np.maximum(told, 0)
    here = chance[np.arange(len(told))[:, None, None], at] < size
    return _swapped(told, partner[at], here)


def _sorted_anew(told: Rows, moved: Bools, rank: Tosses) -> Rows:
    """The moved items among their places by ``rank``, the others where they are."""
    places = np.arange(told.shape[-1]) + np.zeros(told.shape)
    source = np.argsort(np.where(moved, rank, 2 + places), axis=-1, kind="stable")
    target = np.argsort(np.where(moved, places / told.shape[-1], 2 + places), axis=-1)
    found = told.copy()
    np.put_along_axis(found, target, np.take_along_axis(told, source, axis=-1), axis=-1)
    return found


def _from_pool(told: Rows, wanted: Bools, pool: Rows, start: Floats) -> Rows:
    """Items of the pool in the wanted places, each once."""
    number = np.arange(told.shape[-1])
    first = (start * len(pool)).astype(np.intp)
    other = pool[(first[..., None] + number) % len(pool)]
    return _swapped(told, other, wanted & (number < len(pool)))


Treated = Bools
"""Which puppets are of the treated arm, shape (puppets,)."""
_Make = Callable[[Rows, Key, float, Chance, Treated, Design], Rows]


def _replace(
    told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design
) -> Rows:
    return np.where(treated[:, None], _by_item(chance.partner, told, chance.item, size), told)


def _place(told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design) -> Rows:
    return np.where(treated[:, None], _by_item(chance.anyone, told, chance.item, size), told)


def _reorder(
    told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design
) -> Rows:
    audit, at = np.arange(len(told))[:, None, None], np.maximum(told, 0)
    moved = (chance.item[audit, at] < size) & (told >= 0) & treated[:, None]
    return _sorted_anew(told, moved, chance.rank[audit, at])


def _ads(told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design) -> Rows:
    here = (chance.place[key] < size) & treated[:, None] & (told >= 0)
    return np.where(here, np.int32(AD), told)


def _bucket(told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design) -> Rows:
    inside = np.zeros(chance.deal.shape, dtype=np.bool_)
    for side, share in ((treated, _INSIDE), (~treated, 1 - _INSIDE)):
        own = np.flatnonzero(side)
        count = min(max(round(share * len(own)), 1), len(own) - 1)
        rank = chance.deal[:, own].argsort(axis=1).argsort(axis=1)
        inside[:, own] = rank < count
    here = (chance.place[key] < size) & inside[:, :, None]
    return _from_pool(told, here, chance.pool, chance.start[key])


def _carried(
    told: Rows, key: Key, size: float, chance: Chance, treated: Treated, _: Design
) -> Rows:
    here = (chance.place[key] < size) & treated[:, None] & (chance.earlier[key] >= 0)
    return _swapped(told, chance.earlier[key], here)


def _drift(
    told: Rows, key: Key, size: float, chance: Chance, treated: Treated, design: Design
) -> Rows:
    """The label gains ``size`` from block to block, and in each the treated come a block later."""
    moment = design.blocks - design.blocks.min() + treated
    here = chance.place[key] < size * moment[:, None]
    return _from_pool(told, here, chance.pool, chance.start[key])


def _apart(
    told: Rows, key: Key, size: float, chance: Chance, treated: Treated, design: Design
) -> Rows:
    """The label gains ``size`` from block to block, for the treated alone."""
    moment = (design.blocks - design.blocks.min()) * treated
    here = chance.place[key] < size * moment[:, None]
    return _from_pool(told, here, chance.pool, chance.start[key])


@dataclass(frozen=True)
class Change:
    """One way in which the lists of two arms can come to differ."""

    name: str
    right: Mechanism
    """What a report has to say of it."""
    about: str
    make: _Make | None
    """``None``: what was watched, by the recommender."""
    outcomes: tuple[str, ...] = ()
    """Declared besides those of the scenario: they can find it."""
    twins: int | None = None
    """``None``: as many as the scenario has."""
    videos: bool = False
    """Feeds have no such thing."""
    popular: float = 1.0
    """How much more than on the mock popularity counts. Twins' lists have little in common there:
    an overlap of 12 twins shows neither another order nor half of another search."""
    promised: bool = True
    """That it is named; else it is counted alone."""
    most: float = 0.5
    """The largest size that can be doubled."""

    def changed(
        self, told: Audits, size: float, chance: Chance, treated: Treated
    ) -> dict[Key, Rows]:
        """Return the lists with the change of this size, by slot."""
        assert self.make is not None
        return {
            key: self.make(own.items, key, size, chance, treated, told.design)
            for key, own in told.lists.items()
        }


CHANGES = (
    Change("topic", Mechanism.TOPIC, "what was watched moves the recommender", None),
    Change(
        "replace", Mechanism.REPLACE, "items give way to others of the same label", _replace,
        twins=MANY,
    ),
    Change(
        "reorder", Mechanism.REORDER, "items are put into another order", _reorder,
        twins=MANY, popular=6.0,
    ),
    Change(
        "language or country", Mechanism.PLACE,
        "the arms differ in language, and items give way to others", _place, twins=MANY,
    ),
    Change(
        "ads", Mechanism.ADS, "items give way to advertising", _ads,
        outcomes=("list-length", "ad-share"),
    ),
    Change(
        "test groups", Mechanism.BUCKET,
        "a test group has items of one label; five in six of the treated are in it, and one in six"
        " of the others", _bucket, twins=MANY, videos=True,
    ),
    Change(
        "carry-over", Mechanism.CARRY_OVER,
        "items of the puppet's own earlier search stand in later ones", _carried, twins=MANY,
        popular=6.0, videos=True,
    ),
    Change(
        "drift", Mechanism.DRIFT,
        "one label gains from block to block, and the treated come a block later", _drift,
        twins=MANY,
        most=1 / 6,
    ),
    Change(
        "drift of one arm", Mechanism.DRIFT,
        "one label gains from block to block, for the treated alone", _apart, twins=MANY,
        promised=False, most=1 / 6,
    ),
)  # fmt: skip
"""In the order of the table."""
