"""What a platform has to offer, under one roof: the only place that knows them by name.

Filing, steps and sessions ask the kit of the run's platform; another platform is one folder and one
line here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from collector.common.model import Observation, PageKind, PageStatus, Platform


class Parse(Protocol):
    """Evidence to data; pure."""

    def __call__(
        self,
        html: str,
        url: str,
        *,
        client_time: datetime | None = None,
        languages: Sequence[str] = (),
    ) -> Observation: ...


@dataclass(frozen=True, slots=True)
class Kit:
    platform: Platform
    host: str
    """First label of the mock's host name for it."""
    parser: str
    kind_of: Callable[[str], PageKind]
    """What an address asks for."""
    status_of: Callable[[str, str], PageStatus]
    """What came back, from HTML and address."""
    parse: Parse
    cookies: Callable[[str], Mapping[str, str]]
    """Visitor id → the cookies by which the mock knows the visitor."""
    accounts: frozenset[str]
    """Names of cookies that only a visitor who is signed in has."""

    def signed_in(self, cookies: Collection[str]) -> bool:
        """Does a browser with cookies of these names say that somebody is signed in?"""
        return not self.accounts.isdisjoint(cookies)


def kit_of(platform: str) -> Kit:
    """The kit of a platform by its name."""
    return _KITS[Platform(platform)]()


def _youtube() -> Kit:
    from collector.platforms import youtube

    return Kit(
        platform=Platform.YOUTUBE,
        host="youtube",
        parser=youtube.PARSER,
        kind_of=lambda url: youtube.nature(url).kind,
        status_of=youtube.page_status,
        parse=youtube.parse_page,
        cookies=lambda visitor: {"VISITOR_INFO1_LIVE": visitor},
        accounts=frozenset({"LOGIN_INFO", "SAPISID", "__Secure-3PSID"}),
    )


def _facebook() -> Kit:
    from collector.platforms import facebook
    from collector.platforms.facebook.account import ACCOUNT, BROWSER, account_of
    from collector.platforms.facebook.timeline import parse_evidence

    return Kit(
        platform=Platform.FACEBOOK,
        host="facebook",
        parser=facebook.PARSER,
        kind_of=lambda url: facebook.place(url).kind,
        status_of=facebook.page_status,
        parse=parse_evidence,
        cookies=lambda visitor: {BROWSER: visitor, ACCOUNT: account_of(visitor)},
        accounts=frozenset({ACCOUNT}),
    )


_KITS: Mapping[Platform, Callable[[], Kit]] = {
    Platform.YOUTUBE: _youtube,
    Platform.FACEBOOK: _facebook,
}
