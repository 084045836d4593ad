"""What people stated of a study before it, and what the run cost others: one place of the report.

Protects the rule that a reader need not look for the risk a study is about, the reasons for its
outcomes, its ethics and its load, nor guess whether nobody stated them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.analysis.rundata import RunData
from collector.store import Outcome

#: Field of the scenario's ``registration`` → its heading, in the order of the report.
STATED: Mapping[str, str] = {
    "question": "Question",
    "risk": "Risk that the study is about",
    "why_metric": "Why these outcomes stand for the risk",
    "ethics": "Ethics",
    "data_protection": "Data protection",
}


def stated(run: Mapping[str, Any]) -> dict[str, str]:
    """Field of ``registration`` → what it says; empty: nobody stated it.

    :param run: the row of ``runs``, with ``scenario_json`` opened.

    >>> stated({"scenario_json": {"registration": {"risk": "civic discourse"}}})["risk"]
    'civic discourse'
    """
    told = run["scenario_json"].get("registration") or {}
    return {name: str(told.get(name) or "") for name in STATED}


@dataclass(frozen=True, slots=True)
class Asked:
    """How often one kind of step was planned and done, by all puppets together."""

    kind: str
    planned: int
    done: int


@dataclass(frozen=True, slots=True)
class Load:
    """What the puppets did to the platform and to those who publish there."""

    puppets: int
    sessions: int
    """That began."""
    captures: int
    """Pages that were filed."""
    steps: tuple[Asked, ...]
    """By kind, the most frequent first."""
    views: int
    """Watches in which playback advanced."""
    videos: int
    """That were watched."""
    most_views: int
    """Of one video."""


def load(data: RunData) -> Load:
    """Counts over the ledger and the receipts of a run."""
    planned = Counter(cell["kind"] for cell in data.cells)
    done = Counter(cell["kind"] for cell in data.cells if cell["outcome"] == Outcome.DONE)
    played = [row for row in data.receipts if row["watched_s"]]
    views = Counter(row["video_id"] for row in played if row["video_id"])
    return Load(
        puppets=len(data.puppets),
        sessions=sum(row["started"] is not None for row in data.sessions),
        captures=len(data.captures),
        steps=tuple(
            Asked(kind, count, done[kind])
            for kind, count in sorted(planned.items(), key=lambda each: (-each[1], each[0]))
        ),
        views=len(played),
        videos=len(views),
        most_views=max(views.values(), default=0),
    )


def limits_set(run: Mapping[str, Any]) -> dict[str, str]:
    """What the scenario's ``politeness`` held the puppets to: key → value, those that are set."""
    told = run["scenario_json"].get("politeness") or {}
    if not isinstance(told, Mapping):
        return {"politeness": str(told)}
    return {name: str(value) for name, value in told.items() if value not in (None, False, "", [])}
