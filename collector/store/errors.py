"""What can be wrong with a store, one class a cause, and the mapping from SQLite's own errors."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from collector.common.errors import UserError
from collector.common.typed import typed
from collector.environment import refusal_of


class StoreMissing(UserError):
    """There is no store where one was expected."""


class NotBegun(StoreMissing):
    """The run's folder is there, and its first row is still to be written."""


class StoreCorrupt(UserError):
    """The file is not a SQLite database, or its pages are damaged."""


class StoreTooNew(UserError):
    """The store was written by a later version of this program."""


class StoreTooOld(UserError):
    """An earlier version wrote the store, and it lies where it cannot be brought up to date."""


class StoreBusy(UserError):
    """Another process held the write lock for longer than the time-out."""


class StoreFull(UserError):
    """The disk has no room for another page."""


class LeaseLost(RuntimeError):
    """The writer no longer holds the lease of the session it writes; nothing was written."""


class LeaseHeld(RuntimeError):
    """Somebody else holds a lease that is good, on the session or on another of its puppet."""


class NotClaimable(RuntimeError):
    """The session has ended for good, or its puppet is contaminated and excluded."""


class WrongOrder(RuntimeError):
    """The ledger was told something that cannot follow what it holds (a defect of the caller)."""


def damaged(reason: str, path: Path) -> StoreCorrupt:
    """The error of a file that SQLite cannot read, with the way to recover what is left."""
    return StoreCorrupt(
        f"the database is damaged or not a database ({reason})",
        place=str(path),
        fix=f"recover what can be read with: sqlite3 {typed(path)} .recover | sqlite3 recovered.db"
        " ; the evidence files beside it are untouched and can be parsed again",
    )


def translated(error: sqlite3.Error, path: Path) -> UserError | None:
    """The user's error behind SQLite's, or ``None`` when it is a defect of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(str(error), path)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(
            "another process kept the database locked",
            place=str(path),
            fix="end other programs that hold this run open for writing, and try again",
        )
    if primary == sqlite3.SQLITE_FULL:
        return StoreFull(
            "the disk is full",
            place=str(path),
            fix="free some space and resume; everything committed so far is safe",
        )
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreMissing(
            f"the database cannot be opened ({error})",
            place=str(path),
            fix="check that the folder exists and that you may write to it, or take a copy of it",
        )
    return refusal_of(error, place=path)
