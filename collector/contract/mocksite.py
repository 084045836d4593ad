"""A mock that answers, as a run knows it: its addresses and the key to its truth log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from collector.common.model import DEFAULT_PLATFORM


class Served(Protocol):
    """What is needed of a mock server that runs in this process."""

    @property
    def url(self) -> str:
        """Return the root of the host that serves the APIs and the truth log."""

    @property
    def truth_token(self) -> str:
        """Return the token that opens the truth log."""

    def site(self, name: str) -> str:
        """Return the origin of the site called ``name``."""


@dataclass(frozen=True, slots=True)
class MockSite:
    """A mock that answers: its addresses and the key to its truth log."""

    api: str
    """Root of the host that serves the APIs and the truth log."""
    origin: str
    """Origin of the site that is browsed."""
    truth_token: str = field(repr=False)
    world: Mapping[str, Any] = field(default_factory=dict)
    """What it says of its world, where it was met while it ran."""
    ca: Path | None = None
    """PEM file of the authorities that have signed its certificate, where it is behind TLS and this
    machine does not know them."""

    @classmethod
    def of(cls, server: Served, site: str = DEFAULT_PLATFORM) -> MockSite:
        """Of a server that runs in this process, with one of its sites to browse."""
        return cls(server.url, server.site(site), server.truth_token)

    def on(self, site: str) -> MockSite:
        """The same mock with another of its sites to browse."""
        _, _, port = self.api.rpartition(":")
        return replace(self, origin=f"http://{site}.localhost:{port}")
