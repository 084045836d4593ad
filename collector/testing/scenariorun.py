"""What a run left, as a test asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from collector.analysis.feeds import Feeds, load_feeds
from collector.analysis.report import write_report
from collector.common.model import Capture, Observation, Receipt, Timeline
from collector.contract.layout import RunDir
from collector.evidence import EvidenceStore
from collector.run.result import RunResult
from collector.store import Store


@dataclass(frozen=True)
class ScenarioRun:
    """A run that is over, and what it left. Seconds and shares as in the store's columns.

    ::

        def test_the_feed_follows(run_scenario):
            run = run_scenario("quick", driver="http")
            assert run.observations()
            assert run.report().exists()
    """

    result: RunResult
    """As ``run_scenario`` of :mod:`collector.run.start` answered it."""

    @property
    def out(self) -> RunDir:
        """Where its files are."""
        return self.result.out

    @cached_property
    def store(self) -> Store:
        """The run's database, for reading."""
        return Store(self.out.store, readonly=True)

    def captures(self, **where: str) -> list[Capture]:
        """Captures in order; ``puppet=`` or ``session=`` narrows them."""
        return list(self.store.captures(**where))

    def observations(self, **where: str) -> list[Observation]:
        """What was read from the captures, in order."""
        found = (self.store.observation(capture.id) for capture in self.captures(**where))
        return [each for each in found if each is not None]

    def timelines(self, puppet: str | None = None) -> list[Timeline]:
        """The loads of a feed, by puppet and in order, with the posts that came into view.

        :param puppet: id of a puppet; ``None``: of all.
        """
        return list(self.store.timelines(puppet=puppet))

    def feeds(self) -> Feeds | None:
        """The timelines in numbers, profile by profile: repetition, media, delay, ad share,
        sources, reach. ``None`` where there are none."""
        return load_feeds(self.out.root)

    def receipts(self, session: str | None = None) -> list[tuple[str, int, Receipt]]:
        """(session, step, receipt) of everything watched; ``session=`` narrows it."""
        return list(self.store.receipts(session=session))

    def truth(self, table: str = "impressions") -> list[dict[str, Any]]:
        """What the mock served (``impressions``) or was told (``watches``), in its order.

        :param table: one of these two names.
        :raises ValueError: it is another.
        """
        if table not in ("impressions", "watches"):
            raise ValueError(f"the truth is in impressions and watches, not in {table!r}")
        return list(self.store.rows(f"SELECT * FROM truth_{table} ORDER BY seq"))

    def evidence(self, capture: Capture) -> str:
        """The page of a ``capture``, as filed."""
        return EvidenceStore(self.out.evidence).get(capture.content_hash)

    def report(self) -> Path:
        """Write the report; answers its path."""
        return write_report(self.out.root)
