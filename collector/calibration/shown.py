"""Lists for thousands of puppets at once: the world's scores, its noise, its channel penalty, and
what it mixes in.

Gumbel noise g of weight w on a score s ranks as an exponential race does: with E standard
exponential, −log(E / exp(s / w)) is s / w + g. So the top of a list is the earliest of the arrival
times E · exp(−s / w). First arrivals of independent Poisson processes are such a race, so that a
list needs as many draws as it has entries and some more, not one for each video there is. From
these the list is taken greedily, each earlier video of a channel costing ``diversity``, as
``Ranked`` does. Shelves, advertising, mixes and playlists come at the places and rates of
``Composer``. No video stands twice. What differs from the site: a video's chance is another one in
a shelf than in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.calibration.scenes import Catalogue, Lists, Rows
from collector.common.model import Surface
from mockserver.world.parameters import BUCKETS
from mockserver.world.rates import PAGE_SIZES

_SPARE = 2.0
"""So many times the videos that a list needs are drawn and then spread over channels."""
_LEAST_SPARE = 16
_MOST_ARRIVALS = 400
_NOISE = 1e-3
"""Weight of the noise below which it only breaks ties."""

_TOP_NEWS = 8
"""So many more than a shelf holds are drawn for it: the first may stand above it already."""

_RANKED, _SHORT, _NEWS, _ALSO, _AD, _MIX, _LIST = range(7)
_TOP = 2
"""Places among which no mix or playlist stands."""


@dataclass(frozen=True, eq=False)
class Race:
    """What may stand in one kind of place, and how fast each arrives, by state."""

    rows: Rows
    """Shape (candidates,)."""
    speed: Floats
    """exp(score / noise) up to a factor, shape (states, candidates); 0 where it may not stand."""
    channel: Rows
    penalty: float
    """Of each earlier entry of the channel, in units of the noise."""

    def draw(self, states: NDArray[np.intp], count: int, generator: np.random.Generator) -> Rows:
        """The first ``count`` of each list, shape (lists, count); −1 where there are no more."""
        count = min(count, len(self.rows))
        picked = np.full((len(states), count), -1, dtype=np.int32)
        if count == 0:
            return picked
        wanted = max(int(_SPARE * count), count + _LEAST_SPARE)
        for state in np.unique(states):
            which = np.flatnonzero(states == state)
            first, arrival = self._arrivals(self.speed[state], len(which), wanted, generator)
            with np.errstate(divide="ignore"):
                score = -np.log(arrival)
            picked[which] = self._spread(first, score, count)
        return picked

    def _arrivals(
        self, speed: Floats, lists: int, wanted: int, generator: np.random.Generator
    ) -> tuple[NDArray[np.intp], Floats]:
        """Candidates and their times, shape (lists, arrivals); one may come more than once, and
        its first time counts: arrivals of all are one Poisson process, each by its speed."""
        total = float(speed.sum())
        arrivals = _arrivals_for(speed / total, wanted) if total > 0 else None
        if arrivals is None:
            time = generator.standard_exponential((lists, len(speed)))
            with np.errstate(divide="ignore"):
                time /= speed
            if wanted < len(speed):
                first = np.argpartition(time, wanted - 1, axis=1)[:, :wanted]
                return first, np.take_along_axis(time, first, axis=1)
            return np.broadcast_to(np.arange(len(speed)), time.shape), time
        steps = np.cumsum(speed)
        told = generator.random((lists, arrivals)) * steps[-1]
        first = np.searchsorted(steps, told.ravel(), side="right").reshape(told.shape)
        first = np.minimum(first, len(speed) - 1)
        time = generator.standard_exponential((lists, arrivals)).cumsum(axis=1)
        return first, time

    def _spread(self, first: NDArray[np.intp], score: Floats, count: int) -> Rows:
        """Best first, each once, each earlier one of a channel costing ``penalty``."""
        rows, channel = self.rows[first], self.channel[first]
        score = score.astype(np.float32)
        picked = np.empty((len(first), count), dtype=np.int32)
        each = np.arange(len(first))
        for place in range(count):
            best = score.argmax(axis=1)
            taken = rows[each, best]
            gone = np.isneginf(score[each, best])
            picked[:, place] = np.where(gone, -1, taken)
            if self.penalty:
                score -= np.float32(self.penalty) * (channel == channel[each, best][:, None])
            score[rows == taken[:, None]] = -np.inf
        return picked


def _arrivals_for(share: Floats, wanted: int) -> int | None:
    """Arrivals among which there are ``wanted`` different ones, or hardly ever fewer; ``None``
    where so many would be needed that drawing a time for each candidate is cheaper."""
    possible = int(np.count_nonzero(share))
    if possible <= wanted + _LEAST_SPARE:
        return None
    low, high = 0.0, float(_MOST_ARRIVALS)
    if -np.expm1(-share * high).sum() < wanted:
        return None
    for _ in range(30):
        middle = (low + high) / 2
        if -np.expm1(-share * middle).sum() < wanted:
            low = middle
        else:
            high = middle
    return int(high + 2 * np.sqrt(high)) + 1


@dataclass(frozen=True, eq=False)
class RankedScene:
    """One tested page of one arm, ranked by the recommender: a :class:`~.scenes.Scene`."""

    arm: str
    slot: str
    surface: Surface
    entries: int
    language: str
    parts: Mapping[str, Floats]
    allowed: np.ndarray
    """Rows that may be ranked, bool, shape (states, videos)."""
    fill: np.ndarray
    """Rows that may follow when those run out."""
    noise: float
    """Weight of the Gumbel noise."""
    diversity: float
    """What each earlier entry of the same channel costs."""

    groups: ClassVar[int] = BUCKETS
    moved: ClassVar[str] = "history"

    @property
    def states(self) -> int:
        """Return how many states there are: pasts × test groups."""
        return len(self.allowed)

    def stage(self, catalogue: Catalogue, totals: Floats) -> RankedStage:
        """Make one list ready to be drawn from, in every state of its viewers.

        :param totals: the scores in force without noise, shape (states, videos).
        """
        noise = max(self.noise, _NOISE)
        short = catalogue.short
        ranked = self.allowed & ~short
        if (ranked.sum(axis=1) < sum(sizes_of(self.surface))).any():
            # A search that finds few: what fills it up stands behind all that was found.
            gap = float(np.ptp(totals)) + 40 * noise
            totals = np.where(ranked, totals, totals - gap)
            ranked = ranked | (self.fill & ~short)

        def race(mask: np.ndarray) -> Race:
            rows = np.flatnonzero(mask.any(axis=0))
            scores = np.where(mask[:, rows], totals[:, rows] / noise, -np.inf)
            best = scores.max(axis=1, initial=-np.inf, keepdims=True)
            return Race(
                rows=rows.astype(np.int32),
                speed=np.exp(scores - np.where(np.isfinite(best), best, 0.0)),
                channel=catalogue.channel[rows],
                penalty=self.diversity / noise,
            )

        none = np.zeros_like(short)
        news = self.allowed & catalogue.news.get(self.language, none)
        lists = catalogue.playlists
        of_lists = self.allowed[:, lists]
        ranks = np.where(of_lists, totals[:, lists] / noise, -np.inf)
        best = ranks.max(axis=1, initial=-1e9, keepdims=True)
        return RankedStage(
            self,
            ranked=race(ranked),
            shorts=race(self.allowed & short),
            news=race(news),
            also=race(self.fill & ~short & ~self.allowed),
            playlists=Race(
                rows=np.arange(len(lists), dtype=np.int32),
                speed=np.exp(ranks - best),
                channel=np.zeros(len(lists), dtype=np.int32),
                penalty=0.0,
            ),
        )


@dataclass(frozen=True, eq=False)
class RankedStage:
    """A scene under one truth, ready to be drawn from."""

    scene: RankedScene
    ranked: Race
    shorts: Race
    news: Race
    also: Race
    playlists: Race

    def draw(
        self,
        catalogue: Catalogue,
        states: NDArray[np.intp],
        generator: np.random.Generator,
    ) -> Lists:
        """A list for each of ``states``, shape (lists,)."""
        source = _places(self.scene, catalogue, len(states), generator)
        videos = catalogue.singles
        items = np.full(source.shape, -1, dtype=np.int32)
        ranked = np.isin(source, (_RANKED, _MIX))
        shelf = {_NEWS: self.news, _ALSO: self.also}
        once = {code: source == code for code in shelf if (source == code).any()}
        spare = max((int(here.sum(axis=1).max()) for here in once.values()), default=0)
        found = self.ranked.draw(states, int(ranked.sum(axis=1).max(initial=0)) + spare, generator)
        for code, here in once.items():
            some = np.flatnonzero(here.any(axis=1))
            most = int(here.sum(axis=1).max())
            above = (ranked[some] & (np.cumsum(here[some], axis=1) == 0)).sum(axis=1)
            in_shelf = shelf[code].draw(states[some], most + _TOP_NEWS, generator)
            in_shelf, found[some] = _each_once(in_shelf, found[some], above, most)
            _fill(items, some, here[some], in_shelf)
        everyone = np.arange(len(states))
        _fill(items, everyone, ranked, found)
        items = np.where((source == _MIX) & (items >= 0), items + videos, items)
        for race, code, offset in ((self.shorts, _SHORT, 0), (self.playlists, _LIST, 2 * videos)):
            here = source == code
            some = np.flatnonzero(here.any(axis=1))
            if len(some):
                drawn = race.draw(states[some], int(here.sum(axis=1).max()), generator)
                _fill(items, some, here[some], np.where(drawn >= 0, drawn + offset, drawn))
        return Lists(_closed(items))


def _fill(items: Rows, lists: NDArray[np.intp], here: NDArray[np.bool_], drawn: Rows) -> None:
    """Put what was drawn into its places, in order; −2 where there was not enough."""
    place = np.cumsum(here, axis=1) - 1
    full = np.full((len(lists), max(drawn.shape[1], int(place.max(initial=0)) + 1)), -2)
    full[:, : drawn.shape[1]] = np.where(drawn < 0, -2, drawn)
    at = np.take_along_axis(full, np.maximum(place, 0), axis=1)
    items[lists] = np.where(here, at, items[lists])


def _each_once(shelf: Rows, ranked: Rows, above: NDArray[np.intp], most: int) -> tuple[Rows, Rows]:
    """A video that stands above the shelf is not in it, and one in the shelf not below it.

    :param above: ranked entries above the shelf, shape (lists,).
    :return: the shelf with ``most`` entries, and the ranked ones.
    """
    same = shelf[:, :, None] == ranked[:, None, :]
    earlier = np.arange(ranked.shape[1])[None, :] < above[:, None]
    taken = (same & earlier[:, None, :]).any(axis=2)
    shelf = np.take_along_axis(shelf, np.argsort(taken, axis=1, kind="stable"), axis=1)[:, :most]
    again = (shelf[:, :, None] == ranked[:, None, :]).any(axis=1) & ~earlier
    return shelf, np.take_along_axis(ranked, np.argsort(again, axis=1, kind="stable"), axis=1)


def _closed(items: Rows) -> Rows:
    """Places that nothing was left for are taken out, the rest moves up."""
    if not (items == -2).any():
        return items
    order = np.argsort(items == -2, axis=1, kind="stable")
    return np.take_along_axis(items, order, axis=1)


def _places(
    scene: RankedScene, catalogue: Catalogue, lists: int, generator: np.random.Generator
) -> NDArray[np.int8]:
    """What stands where: the rules and rates of ``mockserver.world.feeds``, tossed for each."""
    rates = catalogue.rates
    surface = scene.surface
    found = np.zeros((lists, scene.entries), dtype=np.int8)

    def toss(name: str) -> NDArray[np.bool_]:
        return generator.random(lists) < rates.get(f"{surface.value}_{name}", 0.0)

    def put(which: NDArray[np.bool_], begin: NDArray[np.intp], length: int, code: int) -> None:
        for offset in range(length):
            at = begin + offset
            inside = which & (at < scene.entries)
            found[np.flatnonzero(inside), at[inside]] = code

    toss_of_one = generator.random((lists, scene.entries))
    mix = rates.get(f"{surface.value}_mix", 0.0)
    playlist = rates.get(f"{surface.value}_playlist", 0.0) if len(catalogue.playlists) else 0.0
    found[toss_of_one < mix + playlist] = _LIST
    found[toss_of_one < mix] = _MIX
    found[:, :_TOP] = _RANKED
    begun = 0
    for number, size in enumerate(sizes_of(surface)):
        if begun >= scene.entries:
            break
        ads: list[tuple[NDArray[np.bool_], NDArray[np.intp]]] = []
        start = np.full(lists, begun)
        if surface is Surface.HOME:
            shelf = toss("shorts_shelf" if number == 0 else "later_shorts_shelf")
            put(shelf, start + (4 if number else 8), 5, _SHORT)
            if number == 0:
                put(toss("news_shelf"), start + 16, 4, _NEWS)
                ads.append((toss("first_ad"), start + generator.integers(0, 3, lists)))
            else:
                ads.append((toss("later_ad"), start + generator.integers(0, size, lists)))
        elif surface is Surface.RELATED and number == 0:
            put(toss("shorts_shelf"), start + generator.choice((3, 6), lists), 4, _SHORT)
            ads.append((toss("ad"), start))
        elif surface is Surface.SEARCH and number == 0:
            put(toss("shorts_shelf"), start + generator.choice((4, 5, 6), lists), 4, _SHORT)
            put(toss("also_watched_shelf"), start + generator.choice((11, 12, 13), lists), 3, _ALSO)
            first = toss("first_ad")
            ads += [(first, start), (first & toss("second_ad"), start + 1)]
        for which, at in ads:
            # A shelf is never broken: an ad whose place lies within one is not shown.
            here = which & (at < scene.entries)
            here[here] = np.isin(found[np.flatnonzero(here), at[here]], (_RANKED, _MIX, _LIST))
            found[np.flatnonzero(here), at[here]] = _AD
        begun += size
    return found


def sizes_of(surface: Surface) -> tuple[int, ...]:
    """Entries of the list's first view and of each continuation."""
    return PAGE_SIZES[surface]
