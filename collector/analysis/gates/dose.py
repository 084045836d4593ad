"""Was the treatment given? Watched time, follows, searches, every other step: done over planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean, median

from collector.analysis.declared import Contrast, Declaration
from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.rundata import Done, Puppet, RunData
from collector.store import Outcome
from collector.store.details import otherwise_of

GATE = "dose"

#: Kind of step → what of it was given; of any other, of the steps of its name.
_WORDS = {
    "watch": "of the watching",
    "follow": "of the follows it was to make",
    "search": "of the searches",
    "like": "of the likes",
    "subscribe": "of the subscriptions",
    "dislike": "of the dislikes",
    "not_interested": "of the rejections",
    "dont_recommend_channel": "of the rejected channels",
}


def doses(data: RunData) -> dict[Puppet, dict[str, float]]:
    """Puppet → kind of step → share, 0–1, of what its arm's own steps planned that came about.

    A step that took another item (``otherwise``) is a miss: by the labels in force where it sought
    a topic, as one that a coder gave counts; by its own word where it sought anything else.
    """
    planned: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for step in data.treatment:
        if step.kind != "watch":
            planned[step.puppet][step.kind].append(_given(step))
    receipts = _receipts(data)
    for step in data.treatment:
        if step.kind == "watch":
            share = receipts.get((step.puppet, step.path), 0.0)
            planned[step.puppet]["watch"].append(share)
    return {
        puppet: {kind: fmean(found) for kind, found in sorted(planned[puppet.name].items())}
        for puppet in data.puppets
        if puppet.name in planned
    }


def _receipts(data: RunData) -> Mapping[tuple[str, str], float]:
    """(puppet, path) → watched over planned, at most 1, of the watches that left a receipt."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    paths = {(cell["session"], cell["puppet"], cell["step"]): cell["path"] for cell in data.cells}
    for row in data.receipts:
        path = paths.get((row["session"], row["puppet"], row["step"]))
        if path is not None and row["planned_s"]:
            found[row["puppet"], path].append(min(1.0, row["watched_s"] / row["planned_s"]))
    return {key: fmean(shares) for key, shares in found.items()}


def _given(step: Done) -> float:
    """1 if the step did what it was to do, else 0; of several likes the share that was given."""
    if step.outcome != Outcome.DONE:
        return 0.0
    wanted = step.args.get("topics") or ()
    if not wanted and otherwise_of(step.detail) is not None:
        return 0.0
    if step.kind == "follow" and wanted:
        return float(any(topic in wanted for topic in step.topics))
    count = step.args.get("count") or 1
    if step.kind == "like" and (wanted or count > 1):
        hits = sum(topic in wanted for topic in step.topics) if wanted else len(step.topics)
        return min(1.0, hits / count)
    return 1.0


def dose(data: RunData, contrast: Contrast, declaration: Declaration) -> Gate:
    """Withheld: the median puppet of an arm has had less than 80 % of a kind of its treatment."""
    found, least = doses(data), declaration.dose
    worst = 1.0
    for arm in contrast.arms:
        own = [kinds for puppet, kinds in found.items() if puppet.arm == arm]
        for kind in sorted(set(_keys(own))):
            middle = median(kinds.get(kind, 0.0) for kinds in own)
            worst = min(worst, middle)
            if middle < least:
                return Gate(
                    GATE,
                    Ruling.WITHHELD,
                    f"the treatment was not delivered: the median puppet of arm {arm} has had"
                    f" {100 * middle:.0f} % {_of(kind)}, less than {100 * least:.0f} %",
                    "make the steps possible (another search, more time), or declare"
                    " analysis.thresholds.dose",
                    middle,
                    least,
                    arm,
                )
    short = [p.name for p, kinds in found.items() if p.arm in contrast.arms
             and min(kinds.values()) < 1 - 1e-9]  # fmt: skip
    if short:
        had = "had less than the whole treatment and"
        said = f"{short[0]} has {had} counts in its arm all the same"
        if len(short) > 1:
            said = f"{len(short)} puppets have {had} count in their arm all the same"
        return Gate(GATE, Ruling.NOTED, said, number=worst, threshold=least)
    return passed(GATE, worst, least)


def _of(kind: str) -> str:
    return _WORDS.get(kind) or f"of the steps {kind!r}"


def _keys(found: Iterable[Mapping[str, float]]) -> Iterable[str]:
    for kinds in found:
        yield from kinds
