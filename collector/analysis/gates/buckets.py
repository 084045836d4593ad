"""Could the platform's own random test groups (A/B buckets) look like the treatment?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from collector.analysis.buckets import BIMODAL, FEWEST, bimodality, label_shares, twin_excess
from collector.analysis.gates.base import ALPHA, Gate, Ruling, passed
from collector.analysis.measures import Labels, Sight
from collector.analysis.metrics import Attention
from collector.analysis.outcomes import Measured

GATE = "buckets"


def buckets(measured: Measured, attention: Attention, seed: int) -> Gate:
    """Noted: twins that stay apart from page to page (in the shares of all labels, or where an
    outcome needs none in its value), too few twins to tell buckets from treatment, or twins that
    fall into two groups."""
    measure = measured.question.measure
    if measure.value is None:
        return passed(GATE)
    pages = [measured.by_slot(puppet) for puppet in measured.puppets]
    table = (
        np.array(_by_page(measured, attention))
        if measure.labels is Labels.NONE or not pages
        else label_shares([[page.topics if page else () for page in own] for own in pages])
    )
    excess = twin_excess(table, [p.arm for p in measured.puppets], seed=seed)
    if excess is not None and excess.p <= ALPHA:
        return Gate(
            GATE,
            Ruling.NOTED,
            f"twins stay apart from page to page (intraclass correlation {excess.icc:.2f},"
            f" p = {excess.p:.2g}): different test groups of the platform, or what each happened to"
            " be shown before",
            number=excess.p,
            threshold=ALPHA,
        )
    for arm in measured.contrast.arms:
        values = [measured.values[p.name] for p in measured.puppets if p.arm == arm]
        if len(values) < FEWEST:
            return Gate(
                GATE,
                Ruling.NOTED,
                f"fewer than {FEWEST} twins with data in arm {arm} cannot tell a platform’s random"
                " test groups (A/B buckets) from the treatment",
                number=float(len(values)),
                threshold=FEWEST,
                arm=arm,
            )
        apart = bimodality(values)
        if apart is not None and apart > BIMODAL:
            return Gate(
                GATE,
                Ruling.NOTED,
                f"the twins of arm {arm} fall into two groups (Sarle’s coefficient"
                f" {apart:.2f}): the"
                " platform may have put them into different test groups",
                number=apart,
                threshold=BIMODAL,
                arm=arm,
            )
    return passed(GATE)


def _by_page(measured: Measured, attention: Attention) -> Sequence[Sequence[float]]:
    """The outcome on each slot, puppet by puppet; NaN where a page gives none."""
    question = measured.question
    assert question.measure.value is not None
    rows = []
    for puppet in measured.puppets:
        pages = measured.shown[puppet]
        found = [
            None
            if page is None
            else question.measure.value(
                Sight((page,), question.label, attention, pages, measured.supply)
            )
            for page in measured.by_slot(puppet)
        ]
        rows.append([math.nan if value is None else value for value in found])
    return rows
