"""The mock's world under a probe, by what kind of platform it is: which pages can be simulated,
what its viewers were when a page was made for them, and the scenes that come of it.

A kind of platform is one class here, beside its way of drawing lists (``shown``, ``timelines``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from collector.analysis.rundata import Page
from collector.calibration import ranked, timelines
from collector.calibration.ranked import formula_of
from collector.calibration.scenes import Catalogue, Scene
from collector.common.model import Surface
from collector.platforms.registry import Genre
from mockserver.world import World
from mockserver.world.parameters import BUCKETS
from mockserver.world.social import SocialWorld
from mockserver.world.social.parameters import PREFIX
from mockserver.world.social.viewers import FeedSnapshot, FeedViewer
from mockserver.world.viewers import Snapshot, Viewer

Key = tuple[str, str, str]
"""(visitor, load, surface)."""


class Ground(ABC):
    """A world, and what it knew of each viewer when a page was made.

    :param world: its pages are made by ``watched``, which notes the viewer.
    :param labels: topic by item id.
    """

    surfaces: ClassVar[tuple[Surface, ...]]
    """Lists that can be simulated."""
    compares: ClassVar[bool] = True
    """Every item shows an id, so that two puppets' lists can be compared."""
    catalogue: Catalogue

    def __init__(self, world: World, labels: Mapping[str, str]) -> None:
        self.world, self.labels = world, labels

    @property
    @abstractmethod
    def watched(self) -> Any:
        """The world for sessions to go through."""

    @abstractmethod
    def scenes(
        self, pages: Mapping[tuple[str, str, str], Sequence[tuple[Page, Key]]]
    ) -> dict[tuple[str, str, str], Scene]:
        """(arm, surface, slot) → its scene, from its pages and whose each of them was."""

    @abstractmethod
    def in_force(self) -> dict[str, float]:
        """Parameter or weight → its value."""


class RankedGround(Ground):
    """A site of videos."""

    surfaces = ranked.SURFACES

    def __init__(self, world: World, labels: Mapping[str, str]) -> None:
        super().__init__(world, labels)
        self._noted = _Watched(world)
        self.catalogue = ranked.catalogue_of(world, labels)

    @property
    def watched(self) -> _Watched:
        """Return the world for sessions to go through, which notes each viewer."""
        return self._noted

    def scenes(
        self, pages: Mapping[tuple[str, str, str], Sequence[tuple[Page, Key]]]
    ) -> dict[tuple[str, str, str], Scene]:
        """Return (arm, surface, slot) → its scene, from its pages and whose each of them was."""
        told = {place: [self._noted.seen[key] for _, key in own] for place, own in pages.items()}
        # Truths may go by the clock and by the visitor: with them every past is one of its own.
        alike = {
            arm: not self.world.ruling and _alike([own for at, own in told.items() if at[0] == arm])
            for arm, *_ in pages
        }
        return {
            place: self._scene(place, [page for page, _ in pages[place]],
                               own[:1] if alike[place[0]] else own)
            for place, own in told.items()
        }  # fmt: skip

    def _scene(
        self,
        place: tuple[str, str, str],
        pages: Sequence[Page],
        told: Sequence[tuple[Snapshot, str | None]],
    ) -> Scene:
        """The page's scores in every past of the probe's twins and every test group."""
        every = [(replace(one, bucket=b), context) for one, context in told for b in range(BUCKETS)]
        return ranked.scene_of(
            self.world, Surface(place[1]), every, arm=place[0], slot=place[2],
            entries=max(len(page.items) for page in pages),
        )  # fmt: skip

    def in_force(self) -> dict[str, float]:
        """Return parameter or weight (``home.history``) → its value."""
        return {
            **self.world.recommender.params,
            **{
                f"{surface.value}.{name}": value
                for surface, table in formula_of(self.world).weights.items()
                for name, value in table.items()
            },
        }


class FeedGround(Ground):
    """A site with a feed of posts."""

    surfaces = (Surface.FEED,)
    compares = False

    def __init__(self, world: World, labels: Mapping[str, str]) -> None:
        super().__init__(world, labels)
        self._noted = _WatchedFeed(world)
        self.catalogue = timelines.catalogue_of(world.social, labels)

    @property
    def watched(self) -> _WatchedFeed:
        """Return the world for sessions to go through, which notes each viewer."""
        return self._noted

    def scenes(
        self, pages: Mapping[tuple[str, str, str], Sequence[tuple[Page, Key]]]
    ) -> dict[tuple[str, str, str], Scene]:
        """Return (arm, surface, slot) → its scene, from its pages and whose each of them was."""
        return {
            (arm, surface, slot): timelines.scene_of(
                self.world.social,
                [self._noted.social.seen[visitor, load] for _, (visitor, load, _) in own],
                self.catalogue,
                arm=arm,
                slot=slot,
                entries=max(len(page.items) for page, _ in own),
            )
            for (arm, surface, slot), own in pages.items()
        }

    def in_force(self) -> dict[str, float]:
        """Return ``feed.`` with the name of each of the feed's parameters → its value."""
        return {f"{PREFIX}{name}": value for name, value in self.world.social.params.items()}


GROUNDS: Mapping[Genre, type[Ground]] = {Genre.VIDEOS: RankedGround, Genre.FEED: FeedGround}


class _Watched:
    """A world that notes, for each list, what its recommender knew of the viewer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: dict[Key, tuple[Snapshot, str | None]] = {}
        """The viewer, and the list's context."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def feed(
        self,
        surface: Surface,
        viewer: Viewer,
        *,
        load: str,
        context: str | None = None,
        **more: Any,
    ) -> Any:
        key = (viewer.visitor_id, load, surface.value)
        if key not in self.seen:
            self.seen[key] = viewer.snapshot(), context
        return self._world.feed(surface, viewer, load=load, context=context, **more)


class _WatchedFeed:
    """A world that notes, for each timeline, what its ranking knew of the viewer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.social = _WatchedSocial(world.social)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


class _WatchedSocial:
    def __init__(self, social: SocialWorld) -> None:
        self._social = social
        self.seen: dict[tuple[str, str], FeedSnapshot] = {}
        """(visitor, load) → the viewer."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._social, name)

    def timeline(self, viewer: FeedViewer, load: str, **more: Any) -> Any:
        key = (viewer.visitor_id, load)
        if key not in self.seen:
            self.seen[key] = viewer.snapshot()
        return self._social.timeline(viewer, load, **more)


def _alike(pages: Sequence[Sequence[tuple[Snapshot, str | None]]]) -> bool:
    """All twins of an arm have one and the same past on each of these pages: one is enough."""

    def past(viewer: Snapshot, context: str | None) -> object:
        events = tuple((e.kind, e.target, e.seconds, e.fraction, e.on) for e in viewer.events)
        kept = (viewer.subscriptions, viewer.likes, viewer.dislikes, viewer.not_interested)
        return context, viewer.lang, viewer.country, events, kept

    return all(len({past(*each) for each in page}) == 1 for page in pages)
