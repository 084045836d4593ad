"""The numbers of a report as one hash: what a repetition of a run must give again.

What a repetition cannot give again is left out and named: who the run is, when it was, how far
apart puppets started (blocks in parts, too) and searched on that machine, and what was sent where.
Evidence differs too, page by page, as pages name their own moment and load; what was read from it
does not.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from collector.analysis.methods import undivided

#: Keys of ``collector report --json`` that another run of the same plan may have otherwise.
MAY_DIFFER = (
    "run.id",
    "run.started",
    "run.finished",
    "certificate.run",
    "skew_ms",
    "spacing.puppets",
    "spacing.least_s",
    "outbox",
)


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """The report's numbers without what may differ, as JSON has them."""
    found: dict[str, Any] = json.loads(json.dumps(report, ensure_ascii=False, allow_nan=False))
    for key in MAY_DIFFER:
        head, _, tail = key.partition(".")
        if tail:
            (found.get(head) or {}).pop(tail, None)
        else:
            found.pop(head, None)
    if "methods" in found:
        found["methods"] = undivided(found["methods"])
    return found


def report_hash(numbers: dict[str, Any]) -> str:
    """SHA-256 of the canonical bytes of :func:`comparable` numbers."""
    text = json.dumps(
        numbers, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()
