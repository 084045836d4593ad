"""Are there labels, is the declared one among them, and are items labelled alike in all arms?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from collector.analysis.declared import Declaration, Question
from collector.analysis.gates.base import ALPHA, POINTS, Gate, Ruling, difference, passed
from collector.analysis.measures import Labels
from collector.analysis.measures.mean_score import number
from collector.analysis.rundata import Page, Puppet, RunData
from collector.problems import did_you_mean

GATE = "labels"
_FILE = "name a CSV video_id,label with labels: in the scenario, and run it again"
#: Where the scenario says that people give them after the run.
_LATER = "label what was seen (collector label export, then import), and make the report again"


def labels(
    data: RunData, question: Question, pages: Sequence[Page], declaration: Declaration, seed: int
) -> Gate:
    """Withheld: no label set, a label that it lacks, too few items with a label in an arm, or
    another share of them in one arm than in the other.

    :param pages: those that are tested.
    """
    needs = question.measure.labels
    if needs is Labels.NONE:
        return passed(GATE)
    if not data.topics:
        later = data.run["scenario_json"].get("labels") == "later"
        fix = _LATER if later else _FILE
        return Gate(GATE, Ruling.WITHHELD, "no item has a label: not computable", fix, 0.0)
    if needs is Labels.DECLARED and question.label not in data.topics:
        known = did_you_mean(question.label or "", data.topics)
        return Gate(GATE, Ruling.WITHHELD, f"no item has the label “{question.label}”", known, 0.0)
    if needs is Labels.NUMERIC and not all(number(topic) is not None for topic in data.topics):
        words = next(topic for topic in data.topics if number(topic) is None)
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"the label “{words}” is not a number: a mean score is not computable",
            "use a label file whose labels are numbers",
        )
    found = labelled(pages)
    least = declaration.labelled
    for arm in question.contrast.arms:
        own = [share for puppet, share in found.items() if puppet.arm == arm]
        if own and fmean(own) < least:
            return Gate(
                GATE,
                Ruling.WITHHELD,
                f"in arm {arm} {100 * fmean(own):.0f} % of the items have a label, fewer than"
                f" {100 * least:.0f} %",
                "label more items, or declare analysis.thresholds.labelled",
                fmean(own),
                least,
                arm,
            )
    apart = difference(found, question.contrast, seed=seed)
    if apart is not None and apart[1] <= ALPHA and abs(apart[0]) >= POINTS:
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"another share of the items has a label in {question.contrast.arm} than in"
            f" {question.contrast.control} ({100 * apart[0]:+.1f} points, p = {apart[1]:.3g})",
            "label the items of all arms alike",
            apart[1],
            ALPHA,
        )
    return passed(GATE, min(found.values(), default=None), least)


def labelled(pages: Sequence[Page]) -> dict[Puppet, float]:
    """Puppet → share of the items on its pages, advertising left out, that have a label."""
    items: dict[Puppet, list[bool]] = {}
    for page in pages:
        items.setdefault(page.puppet, []).extend(topic is not None for topic in page.topics)
    return {puppet: fmean(found) for puppet, found in items.items() if found}
