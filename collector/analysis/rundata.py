"""A run as the analysis sees it: puppets, their pages as ranked lists, and what is missing.

:mod:`collector.analysis.load` makes it from a run's folder; everything else of the analysis reads
no store.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from collector.analysis.labelling import Labelling
from collector.common.model import ItemKind
from collector.store.rows import Row

UNLABELLED = "(no label)"

_ARM_PATH = re.compile(r"^arms\.[^.]+\.steps\.")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a page, as the analysis looks at it."""

    position: int
    kind: str
    item_id: str
    title: str
    topic: str | None
    channel: str | None = None
    """Link of its channel: an item without a label has that of its channel."""


@dataclass(frozen=True, slots=True)
class Done:
    """One planned step of a puppet's own part, and what came of it."""

    puppet: str
    arm: str
    path: str
    kind: str
    outcome: str | None
    detail: str
    args: Mapping[str, Any]
    topics: tuple[str | None, ...]
    """Labels of the items that the step acted on (followed, liked), as its detail names them."""


@dataclass(frozen=True, slots=True)
class Puppet:
    """A puppet and its place in the design; twins and blocks count from 1."""

    name: str
    arm: str
    twin: int
    block: int


@dataclass(frozen=True)
class Page:
    """One list of one page load: the last ``capture`` (its id) of it.

    Whose it is (``puppet``), of which ``session``, the ``step`` (from 0) that filed it and the
    capture's number in the session (``seq``, from 0); its ``url``, the ``surface`` that the list is
    of, the site's own id of the load (``event``, if it has one), and the ``items`` in order. How
    much of it is advertising::

        def ads(page):
            return len(page.items) - len(page.organic)
    """

    capture: str
    puppet: Puppet
    session: str
    step: int
    seq: int
    order: int
    """Number of the page load in the puppet's session, from 1."""
    path: str
    """Of the step that filed it first: a page that is opened during the treatment stays one of it,
    also where a later step scrolls on."""
    url: str
    event: str | None
    surface: str
    items: tuple[Item, ...]
    turn: str = ""
    """Which of the puppet's sessions (``w2s3``); empty where there is one only."""
    unparsed: int = 0
    """Things on the page that were seen and not understood."""
    hurried: bool = False
    """The puppet's search before came sooner than the declared ``spacing``."""
    label: str = ""
    """What the scenario calls this page (``label`` of the step that filed it)."""

    @property
    def phase(self) -> str:
        """``before``, ``arms`` or ``after``: where the scenario has the step."""
        return phase_of(self.path)

    @property
    def slot(self) -> str:
        """The same for pages of different arms that are to be compared."""
        return slot_of(self.path, self.step, self.turn)

    @cached_property
    def organic(self) -> tuple[Item, ...]:
        """The items without advertising, in order."""
        return tuple(item for item in self.items if item.kind != ItemKind.AD)

    @property
    def ids(self) -> list[str]:
        """Return the ids of the items without advertising, in order."""
        return [item.item_id for item in self.organic]

    @property
    def topics(self) -> list[str | None]:
        """Return the label of each item without advertising, in order; ``None``: it has none."""
        return [item.topic for item in self.organic]

    @cached_property
    def mix(self) -> Mapping[str | None, float]:
        """Label → its share, 0–1, of the items without advertising; ``None``: without a label."""
        counts = Counter(self.topics)
        whole = counts.total()
        return {label: count / whole for label, count in counts.items()}


def phase_of(path: str) -> str:
    """``before``, ``arms`` or ``after``: where the scenario has a step."""
    head = path.partition(".")[0]
    return head if head in ("before", "after") else "arms"


def slot_of(path: str, step: int, turn: str) -> str:
    """The same for steps of different arms that are to be compared."""
    place = _ARM_PATH.sub("arms.", path) or f"step {step}"
    return f"{turn} {place}" if turn else place


def in_time(turn: str) -> tuple[int, ...]:
    """Sorts ``w2s10`` behind ``w2s9``."""
    return tuple(map(int, re.findall(r"\d+", turn)))


@dataclass(frozen=True)
class RunData:
    """Everything the report is made of."""

    folder: Path
    run: Mapping[str, Any]
    puppets: tuple[Puppet, ...]
    pages: tuple[Page, ...]
    cells: tuple[Row, ...]
    receipts: tuple[Row, ...]
    sessions: tuple[Row, ...]
    captures: tuple[Row, ...]
    coverage: tuple[Row, ...]
    served: Mapping[tuple[str, str, str], tuple[Row, ...]]
    """(puppet, load, surface) → what the mock served, by slot."""
    watched: Mapping[tuple[str, str], float]
    """(puppet, video) → media seconds that the mock received."""
    events: tuple[Row, ...]
    outbox: Mapping[str, Mapping[str, int]]
    """Target → state → number of captures."""
    manifest: Mapping[str, Any]
    labels: Mapping[str, int]
    """Source → number of labels."""
    gaps: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Puppet → seconds between its searches."""
    topics: Mapping[str, int] = field(default_factory=dict)
    """Label in force → number of items that bear it."""
    treatment: tuple[Done, ...] = ()
    """The steps of the arms' own parts that can be delivered or not."""
    visitors: tuple[Row, ...] = ()
    """Puppets whose first page showed that the site knew them: ``puppet`` and ``detail``."""
    labelling: Labelling = field(default_factory=Labelling)
    """The labels that everything here was made with."""
    codings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Coder → item → label, of items that were coded by hand; empty where nothing was."""

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """The arms, the control first; also those of the scenario that have no puppet."""
        written = list(self.run["scenario_json"].get("arms") or ())
        names = list(dict.fromkeys([*written, *(p.arm for p in self.puppets)]))
        declared = self.run["analysis"].get("control")
        usual = (name for name in ("control", "neutral") if name in names)
        control = declared if declared in names else next(usual, None)
        return (control, *(n for n in names if n != control)) if control else tuple(names)

    @cached_property
    def control(self) -> str | None:
        """The arm that the others are held against; ``None`` with fewer than two arms."""
        return self.arms[0] if len(self.arms) > 1 else None

    @cached_property
    def moments(self) -> tuple[str, ...]:
        """The sessions of a puppet in which pages after the treatment were planned, in order."""
        turns = {row["id"]: row["turn"] for row in self.sessions}
        found = {
            turns[cell["session"]] for cell in self.cells if (cell["path"] or "")[:6] == "after."
        }
        return tuple(sorted(found, key=in_time))

    def of_arm(self, arm: str) -> tuple[Puppet, ...]:
        """Return the puppets of one arm, in the order of all."""
        return tuple(puppet for puppet in self.puppets if puppet.arm == arm)

    @property
    def has_truth(self) -> bool:
        """Return whether the mock's log of what it served is at hand."""
        return bool(self.served)
