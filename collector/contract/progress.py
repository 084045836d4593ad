"""What a session tells its supervisor: one JSON object a line, from a closed list of kinds.

The worker's standard output carries nothing else. A line that is not one of these is a defect of
the worker and is reported as such, never skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What a session tells its supervisor; what comes with it stands after each."""

    READY = "ready"
    """The browser is open and waits at the barrier."""
    STARTED = "started"
    """Past the barrier; ``at`` is the wall clock in seconds since 1970."""
    STEP_STARTED = "step-started"
    """``limit_s``: real seconds after which the step is stuck for certain."""
    STEP_PROGRESS = "step-progress"
    """A step that takes long is getting on; ``limit_s``: again so long after this it is stuck."""
    STEP_FINISHED = "step-finished"
    CAPTURED = "captured"
    PROBLEM = "problem"
    """Something the person who runs this should read; ``text``."""
    CLOSED = "closed"
    """The last word of a session: ``state``, ``captures``, ``missing`` and why it is not done."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a session's progress."""

    kind: EventKind
    session: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_line(self) -> str:
        """Return the event as one JSON object, without a line end."""
        return json.dumps(
            {"kind": self.kind.value, "session": self.session, **self.data}, ensure_ascii=False
        )

    @classmethod
    def from_line(cls, line: str) -> Event:
        """Read a line back. Raises ValueError for anything but an event."""
        try:
            found = json.loads(line)
            kind, session = EventKind(found.pop("kind")), str(found.pop("session"))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a progress line: {line[:200]!r}") from error
        return cls(kind, session, found)


#: Where a session's events go.
Emit = Callable[[Event], None]
