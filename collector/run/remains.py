"""Whether all that a run left is still there, before anything of it is taken up.

Protects the rule that nothing is done twice: what is missing was lost, and never "not begun". A run
whose ledger, profiles or site have gone would otherwise do everything once more, to the same
accounts. Only reads.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collector.browser.snapshot import SUFFIX
from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.scenario.plan import Plan
from collector.store import SessionState, Store, StoreMissing, had_begun

_ALL_AGAIN = "taking it up would do everything again"
_NO_HISTORY = "the lists to come would be those of visitors without that history"
_LOAD = re.compile(rb'"load":"([^"]+)"')


class RunIncomplete(UserError):
    """Something that the run wrote is no longer there."""


def check_whole(out: RunDir) -> None:
    """Refuse a run that has lost something that it wrote.

    :raises RunIncomplete: the run had begun, and what it wrote is missing.
    """
    manifest = out.read_manifest() or {}
    if not had_begun(manifest):
        return
    if absent := _absent(out.store):
        raise _lost(out.store.name, absent, out)
    try:
        with Store(out.store, readonly=True) as store:
            runs = store.runs()
            lost = next(_missing(out, store, manifest), None) if runs else None
    except StoreMissing as error:
        raise _lost(out.store.name, "holds no run", out) from error
    if not runs:
        raise _lost(out.store.name, "holds no run", out)
    if lost is not None:
        raise lost


def check_ledger(out: RunDir, plan: Plan, run: str) -> None:
    """Refuse a ledger that is not that of ``plan``: rows of it were lost, or it is another run's.

    :param run: the run's id in its manifest.
    :raises RunIncomplete: a session or a step is missing, or is one that was never planned.
    """
    if not out.store.exists():
        return
    with Store(out.store, readonly=True) as store:
        runs = [row["id"] for row in store.runs()]
        states = {row["id"]: row["state"] for row in store.sessions()}
        steps = {(row["session"], row["step"]): row["kind"] for row in store.steps()}
    if not runs:
        return
    planned = {
        (each.id, step.index): str(step.kind) for each in plan.sessions for step in each.steps
    }
    if run not in runs:
        raise _lost(out.store.name, f"is that of {runs[0]}, not of {run},", out)
    if states.keys() != {session.id for session in plan.sessions} or steps != planned:
        away = len(planned) - len(planned.items() & steps.items())
        how = f"{away} of {len(planned)} steps" if away else "sessions"
        raise _lost(out.store.name, f"has lost {how} of the plan", out)
    for session, state in states.items():
        if state not in {each.value for each in SessionState}:
            raise _lost(out.store.name, f"calls session {session} {state!r}", out)


def _missing(out: RunDir, store: Store, manifest: dict[str, Any]) -> Iterator[UserError]:
    """What the store says there is, and is not."""
    steps = list(store.rows("SELECT 1 FROM steps WHERE started IS NOT NULL LIMIT 1"))
    if not steps:
        return
    for row in store.rows(
        "SELECT DISTINCT s.puppet FROM sessions s JOIN steps t ON t.session = s.id"
        " WHERE t.started IS NOT NULL ORDER BY s.puppet"
    ):
        if not (out.profiles / row["puppet"] / "profile.json").is_file():
            yield _lost(f"{out.profiles.name}/{row['puppet']}", "is missing", out)
    if manifest.get("mock_port"):
        yield from _of_mock(out, store, manifest)
    captured = list(store.rows("SELECT 1 FROM captures WHERE content_hash != '' LIMIT 1"))
    if captured and not (out.evidence.is_dir() and any(out.evidence.iterdir())):
        yield _lost(f"{out.evidence.name}/", "is missing", out)
    for row in store.rows(
        "SELECT DISTINCT snapshot_after AS name FROM sessions"
        " WHERE snapshot_after IS NOT NULL AND state = 'done' ORDER BY name"
    ):
        path = out.snapshots / f"{row['name']}{SUFFIX}"
        if not path.is_file():
            yield _lost(f"{out.snapshots.name}/{path.name}", "is missing", out)


def _of_mock(out: RunDir, store: Store, manifest: dict[str, Any]) -> Iterator[UserError]:
    """What the run's own mock kept and has lost: what its visitors did, and what it was sent."""
    if manifest.get("site") == "mock":
        pages = "SELECT DISTINCT event FROM captures WHERE status = 'ok' AND event != ''"
        shown = {row["event"].encode() for row in store.rows(pages)}
        how = _lack_of_journal(out.mock_state, shown)
        if how:
            yield _lost(out.mock_state.name, how, out, why=_NO_HISTORY)
    sent = store.db.table("outbox").exists() and list(
        store.rows("SELECT 1 FROM outbox WHERE state = 'acked' LIMIT 1")
    )
    how = _lack_of_database(out.mock_db) if manifest.get("submit_to") == "mock" and sent else ""
    if how:
        yield _lost(
            out.mock_db.name, how, out, why="what the mock was sent would not be sent again"
        )


def _absent(path: Path) -> str:
    """What is wrong with a file that holds nothing; empty: nothing."""
    if path.is_file() and path.stat().st_size:
        return ""
    return "is empty" if path.exists() else "is missing"


def _lack_of_journal(path: Path, shown: set[bytes]) -> str:
    """What is wrong with a mock's journal; empty: nothing.

    :param shown: loads of pages that the run has captured, all of which the mock noted before it
        answered. A kill cuts the last line at most, and that of no page that was captured.
    """
    if absent := _absent(path):
        return absent
    content = path.read_bytes()
    if not content.startswith(b'["world",') or b"\0" in content:
        return "is damaged"
    lost = len(shown - set(_LOAD.findall(content)))
    return f"is cut short: {lost} of {len(shown)} captured pages are not in it" if lost else ""


def _lack_of_database(path: Path) -> str:
    """What is wrong with a database; empty: nothing. SQLite alone opens it: closing it otherwise
    would drop the locks of this process, and what a kill left half written it mends itself."""
    if absent := _absent(path):
        return absent
    pending = path.with_name(path.name + "-wal")
    # Without a log to read, SQLite would make one, and looking changes nothing.
    logged = pending.is_file() and pending.stat().st_size
    uri = path.resolve().as_uri() + ("?mode=ro" if logged else "?mode=ro&immutable=1")
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return ""  # locked, or not to be written: who takes the run up says so
    except sqlite3.DatabaseError:
        return "is damaged"
    return "" if found == "ok" else "is damaged"


def _lost(what: str, how: str, out: RunDir, *, why: str = _ALL_AGAIN) -> RunIncomplete:
    return RunIncomplete(
        f"{what} {how} though manifest.json says the run began; {why}",
        place=str(out.root),
        fix="put it back from a copy of the run's folder, or begin a new run in another --out",
    )
