"""What a list is drawn from, whatever kind of platform makes it.

A *scene* is one tested page of one arm with the summands of its scores; under a truth it becomes a
*stage*, from which lists are drawn for thousands of puppets at once. Lists of videos are made by
``ranked`` and ``shown``, timelines of posts by ``timelines``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.common.model import ItemKind, Surface

Rows = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What a world has to show, as columns. An item is a number: one of these; of videos, that of
    a mix is its video's + their number, and playlists follow."""

    channel: np.ndarray
    topic: np.ndarray
    """Number of the label in force in ``labels``, −1 without; of every item."""
    labels: tuple[str, ...]
    ids: tuple[str, ...]
    """Of every item."""
    channels: tuple[str, ...]
    """Names, by number as in ``channel``."""
    short: np.ndarray
    news: Mapping[str, np.ndarray]
    """Language → rows that a shelf of news may hold."""
    playlists: np.ndarray
    """Row of the first video of each."""
    rates: Mapping[str, float]
    kinds: tuple[ItemKind, ItemKind, ItemKind] = (ItemKind.VIDEO, ItemKind.MIX, ItemKind.PLAYLIST)
    """Of the single items, and of what is made of them."""

    @property
    def singles(self) -> int:
        """How many videos, or posts, there are."""
        return len(self.channel)

    def kind(self, number: int) -> ItemKind:
        """Return the kind of the item of that number: single, mix or playlist."""
        return self.kinds[min(number // self.singles, 2)]


@dataclass(frozen=True, eq=False)
class Lists:
    """What many puppets were shown on one page. Shape (lists, entries)."""

    items: Rows
    """Numbers of the ``Catalogue``; −1: advertising, −2: the list has ended."""

    @property
    def organic(self) -> NDArray[np.bool_]:
        """Return where ``items`` has an item, neither advertising nor the list's end; its shape."""
        return self.items >= 0


class Stage(Protocol):
    """A scene under one truth, ready to be drawn from."""

    @property
    def scene(self) -> Scene:
        """Return the scene that is staged."""

    def draw(
        self, catalogue: Catalogue, states: NDArray[np.intp], generator: np.random.Generator
    ) -> Lists:
        """A list for each of ``states``, shape (lists,)."""
        ...


class Scene(Protocol):
    """One tested page of one arm. A *state* is a past (one of the probe's twins) in a test group of
    the platform; states are numbered past × groups + group."""

    @property
    def arm(self) -> str:
        """Return the arm whose page it is."""

    @property
    def slot(self) -> str:
        """Return the slot: the same for pages of different arms that are to be compared."""

    @property
    def surface(self) -> Surface:
        """Return the list that is tested."""

    @property
    def entries(self) -> int:
        """That the capture held, advertising among them."""
        ...

    @property
    def parts(self) -> Mapping[str, Floats]:
        """Summand of the score → shape (states, singles); without noise."""
        ...

    @property
    def groups(self) -> int:
        """Test groups of the platform."""
        ...

    @property
    def moved(self) -> str:
        """The summand by which what a viewer did moves a list; an effect's size is set by it."""
        ...

    @property
    def states(self) -> int:
        """Return how many states there are: pasts × test groups."""

    def stage(self, catalogue: Catalogue, totals: Floats) -> Stage:
        """Make it ready to be drawn from, in every state of its viewers.

        :param totals: the scores in force without noise, shape (states, singles).
        """
        ...
