"""What a session's browser is given or listened to with: a recorder, or a player.

A session knows both by this outline only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StepRecording:
    """What became of a step's recording. ``lack``: what is not in it; empty: nothing."""

    size: int = 0
    """Bytes on disk; 0: there is no recording of the step."""
    lack: str = ""


class StepRecorder(Protocol):
    """Hand :meth:`prepare` to ``open_puppet``, :meth:`attach` the puppet, :meth:`close` last."""

    def prepare(self, context: Any) -> None:
        """A browser was opened; called before its first request."""

    def attach(self, puppet: Any) -> None:
        """The puppet that the browser belongs to."""

    def end_step(self, step: int) -> StepRecording:
        """The step is over. Raises nothing that is the browser's or the disk's trouble."""

    def close(self) -> None:
        """The browser is closed."""
