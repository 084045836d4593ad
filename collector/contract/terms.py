"""What a run is asked to do: the words between command line and engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from collector.browser.limits import PAGES, SOFT_MB
from collector.recording.options import LIMIT_BYTES

LEDGER = "127.0.0.1"
"""Where the ledger is served for a cluster on this machine."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What ``collector run`` can be told; the defaults are its own."""

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
    headed: bool = False
    speed: str | None = None
    tracing: str = "off"
    video: str = "off"
    screenshot: str = "off"
    record: str = "off"
    record_limit: int = LIMIT_BYTES
    page_budget: int = PAGES
    memory_mb: int = SOFT_MB
    profiles: Path | None = None
    """A folder with a profile for each puppet, which they begin as."""
    purpose: str = "run"
    """``demo`` marks a directory that a later demo may make anew."""
    command: str = ""
    """The command line that repeats the run."""
    mock_options: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the own mock's configuration (era, faults, recommender, …)."""

    def to_dict(self) -> dict[str, Any]:
        """As the manifest keeps them, for a run that goes on."""
        found = asdict(self)
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
        return cls(**{**data, **paths})


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
