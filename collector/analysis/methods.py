"""The methods paragraph of a run, ready for a paper: every number is read from the run itself.

Protects the rule that what is written about a test is what was computed: design, test, interval,
correction, bound, attention model, software, plan and seed come from the data, none is a constant
of this text.
"""

from __future__ import annotations

import re
from collections import Counter

from collector.analysis import tables, words
from collector.analysis.declared import Declaration
from collector.analysis.exchanges import MOST_EXACT
from collector.analysis.judging import Answer, Judgement
from collector.analysis.metrics import ATTENTION_P, RBO_P, Attention
from collector.analysis.rundata import RunData
from collector.analysis.ties import COMMON

_CURVES = {
    Attention.GEOMETRIC: f"geometric attention ({ATTENTION_P:g} to the power of rank − 1)",
    Attention.LOG: "logarithmic attention (1 / log₂(rank + 1))",
    Attention.UNIFORM: "uniform attention (every rank alike)",
}
_PARTS = re.compile(r", [\d,]+ blocks? in parts, one after the other")


def methods(data: RunData, judgement: Judgement) -> str:
    """Design, outcomes, test, interval, correction, bound, gates and software, in one paragraph."""
    parts = [_design(data)]
    if judgement.answers:
        parts += [_outcomes(data, judgement.declaration), *_labels(data)]
        parts += _inference(data, judgement)
    else:
        parts.append("No outcome was declared to be compared, and nothing was tested.")
    return " ".join([*parts, _software(data)])


def _design(data: RunData) -> str:
    sizes = Counter((p.arm, p.block) for p in data.puppets)
    of_arm = ", ".join(f"{arm}: {len(data.of_arm(arm))}" for arm in data.arms)
    blocks = len({block for _, block in sizes})
    return (
        f"{words.number(len(data.puppets), 'sock puppet')} were assigned to"
        f" {words.number(len(data.arms), 'arm')} ({of_arm}"
        f"{f'; control: {data.control}' if data.control else ''}) in"
        f" {words.number(blocks, 'block')} of up to {max(sizes.values(), default=0)} an arm;"
        f" the puppets of a block started together{_parts(data)}. {_differed(data)}Puppets of one"
        " arm are identical twins."
    )


def _parts(data: RunData) -> str:
    """The blocks of which that is not so: they were larger than what could run at once."""
    divided = tables.divided(data)
    return f", {words.number(divided, 'block')} in parts, one after the other" if divided else ""


def undivided(text: str) -> str:
    """The paragraph without the blocks that ran in parts.

    How many puppets run at once is the machine's, and may be another when a plan is run again.

    >>> undivided("puppets started together, 2 blocks in parts, one after the other.")
    'puppets started together.'
    """
    return _PARTS.sub("", text)


def _differed(data: RunData) -> str:
    """What the scenario declares that its arms differ in, and that no more is known of it."""
    factors = data.run["scenario_json"].get("factors")
    if len(data.arms) < 2:
        return ""
    if factors is None:
        return "What the arms differ in was not declared. "
    if not factors:
        return "The arms were declared to differ in nothing. "
    keys = {name: [of] if isinstance(of, str) else list(of) for name, of in factors.items()}
    named = [f"{name} ({words.listed(of)})" for name, of in keys.items()]
    return f"The arms differed in nothing but {words.listed(named)}. "


def _outcomes(data: RunData, declared: Declaration) -> str:
    titles = words.listed([measure.title for measure in declared.outcomes])
    surfaces = words.listed([words.surface(name) for name in declared.surfaces])
    labels = f" of {words.listed(declared.labels)}" if declared.labels else ""
    said = f"Declared before the run: {titles}{labels} on the {surfaces}"
    if declared.phase != "after":
        return f"{said}, on pages of the treatment: described, not tested."
    said += ", on pages after the treatment, the same steps for every puppet"
    if len(data.moments) > 1:
        said += f" ({declared.moment} of {len(data.moments)} sessions)"
    if any(measure.attentive for measure in declared.outcomes):
        said += f", under {_CURVES[declared.attention]}"
    if any(measure.name == "rank-overlap" for measure in declared.outcomes):
        said += f"; rank overlap is RBO-ext with p = {RBO_P:g} (Webber et al. 2010)"
    return f"{said}. The puppet is the unit of analysis."


def _labels(data: RunData) -> list[str]:
    """Where the labels come from, and how far those who gave them agree."""
    it = data.labelling
    if not it.labels:
        return []
    if it.version is None:
        named = [f"{words.number(n, 'label')} of {name}" for name, n in it.sources.items()]
        return [f"What items are about: {words.listed(named)}."]
    were = "was" if len(it.labels) == 1 else "were"
    said = f"{words.number(len(it.labels), 'item')} {were} labelled after the run by" + (
        f" {words.number(len(it.coded), 'coder')} (labels version {it.version}"
    )
    pairs = it.agreement.get("pairs", ())
    said += "".join(
        f"; {words.listed(pair['coders'])}: Cohen’s κ = {pair['kappa']:.3f} over"
        f" {words.number(pair['items'], 'item')}"
        for pair in pairs
        if pair["kappa"] is not None
    )
    if it.settled:
        said += f"; {words.number(len(it.settled), 'item')} settled by an adjudicator"
    return [f"{said})."]


def _inference(data: RunData, judgement: Judgement) -> list[str]:
    declared = judgement.declaration
    tested = [answer for answer in judgement.answers if answer.tested is not None]
    if not tested:
        return ["No outcome could be tested."]
    alpha, shared = declared.alpha, judgement.outcomes
    valued = [answer for answer in tested if answer.tested and answer.tested.sample is not None]
    said = [
        f"{'Main effects were' if declared.factorial else 'Each was'} tested with a two-sided"
        " randomisation test (permutation test: arm labels are exchanged within blocks"
        f"{' and the levels of the other factors' if declared.factorial else ''};"
        f" {_exchanges(tested)})."
    ]
    crossed = sum(answer.question.contrast.crossed is not None for answer in tested)
    if crossed:
        said.append(
            f"Of {words.number(crossed, 'interaction')} no exchange of labels leaves the main"
            " effects alone: the unit is the block, its statistic the difference of differences of"
            " the four cells, and the signs of the blocks were turned (sign-flip test); that is"
            " exact only if errors are exchangeable over the four cells of a block."
        )
    if valued:
        said.append(
            f"{100 * (1 - alpha):g} % intervals are that test inverted, all shifts that it does"
            " not reject, and what Welch's limits leave open where an arm spreads more than the"
            " other (Welch 1947); whether 0 is inside is decided by the test."
        )
        seed = int(data.run["seed"])
        intervals = [each.tested.interval(1 - alpha, seed) for each in valued if each.tested]
        if any(found is not None and found.tied for found in intervals):
            said.append(
                f"Where {100 * COMMON:g} % of the puppets or more had one and the same value, what"
                " melded limits of the two bounded means leave open is inside, too (Gaffke 2005;"
                " Fay et al. 2015)."
            )
    if len(valued) < len(tested):
        said.append(
            "Of a likeness of lists the statistic is the excess of the distance between arms over"
            " that between twins, pairs across blocks only; it has no interval."
        )
    reach = any(answer.tested.test.attainable_p <= alpha for answer in tested if answer.tested)
    said.append(
        f"α = {alpha:g}; p-values are adjusted by Holm’s method over the"
        f" {words.number(shared, 'outcome')} that could reach α at all (Tarone 1990), of"
        f" {len(judgement.answers)} declared."
        if reach
        else f"α = {alpha:g}; p-values are adjusted by Holm’s method over"
        f" {words.number(shared, 'outcome')}, none of which could reach α (Tarone 1990), of"
        f" {len(judgement.answers)} declared."
    )
    return [*said, _equivalence(judgement), _gates(declared)]


def _exchanges(tested: list[Answer]) -> str:
    tests = [answer.tested.test for answer in tested if answer.tested]
    counts = sorted({test.arrangements for test in tests})
    span = f"{counts[0]:,}" + (f" to {counts[-1]:,}" if len(counts) > 1 else "")
    if all(test.exact for test in tests):
        return f"all {span} exchanges were counted"
    return (
        f"of {span} exchanges, where they were more than {MOST_EXACT:,}, a seeded sample of"
        f" {MOST_EXACT:,}, the observed one included, was counted"
    )


def _equivalence(judgement: Judgement) -> str:
    declared = judgement.declaration
    bounds = [
        f"{words.amount(declared.smallest[m.name], m.unit, sign=False).strip()} ({m.title})"
        for m in declared.outcomes
        if m.name in declared.smallest
    ]
    if not bounds:
        return (
            "No smallest effect of interest was declared, so the absence of an effect is not"
            " claimed of any outcome."
        )
    return (
        f"Smallest effect of interest: {words.listed(bounds)}; “no effect larger than X” is said"
        f" where the interval at the simultaneous level of {100 * judgement.level:.4g} % lies"
        " inside ±X."
    )


def _gates(declared: Declaration) -> str:
    return (
        "Before any test a verdict is withheld where a label set covers less than"
        f" {100 * declared.labelled:g} % of an arm’s items, where the median puppet of an arm had"
        f" less than {100 * declared.dose:g} % of its treatment, or where attrition, parser"
        " coverage or drift in the course of the run speak against the comparison."
    )


def _software(data: RunData) -> str:
    versions = dict(data.run["versions"])
    own = versions.pop("collector", "")
    others = ", ".join(f"{name} {value}" for name, value in sorted(versions.items()))
    site = "the bundled mock platform" if data.run["site"] == "mock" else data.run["site"]
    return (
        f"Software: twinwatch {own}{f' ({others})' if others else ''}, on {site}; scenario"
        f" “{data.run['scenario']}”, plan SHA-256 {data.run['plan_hash']}, seed"
        f" {data.run['seed']}."
    )
