"""One run of a scenario in memory, and what every puppet could have been shown on its tested pages.

The run goes the way of the data (simulated session → store → ``load_run`` → ``measure_question``),
so the pages that are tested are those that the report tests. While it goes, every list that the
world composes is noted with the viewer as the recommender saw it. Afterwards the world's own
``Lists`` score these lists again, once for each test group of the platform, and the summands are
kept. What chance adds (noise, test group) is left out: ``shown`` draws it for thousands at once.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from collector.analysis.declared import Declaration, Question
from collector.analysis.exchanges import Floats
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.judging import declaration_of
from collector.analysis.load import load_run
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import Page, RunData
from collector.calibration.mocks import NotCalibrated, refuse_strange
from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from collector.datasets.build import one_run
from collector.datasets.simulator import Job, Simulator
from collector.profile import visitor_id_of
from collector.scenario.loader import Loaded
from collector.scenario.planned import Plan
from mockserver.world import World
from mockserver.world.clock import EPOCH
from mockserver.world.listing import Listing
from mockserver.world.parameters import BUCKETS
from mockserver.world.rates import PAGE_SIZES
from mockserver.world.recommender import Recommender, Scores
from mockserver.world.viewers import Snapshot, Viewer

TWINS = 8
"""Twins of each arm in the probe: so many pasts an arm's puppets are drawn from."""

SURFACES = (Surface.HOME, Surface.RELATED, Surface.SEARCH)
"""Lists that are ranked, and that ``shown`` can draw."""

_FRESH_S = 45 * 86400
"""Age up to which a video may stand in a shelf of news."""

STANDING = ("freshness", "after", "dose", "carry-over")
"""Gates that do not depend on what a list holds: asked once, of the probe."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The world's videos and playlists as columns; an item is a video (its row), a mix (row +
    videos) or a playlist (2 × videos + its number)."""

    channel: np.ndarray
    topic: np.ndarray
    """Number of the label in force in ``labels``, −1 without; of videos, mixes, playlists."""
    labels: tuple[str, ...]
    short: np.ndarray
    news: Mapping[str, np.ndarray]
    """Language → rows that a shelf of news may hold."""
    playlists: np.ndarray
    """Row of the first video of each."""
    rates: Mapping[str, float]
    ids: tuple[str, ...]
    """Of every item."""
    channels: tuple[str, ...]
    """Names, by number as in ``channel``."""

    @property
    def videos(self) -> int:
        return len(self.channel)


@dataclass(frozen=True, eq=False)
class Scene:
    """One tested page of one arm: what its list is drawn from.

    A *state* is a past (one of the probe's twins) in a test group of the platform; states are
    numbered past × BUCKETS + group.
    """

    arm: str
    slot: str
    surface: Surface
    entries: int
    """That the capture held, advertising among them."""
    language: str
    parts: Mapping[str, Floats]
    """Summand of the score → shape (states, videos); without noise."""
    allowed: np.ndarray
    """Rows that may be ranked, bool, shape (states, videos)."""
    fill: np.ndarray
    """Rows that may follow when those run out."""
    noise: float
    """Weight of the Gumbel noise."""
    diversity: float
    """What each earlier entry of the same channel costs."""

    @property
    def states(self) -> int:
        return len(self.allowed)


@dataclass(frozen=True, eq=False)
class Probe:
    """A scenario with what its puppets could be shown."""

    loaded: Loaded
    plan: Plan
    data: RunData
    """The run as the analysis sees it."""
    declaration: Declaration
    catalogue: Catalogue
    scenes: Mapping[tuple[str, str, str], Scene]
    """(arm, surface, slot) → scene."""
    slots: Mapping[str, tuple[str, ...]]
    """Surface → the slots that are tested."""
    standing: Mapping[str, Gate]
    """Question → a gate that shuts it whatever its lists hold."""
    in_force: Mapping[str, float]
    """Parameter (``history``) or weight (``home.history``) → its value on the scenario's mock."""

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.declaration.questions

    @cached_property
    def pages(self) -> Mapping[tuple[str, str, str], Page]:
        """(arm, surface, slot) → a page of the probe, to be filled with another list."""
        return {(p.puppet.arm, p.surface, p.slot): p for p in reversed(self.data.pages)}


class _Composed:
    """Stands in for the composer: keeps what it was to compose."""

    def __init__(self) -> None:
        self.scores: Scores | None = None
        self.allowed = self.fill = np.zeros(0, dtype=bool)

    def compose(
        self, surface: Surface, viewer: Snapshot, scores: Scores, *, allowed: np.ndarray,
        fill: np.ndarray, **_: Any,
    ) -> Listing:  # fmt: skip
        self.scores, self.allowed, self.fill = scores, allowed, fill
        return Listing(())

    def channel(self, rows: np.ndarray) -> Listing:
        return Listing(())


class _Watched:
    """A world that notes, for each list, what its recommender knew of the viewer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: dict[tuple[str, str, str], tuple[Snapshot, str | None]] = {}
        """(visitor, load, surface) → the viewer, and the list's context."""

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


def with_twins(loaded: Loaded, twins: int | None, block: int | None = None) -> Loaded:
    """The scenario with so many twins of every arm, in blocks of so many."""
    scenario = loaded.scenario
    changes: dict[str, Any] = {}
    if twins is not None:
        changes["arms"] = {
            name: arm.model_copy(update={"twins": twins}) for name, arm in scenario.arms.items()
        }
    if block is not None:
        changes["block"] = block
    return replace(loaded, scenario=scenario.model_copy(update=changes)) if changes else loaded


def probe(loaded: Loaded, *, seed: int | None = None) -> Probe:
    """Run a scenario once in memory.

    :raises NotCalibrated: a feed, nothing to compare, a tested surface that is not ranked, or a
        truth or fault of the mock that is not simulated.
    :raises UserError: no plan can be made of it.
    """
    scenario = loaded.scenario
    if scenario.platform != "youtube":
        raise NotCalibrated(
            "lists of videos are simulated, and this scenario runs on a feed",
            place=f"{loaded.place}: platform",
            fix="take a scenario with platform: youtube; for a feed, collector power --pilot RUN",
        )
    if scenario.analysis.exposure and not scenario.label_sources:
        raise NotCalibrated(
            "labels are given later, so nothing is known of"
            f" {' and '.join(map(repr, scenario.analysis.exposure))} on the mock",
            place=f"{loaded.place}: labels",
            fix="collector power --pilot RUN, a run whose labels were given; or try the design with"
            " labels: mock and a topic that the mock has",
        )
    most = max(TWINS, *(arm.twins for arm in scenario.arms.values()))
    master = scenario.seed if seed is None else seed
    simulator = Simulator(Job(with_twins(loaded, most), master, "probe"))
    world = simulator.world
    refuse_strange(world.ruling, world.faults.shares)
    watched = _Watched(world)
    simulator.world = watched  # type: ignore[assignment]  # a world with one method more
    with tempfile.TemporaryDirectory() as folder:
        one_run(simulator, Path(folder))
        data = load_run(Path(folder))
    declaration = declaration_of(data)
    if not declaration.questions:
        raise NotCalibrated(
            "the scenario must declare a comparison",
            place=f"{loaded.place}: arms",
            fix="give it two arms and analysis.surfaces",
        )
    slots: dict[str, tuple[str, ...]] = {}
    standing: dict[str, Gate] = {}
    for question in declaration.questions:
        measured = measure_question(data, question, declaration)
        slots.setdefault(question.surface, measured.slots)
        shut = [
            gate
            for gate in ask(data, measured, declaration)
            if gate.ruling is Ruling.WITHHELD and gate.gate in STANDING
        ]
        if shut:
            standing[question.name] = shut[0]
    return Probe(
        loaded=loaded,
        plan=simulator.rounds.plan,
        data=data,
        declaration=declaration,
        catalogue=catalogue_of(world, simulator.labels),
        scenes=_scenes(world, watched, data, simulator.rounds.plan, slots, loaded),
        slots=slots,
        standing=standing,
        in_force={
            **world.recommender.params,
            **{
                f"{surface.value}.{name}": value
                for surface, table in formula_of(world).weights.items()
                for name, value in table.items()
            },
        },
    )


def _scenes(
    world: World,
    watched: _Watched,
    data: RunData,
    plan: Plan,
    slots: Mapping[str, Sequence[str]],
    loaded: Loaded,
) -> dict[tuple[str, str, str], Scene]:
    visitors = {session.puppet: visitor_id_of(session.seed) for session in reversed(plan.sessions)}
    told: dict[tuple[str, str, str], list[tuple[Snapshot, str | None]]] = {}
    shown: dict[tuple[str, str, str], list[Page]] = {}
    for surface, wanted in slots.items():
        if wanted and surface not in SURFACES:
            raise NotCalibrated(
                f"a list of {surface} is not ranked by the recommender",
                place=f"{loaded.place}: analysis.surfaces",
                fix=f"test one of {', '.join(SURFACES)}",
            )
        for arm in data.arms:
            for slot in wanted:
                pages = [
                    page
                    for page in data.pages
                    if (page.puppet.arm, page.surface, page.slot) == (arm, surface, slot)
                ]
                if pages:
                    told[arm, surface, slot] = [
                        watched.seen[visitors[page.puppet.name], page.event or "", surface]
                        for page in pages
                    ]
                    shown[arm, surface, slot] = pages
    # Truths may go by the clock and by the visitor: with them every past is one of its own.
    alike = {
        arm: not world.ruling and _alike([own for key, own in told.items() if key[0] == arm])
        for arm in data.arms
    }
    return {
        key: _scene(world, key[0], key[2], shown[key], own[:1] if alike[key[0]] else own)
        for key, own in told.items()
    }


def _alike(pages: Sequence[Sequence[tuple[Snapshot, str | None]]]) -> bool:
    """All twins of an arm have one and the same past on each of these pages: one is enough."""

    def past(viewer: Snapshot, context: str | None) -> object:
        events = tuple((e.kind, e.target, e.seconds, e.fraction, e.on) for e in viewer.events)
        kept = (viewer.subscriptions, viewer.likes, viewer.dislikes, viewer.not_interested)
        return context, viewer.lang, viewer.country, events, kept

    return all(len({past(*each) for each in page}) == 1 for page in pages)


def _scene(
    world: World,
    arm: str,
    slot: str,
    pages: Sequence[Page],
    told: Sequence[tuple[Snapshot, str | None]],
) -> Scene:
    """The page's scores in every past of the probe's twins and every test group."""
    entries = max(len(page.items) for page in pages)
    every = [(replace(seen, bucket=b), context) for seen, context in told for b in range(BUCKETS)]
    return scene_of(world, Surface(pages[0].surface), every, arm=arm, slot=slot, entries=entries)


def scene_of(
    world: World,
    surface: Surface,
    told: Sequence[tuple[Snapshot, str | None]],
    *,
    arm: str,
    slot: str,
    entries: int,
) -> Scene:
    """A list's scores for viewers as they are, one state each, as the world's ``Lists`` give them
    under the world's truths.

    :param told: viewer, and the list's context.
    """
    noted = _Composed()
    lists = copy.copy(world.lists)
    lists.composer = noted  # type: ignore[assignment]  # nothing is composed, only noted
    rows: list[tuple[dict[str, Floats], np.ndarray, np.ndarray, float]] = []
    for viewer, context in told:
        rules = world.ruling.rules(surface, viewer, "probe")
        lists.make(surface, viewer, context, "probe", rules)
        scores = noted.scores
        assert scores is not None
        summands = {
            name: np.asarray(part, dtype=np.float64)
            for name, part in scores.parts.items()
            if name != "noise"
        }
        rows.append((summands, noted.allowed, noted.fill, scores.diversity))
    names = dict.fromkeys(name for parts, *_ in rows for name in parts)
    none = np.zeros(len(world.videos))
    return Scene(
        arm=arm,
        slot=slot,
        surface=surface,
        entries=entries,
        language=told[0][0].lang,
        parts={name: np.array([parts.get(name, none) for parts, *_ in rows]) for name in names},
        allowed=np.array([allowed for _, allowed, _, _ in rows]),
        fill=np.array([fill for _, _, fill, _ in rows]),
        noise=formula_of(world).weight(surface, "noise"),
        diversity=rows[0][3],
    )


def formula_of(world: World) -> Recommender:
    """The recommender whose noise is known in closed form. Raises UserError for another one."""
    if not isinstance(world.recommender, Recommender):
        raise UserError(
            f"the mock's recommender {world.recommender.name!r} cannot be simulated in bulk",
            place="mock.mechanism",
            fix="leave mock.mechanism out; a run or a dataset on it works",
        )
    return world.recommender


def catalogue_of(world: World, labels: Mapping[str, str]) -> Catalogue:
    """The world's videos and playlists as columns, with these labels by id."""
    videos = list(world.videos.values())
    channels = {name: number for number, name in enumerate(world.channels)}
    position = {video.id: row for row, video in enumerate(videos)}
    lists = [
        playlist
        for playlist in world.playlists.values()
        if playlist.video_ids and playlist.video_ids[0] in position
    ]
    names = tuple(dict.fromkeys(labels.values()))
    number = {name: at for at, name in enumerate(names)}

    def labelled(*keys: str) -> int:
        return next((number[labels[key]] for key in keys if key in labels), -1)

    own = [labelled(video.id, video.channel_id) for video in videos]
    of_lists = [labelled(playlist.id, playlist.channel_id) for playlist in lists]
    short = np.array([video.kind is ItemKind.SHORT for video in videos])
    now = world.clock.start
    fresh = np.array(
        [
            video.topic in ("news-left", "news-right")
            and ((EPOCH if video.pinned else now) - video.published).total_seconds() < _FRESH_S
            for video in videos
        ]
    )
    spoken = np.array([video.lang for video in videos])
    return Catalogue(
        channel=np.array([channels[video.channel_id] for video in videos], dtype=np.int32),
        topic=np.array([*own, *own, *of_lists], dtype=np.int16),
        labels=names,
        short=short,
        news={lang: fresh & (spoken == lang) & ~short for lang in set(spoken.tolist())},
        playlists=np.array([position[each.video_ids[0]] for each in lists], dtype=np.int64),
        rates=dict(world.lists.composer.rates),
        ids=(
            *(video.id for video in videos),
            *(f"RD{video.id}" for video in videos),
            *(playlist.id for playlist in lists),
        ),
        channels=tuple(channel.name for channel in world.channels.values()),
    )


def sizes_of(surface: Surface) -> tuple[int, ...]:
    """Entries of the list's first view and of each continuation."""
    return PAGE_SIZES[surface]
