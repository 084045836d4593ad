"""The rows of an outbox: their states, their table, and how they look to the sender."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    capture TEXT NOT NULL,
    puppet TEXT NOT NULL,
    public_key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    fields TEXT NOT NULL,
    languages TEXT NOT NULL,
    research_tag TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'acked', 'refused')),
    batch INTEGER,
    place INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    reason TEXT,
    duplicate INTEGER,
    remote_id TEXT,
    metadata_id TEXT,
    enqueued_at TEXT NOT NULL,
    answered_at TEXT,
    UNIQUE (target, capture)
);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (target, state, batch, id);
CREATE TABLE IF NOT EXISTS outbox_tokens (
    target TEXT NOT NULL,
    public_key TEXT NOT NULL,
    user_token TEXT NOT NULL,
    PRIMARY KEY (target, public_key)
);
"""


class OutboxState(StrEnum):
    """Where an item of the outbox stands."""

    QUEUED = "queued"
    SENDING = "sending"
    ACKED = "acked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued item; ``fields`` is all of it but the page."""

    id: int
    capture: str
    puppet: str
    public_key: str
    content_hash: str
    fields: dict[str, Any]
    languages: tuple[str, ...]
    research_tag: str | None
    batch: int | None
    attempts: int

    @property
    def group(self) -> tuple[str, str, tuple[str, ...], str | None]:
        """Items that may share a request: everything the headers say is the same."""
        return (self.puppet, self.public_key, self.languages, self.research_tag)


@dataclass(frozen=True, slots=True)
class Problem:
    """An item that is not at the server, and why."""

    capture: str
    state: OutboxState
    reason: str
