"""Do two coders of the same items agree, and alike in all arms?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from collector.analysis import words
from collector.analysis.agreement import UNCHECKED, could_move, disagreement, error, kappa, pairs
from collector.analysis.declared import Question
from collector.analysis.gates.base import ALPHA, POINTS, Gate, Ruling, difference, passed
from collector.analysis.measures import Labels
from collector.analysis.outcomes import Measured, supply_of
from collector.analysis.rundata import Page, Puppet, RunData

GATE = "agreement"
KAPPA = 0.6
"""Up to here agreement is called moderate at best (Landis and Koch 1977)."""
FEWEST = 20
"""Items of an arm that two have to have coded, for an error rate of that arm."""


def agreement(data: RunData, measured: Measured, pages: Sequence[Page], seed: int) -> Gate:
    """Withheld: coders disagree more on the items of one arm, and wrong labels of that arm could
    make all of the difference. Noted: they do, and could not; or they hardly agree; or too few
    items were coded twice. Passes with κ; without double codings, without a number.

    :param pages: those that are tested.
    """
    question = measured.question
    if question.measure.labels is Labels.NONE or not data.codings:
        return passed(GATE)
    same = _counts(question)
    agreed = kappa(data.codings, same)
    if agreed is None:
        return passed(GATE)
    wrong = errors(data, question, pages)
    few = [arm for arm, (count, _) in wrong.items() if count < FEWEST]
    apart = difference(_by_puppet(data, question, pages), question.contrast, seed=seed)
    if apart is not None and apart[1] <= ALPHA and abs(apart[0]) >= POINTS:
        told = ", ".join(f"{arm} {100 * share:.0f} %" for arm, (_, share) in wrong.items())
        reason = (
            "coders disagree more on the items of one arm than on those of the other"
            f" ({100 * apart[0]:+.1f} points, p = {apart[1]:.3g}); labels that are wrong: {told}"
        )
        size = moved(data, measured, max(share for _, share in wrong.values()))
        between = (measured.mean(True) or 0.0) - (measured.mean(False) or 0.0)
        whole = size is None or abs(between) <= size
        return Gate(
            GATE,
            Ruling.WITHHELD if whole else Ruling.NOTED,
            reason,
            "code the items on which they differ a third time, without the arm in sight",
            apart[1],
            ALPHA,
        )
    if agreed < KAPPA:
        reason = f"two coders agree little beyond chance (κ = {agreed:.2f}, below {KAPPA:g})"
        return Gate(GATE, Ruling.NOTED, reason, number=agreed, threshold=KAPPA)
    if few:
        reason = f"fewer than {FEWEST} items of arm {few[0]} were coded twice (κ = {agreed:.2f})"
        return Gate(GATE, Ruling.NOTED, reason, number=agreed, threshold=KAPPA, arm=few[0])
    return passed(GATE, agreed, KAPPA)


def errors(
    data: RunData, question: Question, pages: Sequence[Page]
) -> dict[str, tuple[int, float]]:
    """Arm → items that were shown in it and coded twice, and the share of labels, 0–0.5, that is
    wrong as far as the two coders tell; 0 where none was coded twice."""
    found = {}
    for arm in question.contrast.arms:
        shown = {item for page in pages if page.puppet.arm == arm for item in page.ids}
        twice = pairs(data.codings, shown, _counts(question))
        found[arm] = (len(twice), error(disagreement(twice) or 0.0))
    return found


def moved(data: RunData, measured: Measured, wrong: float) -> float | None:
    """What wrong labels of a share of the items in one arm could add to this outcome's difference,
    in its unit; ``None`` where that is not known."""
    question = measured.question
    items = [sum(len(page.organic) for page in pages) for pages in measured.shown.values()]
    return could_move(
        question.measure.name,
        wrong,
        supply=supply_of(data).get(question.label or ""),
        items=fmean(items) if items else 0.0,
    )


def remarks(data: RunData, measured: Measured, claimed: float | None) -> list[str]:
    """Beside an effect, or an X that is excluded: that wrong labels of one arm alone could make as
    much. Of coders' errors where items were coded twice, else of ``UNCHECKED`` of the items.

    :param claimed: the size of the effect, or X, in the outcome's unit; ``None``: nothing is.
    """
    question = measured.question
    if question.measure.labels is Labels.NONE or claimed is None:
        return []
    pages = [page for shown in measured.shown.values() for page in shown]
    known = [share for count, share in errors(data, question, pages).values() if count]
    wrong = max(known, default=UNCHECKED)
    size = moved(data, measured, wrong)
    if size is None or claimed > size:
        return []
    how = "as far as coders disagree" if known else "labels were not coded twice"
    return [
        f"{how}: wrong labels of {100 * wrong:.2g} % of the items in one arm alone could move it by"
        f" {words.amount(size, question.measure.unit, sign=False)}"
    ]


def _counts(question: Question) -> Callable[[str], object]:
    """What of a label the outcome sees: whether it is the declared one, or all of it."""
    wanted = question.label
    return (lambda label: label == wanted) if wanted is not None else str


def _by_puppet(data: RunData, question: Question, pages: Sequence[Page]) -> dict[Puppet, float]:
    """Puppet → share of the items it was shown, of those coded twice, on which coders differ."""
    shown: dict[Puppet, set[str]] = {}
    for page in pages:
        shown.setdefault(page.puppet, set()).update(page.ids)
    found = {}
    for puppet, items in shown.items():
        share = disagreement(pairs(data.codings, items, _counts(question)))
        if share is not None:
            found[puppet] = share
    return found
