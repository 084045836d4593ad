"""The truths that audits are about: what a world can hold, by arm, block and time.

A *truth* is one known property of the platform, written down before the run: how strong
personalisation is, how fast the site forgets, which arm is blocked. An audit of a world with truths
has an answer to be held against. Every truth is a frozen dataclass of this module; a truth file
(:mod:`mockserver.world.truthfile`), a scenario (``mock: {truths: [...]}``) and Python code name the
same fields. Nothing here knows HTTP, markup or the ranking: these are words, and who acts on them
is told in :mod:`mockserver.world.ruling`.

**Scope.** Every truth has the scope of :class:`Truth`: for which arms and blocks it holds, and from
which to which second of the world's clock. Empty means all.

**Time.** ``from_s`` and ``until_s`` are seconds of the *puppet's* clock since its first page, plus
``(block - 1) * block_every_s`` (:class:`Truths`), so blocks that run one after another also stand
one after another in the world's time, whatever the machine does in between.

**Chance.** Whether something strikes is a hash of the world's seed, the truth's name and place in
the list, the visitor and the load; so a run repeats exactly and no puppet depends on another.

>>> Truths((Forgetting(half_life_watches=3, surfaces=(Surface.HOME,)),)).names()
('forgetting',)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from collector.common.model import Surface

Share = Annotated[float, Field(ge=0, le=1)]
"""A share or a probability."""
Size = Annotated[float, Field(ge=0, lt=1e6, allow_inf_nan=False)]
"""A factor, a weight or a number of seconds, of at least 0."""
Positive = Annotated[float, Field(gt=0, lt=1e9, allow_inf_nan=False)]
Correlation = Annotated[float, Field(ge=-1, le=1)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Block = Annotated[int, Field(ge=1)]
Ranked = Literal[Surface.HOME, Surface.RELATED, Surface.SEARCH]
"""The surfaces that the recommender ranks."""


_STRICT = ConfigDict(extra="forbid")


class By(StrEnum):
    """What the draw of an A/B bucket hangs on."""

    VISITOR = "visitor"
    VISIT = "visit"
    """Drawn anew for each page load."""


class Aspect(StrEnum):
    """What of a visitor a list may depend on. The site sees the first three by itself; sex and age
    it knows of an account only, so they are given by arm (``arms``)."""

    LANGUAGE = "language"
    COUNTRY = "country"
    USER_AGENT = "user-agent"
    SEX = "sex"
    AGE = "age"


class Along(StrEnum):
    """What a topic is correlated with in the catalogue."""

    POPULARITY = "popularity"
    LENGTH = "length"
    CHANNEL = "channel"


class Hit(StrEnum):
    """What markup corruption does to an entry."""

    RENAMED = "renamed"
    """Its element has a name that nobody knows."""
    DROPPED = "dropped"
    """It is not in the page."""
    CUT = "cut"
    """Its links are gone, and its JSON is empty: nothing says what it is."""


class Ending(StrEnum):
    """How a load that is blocked ends."""

    CAPTCHA = "captcha"
    LOGIN = "login"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The scope that every truth has; for whom and when it holds."""

    __pydantic_config__ = _STRICT

    arms: tuple[str, ...] = ()
    """Arms of the scenario by name; empty: all, and visitors of no run."""
    blocks: tuple[Block, ...] = ()
    """Blocks from 1; empty: all."""
    from_s: Size = 0.0
    """The first second of the world's clock at which it holds."""
    until_s: Positive | None = None
    """The second at which it ends; ``None``: never."""

    def holds(self, arm: str | None, block: int | None, at_s: float) -> bool:
        """Whether it holds for a visitor of this arm and block at this second."""
        return (
            (not self.arms or arm in self.arms)
            and (not self.blocks or block in self.blocks)
            and self.from_s <= at_s
            and (self.until_s is None or at_s < self.until_s)
        )

    @property
    def name(self) -> str:
        """Its word in a truth file."""
        return str(next(field.default for field in fields(self) if field.name == "truth"))

    def told(self) -> dict[str, Any]:
        """Its word and every parameter, JSON-ready: what is logged and put into the manifest."""
        found: dict[str, Any] = {"truth": self.name}
        for each in fields(self):
            value = getattr(self, each.name)
            found[each.name] = list(value) if isinstance(value, tuple) else value
        return found


# -- what ranking does ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Personalisation(Truth):
    """How strong personalisation by behaviour is: the weights ``history``, ``subscription``,
    ``seen`` and ``not_interested`` of the surfaces are multiplied by ``times`` (0: none)."""

    truth: Literal["personalisation"] = "personalisation"
    times: Size = 1.0
    surfaces: tuple[Ranked, ...] = ()
    """Empty: all that are ranked."""


@dataclass(frozen=True, kw_only=True)
class Exposure(Truth):
    """An effect of a known size in points: each ranked place (adverts, shelves, mixes and playlists
    apart) is with probability ``points / 100`` given to the best video of ``topic`` that does not
    stand above. Where the topic has the share b by itself, it has b + points/100 * (1 - b) then."""

    truth: Literal["exposure"] = "exposure"
    topic: str
    points: Annotated[float, Field(ge=0, le=100)]
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy(Truth):
    """A parameter of the recommender is another one: by arm, by block or from ``from_s`` on.

    ``parameter`` is a name of ``--recommender``: ``history``, ``home.popularity``,
    ``half_life_watches``, or a rate such as ``home_first_ad``.
    """

    truth: Literal["policy"] = "policy"
    parameter: str
    value: Size


@dataclass(frozen=True, kw_only=True)
class Forgetting(Truth):
    """What a visitor did fades by half with so many watches since, and with so much time since.
    ``None``: not by that."""

    truth: Literal["forgetting"] = "forgetting"
    half_life_watches: Positive | None = None
    half_life_s: Positive | None = None
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CarryOver(Truth):
    """A search is remembered by the lists after it: to a score is added ``weight`` times the sum
    over the visitor's earlier searches of ``2^(-age / half_life_s)`` times how near the video's
    topic is to the search's best hits."""

    truth: Literal["carry-over"] = "carry-over"
    half_life_s: Positive = 660.0
    weight: Size = 2.0
    surfaces: tuple[Ranked, ...] = (Surface.SEARCH,)


@dataclass(frozen=True, kw_only=True)
class Turnover(Truth):
    """The catalogue changes: at any second the share ``pool`` of the videos is in circulation, and
    in an hour ``share_per_hour`` of these are replaced by others, evenly over the hour."""

    truth: Literal["turnover"] = "turnover"
    share_per_hour: Share = 0.1
    pool: Annotated[float, Field(gt=0, le=1)] = 0.5


@dataclass(frozen=True, kw_only=True)
class Trend(Truth):
    """A trending pool: every ``every_s`` seconds ``videos`` others are drawn and gain ``weight`` in
    score, which fades with ``half_life_s`` (``None``: not before the next draw)."""

    truth: Literal["trend"] = "trend"
    videos: Annotated[int, Field(ge=1, le=100_000)] = 50
    every_s: Positive = 3600.0
    weight: Size = 2.0
    half_life_s: Positive | None = None
    topic: str | None = None
    """Only videos about it trend; ``None``: any."""
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Buckets(Truth):
    """The site runs an experiment of its own: ``number`` equally likely buckets, each with a taste
    of its own (-1..1) for each topic, times ``weight`` in a score."""

    truth: Literal["buckets"] = "buckets"
    number: Annotated[int, Field(ge=2, le=1000)] = 2
    weight: Size = 1.0
    by: By = By.VISITOR
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Differs(Truth):
    """Visitors with a certain ``value`` of an aspect (a language tag, a country of two letters, a
    part of the user agent) get ``replace`` entries of a list's first page replaced by others, and
    ``reorder`` others changed among themselves; both 0: nothing."""

    truth: Literal["differs"] = "differs"
    aspect: Aspect
    value: str
    replace: Annotated[int, Field(ge=0, le=100)] = 0
    reorder: Annotated[int, Field(ge=0, le=100)] = 0
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ads(Truth):
    """Each of the ``slots`` (places of the first page, from 1) holds an advert with probability
    ``rate``, in place of the usual adverts; of videos about ``topic`` only, if it is given."""

    truth: Literal["ads"] = "ads"
    rate: Share
    slots: tuple[Annotated[int, Field(ge=1, le=100)], ...] = (1,)
    topic: str | None = None
    surfaces: tuple[Ranked, ...] = ()


# -- what the world is ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Correlated(Truth):
    """The catalogue itself is skewed, whatever the ranking does: being about ``topic`` has the
    correlation ``correlation`` (Pearson, of an indicator) with a video's popularity or length; or,
    ``along: channel``, that share of the topic's videos is of one channel. For the whole world:
    it has no arms, blocks or times."""

    truth: Literal["correlated"] = "correlated"
    topic: str
    along: Along = Along.POPULARITY
    correlation: Correlation = 0.3


@dataclass(frozen=True, kw_only=True)
class Background(Truth):
    """Other users: ``users`` of them, ``watches`` each, by their own tastes. What they watched adds
    ``weight`` times the log-scaled number of watches (0..1) to a score; recommenders that learn
    from others (popularity loop, item-based filtering) learn from them. For the whole world."""

    truth: Literal["background"] = "background"
    users: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    watches: Annotated[int, Field(ge=1, le=1000)] = 20
    weight: Size = 1.0


@dataclass(frozen=True, kw_only=True)
class Used(Truth):
    """Visitors who are not fresh: each has ``watches`` of ``topic`` behind it before its first page
    (``None``: of any topic)."""

    truth: Literal["used"] = "used"
    watches: Annotated[int, Field(ge=1, le=1000)] = 20
    topic: str | None = None


# -- what goes wrong -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Blocking(Truth):
    """``share`` of the loads end on another page than the one asked for: of all, of the arms named,
    or (``topic``) of those whose list shows an item about it; only after ``after_loads`` loads."""

    truth: Literal["blocking"] = "blocking"
    share: Share
    ending: Ending = Ending.CAPTCHA
    topic: str | None = None
    after_loads: Count = 0


@dataclass(frozen=True, kw_only=True)
class DeadArm(Truth):
    """Every load of the arms named fails, from their visitors' load number ``from_load`` on."""

    truth: Literal["dead-arm"] = "dead-arm"
    from_load: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    ending: Ending = Ending.SERVER_ERROR


@dataclass(frozen=True, kw_only=True)
class Corruption(Truth):
    """``share`` of the entries of lists are damaged in the markup; the truth log has them whole."""

    truth: Literal["corruption"] = "corruption"
    share: Share
    hit: Hit = Hit.RENAMED
    surfaces: tuple[Ranked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabelErrors(Truth):
    """``share`` of the labels (of items about ``topics``; empty: of all) are wrong: another topic
    stands there; and ``unlabelled`` of them are missing. With ``arms``, only labels of items that
    those arms' puppets were shown, and no other's."""

    truth: Literal["label-errors"] = "label-errors"
    share: Share = 0.0
    unlabelled: Share = 0.0
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stall(Truth):
    """``share`` of the playbacks stop advancing at media second ``at_s`` (at 40 % of the length of
    a short video), for ``for_s`` seconds (``None``: for ever)."""

    truth: Literal["stall"] = "stall"
    share: Share
    at_s: Size = 5.0
    for_s: Positive | None = None


AnyTruth = Annotated[
    Personalisation
    | Exposure
    | Policy
    | Forgetting
    | CarryOver
    | Turnover
    | Trend
    | Buckets
    | Differs
    | Ads
    | Correlated
    | Background
    | Used
    | Blocking
    | DeadArm
    | Corruption
    | LabelErrors
    | Stall,
    Field(discriminator="truth"),
]
"""Any of them; ``truth`` tells which."""


@dataclass(frozen=True)
class Truths:
    """All truths of one world, in the order in which they were written.

    Where two that set the same thing hold at once, the later one wins; what adds to a score adds
    up; of several that break a load the first one strikes.
    """

    all: tuple[Truth, ...] = ()
    block_every_s: float = 60.0
    """Seconds of the world's clock between the starts of two blocks."""

    def __bool__(self) -> bool:
        return bool(self.all)

    def names(self) -> tuple[str, ...]:
        """The words of the truths, in order."""
        return tuple(truth.name for truth in self.all)

    def told(self) -> list[dict[str, Any]]:
        """Every truth with every parameter, JSON-ready."""
        return [truth.told() for truth in self.all]
