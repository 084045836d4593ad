"""One puppet without a browser: a page, its player, its clock, and what it remembers.

It has the outline of a puppet's browser as steps use it, so a session cannot tell the difference;
what needs a real page (scripts, clicks, pictures) it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from collector.browser.capture import wall_time
from collector.browser.lock import ProfileLock
from collector.browser.receipts import CAP_S
from collector.browser.virtual import LEAVE
from collector.browserless import VERSION
from collector.browserless.document import Document
from collector.browserless.player import Player
from collector.browserless.state import State, load, save
from collector.browserless.watching import watch
from collector.browserless.wire import Wire
from collector.common.model import Answer, RawPage, Receipt
from collector.egress import Egress
from collector.platforms.acting import ActionFailed
from collector.platforms.answers import AnswerRule, OfPage


class NeedsBrowser(ActionFailed):
    """The step needs a page that runs scripts."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs a browser; use --driver chromium")


class Persona(Protocol):
    """What a site can see of a persona without running a script."""

    @property
    def locale(self) -> str:
        """Return the language tag that pages are asked for in, such as ``de-DE``."""

    @property
    def timezone(self) -> str:
        """Return the time zone's IANA name, such as ``Europe/Berlin``."""

    @property
    def viewport(self) -> tuple[int, int]:
        """Return width and height of the window's content, CSS px."""

    @property
    def user_agent(self) -> str | None:
        """Return the browser's name for itself; ``None``: that of the driver."""

    @property
    def color_scheme(self) -> str:
        """Return which colours pages are asked for: ``light``, ``dark`` or ``no-preference``."""


@dataclass(frozen=True, slots=True)
class Jar:
    """The cookies as a browser context tells them."""

    wire: Wire

    def cookies(self) -> list[dict[str, str]]:
        """Return every cookie with ``name``, ``value`` and the site's origin as ``url``."""
        return [
            {"name": name, "value": value, "url": self.wire.site}
            for name, value in self.wire.cookies.items()
        ]

    def add_cookies(self, cookies: Sequence[Mapping[str, str]]) -> None:
        """Add cookies by ``name`` and ``value``; one of the same name is replaced."""
        for one in cookies:
            self.wire.cookies[one["name"]] = one["value"]


class HttpPuppet:
    """A puppet that fetches; open it with :func:`open_http_puppet`."""

    virtual = True

    def __init__(
        self,
        wire: Wire,
        persona: Persona,
        user_agent: str,
        clock: datetime,
        state_dir: Path,
        answers: OfPage,
    ) -> None:
        self.wire = wire
        self._state_dir = state_dir
        self.persona = persona
        self.user_agent = user_agent
        self.clock = clock
        self.url = "about:blank"
        self.document = Document("", "", "")
        self.load: str | None = None
        """The site's id of what is on the page, after in-page navigation too."""
        self.player: Player | None = None
        self.top = 0.0
        """How far the page is moved down (CSS px)."""
        self.go_on: Callable[[str], None] | None = None
        """How autoplay goes to the address of the next video."""
        self.answers = answers
        """What the site's API answered to the page."""
        wire.heard = self._hear
        self.video_of: Callable[[str], str | None] = lambda url: None
        """Address → id of the video whose page it is; the platform's actions know."""

    def _hear(self, method: str, path: str, text: str) -> None:
        if self.answers.wants(method, path):
            self.answers.add(Answer(path, text))

    @property
    def context(self) -> Jar:
        """Return what holds the cookies, as a browser's context would."""
        return Jar(self.wire)

    @property
    def page(self) -> Any:
        """Refuse: there is no page. Raises NeedsBrowser."""
        raise NeedsBrowser("the page itself")

    def goto(self, url: str, timeout_s: float = 30) -> Any:
        """Refuse: pages are fetched by the platform's actions. Raises NeedsBrowser."""
        raise NeedsBrowser("going to an address by hand")

    def check_loaded(self) -> None:
        """Nothing to be done: a page that did not come has been told where it was asked for."""

    def read_document(self, url: str) -> tuple[str, str]:
        """Text of the document at ``url``, which has to be the site's, and where it was in the
        end."""
        path = url.removeprefix(self.wire.site)
        if not path.startswith("/"):
            raise NeedsBrowser("asking another site")
        answer = self.wire.get(path)
        return answer.text, answer.url

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        """Only what ends playback is known here."""
        if js != LEAVE:
            raise NeedsBrowser("a script")
        self.leave()
        return True

    def wait_for(self, js: str, timeout_s: float = 20, arg: Any = None) -> Any:
        """Refuse: no script runs that could be waited for. Raises NeedsBrowser."""
        raise NeedsBrowser("a wait for the page")

    def screenshot(self, path: Path) -> Any:
        """Refuse: nothing is drawn. Raises NeedsBrowser."""
        raise NeedsBrowser("a picture of the page")

    def remember(self) -> None:
        """Write cookies and clock down: a killed session goes on with what is there."""
        save(self._state_dir, State(self.wire.cookies, self.clock))

    def cookies(self) -> list[dict[str, Any]]:
        """Return a copy of every cookie: ``name``, ``value`` and the site's origin as ``url``."""
        return [dict(cookie) for cookie in self.context.cookies()]

    def add_cookies(self, cookies: Sequence[Mapping[str, Any]]) -> None:
        """Add cookies by ``name`` and ``value``; one of the same name is replaced."""
        self.context.add_cookies(cookies)

    def relaunch(self, while_closed: Callable[[], None]) -> None:
        """Leave the page, write everything down, call back, and go on without a page."""
        self.leave()
        self.url, self.document = "about:blank", Document("", "", "")
        self.load = self.player = None
        self.top = 0.0
        self.remember()
        while_closed()

    # ---- time

    def leave(self) -> None:
        """Playback ends and its last report arrives."""
        if self.player is not None:
            self.player.leave()

    def let_pass(self, seconds_s: float) -> None:
        """Let page time pass; playback goes on, and autoplay to the next video."""
        left = seconds_s
        while left > 0:
            step = left if self.player is None else min(left, self.player.next_s())
            self._pass(step)
            left -= step
            if self.player is not None and self.go_on and (to := self.player.moves_on):
                self.go_on(f"/watch?v={to}")

    def _pass(self, seconds_s: float) -> None:
        if self.player is not None:
            self.player.advance(seconds_s)
        self.clock += timedelta(seconds=seconds_s)

    def now(self) -> datetime:
        """What the page's clock shows (aware, milliseconds)."""
        return self.clock.replace(microsecond=self.clock.microsecond // 1000 * 1000)

    # ---- what was seen and watched

    def capture(self) -> RawPage:
        """The visible page."""
        return RawPage(
            url=self.url,
            html=self.document.html,
            client_time=self.now(),
            saved_time=wall_time(),
            viewport=self.persona.viewport,
            languages=(self.persona.locale,),
            user_agent=self.user_agent,
            event=self.load,
            answers=self.answers.all,
        )

    def watch(
        self,
        planned_s: float | None = None,
        until_end: bool = False,
        cap_s: float | None = None,
        *,
        share: float | None = None,
        progress: Callable[[float], None] | None = None,
        unstick: Callable[[], tuple[bool, str]] | None = None,
    ) -> Receipt:
        """Watch ``planned_s`` media seconds, a ``share`` (0–1) of the video, or ``until_end``."""
        return watch(
            self.player,
            self._pass,
            video_id=self.video_of(self.url) or "",
            planned_s=planned_s,
            share=share,
            cap_s=CAP_S if cap_s is None else cap_s,
            progress=progress,
        )


@contextmanager
def open_http_puppet(
    *,
    state_dir: Path,
    persona: Persona,
    site: str,
    cookies: dict[str, str],
    start: datetime | None = None,
    timeout_s: float = 30.0,
    egress: Egress | None = None,
    ca: Path | None = None,
    tells_clock: bool = False,
    answers: AnswerRule | None = None,
) -> Iterator[HttpPuppet]:
    """A puppet on the state in ``state_dir``, written at every page and when it closes.

    :param cookies: set before the first page, as a run presets them.
    :param start: of the page's clock (aware); by default now, and never before it stopped last.
    :param egress: a proxy that everything goes through; ``ca``: authorities of a mock behind TLS.
    :param tells_clock: every request says the page's time.
    :param answers: which answers of the site are kept beside its pages.
    :raises ProfileLocked: the profile is open elsewhere.
    :raises NotAMock: the site is none.
    """
    with ProfileLock(state_dir.resolve(), browser=False):
        before = load(state_dir)
        clock = start or max(datetime.now(UTC), before.clock or datetime.min.replace(tzinfo=UTC))
        agent = persona.user_agent or f"Mozilla/5.0 (compatible; twinwatch {VERSION})"
        wire = Wire(
            site,
            cookies={**before.cookies, **cookies},
            language=persona.locale,
            user_agent=agent,
            timeout_s=timeout_s,
            egress=egress,
            ca=ca,
        )
        puppet = HttpPuppet(wire, persona, agent, clock, state_dir, OfPage(answers))
        if tells_clock:
            wire.clock = lambda: puppet.clock
        try:
            yield puppet
        finally:
            wire.close()
            puppet.remember()
