"""How a mock is asked what it served, was told and remembers: a client of its ``/_truth``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from collector.addresses import parts_of
from collector.certificates import named
from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM
from collector.contract.mocksite import MockSite

_TIMEOUT_S = 60.0


class TruthRefused(UserError):
    """The mock does not show its truth log."""


class Truth:
    """A reader of one mock's ``/_truth``. Use as a context."""

    def __init__(self, site: MockSite) -> None:
        self._client = named(
            parts_of(site.origin).host,
            site.ca,
            base_url=site.api,
            headers={"Authorization": f"Bearer {site.truth_token}"},
            timeout=_TIMEOUT_S,
        )

    def __enter__(self) -> Truth:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def labels(self, platform: str = DEFAULT_PLATFORM) -> dict[str, str]:
        """Topic by item id."""
        return dict(self._get("labels", platform=platform)["content"])

    def recommender(self) -> dict[str, Any]:
        """Return parameters and formula of the mock's recommender. Raises TruthRefused."""
        return self._get("recommender")

    def impressions(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield rows of items that the mock served, by ``filters``. Raises TruthRefused."""
        return self._rows("impressions", filters)

    def watches(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield rows of playback that the mock received, by ``filters``. Raises TruthRefused."""
        return self._rows("watches", filters)

    def pages(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield rows of page loads that the mock answered, by ``filters``. Raises TruthRefused."""
        return self._rows("pages", filters)

    def whoami(self, visitor: str) -> Mapping[str, Any]:
        """What the site saw of a visitor (``headers``, names of ``cookies``); empty: it never
        came."""
        answer = self._client.get("/_truth/whoami", params={"visitor": visitor})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return {}
        found: Mapping[str, Any] = self._read(answer)["facts"]
        return found

    def memory(self, visitor: str) -> Mapping[str, Any] | None:
        """All that the site knows of a visitor, for :meth:`remember`; ``None``: it never came."""
        answer = self._client.get("/_truth/memory", params={"visitor": visitor})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return self._read(answer)

    def remember(self, visitor: str, memory: Mapping[str, Any]) -> None:
        """Make the site know of ``visitor`` what it knew of another. Raises TruthRefused."""
        answer = self._client.put("/_truth/memory", params={"visitor": visitor}, json=memory)
        if answer.status_code == httpx.codes.CONFLICT:
            raise TruthRefused(
                answer.json()["message"],
                place=str(answer.request.url),
                fix="run it on a mock of the same seed, world and era",
            )
        self._read(answer)

    def introduce(self, puppets: Mapping[str, tuple[str, int]]) -> None:
        """Tell the mock who takes part: visitor id → (arm, block). Its truths hold for these."""
        told = {"puppets": {visitor: list(place) for visitor, place in puppets.items()}}
        self._read(self._client.put("/_truth/puppets", json=told))

    def _rows(self, table: str, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        after: int | None = 0
        while after is not None:
            answer = self._get(table, **filters, after=str(after))
            yield from answer["content"]
            after = answer["next"]

    def _get(self, table: str, **params: str) -> dict[str, Any]:
        return self._read(self._client.get(f"/_truth/{table}", params=params))

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code != httpx.codes.OK:
            raise TruthRefused(
                f"the mock answered {answer.status_code} to a question for its truth log",
                place=str(answer.request.url),
                fix="give the token that mockserver serve printed",
            )
        found: dict[str, Any] = answer.json()
        return found
