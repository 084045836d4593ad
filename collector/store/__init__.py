"""What a run leaves behind, in one SQLite file that a researcher can open.

Evidence is the truth and lies beside the database; the tables here are the ledger of what was
planned and done, and what the parsers read from the evidence. ``docs/store.md`` describes every
column.
"""

from __future__ import annotations

from collector.store.absent import had_begun, no_run
from collector.store.errors import (
    LeaseHeld,
    LeaseLost,
    NotBegun,
    NotClaimable,
    StoreBusy,
    StoreCorrupt,
    StoreFull,
    StoreMissing,
    StoreTooNew,
    StoreTooOld,
    WrongOrder,
)
from collector.store.schema import SCHEMA_VERSION, TABLES, VIEWS, Outcome, SessionState
from collector.store.store import Store
from collector.store.times import from_iso, now_iso, to_iso

__all__ = [
    "SCHEMA_VERSION",
    "TABLES",
    "VIEWS",
    "LeaseHeld",
    "LeaseLost",
    "NotBegun",
    "NotClaimable",
    "Outcome",
    "SessionState",
    "Store",
    "StoreBusy",
    "StoreCorrupt",
    "StoreFull",
    "StoreMissing",
    "StoreTooNew",
    "StoreTooOld",
    "WrongOrder",
    "from_iso",
    "had_begun",
    "no_run",
    "now_iso",
    "to_iso",
]
