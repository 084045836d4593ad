"""Where a puppet stood after its last step, kept beside its profile for a session that goes on.

A killed browser loses the cookies of its last half minute and the page it showed. What is kept
here identifies the puppet to the site, so it lies where its key lies, for its owner alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from collector.files import private_handle

_NAME = "mark.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The puppet's place once ``step`` of ``session`` had ended."""

    session: str
    step: int
    url: str
    """Address of the page; ``about:blank`` before the first."""
    open: bool
    """The page has something that is filed later only: a timeline, a visit before its consent."""
    cookies: Sequence[Mapping[str, Any]] = ()
    clock: str | None = None
    """The page's clock (ISO, UTC) when a step last let time pass, where that clock is virtual."""
    lost: int | None = None
    """The step (from 0) whose page did not come about, where that page should be open."""
    came: bool = False
    """Of that step a page came, but its status was not ok; else the page before it is open."""

    @property
    def nowhere(self) -> bool:
        """The page that should be open never came: nothing will be done on the one that is."""
        return self.lost is not None and not self.came

    def write(self, profile: Path) -> None:
        """Keep the mark in a profile's folder, whole or not at all."""
        fresh = profile / f"{_NAME}.new"
        handle = private_handle(fresh, os.O_WRONLY | os.O_TRUNC)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        os.replace(fresh, profile / _NAME)

    @classmethod
    def read(cls, profile: Path, session: str) -> Self | None:
        """The mark of this session in a profile's folder; ``None`` when there is none."""
        try:
            found = cls(**json.loads((profile / _NAME).read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return found if found.session == session else None
