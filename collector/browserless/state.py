"""What a puppet without a browser remembers between sessions: its cookies and its clock.

One small file in the profile's state folder, so that snapshots, resuming and cloning treat it as
they treat a browser's state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from collector.common.errors import UserError
from collector.files import private_file

NAME = "http.json"


class StateUnreadable(UserError):
    """The puppet's remembered state is not what this module wrote."""


@dataclass(frozen=True, slots=True)
class State:
    """``clock``: the page's time when the last session ended; ``None`` before the first."""

    cookies: dict[str, str] = field(default_factory=dict)
    clock: datetime | None = None


def load(state_dir: Path) -> State:
    """The state in ``state_dir``; an empty one where there is none. Raises StateUnreadable."""
    path = state_dir / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        cookies = {str(name): str(value) for name, value in found["cookies"].items()}
        clock = found["clock"]
        return State(cookies, None if clock is None else datetime.fromisoformat(clock))
    except FileNotFoundError:
        return State()
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise StateUnreadable(
            f"the puppet's state cannot be read: {error}",
            place=str(path),
            fix="restore a snapshot of the puppet, or reset it",
        ) from error


def save(state_dir: Path, state: State) -> None:
    """Write the state for its owner alone (0600); all of it or nothing."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    state_dir.chmod(0o700)
    text = json.dumps(
        {
            "cookies": dict(sorted(state.cookies.items())),
            "clock": None if state.clock is None else state.clock.isoformat(),
        },
        indent=2,
    )
    private_file(state_dir / NAME, text.encode())
