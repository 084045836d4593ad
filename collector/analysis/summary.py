"""The run in words: the headline, the abstract and the limitations, each from its own numbers."""

from __future__ import annotations

from dataclasses import dataclass

from collector.analysis import tables, words
from collector.analysis.agreement import UNCHECKED
from collector.analysis.design import in_words
from collector.analysis.judging import Judgement
from collector.analysis.rundata import RunData
from collector.analysis.truth import TruthCheck
from collector.analysis.verdicts import VerdictKind

#: Class of the headline and what it begins with, in the order in which they are told.
_HEADS = {
    VerdictKind.EFFECT: ("effect", "Effect"),
    VerdictKind.NO_LARGER: ("bounded", "No larger effect"),
    VerdictKind.UNDECIDED: ("undecided", "Undecided"),
    VerdictKind.WITHHELD: ("withheld", "Withheld"),
}


def smallest_arm(data: RunData) -> int:
    """The smallest number of puppets in an arm."""
    return min((len(data.of_arm(arm)) for arm in data.arms), default=0)


@dataclass(frozen=True)
class Part:
    """The findings of one kind of verdict in the headline."""

    kind: str
    head: str
    findings: tuple[str, ...]


def parts(judgement: Judgement) -> tuple[Part, ...]:
    """The headline, verdict by verdict: from these alone."""
    found = []
    for each, (kind, head) in _HEADS.items():
        own = tuple(words.finding(v) for v in judgement.verdicts if v.verdict is each)
        if own:
            found.append(Part(kind, f"{head}:", own))
    return tuple(found)


def headline(data: RunData, judgement: Judgement) -> dict[str, str]:
    """The one line that a hurried reader takes away: every verdict, none summed with another.

    ``kind`` is that of the first in the order effect, no larger, undecided, withheld; ``none``
    where there is no verdict.
    """
    found = parts(judgement)
    if not found:
        said = (
            "One arm: there is nothing to compare it with."
            if data.control is None
            else "Nothing was declared to be compared."
        )
        return {"kind": "none", "text": said}
    text = " ".join(f"{part.head} {'; '.join(part.findings)}." for part in found)
    return {"kind": found[0].kind, "text": text}


def abstract(data: RunData, judgement: Judgement, agreement: TruthCheck | None) -> list[str]:
    """The abstract: a few sentences, each true of this run, every verdict among them."""
    run, *truth = about(data, agreement)
    return [run, *(words.verdict_sentence(verdict) for verdict in judgement.verdicts), *truth]


def about(data: RunData, agreement: TruthCheck | None) -> list[str]:
    """What was run, how much of it is data, and how it agrees with the platform's own log."""
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


def limits(data: RunData, judgement: Judgement, agreement: TruthCheck | None) -> list[str]:
    """What this run cannot say, from its own numbers."""
    found = []
    if judgement.design is not None:
        found.append(f"The design: {in_words(judgement.design)}.")
    if smallest_arm(data) < 2:
        found.append("Without twins there is no measure of noise: differences may be chance.")
    rates = [row["share"] for row in tables.attrition(data) if row["share"] is not None]
    if rates and min(rates) < 1:
        found.append("Cells are missing: see the matrix.")
    noted = {
        gate.sentence
        for answer in judgement.answers
        for gate in answer.gates
        if gate.ruling != "passed" and gate.gate in ("dose", "buckets", "stability", "attrition")
    }
    found += [f"{each[0].upper()}{each[1:]}." for each in sorted(noted)]
    if data.run["state"] != "finished":
        found.append(f"The run’s state is “{data.run['state']}”: what is here is partial.")
    if not data.topics:
        found.append("No item has a label: exposure to topics cannot be computed.")
    elif not data.codings and any(
        measure.labels == "declared" for measure in judgement.declaration.outcomes
    ):
        found.append(
            f"Labels were not checked a second time: wrong labels of {100 * UNCHECKED:g} % of the"
            " items in one arm alone could move an exposure share by"
            f" {100 * UNCHECKED:g} points; a verdict on less says so."
        )
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
