"""Options and result of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from collector.browser.options import BrowserOptions

LEDGER = "127.0.0.1"
"""Where the ledger is served for a cluster on this machine."""

#: The order in which a manifest has the options; newer ones follow.
_FIRST = (
    "site", "submit_to", "out", "seed", "workers", "driver", "executor", "scheduler", "ledger",
    "headed", "speed", "tracing", "video", "screenshot", "record", "record_limit", "page_budget",
    "memory_mb", "profiles", "purpose", "command", "mock_options",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of ``collector run``, with its defaults."""

    site: str | None = None
    submit_to: str = "mock"
    out: Path | None = None
    seed: int | None = None
    workers: int | None = None
    driver: str = "chromium"
    executor: str = "local"
    """Where sessions are carried out: ``local`` or ``dask``."""
    scheduler: str | None = None
    """Address of the Dask scheduler."""
    ledger: str = LEDGER
    """Where a cluster's workers reach this machine: ``HOST`` or ``HOST:PORT``."""
    browser: BrowserOptions = field(default_factory=BrowserOptions)
    speed: str | None = None
    profiles: Path | None = None
    """A folder with a profile for each puppet, which they begin as."""
    purpose: str = "run"
    """``demo`` marks a directory that a later demo may make anew."""
    command: str = ""
    """The command line that repeats the run."""
    mock_options: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the own mock's configuration (era, faults, recommender, …)."""

    @classmethod
    def of(cls, **given: Any) -> Self:
        """Options by their names, those of the browser among them.

        >>> RunOptions.of(driver="http", headed=True).browser.headed
        True
        """
        browser, own = BrowserOptions.split(given)
        return cls(browser=browser, **own)

    def to_dict(self) -> dict[str, Any]:
        """As the manifest keeps them, for a run that goes on: flat, the browser's among them."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        found |= found.pop("browser").to_dict()
        found = {name: found[name] for name in (*_FIRST, *sorted(found.keys() - {*_FIRST}))}
        found["out"] = None if self.out is None else str(self.out)
        found["profiles"] = None if self.profiles is None else str(self.profiles.resolve())
        found["mock_options"] = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in self.mock_options.items()
        }
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Options as :meth:`to_dict` wrote them. Raises TypeError for others."""
        paths = {name: Path(data[name]) if data.get(name) else None for name in ("out", "profiles")}
        names = {each.name for each in fields(BrowserOptions)}
        browser = BrowserOptions.from_dict({k: v for k, v in data.items() if k in names})
        own = {k: v for k, v in data.items() if k not in names}
        return cls(**{**own, **paths}, browser=browser)


@dataclass(frozen=True, slots=True)
class Registered:
    """The preregistration that a run is begun under, and what was announced to differ from it."""

    sha256: str
    """Of the canonical bytes."""
    data: bytes
    """Those bytes, for ``prereg.json``."""
    text: bytes
    """The document to be read, for ``prereg.md``."""
    deviations: tuple[str, ...] = ()
    """Reasons given with ``--deviate``."""

    def to_dict(self) -> dict[str, Any]:
        """As the manifest names it."""
        return {"sha256": self.sha256, "deviations": list(self.deviations)}
