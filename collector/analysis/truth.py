"""The captures held against the mock's own log: what was missed, what was invented.

The log knows every impression that was served. A list goes on being served while a page is open,
so what was served behind the last captured place is counted apart ("later"): it was not yet there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean

from collector.analysis.metrics import Attention, exposure_share
from collector.analysis.rundata import Page, RunData
from collector.common.model import ItemKind


@dataclass
class Agreement:
    """Captured against served, for one surface (or all)."""

    loads: int = 0
    served: int = 0
    captured: int = 0
    missed: int = 0
    invented: int = 0
    disordered: int = 0
    """Lists whose items are all there, in another order."""
    later: int = 0
    unlogged: int = 0
    """Captured lists whose page load the log does not know."""

    @property
    def exact(self) -> bool:
        """Return whether nothing was missed, invented, disordered or unlogged."""
        return not (self.missed or self.invented or self.disordered or self.unlogged)

    def add(self, other: Agreement) -> None:
        """Add the counts of another surface to these."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class TruthCheck:
    """How far the captures agree with the mock's log: in all, by surface and by puppet."""

    total: Agreement = field(default_factory=Agreement)
    by_surface: dict[str, Agreement] = field(default_factory=dict)
    by_puppet: dict[str, Agreement] = field(default_factory=dict)


def check(data: RunData) -> TruthCheck:
    """Every captured list against the log."""
    result = TruthCheck()
    for page in data.pages:
        agreement = _compare(data, page)
        result.total.add(agreement)
        result.by_surface.setdefault(page.surface, Agreement()).add(agreement)
        result.by_puppet.setdefault(page.puppet.name, Agreement()).add(agreement)
    return result


def _key(kind: str, item_id: str) -> str:
    """An advertisement is compared by being one: platforms do not agree on what identifies it."""
    return "ad" if kind == ItemKind.AD else item_id


def _compare(data: RunData, page: Page) -> Agreement:
    served = data.served.get((page.puppet.name, page.event or "", page.surface))
    captured = [_key(item.kind, item.item_id) for item in page.items]
    if served is None:
        return Agreement(captured=len(captured), unlogged=1)
    truth = [_key(row["kind"], row["item_id"]) for row in served]
    here = truth[: len(captured)] if truth[: len(captured)] == captured else None
    if here is not None:
        return Agreement(
            loads=1,
            served=len(truth),
            captured=len(captured),
            later=len(truth) - len(captured),
        )
    last = _last_common(truth, captured)
    expected = Counter(truth[:last])
    found = Counter(captured)
    missed = sum((expected - found).values())
    invented = sum((found - expected).values())
    return Agreement(
        loads=1,
        served=len(truth),
        captured=len(captured),
        missed=missed,
        invented=invented,
        disordered=int(not missed and not invented),
        later=len(truth) - last,
    )


def _last_common(truth: list[str], captured: list[str]) -> int:
    """How many served items stand up to the last one that was captured."""
    seen = set(captured)
    return max((place + 1 for place, key in enumerate(truth) if key in seen), default=len(truth))


def truth_shares(
    data: RunData, pages: Iterable[Page], label: str, curve: Attention
) -> dict[str, float]:
    """Arm → mean share of a label by the log, over the same page loads (and their full length)."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        served = data.served.get((page.puppet.name, page.event or "", page.surface))
        if not served:
            continue
        topics = [row["topic"] for row in served[: len(page.items)] if row["kind"] != ItemKind.AD]
        share = exposure_share(topics, {label}, curve)
        if share is not None:
            found[page.puppet.arm][page.puppet.name].append(share)
    return {
        arm: fmean(fmean(values) for values in puppets.values()) for arm, puppets in found.items()
    }
