"""Everything that is decided before a run: what its ways of beginning hand to its carrying out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.contract.job import Pace
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.contract.options import Registered, RunOptions
from collector.contract.places import NOWHERE, Place
from collector.labelpatterns import LabelPatterns
from collector.mock.ownmock import OwnMock
from collector.run.runlock import RunLock
from collector.scenario.plan import Plan
from collector.schedule.barrier import Schedule


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything decided before the run, and the run's own things."""

    run: str
    plan: Plan
    options: RunOptions
    place: Place
    pace: Pace
    order: Schedule
    out: RunDir
    versions: Mapping[str, str]
    started: datetime
    labels_path: Path | None = None
    patterns: LabelPatterns = field(default_factory=LabelPatterns)
    """Of the file of labels."""
    warnings: tuple[str, ...] = ()
    registered: Registered | None = None
    origin: str = ""
    target: str = NOWHERE
    to_own: bool = False
    """Evidence goes to the mock that the run has started, or was given."""
    mock: MockSite | None = None
    """The mock that is browsed, if it shows its truth log."""
    own: OwnMock | None = None
    lock: RunLock | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    """The manifest of a run that goes on, as it was."""
    resumed: tuple[Mapping[str, Any], ...] = ()
    """When it was resumed, and by which versions."""
