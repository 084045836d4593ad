"""Where every puppet of a run stands, as tiles: the ones that are at work first.

What ``collector status`` says of a puppet, and what a person looks for beside it: the last picture
or the last page's items, and what is unsent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.contract.layout import RunDir
from collector.run.status import PuppetStatus, RunStatus, run_status
from collector.store import Outcome, Store, from_iso
from collector.submit.rows import OutboxState
from collector.view.pages import TIMELINE, Item, items_of

ITEMS = 5
"""Items of its last page that a tile shows."""
#: States in the order in which a person wants to see them.
_FIRST = ("running", "ready", "failed", "contaminated", "interrupted", "planned", "skipped", "done")
_UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)
_LAST_PAGES = """
SELECT c.puppet, c.id, c.kind, c.status, c.saved_time AS wall FROM captures c
JOIN (SELECT puppet, max(saved_time) AS newest FROM captures GROUP BY puppet) l
  ON l.puppet = c.puppet AND l.newest = c.saved_time
ORDER BY c.seq
"""
_LAST_TIMELINES = """
SELECT t.puppet, t.id, t.started AS wall FROM timelines t
JOIN (SELECT puppet, max(started) AS newest FROM timelines GROUP BY puppet) l
  ON l.puppet = t.puppet AND l.newest = t.started
ORDER BY t.id
"""
_CAUSES = """
SELECT s.puppet, t.step, t.kind, t.outcome, t.detail FROM steps t
JOIN sessions s ON s.id = t.session
WHERE t.outcome = ? ORDER BY s.puppet, s.id DESC, t.step DESC
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """One puppet at a glance."""

    status: PuppetStatus
    twin: int
    unsent: int
    """Captures queued for an API that it does not have yet."""
    refused: int
    """Captures that the API refused."""
    page: str
    """Id of its last page; empty before the first."""
    page_kind: str
    page_status: str
    items: tuple[Item, ...]
    """The first items of that page; empty where there is a picture."""
    picture: str
    """Names the newest picture, so that another one is fetched anew; empty: there is none."""
    contamination: str
    """Why nothing counts from some step on; empty: everything counts."""

    @property
    def active(self) -> bool:
        """It is at work, or about to be."""
        return self.status.state in ("running", "ready")


@dataclass(frozen=True, slots=True)
class Board:
    """A run at a glance."""

    run: RunStatus
    tiles: tuple[Tile, ...]
    made: datetime
    left_s: float | None
    """Seconds that are left at the pace so far; ``None``: cannot be said, or nothing is."""

    @property
    def steps(self) -> int:
        """Return how many steps the run has."""
        return sum(self.run.steps.values())

    @property
    def steps_ended(self) -> int:
        """Return how many steps have ended, however they did."""
        return self.steps - self.run.steps.get("open", 0)

    @property
    def active(self) -> int:
        """Return how many puppets are at work, or about to be."""
        return sum(tile.active for tile in self.tiles)

    @property
    def missing(self) -> int:
        """Return how many steps of all puppets ended in another way than done."""
        return sum(tile.status.missing for tile in self.tiles)

    @property
    def contaminated(self) -> int:
        """Return how many puppets are contaminated: from some step on nothing of them counts."""
        return sum(tile.status.contaminated for tile in self.tiles)

    @property
    def unsent(self) -> int:
        """Return how many captures wait to be submitted."""
        return sum(tile.unsent for tile in self.tiles)

    @property
    def refused(self) -> int:
        """Return how many captures the API refused."""
        return sum(tile.refused for tile in self.tiles)


def board(root: Path, store: Store, *, now: datetime | None = None) -> Board:
    """The tiles of a run.

    :param store: of the run, open for reading.
    :raises UserError: the store cannot be read.
    """
    run = run_status(root, now=now)  # by the run's own clock, where no moment is given
    now = now or datetime.now(UTC)
    twins = {row["id"]: row["twin"] for row in store.puppets()}
    last = _last_pages(store)
    shots = pictures(root, {row["id"]: row["puppet"] for row in store.sessions()})
    items = items_of(
        store, (row["id"] for puppet, row in last.items() if puppet not in shots), ITEMS
    )
    waiting = _outbox(store)
    causes: dict[str, str] = {}
    for row in store.rows(_CAUSES, [Outcome.CONTAMINATED.value]):
        causes[row["puppet"]] = f"step {row['step'] + 1} {row['kind']}: {row['detail'] or '?'}"
    tiles = []
    for status in run.puppets:
        page = last.get(status.name, {})
        states = waiting.get(status.name, {})
        shot = shots.get(status.name)
        tiles.append(
            Tile(
                status=status,
                twin=twins.get(status.name, 0),
                unsent=sum(states.get(state.value, 0) for state in _UNSENT),
                refused=states.get(OutboxState.REFUSED.value, 0),
                page=page.get("id", ""),
                page_kind=page.get("kind", ""),
                page_status=page.get("status", ""),
                items=tuple(items.get(page.get("id", ""), ())[:ITEMS]),
                picture=f"{shot.stat().st_mtime_ns:x}" if shot else "",
                contamination=(causes.get(status.name) or status.detail or "a step may or may not"
                               " have happened") if status.contaminated else "",
            )
        )  # fmt: skip
    return Board(run, tuple(sorted(tiles, key=_order)), now, _left_s(run, now))


def pictures(root: Path, sessions: Mapping[str, str]) -> dict[str, Path]:
    """Puppet → its newest screenshot: of a ``screenshot`` step, or kept at a session's end.

    :param sessions: session → puppet. Files of other names, and links, are left out.
    """
    out = RunDir(root)
    found: list[tuple[int, str, Path]] = []
    for folder, named in ((out.screenshots, True), *_folders(out.artefacts, sessions)):
        if not folder.is_dir():
            continue
        for path in folder.glob("*.png" if named else "*-screenshot*.png"):
            session = _session_of(path.name, sessions) if named else folder.name
            if session in sessions and path.is_file() and not path.is_symlink():
                seen = path.stat()
                if seen.st_size:  # an empty file is a picture that is about to be written
                    found.append((seen.st_mtime_ns, sessions[session], path))
    return {puppet: path for _, puppet, path in sorted(found)}


def _folders(artefacts: Path, sessions: Mapping[str, str]) -> list[tuple[Path, bool]]:
    if not artefacts.is_dir():
        return []
    return [(path, False) for path in artefacts.iterdir() if path.name in sessions]


def _session_of(name: str, sessions: Mapping[str, str]) -> str:
    """The session in ``SESSION-0012-NAME.png``, of which each part may have hyphens."""
    parts = name.split("-")
    heads = ("-".join(parts[:n]) for n in range(len(parts) - 1, 0, -1) if parts[n].isdigit())
    return next((head for head in heads if head in sessions), "")


def _last_pages(store: Store) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in store.rows(_LAST_PAGES):
        found[row["puppet"]] = row
    for row in store.rows(_LAST_TIMELINES):
        if row["wall"] >= found.get(row["puppet"], {}).get("wall", ""):
            found[row["puppet"]] = {
                "id": TIMELINE + row["id"], "kind": "timeline", "status": "ok", "wall": row["wall"],
            }  # fmt: skip
    return found


def _outbox(store: Store) -> dict[str, dict[str, int]]:
    """Puppet → state → items; the outbox makes its table with its first row."""
    found: dict[str, dict[str, int]] = {}
    if store.db.table("outbox").exists():
        for row in store.rows(
            "SELECT puppet, state, count(*) AS n FROM outbox GROUP BY puppet, state"
        ):
            found.setdefault(row["puppet"], {})[row["state"]] = row["n"]
    return found


def _order(tile: Tile) -> tuple[int, str, int, str]:
    state = tile.status.state
    place = _FIRST.index(state) if state in _FIRST else len(_FIRST)
    return place, tile.status.arm, tile.twin, tile.status.name


def _left_s(run: RunStatus, now: datetime) -> float | None:
    """At the pace so far. A run that waits for a time, or that nobody works on, has no pace."""
    left = run.steps.get("open", 0)
    ended = sum(run.steps.values()) - left
    if run.over or not left or not ended or not run.started:
        return None
    return max(0.0, (now - from_iso(run.started)) / timedelta(seconds=1)) / ended * left
