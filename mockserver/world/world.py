"""The world: one catalogue, one recommender, its viewers, its faults and its truth log.

Everything a face of the mock shows or stores goes through :class:`World`; it knows nothing of
HTTP. Same seed, size and overrides: same world, byte for byte (:meth:`World.dump`), same lists.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from collector.common.model import ItemKind, Surface
from mockserver.world import documented
from mockserver.world.arrays import Arrays
from mockserver.world.before import background, live
from mockserver.world.building import all_topics, build_catalogue
from mockserver.world.channelpaths import ChannelPaths
from mockserver.world.clock import WorldClock
from mockserver.world.comments import make_comments
from mockserver.world.dump import lines_of
from mockserver.world.faults import Faults
from mockserver.world.journal import Journal, Kind, Note
from mockserver.world.labelling import labels_of, mislabelled
from mockserver.world.lists import Lists, page_at
from mockserver.world.mechanisms import DEFAULT, Ranker
from mockserver.world.model import Ad, Channel, Comment, Entry, Playlist, User, Video
from mockserver.world.parameters import BUCKETS
from mockserver.world.recipe import SIZES, Recipe
from mockserver.world.ruling import Puppets, Ruling
from mockserver.world.seeded import key64
from mockserver.world.skew import skew
from mockserver.world.social import SocialWorld
from mockserver.world.social.parameters import divided
from mockserver.world.truthfile import truths_of
from mockserver.world.truthlog import TruthLog
from mockserver.world.truths import Correlated, Stall, Truths
from mockserver.world.viewers import Viewer
from mockserver.world.worldfile import load_recipe

#: Listings that a viewer may have open at once before the oldest is forgotten.
_OPEN_LISTINGS = 64


class World:
    """Build one with :meth:`build`. Mappings are by id and must not be changed."""

    def __init__(
        self,
        *,
        seed: int,
        recipe: Recipe,
        era: str,
        clock: WorldClock,
        recommender: Mapping[str, float],
        faults: Mapping[str, float],
        ruling: Ruling | None = None,
        mechanism: str = DEFAULT,
    ) -> None:
        self.seed = seed
        self.recipe = recipe
        self.era = era
        self.clock = clock
        self.topics: tuple[str, ...] = all_topics(recipe)
        #: What is true of it by arm, block and time.
        self.ruling = ruling or Ruling(seed)
        self._catalogue = build_catalogue(seed, recipe, self.topics, clock.start)
        for number, skewed in self.ruling.of(Correlated):
            skew(seed, number, skewed, self._catalogue)
        self.channels: Mapping[str, Channel] = self._catalogue.channels
        self.videos: Mapping[str, Video] = self._catalogue.videos
        self.playlists: Mapping[str, Playlist] = self._catalogue.playlists
        self.users: Mapping[str, User] = self._catalogue.users
        self.ads: Mapping[str, Ad] = self._catalogue.ads
        self._arrays = Arrays(self._catalogue, self.topics, recipe.neighbours, clock.start)
        of_lists, of_feed = divided(recommender)
        self.mechanism = mechanism
        others, people = background(seed, self.ruling, self._arrays)
        self._lists = Lists(
            seed, self._catalogue, self._arrays, of_lists, mechanism=mechanism, crowd=people
        )
        self.recommender: Ranker = self._lists.recommender
        if self.ruling:
            self._lists.hold(self.ruling.truths, others)
        self.faults = Faults(seed, faults)
        self.truth = TruthLog(self.now)
        #: The feed of the social site; its pages and posts are made when first asked for.
        self.social = SocialWorld(
            seed=seed, recipe=recipe, clock=clock, truth=self.truth, overrides=of_feed
        )
        self._viewers: dict[str, Viewer] = {}
        self._journal: Journal | None = None
        self._note: Note | None = None
        self._lock = threading.Lock()
        self._channel_paths = ChannelPaths(self.channels.values())
        self._user_names = tuple(self.users)

    @classmethod
    def build(
        cls,
        *,
        seed: int = 1,
        size: str = "small",
        era: str = "2026",
        clock: str = "real",
        recommender: Mapping[str, float] | None = None,
        faults: Mapping[str, float] | None = None,
        journal: Journal | None = None,
        recipe: Recipe | None = None,
        truths: Truths | Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
        puppets: Puppets | None = None,
        mechanism: str = DEFAULT,
    ) -> World:
        """A world from a seed.

        :param size: ``small`` (3,600 videos), ``medium`` (100,000) or the path of a world file
        :param recommender: overrides of named parameters, weights (``home.history``) and rates
        :param faults: shares by name (``faults.FAULTS``)
        :param journal: what its visitors did before, and where it is written from now on
        :param recipe: what it is made of, in place of a ``size``
        :param truths: what is true of it by arm, block and time, also as plain data
        :param puppets: visitor id → (arm, block) of those that the truths are about
        :param mechanism: which recommender ranks, by its name among the entry points
        :raises UserError: a bad world file, clock, parameter, fault or truth
        """
        recipe = recipe or SIZES.get(size)
        if recipe is None:
            recipe = load_recipe(Path(size))
        world = cls(
            seed=seed,
            recipe=recipe,
            era=recipe.era or era,
            clock=WorldClock(clock, since=journal.since if journal else None),
            recommender={**recipe.recommender, **(recommender or {})},
            faults={**recipe.faults, **(faults or {})},
            ruling=Ruling(
                seed,
                truths if isinstance(truths, Truths) else truths_of(truths),
                puppets or {},
                keeps_time=mechanism != DEFAULT,
            ),
            mechanism=mechanism,
        )
        if journal is not None:
            world.remember(journal)
        return world

    def remember(self, journal: Journal) -> None:
        """Do again what the journal tells, and tell it everything from now on. Before any visitor.

        :raises UserError: it is no journal of a world.
        """
        truth: list[tuple[str, dict[str, Any]]] = []
        for kind, *said in journal.lines():
            if kind is Kind.TRUTH:
                truth.append((said[0], said[1]))
            elif kind is not Kind.WORLD:
                visitor, method, args, kwargs = said
                of = self.viewer if kind is Kind.VIEWER else self.social.viewer
                getattr(of(visitor), method)(*args, **kwargs)
        self.truth.restore(truth)
        self._journal = journal
        self.truth.note = partial(journal.write, Kind.TRUTH)
        self.social.note = partial(journal.write, Kind.FEED_VIEWER)
        self._note = partial(journal.write, Kind.VIEWER)
        for viewer in self.viewers():
            viewer.note = self._note
        for feed_viewer in self.social.viewers():
            feed_viewer.note = self.social.note

    # -- time ------------------------------------------------------------------------------------

    @property
    def lists(self) -> Lists:
        """What makes the lists; to look at, a list that is served comes from :meth:`feed`."""
        return self._lists

    def arrive(self, viewer: Viewer, moment: datetime | None = None, agent: str = "") -> None:
        """A request of a viewer: time passes for it, in a world where time means anything.

        :param moment: of the viewer's own clock (virtual, where it has one); by default the world's
        :param agent: its user agent
        """
        if not self.ruling and not self.ruling.keeps_time:
            return
        with viewer.lock:
            new = viewer.is_new and not viewer.events
            viewer.arrives((moment or self.now()).timestamp(), agent)
            if new:
                for number, truth in self.ruling.used(viewer.visitor_id):
                    live(viewer, self.seed, number, truth, self._arrays)

    def now(self) -> datetime:
        """The world's present, aware, UTC."""
        return self.clock.now()

    # -- the catalogue ---------------------------------------------------------------------------

    def channel_by_path(self, path: str) -> Channel | None:
        """The channel at ``/@handle``, ``/user/x``, ``/c/x`` or ``/channel/UC…`` (tabs ignored)."""
        return self._channel_paths.find(path)

    def comments(self, video_id: str) -> tuple[Comment, ...]:
        """The newest comments of a video, each thread followed by its replies; () if unknown."""
        known = self._catalogue.comments.get(video_id)
        if known is not None:
            return known
        video = self.videos.get(video_id)
        if video is None:
            return ()
        return make_comments(self.seed, video, self._user_names, self.clock.start)

    def responses(self, video_id: str) -> tuple[str, ...]:
        """Ids of the video responses to a video."""
        return documented.RESPONSES.get(video_id, ())

    def search(self, query: str, limit: int = 20) -> tuple[Video, ...]:
        """Videos by relevance alone, the same for everybody."""
        return tuple(self._arrays.videos[row] for row in self._lists.found(query, limit).tolist())

    def holding(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the videos that hold a folded word, in the order of :attr:`videos`, and how
        much the field weighs that holds it."""
        return self._lists.search.holding(word)

    def plain_title(self, row: int) -> str:
        """The folded words of a video's title between single spaces, by row as in
        :meth:`holding`."""
        return self._lists.search.plain_title(row)

    def index_words(self) -> None:
        """Make the index of words now instead of in the first search: a second per 100,000
        videos."""
        self._lists.search.build()

    def labels(self) -> dict[str, str]:
        """Topic by video id, channel id, playlist id and id of the mixes served so far."""
        found = {**labels_of(self._catalogue), **self.truth.mixes()}
        return self.mislabelled(found) if self.ruling else found

    def mislabelled(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Labels with the errors that the truths put into them. An error of arms is in what the
        truth log says that those arms' puppets were shown, and no other's."""
        return mislabelled(labels, self.ruling, self.truth)

    # -- viewers and lists -----------------------------------------------------------------------

    def viewer(
        self, visitor_id: str, *, lang: str | None = None, country: str | None = None
    ) -> Viewer:
        """The viewer of this visitor id, made on first sight (English, US); a language or country
        that is given replaces the one known."""
        with self._lock:
            viewer = self._viewers.get(visitor_id)
            if viewer is None:
                bucket = key64(self.seed, "bucket", visitor_id) % BUCKETS
                viewer = self._viewers[visitor_id] = Viewer(visitor_id, bucket, note=self._note)
        spoken = (lang or viewer.lang, country or viewer.country)
        if spoken != (viewer.lang, viewer.country):
            viewer.speaks(*spoken)
        return viewer

    def viewers(self) -> tuple[Viewer, ...]:
        """Everybody seen so far, in order of visitor id."""
        with self._lock:
            return tuple(self._viewers[name] for name in sorted(self._viewers))

    def feed(
        self,
        surface: Surface,
        viewer: Viewer,
        *,
        context: str | None = None,
        start: int = 0,
        count: int | None = None,
        load: str,
    ) -> tuple[Entry, ...]:
        """Entries ``start`` to ``start + count`` (0-based) of a list in one page load.

        The list is composed when first asked for and stays as it is for that load. An empty tuple
        means that there is no more. Ask in steps of ``rates.PAGE_SIZES[surface]``: no shelf is cut.

        :param context: video id (related), query (search) or channel id (channel)
        :param count: default: the page that begins at ``start``, or the first page's size
        :param load: the page load's id; lists of different loads are drawn anew
        """
        key = (load, surface.value, context or "")
        with viewer.lock:
            listing = viewer.listings.get(key)
            if listing is None:
                seen = viewer.snapshot()
                rules = self.ruling.rules(surface, seen, load)
                listing = self._lists.make(surface, seen, context, load, rules)
                viewer.listings[key] = listing
                while len(viewer.listings) > _OPEN_LISTINGS:
                    viewer.listings.popitem(last=False)
            if count is None:
                count = page_at(surface, start)
            return listing.between(max(start, 0), max(start, 0) + max(count, 0))

    def up_next(self, viewer: Viewer, video_id: str, load: str) -> Video | None:
        """What autoplay goes on to: the first ordinary video of this load's related list."""
        entries = self.feed(Surface.RELATED, viewer, context=video_id, start=0, load=load)
        for entry in entries:
            if entry.kind is ItemKind.VIDEO and entry.shelf is None:
                return entry.video
        return None

    def preroll(self, viewer: Viewer, video_id: str, load: str) -> Ad | None:
        """The ad to play before a video in this page load, if any."""
        rate = None
        if self.ruling:
            rate = dict(self.ruling.rules(Surface.RELATED, viewer.snapshot(), load).rates).get(
                "preroll"
            )
        return self._lists.composer.preroll(viewer.visitor_id, video_id, load, rate)

    def fault(self, name: str, visitor: str, key: str) -> bool:
        """Whether the named fault strikes this visitor's load (or playback) ``key``."""
        return self.faults.strikes(name, visitor, key)

    def ending(self, viewer: Viewer, load: str, surface: Surface | None, context: str | None) -> (
        str | None
    ):  # fmt: skip
        """How a load ends by a truth's will (a name of ``FAULTS``) in place of the page asked for.

        :param surface: the list of that page, and its context; ``None``: it has none
        """
        if not self.ruling:
            return None
        topics: set[str] = set()
        if self.ruling.asks_topics and surface is not None:
            entries = self.feed(surface, viewer, context=context, load=load)
            topics.update(entry.topic for entry in entries if entry.topic is not None)
            if context is not None and context in self.videos:
                topics.add(self.videos[context].topic)
        found = self.ruling.ending(
            viewer.visitor_id, viewer.clock_s, load, viewer.loads, frozenset(topics)
        )
        return found[1].value if found is not None else None

    def stall(self, viewer: Viewer, key: str) -> Stall | None:
        """How the playback ``key`` of a viewer stalls; ``None``: it does not. The fault ``stall``
        is for ever."""
        if self.fault("stall", viewer.visitor_id, key):
            return Stall(share=1.0)
        return self.ruling.stall(viewer.visitor_id, viewer.clock_s, key) if self.ruling else None

    # -- proof -----------------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        """The recommender's description with the world's rates, seed and sizes, and every truth
        with its parameters, where there are any."""
        truths = self.ruling.truths
        held = {"truths": truths.told(), "block_every_s": truths.block_every_s}
        return {
            **self.recommender.describe(),
            "feed": self.social.describe(),
            "composition": dict(self._lists.composer.rates),
            "faults": dict(self.faults.shares),
            "seed": self.seed,
            "world": self.recipe.name,
            "era": self.era,
            "clock": self.clock.spec,
            "counts": self.counts(),
            **(held if self.ruling else {}),
        }

    def counts(self) -> dict[str, int]:
        """Tell how many there are of what it is made of, by the name of the kind."""
        return {
            "channels": len(self.channels),
            "videos": len(self.videos),
            "playlists": len(self.playlists),
            "users": len(self.users),
            "ads": len(self.ads),
        }

    def dump(self) -> bytes:
        """The whole catalogue as JSON lines, as if it had been built at the epoch."""
        return b"\n".join(lines_of(self._catalogue, self.clock.start))

    def fingerprint(self) -> str:
        """SHA-256 of :meth:`dump`, line by line: a large world is never held a second time."""
        found = hashlib.sha256()
        for number, line in enumerate(lines_of(self._catalogue, self.clock.start)):
            found.update(b"\n" + line if number else line)
        return found.hexdigest()

    def close(self) -> None:
        """Write what the truth log still holds back."""
        self.truth.flush()
        if self._journal is not None:
            self._journal.close()
