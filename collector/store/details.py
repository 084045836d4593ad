"""What a step's ``detail`` in the ledger says of the items that it took, written and read here.

Protects the rule that a step which found nothing of what it sought, and took what ``otherwise``
gives instead, says so wherever its detail is shown, and is counted by what it says.
"""

from __future__ import annotations

_OTHERWISE = "; otherwise: "


def with_otherwise(detail: str, why: str) -> str:
    """A detail that says too that ``otherwise`` struck, and what had been sought in vain.

    >>> with_otherwise("dQw4w9WgXcQ at 1", "none of 20 items is about science")
    'dQw4w9WgXcQ at 1; otherwise: none of 20 items is about science'
    """
    return f"{detail}{_OTHERWISE}{why}"


def otherwise_of(detail: str | None) -> str | None:
    """What had been sought in vain where ``otherwise`` struck; ``None``: it did not.

    >>> otherwise_of("dQw4w9WgXcQ at 1; otherwise: none of 20 items is about science")
    'none of 20 items is about science'
    >>> otherwise_of("dQw4w9WgXcQ at 1")
    """
    _, struck, why = (detail or "").partition(_OTHERWISE)
    return why if struck else None


def taken_of(detail: str | None) -> list[str]:
    """The items that a step acted on, as its detail names them.

    >>> taken_of("dQw4w9WgXcQ at 1; otherwise: none of 20 items is about science")
    ['dQw4w9WgXcQ']
    >>> taken_of("")
    []
    """
    named = (detail or "").partition(_OTHERWISE)[0].partition(" at ")[0]
    return named.split(", ") if named else []
