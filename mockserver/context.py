"""What every view of the mock shares: one world, one database, one configuration."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

if TYPE_CHECKING:
    from mockserver.db import Submissions
    from mockserver.world import World


#: Visitors that are kept for runs before they come; enough for any, and no memory is filled.
MOST_CLAIMS = 1_000_000


@dataclass(frozen=True)
class MockConfig:
    """How a mock server is made; the same seed and size give the same world, byte for byte."""

    seed: int = 1
    world: str = "small"
    """``small``, ``medium`` or the path of a world file."""
    era: str = "2026"
    """The site's markup: ``2026`` (today's) or ``2022``."""
    mutate: int | None = None
    """Seed of a random redesign of the sites' documents, for tests of what reads them."""
    clock: str = "real"
    """``real``, or a factor: world time runs from its epoch at that many times real time."""
    db: Path | None = None
    """Where submissions are kept; ``None`` is a private file that goes with the server."""
    state: Path | None = None
    """A journal of what visitors did: a mock made again on it goes on where it was ended."""
    state_patient: bool = False
    """Wait for another mock that has the journal, in place of refusing."""
    compat: str | None = None
    """``2019`` brings back the historical statuses of the ytTREX and fbTREX APIs."""
    hosts: tuple[str, ...] = ()
    """Names it answers to beside loopback ones and the APIs' own; a page under any other is told
    nothing."""
    truth_token: str = ""
    """Bearer token of ``/_truth``; empty: one is minted."""
    recommender: dict[str, float] = field(default_factory=dict)
    """Overrides of the recommender's named parameters."""
    faults: dict[str, float] = field(default_factory=dict)
    """Shares (0–1) of page loads or playbacks that go wrong, by the names in ``world.faults``."""
    mechanism: str = "formula"
    """Which recommender ranks: a name among the entry points ``twinwatch.recommenders``."""
    truths: Any = ()
    """What is true of the world by arm, block and time: what a truth file says, as plain data."""
    tubearchivist_profile: str = "v0.4"
    """The generation of the TubeArchivist API at its plain prefix: ``v0.3``, ``v0.4``, ``v0.5``."""
    tubearchivist_load: Path | None = None
    """A file of documents as stored, in place of the world's videos."""
    tubearchivist_tokens: dict[str, str] = field(default_factory=dict)
    """Tokens of ``admin`` and ``viewer``; those not given are derived from the server's secret."""
    tubearchivist_delay_s: float = 0.0
    """How long the archive's background work takes, seconds of the world's clock."""


@dataclass
class Mock:
    """One mock: its configuration, world and database. ``truth_token`` opens the truth log."""

    config: MockConfig
    world: World
    db: Submissions
    truth_token: str
    _claimed: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, visitors: Sequence[str]) -> list[str]:
        """Keep ``visitors`` for one run. Answers those that somebody was or will be already; then
        none is kept."""
        with self._lock:
            there = {each.visitor_id for each in self.world.viewers()} | self._claimed
            there |= {each.visitor_id for each in self.world.social.viewers()}
            known = [each for each in visitors if each in there]
            if not known and len(self._claimed) < MOST_CLAIMS:
                self._claimed.update(visitors)
        return known

    def close(self) -> None:
        """Write what is held back and close the database."""
        self.world.close()
        close = getattr(self.db, "close", None)
        if close is not None:
            close()


def mock() -> Mock:
    """The mock behind the current request."""
    return cast("Mock", current_app.extensions["mock"])
