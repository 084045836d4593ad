"""What steps need of a puppet, whatever opens it: a browser, or what stands in for one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from collector.common.model import RawPage, Receipt
from collector.platforms.acting import Browser


class Puppet(Browser, Protocol):
    """What steps need of a puppet's browser."""

    @property
    def context(self) -> Any:
        """Return what holds the cookies: a browser's context, or what stands in for one."""

    def cookies(self) -> list[dict[str, Any]]:
        """Return every cookie with ``name`` and ``value``, as Playwright has them."""

    def add_cookies(self, cookies: Sequence[Mapping[str, Any]]) -> None:
        """Add cookies as Playwright takes them."""

    def capture(self) -> RawPage:
        """Return the page as it stands."""

    @property
    def virtual(self) -> bool:
        """Return whether page time is virtual: it passes when the puppet lets it, not by itself."""

    def now(self) -> datetime:
        """Return what the page's clock shows (aware, milliseconds)."""

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
        """Watch ``planned_s`` media seconds, a ``share`` (0–1) or to the end; return the receipt.

        :param cap_s: media seconds after which the watch ends, whatever was planned.
        :param progress: told the media seconds watched so far, while the watch goes on.
        :param unstick: asked when a player stands still that should play; answers whether it did
            something about it, and what it could do nothing about.
        """

    def screenshot(self, path: Path) -> Any:
        """Write a picture of the page to ``path``."""

    def read_document(self, url: str) -> tuple[str, str]:
        """Return the text of the document at ``url``, and where it was in the end."""


def is_of_the_page(error: Exception) -> bool:
    """Is it Playwright's own error? Asked without loading Playwright where no browser runs."""
    playwright = sys.modules.get("playwright.sync_api")
    return playwright is not None and isinstance(error, playwright.Error)
