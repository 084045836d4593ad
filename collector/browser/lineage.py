"""Where a snapshot comes from: one small JSON file each time one is taken, beside the snapshots.

A snapshot's name is its content, so it cannot say whose it is. These files do: which puppet, after
which step of which session of which plan, and from which snapshot it descends; on a mock also what
the site remembered of the puppet then, without which a clone would be a stranger to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.files import private_file

FOLDER = "lineage"


class LineageUnreadable(UserError):
    """A file of the lineage is not what this module wrote."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One taking of a snapshot."""

    snapshot: str
    """Its hash."""
    size: int
    """Bytes of the file."""
    parent: str | None
    """The snapshot that the puppet's browser was begun from or left last; ``None``: it was new."""
    run: str
    plan: str
    """Hash of the plan."""
    puppet: str
    session: str
    step: int | None
    """After which step (from 0); ``None``: at the end of the session."""
    name: str | None
    """What the step calls it."""
    taken: str
    """ISO-8601, UTC."""
    visitor: str
    """The puppet's visitor id then."""
    site: Mapping[str, Any] | None = None
    """A mock's memory of the visitor, as its truth log tells it."""

    @property
    def at(self) -> str:
        """Where in the session, as people count: the first step is 1."""
        return "end" if self.step is None else str(self.step + 1)


def record(snapshots: Path, taken: Taken) -> Path:
    """Keep one beside the blobs in ``snapshots``, for the owner alone, whole or not at all."""
    folder = snapshots / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{taken.session}.{taken.at}.json"
    private_file(path, json.dumps(asdict(taken), ensure_ascii=False).encode())
    return path


def read(snapshots: Path) -> tuple[Taken, ...]:
    """All that were taken, oldest first. Raises LineageUnreadable."""
    found = []
    for path in (snapshots / FOLDER).glob("*.json"):
        try:
            found.append(Taken(**json.loads(path.read_bytes())))
        except (OSError, ValueError, TypeError) as error:
            raise LineageUnreadable(
                f"not a snapshot's descent: {error}",
                place=str(path),
                fix="remove the file; the snapshot itself stays",
            ) from error
    return tuple(sorted(found, key=lambda one: (one.taken, one.session, one.step is None)))


def find(takings: Sequence[Taken], at: str | None) -> Taken | None:
    """The one after a step, of those of one puppet, oldest first.

    :param at: the number of a step (from 1; with several sessions ``SESSION:NUMBER``), the name
        its step gave it, ``end``, or the beginning of its hash; ``None``: the newest.
    """
    if at is None:
        return takings[-1] if takings else None
    newest = takings[::-1]
    by_place = (one for one in newest if at in (one.at, f"{one.session}:{one.at}"))
    by_name = (one for one in newest if at == one.name)
    by_hash = (one for one in newest if len(at) >= 8 and one.snapshot.startswith(at))
    return next(chain(by_place, by_name, by_hash), None)
