"""The puppet's connection to a mock: cookies, its persona's headers, and proof that it is a mock.

Protects the rule that nothing but a mock is ever asked: the address must be on this machine, every
answer must carry the mock's mark, and nothing is followed to another origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from collector.addresses import is_loopback, parts_of
from collector.bounded import Line
from collector.browser.errors import NavigationFailed
from collector.browser.reasons import PROXY_LOGIN, explained
from collector.certificates import trusting
from collector.common.errors import UserError
from collector.common.pagetext import text_of
from collector.egress import Egress, another_page
from collector.platforms.clock import CLOCK_HEADER, told

#: The header by which a mock says what it is, and its value.
MARK = "X-Mock-Server"
MARK_VALUE = "twinwatch"

_MOST_REDIRECTS = 10


class NotAMock(UserError):
    """The site is not a mock of this package, so a puppet without a browser may not visit it."""

    def __init__(self, site: str, why: str) -> None:
        super().__init__(
            f"--driver http visits a mock only, and {site} {why}",
            place="--driver",
            fix="use --site mock, the address of mockserver serve, or --driver chromium",
        )


class NothingThere(UserError):
    """Nobody answers where the site should be, or not as a site does."""


class Refused(Exception):
    """The site refused what a page's script asked of it; the message names path and status."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A document: where redirects ended, HTTP status, text."""

    url: str
    status: int
    text: str


class Wire:
    """One puppet's HTTP connection to the mock at ``site``. Close it.

    :param timeout_s: for each answer, from asking to its last byte.
    :param cookies: name → value, sent with every request and kept up to date by the answers.
    :param egress: a proxy that everything goes through.
    :param ca: a file of authorities, for a mock behind TLS.
    """

    def __init__(
        self,
        site: str,
        *,
        cookies: Mapping[str, str],
        language: str,
        user_agent: str,
        timeout_s: float = 30.0,
        egress: Egress | None = None,
        ca: Path | None = None,
    ) -> None:
        parts = parts_of(site)
        if not parts.is_web or not is_loopback(parts.host):
            raise NotAMock(site, "is not on this machine")
        self.site = f"{parts.scheme}://{parts.netloc}"
        self.cookies = dict(cookies)
        self.clock: Callable[[], datetime] | None = None
        """What time every request says it is, where the mock is to know."""
        self.heard: Callable[[str, str, str], None] = lambda method, path, text: None
        """Told method, path and answer of all that a page's script posts."""
        self._limit_s = timeout_s
        self._proved = False
        """The mock has answered: what else answers after it stands in its place."""
        self._line = Line(
            self.site,
            {
                "Accept": "*/*",
                "Connection": "keep-alive",
                "User-Agent": user_agent,
                "Accept-Language": language,
                "Accept-Encoding": "identity",
            },
            context=trusting(ca),
            egress=egress,
        )

    def close(self) -> None:
        """Close the connections to the mock."""
        self._line.close()

    def get(self, path: str) -> Answer:
        """A document, redirects followed; where somebody else answers in the mock's place, as a
        captive page of the network does, theirs, and nothing of it is followed or kept.

        :raises NavigationFailed: no answer, or one that leads to another site.
        :raises NotAMock: the first answer is not a mock's.
        """
        for _ in range(_MOST_REDIRECTS):
            answer = self._send("GET", path, document=True)
            if not answer.is_redirect:
                return Answer(self.site + path, answer.status_code, answer.text)
            path = self._within(_joined(self.site + path, answer.headers["Location"]))
        raise NavigationFailed(self.site + path, f"more than {_MOST_REDIRECTS} redirects")

    def ask(self, path: str) -> Any:
        """What a page's script gets for a GET. Raises NavigationFailed when it is not JSON."""
        return _json(self._send("GET", path), self.site + path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What a page's script gets for a POST; ``None`` for an empty answer. Raises Refused."""
        answer = self._posted(path, body)
        if not answer.is_success:
            raise Refused(f"{path}: {answer.status_code}")
        return json.loads(answer.content) if answer.content else None

    def page(self, path: str, body: Mapping[str, Any]) -> Any:
        """What a page's script gets for a POST that asks for another page, be that page an error.
        Raises NavigationFailed when it is not JSON."""
        return _json(self._posted(path, body), self.site + path)

    def _posted(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        answer = self._send(
            "POST", path, text.encode(), {"Content-Type": "application/json", "Origin": self.site}
        )
        if answer.is_success and answer.content:
            self.heard("POST", path, answer.text)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        document: bool = False,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if self.clock is not None:
            sent[CLOCK_HEADER] = told(self.clock())
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            answer = self._line.ask(
                method, self.site + path, limit_s=self._limit_s, content=content, headers=sent
            )
        except httpx.TimeoutException as error:
            raise NavigationFailed(self.site + path, "no answer in time") from error
        except httpx.TransportError as error:
            reason = explained(str(error)) or type(error).__name__
            raise NavigationFailed(self.site + path, reason) from error
        if answer.status_code == PROXY_LOGIN:
            raise NavigationFailed(self.site + path, explained(str(PROXY_LOGIN)))
        if answer.headers.get(MARK) != MARK_VALUE:
            if not self._proved:
                raise NotAMock(self.site, "does not say that it is one")
            if document and answer.text.strip() and "Location" not in answer.headers:
                return answer
            there = parts_of(answer.headers.get("Location", ""))
            at = f" at {there.scheme}://{there.netloc}" if there.is_web else ""
            raise NavigationFailed(self.site + path, another_page(text_of(answer.text), at))
        self._proved = True
        for line in answer.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self._keep(name, morsel.value, gone=morsel["max-age"] == "0")
        return answer

    def _keep(self, name: str, value: str, *, gone: bool) -> None:
        if gone:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def _within(self, url: str) -> str:
        """Path and query of an address of this site."""
        parts = parts_of(url)
        if f"{parts.scheme}://{parts.netloc}" != self.site:
            raise NavigationFailed(url, "it is not on the mock")
        return parts.path + (f"?{parts.query}" if parts.query else "")


def check_mock(site: str, ca: Path | None = None) -> None:
    """Make sure that ``site`` (an origin) is a mock. Raises NotAMock, NothingThere."""
    wire = Wire(site, cookies={}, language="en-US", user_agent="twinwatch", timeout_s=10, ca=ca)
    try:
        wire.get("/favicon.ico")
    except NavigationFailed as error:
        raise NothingThere(
            f"the site does not answer in HTTP ({error})",
            place=site,
            fix="start it (mockserver serve), or check --site",
        ) from error
    finally:
        wire.close()


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:  # what a server says may be no address
        return target


def _json(answer: httpx.Response, url: str) -> Any:
    """The answer's JSON, whatever its status. Raises NavigationFailed."""
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise NavigationFailed(url, f"no JSON (status {answer.status_code})") from error
