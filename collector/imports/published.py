"""What every reader of published data has in common: what it answers, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.common.errors import UserError


class BadDataset(UserError):
    """A file that is not in the format."""


class TargetExists(UserError):
    """Nothing is imported over a run."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read."""

    impressions: int
    posts: int
    timelines: int
    profiles: int
    start: datetime | None
    end: datetime | None
