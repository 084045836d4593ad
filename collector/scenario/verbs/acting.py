"""Verbs that tell the site something: like, subscribe, hover and their kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.platforms.registry import Genre
from collector.problems import Fixable
from collector.scenario.values import (
    Duration,
    Label,
    Name,
    Rank,
    as_list,
)
from collector.scenario.verb import ACTION_S, Acts, Args, Step, verb
from collector.scenario.verbs.shared import (
    FEEDS,
    VIDEOS,
    Picks,
)


@verb
class Like(Step):
    """The video that is open; on a feed, posts by topic, source or rank.

    It presses the button of this watch page; ``false`` takes it back. On a feed it likes posts of
    the page as it stands: the first, or up to ``count`` of those on a ``topic``, of a ``source``
    (the name in its address) or at a ``rank``, among the first ``top``.

    ::

        - like
        - like: false
        - like: {topic: news-left, count: 4}
        - like: {source: newsleft.en.1, top: 10}
    """

    do: Literal["like"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- like"
    leaves_mark: ClassVar[bool] = True
    acts_on: ClassVar[Acts] = Acts.VIDEO
    on: bool = True
    topic: (
        Annotated[tuple[Label, ...], BeforeValidator(as_list), Field(strict=False, min_length=1)]
        | None
    ) = None
    source: Name | None = None
    rank: Rank | None = None
    top: Rank | None = None
    count: Annotated[int, Field(ge=1, le=100)] | None = None

    def arguments(self) -> dict[str, Any]:
        """Beside ``on``, what only a feed knows is there only when it is asked for: ``topics``,
        ``source``, ``rank``, ``top`` and ``count``."""
        found = {name: value for name, value in super().arguments().items() if value is not None}
        if "topic" in found:
            found["topics"] = list(found.pop("topic"))
        return found

    @classmethod
    def given(cls, args: Args) -> dict[str, Any]:
        """Return ``on``: which posts are meant is for the runner."""
        return {"on": args["on"]}


@verb
class Dislike(Step):
    """The video that is open; what was liked is liked no more.

    It presses the button of this watch page; ``false`` takes it back. A feed has none.

    ::

        - dislike
        - dislike: false
    """

    do: Literal["dislike"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- dislike"
    leaves_mark: ClassVar[bool] = True
    acts_on: ClassVar[Acts] = Acts.VIDEO
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    instead: ClassVar[str] = (
        "remove it: a feed has no dislike; a post that is not wanted is hidden (not_interested)"
    )
    on: bool = True


@verb
class Unvote(Step):
    """No vote on the video that is open any more, whichever it was.

    A like is taken back, and so is a dislike; where neither stands nothing is pressed. Puppets
    whose votes differ are washed out by this one step. On a feed write ``like: false``.
    """

    do: Literal["unvote"]
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- unvote"
    acts_on: ClassVar[Acts] = Acts.VIDEO
    button: ClassVar[str] = "like"
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    instead: ClassVar[str] = "write like: false: a feed has no dislike"


def as_switch(value: object) -> object:
    """``on`` and ``off`` as YAML 1.2 leaves them, as true and false."""
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


@verb
class Autoplay(Step):
    """The switch of the player, for this video and those to come.

    It needs a watch page that is open. Where it is on, the page goes on to another video soon after
    its own has ended, as the player's countdown says, and the steps that come later are about that
    one: the run's ``events`` (kind ``autoplay``) say from which video to which.

    ::

        - autoplay: off
        - autoplay: on
    """

    do: Literal["autoplay"]
    short: ClassVar[str | None] = "on"
    example: ClassVar[str] = "- autoplay: off"
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    on: Annotated[bool, BeforeValidator(as_switch)]

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return ``autoplay on`` or ``autoplay off``."""
        return f"autoplay {'on' if args['on'] else 'off'}"


@verb
class Subscribe(Step):
    """Subscribe to the channel of the page, or end that.

    ``false`` ends it. On a feed it follows the page that is shown.

    ::

        - subscribe
        - subscribe: false
    """

    do: Literal["subscribe"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- subscribe"
    leaves_mark: ClassVar[bool] = True
    on: bool = True


@verb
class NotInterested(Picks):
    """In the menu of one item; without more, of the first. On a feed the post is hidden.

    The video is the one at ``rank`` (default 1), or picked as in ``follow``, by ``random``,
    ``topic``, ``title`` or ``channel``, with ``top``, ``unseen``, ``from`` and ``otherwise``. It is
    done on every page with a list of videos, those of the mobile site included: home, results,
    beside a video, a channel's tabs, a hashtag, a playlist, what was watched, subscriptions,
    trends. The player of shorts has no list of them, and the step says so.

    A post is picked in the same way (posts have no titles; ``channel`` is who posted it); those
    that name no id, as of friends, are left out. The mock shows a hidden post no more, and the
    parameter ``hide`` of its ranking is how much less its source and its topic count from then on.

    ::

        - not_interested: {rank: 2, from: home}
        - not_interested: {topic: gaming, otherwise: first}
    """

    do: Literal["not_interested"]
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- not_interested: {rank: 1}"
    genres: ClassVar[frozenset[Genre]] = VIDEOS | FEEDS
    dismisses: ClassVar[bool] = True
    leaves_mark: ClassVar[bool] = True
    instead: ClassVar[str] = "remove it"

    @model_validator(mode="before")
    @classmethod
    def _the_first(cls, data: Any) -> Any:
        named = isinstance(data, dict) and any(data.get(way) for way in cls.ways)
        return data if named or not isinstance(data, dict) else {**data, "rank": 1}

    def arguments(self) -> dict[str, Any]:
        """By rank alone there are the two keys that older plans have."""
        found = super().arguments()
        if self.rank is None or self.unseen:
            return found
        return {"rank": found["rank"], "from": found["from"]}

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the verb and by what the item is picked, such as ``not_interested rank``."""
        return f"{cls.verb_name()} {args['by']}" if "by" in args else cls.verb_name()


@verb
class DontRecommendChannel(Picks):
    """In the menu of one item: its channel is not to be recommended. On a feed the post is hidden,
    and all of who posted it.

    The video is picked as in ``follow``: by ``rank``, ``random``, ``topic``, ``title`` or
    ``channel``, with ``top``, ``unseen``, ``from`` and ``otherwise``. On the mock no later home
    page and no list beside a video has the channel; searches and its own page still do. Of a feed
    no later timeline has anything of that page, group or person.

    ::

        - dont_recommend_channel: {rank: 2}
        - dont_recommend_channel: {channel: "(?i)news", otherwise: first}
    """

    do: Literal["dont_recommend_channel"]
    example: ClassVar[str] = "- dont_recommend_channel: {rank: 1}"
    genres: ClassVar[frozenset[Genre]] = VIDEOS | FEEDS
    dismisses: ClassVar[bool] = True
    leaves_mark: ClassVar[bool] = True
    instead: ClassVar[str] = "remove it"


@verb
class Hover(Picks):
    """The mouse rests on an item, as people's do before they decide: its preview begins.

    The video is picked as in ``follow``: by ``rank``, ``random``, ``topic``, ``title`` or
    ``channel``, with ``top``, ``unseen``, ``from`` and ``otherwise``; ``for`` says how long (3 s by
    default, at least 500 ms). Then the mouse is moved away. The mock's ranking gives a preview no
    weight.

    ::

        - hover: {rank: 1, for: 3s}
        - hover: {topic: science, from: home, otherwise: random}
    """

    do: Literal["hover"]
    example: ClassVar[str] = "- hover: {rank: 1, for: 3s}"
    for_: Duration = Field(default=timedelta(seconds=3), alias="for")

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if self.for_ < timedelta(milliseconds=500):
            raise Fixable("for must be at least 500ms: a preview begins then", "write for: 3s")
        return self

    def arguments(self) -> dict[str, Any]:
        """Return the arguments as the plan carries them, ``for`` as ``for_s`` in seconds."""
        found = super().arguments()
        del found["for"]
        return found | {"for_s": self.for_.total_seconds()}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Return for how many page seconds the mouse rests."""
        return float(args["for_s"])

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds the way there and the rest take."""
        return ACTION_S + float(args["for_s"])

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the verb, by what the item is picked, and for how long: ``hover rank 3 s``."""
        return f"{super().in_words(args)} {args['for_s']:g} s"
