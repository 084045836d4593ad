"""One audit of a batch as the data that the report reads: what ``judge`` is asked about.

Protects the claim of the fast path. ``deciding`` computes the verdicts of thousands of audits at
once; here any one of them becomes a ``RunData`` with its pages, cells and receipts, so that the
report's own ``judge`` can be asked the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.analysis.rundata import Item, Page, RunData
from collector.calibration.audits import Audits
from collector.calibration.measured import AD
from collector.calibration.probe import Probe
from collector.calibration.scenes import Catalogue
from collector.common.model import ItemKind
from collector.store import Outcome


def frame(probe: Probe, told: Audits, audit: int) -> RunData:
    """The data of one audit of a batch."""
    pages: list[Page] = []
    cells = []
    receipts = []
    treatment = []
    model = {arm: _first(probe, arm) for arm in probe.data.arms}
    for number, puppet in enumerate(told.design.puppets):
        old = model[puppet.arm]
        session = f"s-{puppet.name}"
        lost_paths = set()
        for key, lists in told.lists.items():
            surface, slot = key
            blank = probe.pages[puppet.arm, surface, slot]
            if not told.here[key][audit, number]:
                lost_paths.add(blank.path)
                continue
            items = items_of(
                probe.catalogue, lists.items[audit, number], told.topics[key][audit, number]
            )
            pages.append(
                replace(
                    blank,
                    capture=f"{puppet.name}/{slot}",
                    puppet=puppet,
                    session=session,
                    items=items,
                )
            )
        own = [
            row | {"puppet": puppet.name, "session": session}
            for row in probe.data.cells
            if row["puppet"] == old
        ]
        more = round(float(told.missing[audit, number]) * len(own)) - len(lost_paths)
        tested = {blank.path for (arm, _, _), blank in probe.pages.items() if arm == puppet.arm
                  and (blank.surface, blank.slot) in told.lists}  # fmt: skip
        for row in own:
            spare = row["status"] is not None and row["path"] not in tested and more > 0
            if row["path"] in lost_paths or spare:
                more -= spare
                row = row | {"outcome": str(Outcome.MISSING), "status": "captcha"}
            cells.append(row)
        receipts += [
            row | {"puppet": puppet.name, "session": session}
            for row in probe.data.receipts
            if row["puppet"] == old
        ]
        treatment += [
            replace(step, puppet=puppet.name) for step in probe.data.treatment if step.puppet == old
        ]
    return replace(
        probe.data,
        puppets=told.design.puppets,
        pages=tuple(pages),
        cells=tuple(cells),
        receipts=tuple(receipts),
        sessions=tuple(
            {"id": f"s-{p.name}", "puppet": p.name, "turn": ""} for p in told.design.puppets
        ),
        treatment=tuple(treatment),
        visitors=(),
        served={},
    )


def _first(probe: Probe, arm: str) -> str:
    return next(puppet.name for puppet in probe.data.puppets if puppet.arm == arm)


def items_of(catalogue: Catalogue, items: object, topics: object) -> tuple[Item, ...]:
    """The items of one list as a page has them, from its numbers and labels, shape (entries,)."""
    found: list[Item] = []
    names: Mapping[int, str] = dict(enumerate(catalogue.labels))
    for number, topic in zip(items.tolist(), topics.tolist(), strict=True):  # type: ignore[attr-defined]
        if number < AD:
            continue
        if number == AD:
            found.append(Item(len(found) + 1, ItemKind.AD, f"ad-{len(found)}", "", None))
            continue
        kind, name = catalogue.kind(number), catalogue.ids[number]
        found.append(Item(len(found) + 1, kind, name, "", names.get(topic)))
    return tuple(found)
