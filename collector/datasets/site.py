"""A platform of the world as a puppet meets it: the page that is open, and how time passes.

It stands for a browser and a site together, so that a session's runner carries out its steps as in
a run; what needs a picture or a script is not here. Each platform derives from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from collector.common.model import Impression, Observation, PageKind, PageStatus, Platform
from collector.datasets.clock import Clock
from collector.datasets.records import Session
from collector.platforms.acting import Settled, Waited
from collector.scenario.planned import PlannedSession
from mockserver.world import World

#: Where a puppet is before its first page.
BLANK = "about:blank"


@dataclass
class Page:
    """A page of the world. It stands where a run has the captured HTML, so it has an address and
    the word of the load; there is no HTML to it."""

    url: str
    kind: PageKind
    status: PageStatus
    event: str = ""
    """The world's id of the load."""
    number: int = 0
    """Which load of the session it is, from 1."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    lang: str = ""
    login: int = 0

    html: ClassVar[str] = ""
    languages: ClassVar[tuple[str, ...]] = ()

    def enter(self, made: Session, capture: str) -> list[str]:
        """Put what it lists on record under a capture; each item's surface and id, in order."""
        return []

    def impressions(self) -> tuple[Impression, ...]:
        """What it lists, for steps that pick one."""
        return ()

    @property
    def counted(self) -> int | None:
        """Impressions that count towards the size of the data set; ``None``: all."""
        return None


class Reader:
    """Says what a page is and shows: the world knows, and nothing is parsed."""

    def __init__(self, platform: Platform, parser: str) -> None:
        self._platform, self._parser = platform, parser

    def status(self, page: Page) -> PageStatus:
        """Return the status that the world gave the page."""
        return page.status

    def read(self, page: Page) -> Observation:
        """What a page is; what it lists is left to :meth:`shown`."""
        return Observation(
            self._platform, page.kind, page.status, page.url, page.lang, bool(page.login),
            self._parser, page.fields,
        )  # fmt: skip

    def filed(self, page: Page, seen: Observation) -> None:
        """Nothing is remembered: a page is asked when it is needed."""

    def shown(self, page: Page) -> Observation:
        """Return what a page is and what it lists."""
        return Observation(
            self._platform, page.kind, page.status, page.url, page.lang, bool(page.login),
            self._parser, page.fields, page.impressions(),
        )  # fmt: skip


class Site:
    """One puppet's browser and the actions that it has on the platform, in one.

    :param made: takes what the world has served and was told.
    """

    platform: ClassVar[str]
    parser: ClassVar[str]
    origin: ClassVar[str]
    virtual: ClassVar[bool] = True
    beyond: ClassVar[Collection[str]] = frozenset({"screenshot", "snapshot"})
    """Verbs that leave a file of the browser's."""

    def __init__(self, world: World, planned: PlannedSession, clock: Clock, made: Session) -> None:
        self.world, self.planned, self.clock, self.made = world, planned, clock, made
        self.height = planned.persona.viewport[1]
        self.loads = 0
        self.page = Page(BLANK, PageKind.OTHER, PageStatus.UNKNOWN)

    # ---- the browser

    @property
    def url(self) -> str:
        """Return the address of the page that is open."""
        return self.page.url

    def capture(self) -> Any:
        """The page that is open."""
        return self.page

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        """Only what ends playback is ever asked, and nothing plays on."""
        return True

    def let_pass(self, seconds_s: float) -> None:
        """Turn the session's clock on by so many seconds."""
        self.clock.seconds += seconds_s

    def settle(self) -> Settled:
        """Every page is there at once."""
        return _SETTLED

    # ---- the world

    def told(self, kind: str) -> Callable[..., None] | None:
        """The action of a verb that has no method here, for there is no more to it than that the
        world's viewer is told; ``None``: there is none."""
        return None

    def forget(self) -> None:
        """Make the world's viewer as new: what it did is needed no more, and the same puppet can be
        simulated again."""
        raise NotImplementedError

    def log_page(self, path: str, kind: PageKind, status: PageStatus, load: str, lang: str) -> None:
        """The world's own word on a page that it sent."""
        self.made.add(
            "truth_pages", time=self.clock.written(), puppet=self.planned.puppet, load=load,
            path=path, kind=str(kind), status=str(status), lang=lang,
        )  # fmt: skip


_SETTLED = Settled(Waited.SETTLED, 0)
