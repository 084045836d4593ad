"""Verbs that go somewhere: visit, consent, search, watch, follow, refresh."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.platforms.registry import Genre
from collector.problems import Fixable
from collector.scenario.durations import Amount
from collector.scenario.values import (
    Duration,
    HowMuch,
    Query,
    as_address,
    as_video,
)
from collector.scenario.verb import ACTION_S, PAGE_S, Args, Needs, Step, verb
from collector.scenario.verbs.shared import (
    FEEDS,
    VIDEO_S,
    VIDEOS,
    WATCH_CAP_S,
    Page,
    Picks,
    seconds,
)


@verb
class Visit(Page):
    """Open an address of the site and file its page.

    ``url`` is ``home``, a path, or a full address. An address of the real site means the same page
    on whatever site the scenario runs on. Inside ``{ }``, put an address with ``?`` in quotes.

    ::

        - visit: home
        - visit: /watch?v=dQw4w9WgXcQ
        - visit: {url: "https://www.youtube.com/results?search_query=vaccines", label: vaccines}
    """

    do: Literal["visit"]
    short: ClassVar[str | None] = "url"
    example: ClassVar[str] = "- visit: home"
    opens_page: ClassVar[bool] = True
    spaced: ClassVar[bool] = True
    simulated_s: ClassVar[float] = 2.0
    url: Annotated[str, BeforeValidator(as_address), Field(max_length=2000)]

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``visit home``."""
        return f"visit {args['url']}"


@verb
class Consent(Step):
    """Answer the site's question about cookies.

    ``accept`` or ``reject``. Put it right after the first ``visit``; that page is captured after
    the answer. A dialog that comes late is waited for (5 s of the page's time); where none comes
    the step is done, "not asked": some countries and visitors are not.

    ::

        - visit: home
        - consent: reject
    """

    do: Literal["consent"]
    short: ClassVar[str | None] = "choice"
    example: ClassVar[str] = "- consent: reject"
    needs: ClassVar[Needs] = Needs.PAGE
    simulated_s: ClassVar[float] = 2.0
    choice: Literal["accept", "reject"]

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return ``consent accept`` or ``consent reject``."""
        return f"consent {args['choice']}"

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds a page takes, for one comes after the answer."""
        return PAGE_S


@verb
class Search(Page):
    """Type a query into the site's search box and file the results.

    ::

        - search: moon landing
        - search: {query: "2024", label: year}
    """

    do: Literal["search"]
    short: ClassVar[str | None] = "query"
    example: ClassVar[str] = "- search: moon landing"
    opens_page: ClassVar[bool] = True
    spaced: ClassVar[bool] = True
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    instead: ClassVar[str] = "use visit and scroll"
    simulated_s: ClassVar[float] = 4.0
    query: Query

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, the query in quotation marks."""
        return f"search {args['query']!r}"


@verb
class Watch(Page):
    """Play the video of the page, or a named one, for so long; it counts with a receipt.

    ``video`` (an id or a watch address) is opened first. ``for`` is a duration, a share or ``end``
    (the default). A live video has no length, so neither a share nor the end of it ever comes:
    ``cap`` ends such a watch, and any that is too long; where none is given, it stops after 4 h,
    which ``scenarios check`` warns of. Every watch leaves a receipt: without playback it does not
    count.

    ::

        - watch: 30s
        - watch: {for: 50%, cap: 10m}
        - watch: {video: dQw4w9WgXcQ, for: end, cap: 10m}
    """

    do: Literal["watch"]
    short: ClassVar[str | None] = "for"
    leads: ClassVar[bool] = False
    example: ClassVar[str] = "- watch: 30s"
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    instead: ClassVar[str] = "use scroll"
    video: Annotated[str, BeforeValidator(as_video)] | None = None
    for_: HowMuch = Field(default=Amount(end=True), alias="for")
    cap: Duration | None = None

    @property
    def endless(self) -> str:
        """Return why a share or the end without ``cap`` may never come; empty: it ends."""
        if self.for_.time is not None or self.cap is not None:
            return ""
        most = f"{WATCH_CAP_S / 3600:g} h"
        return (
            f"a live video has no length, so {self.for_} of it never comes; the step stops after"
            f" {most}; say where: watch: {{for: {self.for_}, cap: 10m}}"
        )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments as the plan carries them.

        ``for_s`` and ``cap_s`` are seconds or ``None``; one of ``for_s``, ``percent`` and
        ``until_end`` says how much. Only a page that ``video`` leads to is captured.
        """
        found = super().arguments()
        amount: Amount = found.pop("for")
        return found | {
            "cap_s": seconds(found.pop("cap")),
            "for_s": seconds(amount.time),
            "percent": amount.percent,
            "until_end": amount.end,
            "capture": self.capture and self.video is not None,
        }

    @classmethod
    def brings_page(cls, args: Args) -> bool:
        """Return whether it names a video, whose page it goes to first."""
        return bool(args["video"])

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Return ``for_s``, else the cap: the most page seconds that the watch is asked to take."""
        return float(args["for_s"] or args["cap_s"] or WATCH_CAP_S)

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds it takes, a video of unknown length taken for 480."""
        watched = args["for_s"]
        if watched is None:
            watched = VIDEO_S * (args["percent"] or 100) / 100
        page = PAGE_S if args["video"] else 0
        return ACTION_S + float(min(watched, args["cap_s"] or watched)) + page

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``watch this video 30 s``."""
        how = (
            "to the end"
            if args["until_end"]
            else f"{args['percent']:g}%"
            if args["percent"] is not None
            else f"{args['for_s']:g} s"
        )
        return f"watch {args['video'] or 'this video'} {how}"


@verb
class Follow(Page, Picks):
    """Click an item of the page's lists and file the page that it leads to.

    Exactly one of

    - ``rank: 3`` takes the third video (adverts, playlists and shorts are passed over);
    - ``random: true`` takes any, among the first ``top: 10`` if given; the choice follows from the
      seed;
    - ``topic: science`` takes the first one of that topic, or of one of several
      ``[cooking, music]``, among the first ``top`` if given;
    - ``title: 'moon|apollo'`` and ``channel: '^The '`` take the first one whose title or channel's
      name has the pattern (a regular expression, in any case), among the first ``top`` if given;
    - ``up_next: true`` takes the one that autoplay would take.

    ``unseen: true`` leaves out what the puppet has had on a watch page. ``from`` names the list:
    ``home``, ``related`` or ``search``; without it, the page's own. ``otherwise`` says what to do
    if nothing fits: ``fail`` (default: a missing cell in the report), ``first`` or ``random``.

    ::

        - follow: {rank: 1}
        - follow: {random: true, top: 10, unseen: true}
        - follow: {topic: [cooking, music], from: related, otherwise: first}
        - follow: {title: 'full (concert|show)', otherwise: first}
        - follow: up_next
    """

    do: Literal["follow"]
    short: ClassVar[str | None] = "how"
    example: ClassVar[str] = "- follow: {rank: 1}"
    instead: ClassVar[str] = "use visit"
    simulated_s: ClassVar[float] = 3.0
    ways: ClassVar[tuple[str, ...]] = (*Picks.ways, "up_next")
    up_next: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, dict) and "how" in data:
            how = data["how"]
            if how not in ("up_next", "random"):
                raise Fixable(
                    f"{how!r} is ambiguous: give rank, random, topic or up_next",
                    "write follow: {rank: 1} or follow: up_next",
                )
            return {"do": data["do"], how: True}
        return data

    @model_validator(mode="after")
    def _by_itself(self) -> Self:
        if self.up_next and (self.unseen or self.from_ or self.otherwise != "fail"):
            raise Fixable("up_next takes no unseen, from or otherwise", "remove them")
        return self

    def arguments(self) -> dict[str, Any]:
        """Return the arguments as the plan carries them; ``up_next`` is told by ``by``."""
        found = super().arguments()
        del found["up_next"]
        return found


@verb
class Refresh(Page):
    """New posts in the page: a new timeline.

    Only on a feed.

    ::

        - visit: home
        - scroll: {screens: 1}
        - refresh
        - scroll: {until: 40}
    """

    do: Literal["refresh"]
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- refresh"
    genres: ClassVar[frozenset[Genre]] = FEEDS
    instead: ClassVar[str] = "use visit: home"
    simulated_s: ClassVar[float] = 2.0


@verb
class OpenChannel(Page):
    """The channel of the video, or of the channel page, that is open; one of its tabs.

    ``tab`` is ``home`` (default), ``videos``, ``shorts``, ``live``, ``playlists``, ``posts`` or
    ``about``. ``about`` lists nothing: the step is done once the page has come, and its capture is
    no data (``unknown``, ``not-read``). In the mock ``posts`` and ``about`` are pages of their own;
    the other tabs show the same list, and in its full eras (docs/mock.md) ``shorts``, ``streams``
    and ``playlists`` have lists of their own.

    ::

        - open_channel: videos
        - open_channel: {tab: about, label: about it}
    """

    do: Literal["open_channel"]
    short: ClassVar[str | None] = "tab"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- open_channel: videos"
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    tab: Literal["home", "videos", "shorts", "live", "playlists", "posts", "about"] = "home"

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``open the channel's videos``."""
        return f"open the channel's {args['tab']}"
