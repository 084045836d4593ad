"""Are cells missing by arm? Loss by chance costs power; loss that goes with the arm costs truth."""

from __future__ import annotations

from collections import Counter

from collector.analysis.declared import Contrast
from collector.analysis.gates.base import ALPHA, Gate, Ruling, difference, passed
from collector.analysis.rundata import Puppet, RunData
from collector.store import Outcome

GATE = "attrition"


def lost_cells(data: RunData) -> dict[Puppet, float]:
    """Puppet → share of its planned cells that are no data: a step that was not done, or a page
    whose status is not ``ok``."""
    puppets = {puppet.name: puppet for puppet in data.puppets}
    kept = ("ok", "partial") if data.run["analysis"].get("partial") == "kept" else ("ok",)
    planned: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for cell in data.cells:
        planned[cell["puppet"]] += 1
        good = cell["outcome"] == Outcome.DONE and cell["status"] in (None, *kept)
        if cell["status"] == "partial" and "partial" in kept:
            good = cell["outcome"] in (Outcome.DONE, Outcome.MISSING)
        missing[cell["puppet"]] += not good
    return {
        puppet: missing[name] / planned[name] for name, puppet in puppets.items() if planned[name]
    }


def attrition(data: RunData, contrast: Contrast, seed: int) -> Gate:
    """Withheld: the randomisation test on each puppet's share of missing cells has p ≤ 0.05.

    Uniform loss passes in 95 of 100 runs by the test's own level, however large it is.
    """
    lost = lost_cells(data)
    found = difference(lost, contrast, seed=seed)
    if found is None or found[1] > ALPHA:
        return passed(GATE, None if found is None else found[1], ALPHA)
    more, less = contrast.arm, contrast.control
    if found[0] < 0:
        more, less = less, more
    return Gate(
        GATE,
        Ruling.WITHHELD,
        f"{100 * abs(found[0]):.0f} points more cells are missing in {more} than in {less}"
        f" (p = {found[1]:.3g}): they may not be missing by chance",
        "run it again slower or from another address, so that all arms are let through alike",
        found[1],
        ALPHA,
        more,
    )
