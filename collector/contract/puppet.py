"""What steps need of a puppet, whatever opens it: a browser, or what stands in for one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from collector.common.model import RawPage, Receipt
from collector.platforms.acting import Browser


class Puppet(Browser, Protocol):
    """What steps need of a puppet's browser."""

    @property
    def context(self) -> Any: ...

    def cookies(self) -> list[dict[str, Any]]: ...

    def add_cookies(self, cookies: Sequence[Mapping[str, Any]]) -> None: ...

    def capture(self) -> RawPage: ...

    @property
    def virtual(self) -> bool: ...

    def watch(
        self,
        planned_s: float | None = None,
        until_end: bool = False,
        cap_s: float | None = None,
        *,
        share: float | None = None,
        progress: Callable[[float], None] | None = None,
        unstick: Callable[[], tuple[bool, str]] | None = None,
    ) -> Receipt: ...

    def screenshot(self, path: Path) -> Any: ...

    def read_document(self, url: str) -> tuple[str, str]: ...


def is_of_the_page(error: Exception) -> bool:
    """Is it Playwright's own error? Asked without loading Playwright where no browser runs."""
    playwright = sys.modules.get("playwright.sync_api")
    return playwright is not None and isinstance(error, playwright.Error)
