"""The run in words: the headline, the abstract and the limitations, each from its own numbers."""

from __future__ import annotations

from collector.analysis import tables, words
from collector.analysis.load import RunData
from collector.analysis.outcomes import Outcomes
from collector.analysis.truth import TruthCheck


def smallest_arm(data: RunData) -> int:
    """The smallest number of puppets in an arm."""
    return min((len(data.of_arm(arm)) for arm in data.arms), default=0)


def headline(data: RunData, outcomes: Outcomes) -> dict[str, str]:
    """The one line that a hurried reader takes away."""
    found = [words.verdict(e.test, outcomes.adjusted.get(e.name)) for e in outcomes.exposures]
    if not data.pages:
        return {"kind": "none", "text": "No data: no page of this run has status ok."}
    if data.control is None:
        return {"kind": "none", "text": "One arm: there is nothing to compare it with."}
    if not found:
        return {"kind": "none", "text": "No exposure was declared or could be compared."}
    if "effect" in found:
        which = [
            f"{e.label} on the {words.surface(e.surface)} ({words.points(e.difference)})"
            for e, verdict in zip(outcomes.exposures, found, strict=True)
            if verdict == "effect"
        ]
        return {"kind": "effect", "text": f"An effect was found: {words.listed(which)}."}
    if "at the limit" in found:
        which = [
            f"{e.label} on the {words.surface(e.surface)} ({words.points(e.difference)})"
            for e, verdict in zip(outcomes.exposures, found, strict=True)
            if verdict == "at the limit"
        ]
        return {
            "kind": "limit",
            "text": "The arms differ as clearly as so few puppets can show:"
            f" {words.listed(which)}. More twins are needed to establish an effect.",
        }
    return {"kind": "no", "text": "No effect was found beyond what identical puppets differ by."}


def abstract(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> list[str]:
    """The abstract: a few sentences, each true of this run."""
    found = tables.matrix(data)
    share = found["data"] / found["planned"] if found["planned"] else 0.0
    sentences = [
        f"{words.number(len(data.puppets), 'puppet')} in {words.number(len(data.arms), 'arm')}"
        f" took the scenario “{data.run['scenario']}” on"
        f" {'the bundled mock platform' if data.run['site'] == 'mock' else data.run['site']}"
        f" (seed {data.run['seed']}). "
        + (
            f"All {found['planned']} planned cells are data."
            if found["data"] == found["planned"]
            else f"{found['data']} of {found['planned']} planned cells ({_floor(share)} %) are"
            " data; the others are missing and listed below."
        )
    ]
    sentences += [words.exposure_sentence(e, outcomes) for e in outcomes.exposures]
    sentences += words.limit_sentences(outcomes)
    sentences += [words.overlap_sentence(o) for o in outcomes.overlaps if o.measure == "rbo"]
    if agreement is not None:
        total = agreement.total
        sentences.append(
            f"Against the platform’s own log, the captures of"
            f" {words.number(total.loads, 'list')} missed {total.missed} and invented"
            f" {total.invented} of {total.captured + total.missed - total.invented:,} impressions."
        )
    return sentences


def _floor(share: float) -> int:
    """Whole percent, never rounded up to 100."""
    return int(100 * share + 1e-9)


def limits(data: RunData, outcomes: Outcomes, agreement: TruthCheck | None) -> list[str]:
    """What this run cannot say, from its own numbers."""
    found = []
    k = smallest_arm(data)
    complete = min(
        (len({p.puppet for p in data.pages if p.puppet.arm == arm}) for arm in data.arms),
        default=0,
    )
    smallest = [e.test.smallest_p for e in outcomes.exposures if e.test]
    if smallest and max(smallest) > words.ALPHA:
        found.append(
            f"With {words.number(k, 'twin')} an arm"
            f"{'' if k == complete else f' ({complete} of them with data)'} the smallest"
            f" attainable p is {words.p_value(max(smallest))}: no result of these puppets can fall"
            f" below {words.ALPHA}. {words.twins_needed(len(smallest))} twins an arm could."
        )
    if data.control is not None and k < 5:
        found.append(
            "Fewer than five twins cannot tell a platform’s random test groups (A/B buckets) from"
            " the treatment."
        )
    if k < 2:
        found.append("Without twins there is no measure of noise: differences may be chance.")
    rates = [row["share"] for row in tables.attrition(data) if row["share"] is not None]
    if rates and min(rates) < 1:
        found.append(
            "Cells are missing"
            + (
                f", and not equally in all arms (from {100 * min(rates):.0f} % to"
                f" {100 * max(rates):.0f} % of cells are data): what is missing may not be missing"
                " by chance."
                if max(rates) - min(rates) > 0.05
                else ": see the matrix."
            )
        )
    short = [receipt for receipt in data.receipts if receipt["status"] != "complete"]
    if short:
        found.append(
            f"{words.number(len(short), 'watch', 'watches')} fell short of the plan: those puppets"
            " had less treatment than their arm was assigned, and count in it all the same."
        )
    if data.run["state"] != "finished":
        found.append(f"The run’s state is “{data.run['state']}”: what is here is partial.")
    for surface, phase in outcomes.phases.items():
        if phase == "arms" and any(page.surface == surface for page in data.pages):
            found.append(
                f"No page of the {words.surface(surface)} was taken after the treatment; those"
                " during it depend on what each arm watched at that moment."
            )
    if not data.labels:
        found.append("No item has a label: exposure to topics cannot be computed.")
    if data.run["site"] == "mock":
        found.append(
            "The platform is a mock whose recommender is known: the run proves the instrument, it"
            " says nothing about a real platform."
        )
    elif agreement is None:
        found.append("A real platform keeps no log for us: what was served cannot be checked.")
    found.append(
        "Shares are weighted by a model of attention, not by measured attention; the table of"
        " surfaces shows how they change with the model."
    )
    return found
