"""Which platforms there are and what each says of itself: found by entry point, never imported.

A platform is one :class:`PlatformSpec` under the entry point group ``twinwatch.platforms``, as
``NAME = "package.module:SPEC"``. Everything that differs between two platforms is asked of it; no
other file names one. What needs a browser or a server is a reference, ``"package.module:name"``,
looked up when it is first used, so that reading a page loads neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Any, Protocol, cast

from collector.addresses import parts_of, unarchived
from collector.common.errors import UserError
from collector.common.model import (
    PLATFORMS,
    Answer,
    Observation,
    PageKind,
    PageStatus,
    Platform,
    Surface,
)
from collector.platforms.answers import AnswerRule

__all__ = [
    "Genre", "Parse", "PlatformSpec", "owner_of", "platform_of", "platforms", "spec_of",
]  # fmt: skip


class Genre(StrEnum):
    """What a platform shows, and so which verbs it has.

    >>> Genre("feed") is Genre.FEED
    True
    """

    VIDEOS = "videos"
    """Pages with lists of things to watch. A page that is loaded again is the same page."""
    PAGES = "pages"
    """Pages with lists of anything else."""
    FEED = "feed"
    """A stream of posts. Each load is a timeline of its own, which no reload brings back."""


class Parse(Protocol):
    """Read a page: evidence to data, the same bytes to the same data on any machine and day.

    :param html: the page as filed.
    :param url: its address.
    :param client_time: the browser's clock when it was filed (aware), for "2 hours ago".
    :param languages: of the browser, the preferred first.

    It raises nothing: what cannot be read is noted in ``Observation.unparsed``. ::

        def parse(html, url, *, client_time=None, languages=()):
            status = PageStatus.OK if "<li>" in html else PageStatus.EMPTY
            return Observation(
                platform=Platform("toyboard"), kind=PageKind.HOME, status=status, url=url,
                lang="en", login=None, parser="toyboard/1",
            )
    """

    def __call__(
        self,
        html: str,
        url: str,
        *,
        client_time: datetime | None = None,
        languages: Sequence[str] = (),
    ) -> Observation: ...


@dataclass(frozen=True, slots=True)
class SpoiltIds:
    """Ids in a file of labels that cannot be as the site has them."""

    first: str
    """The one that is pointed at."""
    problem: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec:
    """A platform: its addresses, its parser, its words, and who acts on it.

    ``runner``, ``actions``, ``http_actions``, ``simulated`` and ``dialect`` are references, see the
    module. The entry point names one of these, made with keywords only::

        BOARD = PlatformSpec(
            name="toyboard",
            genre=Genre.PAGES,
            host="toyboard",
            hosts=re.compile("toyboard[.]"),
            marks=re.compile("<body class=board>"),
            parser="toyboard/1",
            kind_of=lambda url: PageKind.HOME,
            status_of=lambda html, url: PageStatus.OK,
            parse=parse,
            runner="collector.session.steps:StepRunner",
            actions="toyboard:Actions",
        )

    ``tests/toy_platform/toyboard.py`` is a whole one.
    """

    name: str
    """As scenarios write it; the name of the entry point."""
    genre: Genre
    """Which verbs it has."""
    host: str
    """What the mock's host name for it begins with: ``HOST.localhost``."""
    mobile_host: str | None = None
    """The same of its mobile site; ``None``: the mock has none."""
    site: str = ""
    """The real site, such as ``https://www.toyboard.example``: where people look at an item, and
    what the addresses of its pages begin with. Empty: nobody can look at one."""

    # ---- pages
    hosts: re.Pattern[str]
    """Matches the host of every address of the site, the mock's left out."""
    marks: re.Pattern[str]
    """Found in the HTML of its pages and in no other platform's."""
    parser: str
    """Name and version of the parser, as evidence is filed with."""
    kind_of: Callable[[str], PageKind]
    """Address → what it asks for."""
    status_of: Callable[[str, str], PageStatus]
    """HTML and address → what came back, for a step that has to know before a page is filed."""
    parse: Parse
    """What :meth:`read` goes to. A page is filed under the status of its observation."""
    parse_answer: Callable[..., Observation | None] = lambda *_, **__: None
    """A JSON answer of the site, its address and the keywords of ``parse`` → the observation;
    ``None``: it is none of this site's."""
    answers: AnswerRule | None = None
    """Which answers of the site are kept beside a page. With a rule, ``parse`` takes
    ``answers``: those of the page, in the order of coming."""
    line_of: Callable[..., dict[str, Any]] | None = None
    """Observation with ``id``, ``client_time``, ``saving_time`` and ``blang`` → its line in the
    output of ``collector reparse``; ``None``: the plain one."""
    elements: str | None = None
    """The module of its element table, which :class:`collector.mending.ElementTable` describes: a
    reference; ``None``: nothing can be proposed for elements that its parser does not know."""
    reference: str | None = None
    """The answers of an earlier parser: a function of an id and the sources of a page."""

    # ---- what a scenario says
    site_hosts: frozenset[str] = frozenset()
    """Hosts whose addresses its actions take to whatever site runs."""
    paths_of: frozenset[str] = frozenset()
    """Those of them whose addresses are written into the plan as paths."""
    surface_of: Callable[[str], Surface | None] = lambda url: None
    """Address (or ``home``) → the list of the page that it opens; ``None``: a page without one."""
    id_in: Callable[[str], str | None] = lambda written: written or None
    """What somebody wrote in a file of labels → the id of an item; ``None``: there is none in
    it."""
    spoilt: Callable[[Sequence[str]], SpoiltIds | None] = lambda ids: None
    """The ids of a file of labels in the order of its lines → what is wrong with them together."""

    published: Mapping[str, str] = field(default_factory=dict)
    """Formats in which others have published data of it: name → what reads a file into the new
    store of a folder, a reference."""

    # ---- acting
    runner: str
    """A :class:`collector.session.steps.StepRunner`."""
    actions: str
    """Called with puppet, origin and ``page_timeout_s``, and where the scenario answers dialogs
    with ``dialogs`` (kind of what lies over a page → answer): what a browser's puppet can do."""
    http_actions: str | None = None
    """The same without a browser; ``None``: it cannot be done without one."""
    simulated: str | None = None
    """A :class:`collector.datasets.simulated.Simulated`: its site in the mock's world, in memory;
    ``None``: data sets and power know it from runs alone."""
    cookies: Callable[[str], Mapping[str, str]] = lambda visitor: {}
    """Visitor id → the cookies by which the mock knows the visitor."""
    accounts: frozenset[str] = frozenset()
    """Names of cookies that only a visitor who is signed in has."""

    # ---- what the scrubber takes out
    own_channel: re.Pattern[bytes] | None = None
    """An address in a page that has a channel of who is signed in, its id as group 1."""
    credentials: frozenset[str] = frozenset()
    """Request headers, in lower case, that are nothing but proof of who asks."""

    # ---- servers
    dialect: str | None = None
    """A :class:`collector.submit.dialect.Dialect`; ``None``: nothing of it is submitted."""
    read_back: str | None = None
    """Path of one person's data below the API's root, with ``{token}``; ``None``: never asked."""
    server: str = ""
    """The original server of the dialect, as sentences call it."""
    eras_read: tuple[str, ...] = ()
    """Eras of markup that the original server reads, the best first; empty: not known."""

    @property
    def platform(self) -> Platform:
        """Its name as the word that captures and observations bear."""
        return Platform(self.name)

    def read(
        self,
        html: str,
        url: str,
        *,
        client_time: datetime | None = None,
        languages: Sequence[str] = (),
        answers: Sequence[Answer] = (),
    ) -> Observation:
        """A page as data, with what the site answered to it where the platform knows a use."""
        also: dict[str, Any] = {"answers": tuple(answers)} if self.answers and answers else {}
        return self.parse(html, url, client_time=client_time, languages=languages, **also)

    def owns(self, host: str) -> bool:
        """Is a host one of the site's, or one under which a mock serves it?

        :param host: in lower case, without a port.
        """
        mock = (f"{name}.localhost" for name in (self.host, self.mobile_host) if name)
        return self.hosts.match(host) is not None or any(
            host == name or host.endswith(f".{name}") for name in mock
        )

    def signed_in(self, cookies: Collection[str]) -> bool:
        """Does a browser with cookies of these names say that somebody is signed in?"""
        return not self.accounts.isdisjoint(cookies)

    def reader_of(self, form: str) -> Callable[..., Any] | None:
        """What reads a format of published data; ``None``: it has no such format."""
        reference = self.published.get(form)
        return None if reference is None else cast("Callable[..., Any]", resolve_name(reference))

    def load(self, what: str) -> Any:
        """What one of the references (``runner``, ``dialect``, …) names; ``None`` for none."""
        reference: str | None = getattr(self, what)
        return None if reference is None else resolve_name(reference)


@cache
def _installed(name: str) -> PlatformSpec:
    """The platform of an entry point, loaded.

    :raises LookupError: there is none of that name.
    :raises ValueError: two have one name, or one another name than its entry point.
    """
    points = entry_points(group=PLATFORMS, name=name)
    if not points:
        raise LookupError(name)
    found: list[PlatformSpec] = [point.load() for point in points]
    if any(spec is not found[0] for spec in found) or found[0].name != name:
        raise ValueError(f"two platforms are called {name!r}, or one calls itself else")
    return found[0]


@cache
def platforms() -> Mapping[str, PlatformSpec]:
    """Name → platform: all that are installed, in the order of their names."""
    names = sorted({point.name for point in entry_points(group=PLATFORMS)})
    return {name: _installed(name) for name in names}


def spec_of(platform: str) -> PlatformSpec:
    """The platform of a name; no other is loaded. Raises UserError: it is not installed."""
    try:
        return _installed(str(platform))
    except LookupError:
        raise UserError(
            f"no platform is called {str(platform)!r}",
            place="platform",
            fix=f"use {' or '.join(platforms())}, or install the package that brings it"
            if platforms()
            else "install twinwatch again (pip install -e .): its entry points are missing",
        ) from None


def owner_of(host: str) -> PlatformSpec | None:
    """The platform that has a host, the mock's names for it included; ``None``: none has."""
    return next((spec for spec in platforms().values() if spec.owns(host)), None)


def platform_of(html: str, url: str) -> Platform | None:
    """The platform of a page, by its address, else by what only that platform's pages have.

    ``None`` if it is of none that is installed, or does not say.
    """
    host = parts_of(unarchived(url)).host
    for spec in platforms().values():
        if spec.hosts.match(host):
            return spec.platform
    first: tuple[int, PlatformSpec] | None = None
    for spec in platforms().values():
        found = spec.marks.search(html)
        if found is not None and (first is None or found.start() < first[0]):
            first = (found.start(), spec)
    return first[1].platform if first is not None else None
