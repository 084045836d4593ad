"""Where puppets browse and where evidence goes: names and addresses judged before anything opens.

Protects politeness: a site that is not on this machine is visited only when it was named on the
command line and confirmed, always in real time, and with a pause between page loads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from collector.addresses import (
    USER_IN_ADDRESS,
    is_loopback,
    names_a_user,
    origin_of,
    parts_of,
    shown,
    without_userinfo,
)
from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM
from collector.contract.job import Pace
from collector.contract.mocksite import MockSite
from collector.contract.targets import api_root
from collector.platforms.registry import spec_of

MOCK = "mock"
NOWHERE = "none"

POLITENESS_S = 5.0
"""Least time between two page loads of a puppet on a site that is not on this machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site to browse. ``origin`` is ``None`` for the mock that the run starts itself."""

    origin: str | None
    on_loopback: bool
    asked_s: float | None = None
    """The politeness that the scenario states."""
    served: MockSite | None = None
    """A mock that runs already and has proved that it is one; its truth log can be read."""
    greeted: str = ""
    """Root of the APIs of a mock that runs already, proved or not; empty: it is none."""

    @property
    def is_own_mock(self) -> bool:
        """Return whether it is the mock that the run starts itself."""
        return self.origin is None

    @property
    def is_mock(self) -> bool:
        """A mock for sure: the run's own, or one that has proved it."""
        return self.is_own_mock or self.served is not None

    @property
    def politeness_s(self) -> float:
        """Return the least seconds between two page loads; 0 on loopback."""
        if self.on_loopback:
            return 0.0
        return POLITENESS_S if self.asked_s is None else self.asked_s


def place_of(
    named: str | None,
    scenario_site: str,
    *,
    confirm: Callable[[str], bool],
    politeness: timedelta | None = None,
) -> Place:
    """The site of a run: ``named`` on the command line, or the scenario's when it is harmless.

    :param confirm: asked with a sentence before a site beyond this machine is used.
    :param politeness: least time between two page loads there, where the scenario states one.
    """
    site = scenario_site if named is None else named
    if site == MOCK:
        return Place(None, on_loopback=True)
    if names_a_user(site):
        raise UserError(
            USER_IN_ADDRESS, place="--site", fix=f"leave them out: {without_userinfo(site)}"
        )
    parts = parts_of(site)
    origin = origin_of(parts)
    if not origin or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UserError(
            f"{shown(site)!r} is not a site",
            place="--site",
            fix="write mock, or an origin such as http://127.0.0.1:8000",
        )
    if is_loopback(parts_of(origin).host):
        return Place(origin, on_loopback=True)
    if named is None:
        raise UserError(
            f"the scenario asks for {origin}, a site beyond this machine",
            place="site",
            fix=f"say so yourself: --site {origin}",
        )
    there = Place(origin, False, None if politeness is None else politeness.total_seconds())
    if not confirm(
        f"Puppets will visit {origin} in real time, one page load in {there.politeness_s:g} s each."
        " Have you the right to do so, and is it ethically cleared?"
    ):
        raise UserError(
            f"visiting {origin} was not confirmed",
            place="--site",
            fix="answer yes, or give --yes",
        )
    return there


def no_api(platform: str) -> UserError:
    """What is said where observations of a platform are to be submitted, and it has no API."""
    return UserError(
        f"observations of {platform} cannot be submitted: no API of this platform is known",
        place="--submit-to",
        fix="use --submit-to none",
    )


def target_of(submit_to: str, platform: str = DEFAULT_PLATFORM) -> str | None:
    """``None`` for the run's own mock, ``none``, or the root of an API. Raises UserError.

    Of a platform whose servers nobody knows nothing is submitted, so it is ``none`` there.
    """
    if spec_of(platform).dialect is None:
        if submit_to in (MOCK, NOWHERE):
            return NOWHERE
        raise no_api(platform)
    if submit_to == MOCK:
        return None
    return NOWHERE if submit_to == NOWHERE else api_root(submit_to)


def stays_here(target: str | None) -> bool:
    """Evidence for ``target`` (as :func:`target_of` answers it) does not leave this machine."""
    return target in (None, NOWHERE) or is_loopback(parts_of(str(target)).host)


def pace_of(speed: str | None, place: Place, *, virtual: bool = False) -> Pace:
    """``--speed``: a factor or ``max``, on the run's own mock only. Raises UserError.

    :param virtual: the puppets have no other clock than one that is moved.
    """
    if virtual:
        if speed not in (None, "max"):
            raise UserError(
                "--driver http cannot run at another speed than max",
                place="--speed",
                fix="leave --speed out, or use --driver chromium",
            )
        return Pace(virtual=True)
    if speed is None:
        return Pace()
    if not place.is_mock:
        raise UserError(
            "--speed works on the bundled mock only, or with its truth token on one that is served:"
            " any other site is watched in real time",
            place="--speed",
            fix="leave --speed out, use --site mock, or give --truth-token-file FILE",
        )
    if speed == "max":
        return Pace(virtual=True)
    try:
        factor = float(speed.removesuffix("x"))
    except ValueError:
        factor = 0.0
    if not 1 <= factor <= 100_000:
        raise UserError(
            f"{speed!r} is not a speed", place="--speed", fix="write max, or a factor such as 10"
        )
    return Pace(virtual=True, factor=factor)
