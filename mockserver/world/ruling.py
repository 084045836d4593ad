"""Which truths hold for one visitor, list or load: the truths of a world, ready to be asked.

Everything is a function of the seed, the truth's place in the list, the visitor, the load, and the
second of the world's clock at which the visitor stands; nothing is kept between two questions.
A world without truths asks nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from collector.common.model import Surface
from mockserver.world.rates import COMPOSITION
from mockserver.world.seeded import key64, unit
from mockserver.world.truths import (
    Ads,
    Aspect,
    Blocking,
    Buckets,
    By,
    CarryOver,
    Corruption,
    DeadArm,
    Differs,
    Ending,
    Exposure,
    Forgetting,
    Hit,
    Personalisation,
    Policy,
    Stall,
    Trend,
    Truth,
    Truths,
    Turnover,
    Used,
)
from mockserver.world.viewers import Snapshot

T = TypeVar("T", bound=Truth)

#: Visitor id → (arm, block): who takes part in the run that the mock serves.
Puppets = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Standing:
    """Where a visitor stands: arm and block (``None``: in no run), second of the world's clock."""

    arm: str | None = None
    block: int | None = None
    at_s: float = 0.0


@dataclass(frozen=True)
class Rules:
    """What of the truths holds for one list. Each truth comes with its place in the file, which is
    part of what its draws are hashed from."""

    at_s: float = 0.0
    overrides: tuple[tuple[str, float], ...] = ()
    """Parameters and weights of the recommender that are others, by name."""
    rates: tuple[tuple[str, float], ...] = ()
    """Rates of what is mixed in that are others."""
    times: float = 1.0
    """What the summands that come of the visitor's own behaviour are multiplied with."""
    half_life_s: float | None = None
    """Seconds after which what the visitor did weighs half."""
    turnover: tuple[tuple[int, Turnover], ...] = ()
    carry_over: tuple[tuple[int, CarryOver], ...] = ()
    trends: tuple[tuple[int, Trend], ...] = ()
    buckets: tuple[tuple[int, Buckets, int], ...] = ()
    """With the visitor's (or the visit's) bucket."""
    exposure: tuple[tuple[int, Exposure], ...] = ()
    differs: tuple[tuple[int, Differs], ...] = ()
    ads: tuple[tuple[int, Ads], ...] = ()


NO_RULES = Rules()


@dataclass(frozen=True)
class Ruling:
    """The truths of one world.

    :param puppets: arm and block of the visitors of a run; others stand in none.
    """

    seed: int
    truths: Truths = field(default_factory=Truths)
    puppets: Puppets = field(default_factory=dict)
    keeps_time: bool = False
    """The recommender goes by the clock, truths or none."""

    def __bool__(self) -> bool:
        return bool(self.truths)

    def of(self, kind: type[T]) -> Iterator[tuple[int, T]]:
        """All truths of a kind with their places, whoever they hold for."""
        for number, truth in enumerate(self.truths.all):
            if isinstance(truth, kind):
                yield number, truth

    def standing(self, visitor: str, clock_s: float) -> Standing:
        """Where a visitor stands.

        :param clock_s: seconds of its own clock since its first page
        """
        arm, block = self.puppets.get(visitor, (None, None))
        before = (block - 1) * self.truths.block_every_s if block else 0.0
        return Standing(arm, block, before + clock_s)

    def holding(self, kind: type[T], standing: Standing) -> Iterator[tuple[int, T]]:
        """The truths of a kind that hold there and then."""
        for number, truth in self.of(kind):
            if truth.holds(standing.arm, standing.block, standing.at_s):
                yield number, truth

    def toss(self, number: int, what: str, *name: str | int | None) -> float:
        """One number in [0, 1) for a truth's question."""
        return unit(self.seed, "truth", number, what, *name)

    # -- lists -----------------------------------------------------------------------------------

    def rules(self, surface: Surface, viewer: Snapshot, load: str) -> Rules:
        """What holds for a list of this viewer on this load."""
        if not self.truths and not self.keeps_time:
            return NO_RULES
        stands = self.standing(viewer.visitor_id, viewer.clock_s)

        def here(kind: type[T]) -> tuple[tuple[int, T], ...]:
            return tuple(
                (number, truth)
                for number, truth in self.holding(kind, stands)
                if surface in (getattr(truth, "surfaces", ()) or (surface,))
            )

        overrides, rates = self._parameters(stands)
        times = [truth.times for _, truth in here(Personalisation)]
        forgetting = here(Forgetting)
        for _, truth in forgetting:
            if truth.half_life_watches is not None:
                overrides["half_life_watches"] = truth.half_life_watches
        half_lives = [truth.half_life_s for _, truth in forgetting if truth.half_life_s is not None]
        return Rules(
            at_s=stands.at_s,
            overrides=tuple(sorted(overrides.items())),
            rates=tuple(sorted(rates.items())),
            times=times[-1] if times else 1.0,
            half_life_s=half_lives[-1] if half_lives else None,
            turnover=here(Turnover),
            carry_over=here(CarryOver),
            trends=here(Trend),
            buckets=tuple(
                (number, truth, self.bucket(number, truth, viewer.visitor_id, load))
                for number, truth in here(Buckets)
            ),
            exposure=here(Exposure),
            differs=tuple(
                (number, truth) for number, truth in here(Differs) if self._is(truth, viewer)
            ),
            ads=here(Ads),
        )

    def _parameters(self, stands: Standing) -> tuple[dict[str, float], dict[str, float]]:
        """Parameters and rates that policies set; in the file's order, so the later one wins."""
        overrides: dict[str, float] = {}
        rates: dict[str, float] = {}
        for _, truth in self.holding(Policy, stands):
            table = rates if truth.parameter in COMPOSITION else overrides
            table[truth.parameter] = truth.value
        return overrides, rates

    def bucket(self, number: int, truth: Buckets, visitor: str, load: str) -> int:
        """The bucket, from 0, of a visitor (or of this visit)."""
        name = (visitor, load) if truth.by is By.VISIT else (visitor,)
        return key64(self.seed, "truth", number, "bucket", *name) % truth.number

    @staticmethod
    def _is(truth: Differs, viewer: Snapshot) -> bool:
        """Whether the site sees of the viewer what the truth asks for. Sex and age are not seen:
        the arms that the truth names have them."""
        value = truth.value.lower()
        match truth.aspect:
            case Aspect.LANGUAGE:
                lang = viewer.lang.lower()
                return value in (lang, lang.split("-")[0])
            case Aspect.COUNTRY:
                return value == viewer.country.lower()
            case Aspect.USER_AGENT:
                return value in viewer.agent.lower()
        return True

    # -- what goes wrong -------------------------------------------------------------------------

    def ending(
        self, visitor: str, clock_s: float, load: str, ordinal: int, topics: frozenset[str]
    ) -> tuple[int, Ending] | None:
        """The truth that ends a load on another page: its place and how; ``None``: no truth.

        :param ordinal: which load of the visitor it is, from 1
        :param topics: what the page's list shows, and its video is about
        """
        stands = self.standing(visitor, clock_s)
        for number, truth in enumerate(self.truths.all):
            if not truth.holds(stands.arm, stands.block, stands.at_s):
                continue
            if isinstance(truth, DeadArm) and ordinal >= truth.from_load:
                return number, truth.ending
            if (
                isinstance(truth, Blocking)
                and ordinal > truth.after_loads
                and (truth.topic is None or truth.topic in topics)
                and self.toss(number, "blocked", visitor, load) < truth.share
            ):
                return number, truth.ending
        return None

    @property
    def asks_topics(self) -> bool:
        """Whether :meth:`ending` looks at what a page shows."""
        return any(truth.topic is not None for _, truth in self.of(Blocking))

    def hit(
        self, visitor: str, clock_s: float, surface: Surface, load: str, slot: int
    ) -> tuple[int, Hit] | None:
        """How an entry's markup is damaged, and by which truth; ``None``: it is whole."""
        for number, truth in self.holding(Corruption, self.standing(visitor, clock_s)):
            if surface not in (truth.surfaces or (surface,)):
                continue
            if self.toss(number, "hit", visitor, surface.value, load, slot) < truth.share:
                return number, truth.hit
        return None

    def stall(self, visitor: str, clock_s: float, key: str) -> Stall | None:
        """The stall that a playback suffers.

        :param key: load and video
        """
        for number, truth in self.holding(Stall, self.standing(visitor, clock_s)):
            if self.toss(number, "stall", visitor, key) < truth.share:
                return truth
        return None

    def used(self, visitor: str) -> tuple[tuple[int, Used], ...]:
        """What a visitor did before its first page."""
        return tuple(self.holding(Used, self.standing(visitor, 0.0)))
