"""Lists of videos: what the world's recommender gives each of them, noted and not drawn.

The world's own ``Lists`` score a list, once for each viewer that is asked about; a stand-in for the
composer keeps what it was to compose.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collector.analysis.exchanges import Floats
from collector.calibration.scenes import Catalogue
from collector.calibration.shown import RankedScene
from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from mockserver.world import World
from mockserver.world.clock import EPOCH
from mockserver.world.listing import Listing
from mockserver.world.recommender import Recommender, Scores
from mockserver.world.viewers import Snapshot

SURFACES = (Surface.HOME, Surface.RELATED, Surface.SEARCH)
"""Lists that are ranked, and that ``shown`` can draw."""

_FRESH_S = 45 * 86400
"""Age up to which a video may stand in a shelf of news."""


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


def scene_of(
    world: World,
    surface: Surface,
    told: Sequence[tuple[Snapshot, str | None]],
    *,
    arm: str,
    slot: str,
    entries: int,
) -> RankedScene:
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
    return RankedScene(
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
    """The world's videos, mixes and playlists as columns, with these labels by id."""
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
        ids=(
            *(video.id for video in videos),
            *(f"RD{video.id}" for video in videos),
            *(playlist.id for playlist in lists),
        ),
        channels=tuple(channel.name for channel in world.channels.values()),
        short=short,
        news={lang: fresh & (spoken == lang) & ~short for lang in set(spoken.tolist())},
        playlists=np.array([position[each.video_ids[0]] for each in lists], dtype=np.int64),
        rates=dict(world.lists.composer.rates),
    )
