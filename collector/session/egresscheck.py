"""From which address and country a puppet is seen, read back before its first step and at its end.

Protects the treatment "where from": a session that leaves from another country than planned
measures somebody else, so it ends before its first step; a login page of the network, a proxy that
refuses, and an address that changed on the way are named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from collector.addresses import parts_of
from collector.browser.errors import NavigationFailed
from collector.common.pagetext import text_of
from collector.contract.job import SessionJob
from collector.drivers.base import HTTP
from collector.drivers.ways import way_of
from collector.egress import Egress, another_page
from collector.platforms.acting import ActionFailed
from collector.scenario.plan import PlannedSession
from collector.session.personacheck import Check, wrong
from collector.store import Store

EGRESS = "egress"
ADDRESS, COUNTRY, LAST = "address", "country", "address at the end"

#: Where a site of the mock says from where it is asked.
PATH = "/egress"

_ADDRESSES = ("ip", "query", "address", "ip_addr", "origin")
_COUNTRIES = ("country_code", "countryCode", "country_iso", "country", "cc")


class Asked(Protocol):
    """The part of a puppet that this needs."""

    def read_document(self, url: str) -> tuple[str, str]:
        """Text of the document at ``url``, and where it was in the end; the page is blank after."""


def address_of_check(way: Egress, site: str, *, is_mock: bool) -> str | None:
    """Where to ask; ``None``: nobody, as was declared, or as the site is not a mock."""
    if way.check is not None:
        return way.asks
    return site + PATH if is_mock else None


def read_back(puppet: Asked, url: str) -> tuple[str, str | None]:
    """The address that ``url`` sees, and its country where it says one (two letters).

    :raises NavigationFailed: no answer came; or another page, which is then named.
    """
    text, there = puppet.read_document(url)
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    address = _first(told, _ADDRESSES)
    if address is None:
        found = parts_of(there)
        moved = found.netloc not in ("", parts_of(url).netloc)
        # What a portal's address says beside its host is of this machine and who sits at it.
        told_by = another_page(
            text_of(text), f" at {found.scheme}://{found.netloc}" if moved else ""
        )
        raise NavigationFailed(url, f"the egress check was {told_by}")
    country = _first(told, _COUNTRIES)
    known = country is not None and re.fullmatch(r"[A-Za-z]{2}", country)
    return address, country.upper() if country is not None and known else None


def _first(told: object, names: Sequence[str]) -> str | None:
    if not isinstance(told, Mapping):
        return None
    found: Any = next((told[name] for name in names if told.get(name)), None)
    return found if isinstance(found, str) else None


def checks(way: Egress, seen: tuple[str, str | None], before: str | None) -> list[Check]:
    """What was seen against what is planned.

    :param before: the address of the puppet's session before, if it had one.
    """
    address, country = seen
    agrees = None if way.country is None or country is None else country == way.country
    same = None if before is None else address == before
    return [
        Check(ADDRESS, before, address, same, EGRESS),
        Check(COUNTRY, way.country, country, agrees, EGRESS),
    ]


def changed(before: str, now: str, when: str) -> str:
    """A changed address in words."""
    return f"the address of egress changed from {before} to {now} {when}"


class WayOut:
    """The way by which one session reaches the site, and who is asked from where it is seen.

    Without a way, or anybody to ask, it finds nothing wrong. What changes goes into the run's
    event log, what was seen beside the other checks of the persona.
    """

    def __init__(self, job: SessionJob, planned: PlannedSession, store: Store) -> None:
        self._job = job
        self._store = store
        self._way = None if job.replay is not None else way_of(job, planned)
        self._url = None
        if self._way is not None:
            is_mock = bool(job.truth_api) or job.driver == HTTP
            self._url = address_of_check(self._way, job.site, is_mock=is_mock)

    def begin(self, puppet: Asked) -> str:
        """Before anything is done: why the session would not be the planned one; empty: it is.

        :raises NavigationFailed: the site cannot be reached by this way.
        """
        if self._way is None or self._url is None:
            return ""
        try:
            seen = read_back(puppet, self._url)
        except ActionFailed as failure:
            return str(failure)
        before = self._before()
        found = checks(self._way, seen, before)
        self._store.add_persona_checks(self._job.session, [check.row() for check in found])
        if before is not None and before != seen[0]:
            self._say(changed(before, seen[0], "since the puppet's session before"))
        if self._way.country is not None and seen[1] is None:
            self._say(f"{self._url} does not say which country {seen[0]} is in")
        return wrong(found)

    def end(self, puppet: Asked) -> str:
        """After everything is done: how the address has changed; empty: it has not."""
        before = self._before()
        if self._url is None or before is None:
            return ""
        try:
            now, _ = read_back(puppet, self._url)
        except (NavigationFailed, ActionFailed) as failure:
            now, told = "", f"from where it is seen cannot be read back any more: {failure}"
        else:
            told = changed(before, now, "during the session")
        last = Check(LAST, before, now or None, now == before, EGRESS)
        self._store.add_persona_checks(self._job.session, [last.row()])
        if now == before:
            return ""
        self._say(told)
        return told

    def _before(self) -> str | None:
        """Where the puppet was seen last, in this session or one before."""
        rows = self._store.rows(
            "SELECT c.seen FROM persona_checks c JOIN sessions s ON s.id = c.session"
            " WHERE s.puppet = ? AND c.seen_by = ? AND c.seen IS NOT NULL"
            " AND c.name IN (?, ?) ORDER BY s.started DESC, c.name DESC LIMIT 1",
            [self._job.puppet, EGRESS, ADDRESS, LAST],
        )
        return next((str(json.loads(row["seen"])) for row in rows), None)

    def _say(self, told: str) -> None:
        self._store.log(self._job.run, "egress", told, level="warning", session=self._job.session)
