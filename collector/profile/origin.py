"""What a cloned profile descends from, kept beside it: ``origin.json``.

On a mock the browser's state is half of a puppet's past; the other half is what the site remembers
of it, which is kept here until a run gives it to its own site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from collector.common.errors import UserError
from collector.profile.files import private_file

NAME = "origin.json"


@dataclass(frozen=True, slots=True)
class Origin:
    """A moment in the life of another puppet."""

    snapshot: str
    """Hash of the browser's state."""
    run: str
    plan: str
    """Hash of the plan."""
    puppet: str
    session: str
    at: str
    """The number of the step it was after, from 1, or ``end``."""
    site: Mapping[str, Any] | None = None
    """What a mock remembered of the puppet then."""

    def write(self, profile: Path) -> None:
        """Keep it in a profile's folder, for the owner alone."""
        data = json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"
        private_file(profile / NAME, data.encode())

    @classmethod
    def read(cls, profile: Path) -> Self | None:
        """That of the profile in a folder; ``None``: it is nobody's clone. Raises UserError."""
        path = profile / NAME
        try:
            return cls(**json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise UserError(
                f"not what a profile descends from: {error}",
                place=str(path),
                fix="clone the profile again",
            ) from error

    def in_words(self) -> dict[str, str]:
        """What of it a manifest tells."""
        told = asdict(self)
        del told["site"]
        return told
