"""Was every list read to its end, in all arms alike?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from collector.analysis.declared import Question
from collector.analysis.gates.base import ALPHA, POINTS, Gate, Ruling, difference, passed
from collector.analysis.rundata import Page, Puppet

GATE = "coverage"
LEAST = 0.95
"""Share of what was seen on a page that needs to have been understood."""
LENGTHS = 0.05
"""Lists of one arm that are by so much shorter, and not by chance, have lost items."""
_MEND = "read the evidence again with a parser that knows the page (collector reparse)"


def coverage(question: Question, pages: Sequence[Page], seed: int) -> Gate:
    """Withheld: less than 95 % understood in an arm; or more of it, or longer lists, in one arm.

    :param pages: those that are tested.
    """
    contrast = question.contrast
    shares = _mean(pages, _understood)
    for arm in contrast.arms:
        own = [share for puppet, share in shares.items() if puppet.arm == arm]
        if own and fmean(own) < LEAST:
            return Gate(
                GATE,
                Ruling.WITHHELD,
                f"in arm {arm} {100 * fmean(own):.0f} % of what was seen was understood, less than"
                f" {100 * LEAST:.0f} %",
                _MEND,
                fmean(own),
                LEAST,
                arm,
            )
    apart = difference(shares, contrast, seed=seed)
    if apart is not None and apart[1] <= ALPHA and abs(apart[0]) >= POINTS:
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"less of the pages was understood in one arm ({contrast.arm} minus"
            f" {contrast.control}: {100 * apart[0]:+.1f} points, p = {apart[1]:.3g})",
            _MEND,
            apart[1],
            ALPHA,
        )
    lengths = _mean(pages, lambda page: float(len(page.items)))
    apart = difference(lengths, contrast, seed=seed)
    longest = max(lengths.values(), default=0.0)
    if (
        question.measure.name != "list-length"
        and apart is not None
        and apart[1] <= ALPHA
        and abs(apart[0]) > LENGTHS * longest
    ):
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"lists are {abs(apart[0]):.1f} items {'longer' if apart[0] > 0 else 'shorter'} in"
            f" {contrast.arm} than in {contrast.control} (p = {apart[1]:.3g}): items may be lost",
            "look at the pages; if the lists differ by themselves, declare the outcome list-length",
            apart[1],
            ALPHA,
        )
    return passed(GATE, min(shares.values(), default=None), LEAST)


def _understood(page: Page) -> float | None:
    seen = len(page.items) + page.unparsed
    return len(page.items) / seen if seen else None


def _mean(pages: Sequence[Page], value: object) -> Mapping[Puppet, float]:
    assert callable(value)
    found: dict[Puppet, list[float]] = {}
    for page in pages:
        if (one := value(page)) is not None:
            found.setdefault(page.puppet, []).append(one)
    return {puppet: fmean(values) for puppet, values in found.items()}
