"""What a server's answer means for the items of a batch, whatever the server's own words were."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an answer means for the batch it answers."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For ever: sending the same again is of no use."""
    DIVIDE = "divide"
    """Too much or something bad in it: nothing was kept, send the items one by one."""
    RETRY = "retry"
    STOP = "stop"
    """Nothing that such an API would say: the address is wrong, everything stays queued."""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of one item; by default it was stored."""

    duplicate: bool = False
    """The server had it already."""
    refused: str | None = None
    """Why the server did not take it."""
    id: str | None = None
    """The server's id of the evidence."""
    metadata_id: str | None = None
    """The server's id of what it read from the evidence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer means for the batch that was sent."""

    verdict: Verdict
    reason: str = ""
    wait_s: float | None = None
    """Seconds that the server asked us to wait."""
    items: tuple[ItemAnswer, ...] = ()
    """One for every item sent, in order; empty where the server says nothing about items."""
    user_token: str | None = None
    """The token that reads this key's evidence back, where the answer brings it."""
