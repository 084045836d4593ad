"""What weakens a design: warnings that never block.

Protects the reader of a report: an effect can be told from noise only if the arms differ in one
thing, if there are enough twins, and if the treatment could happen at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from collector.analysis.declared import declare
from collector.analysis.design import Attainable
from collector.analysis.design import in_words as told
from collector.analysis.designed import block_of, design_of
from collector.analysis.measures import measures
from collector.profile.homes import home_of
from collector.profile.persona import unnamed
from collector.scenario.design import alone, in_words, pairs
from collector.scenario.durations import format_duration
from collector.scenario.folding import folded
from collector.scenario.loader import Loaded
from collector.scenario.models import Scenario
from collector.scenario.ordering import rows_of
from collector.scenario.plan import make_plan
from collector.scenario.planned import MAX_STEPS, Plan
from collector.scenario.steps import Repeat, Step
from collector.scenario.surfaces import surfaces_after
from collector.scenario.verbs.keeping import CaptureStep, Pause
from collector.scenario.verbs.pages import Consent, Follow, Search, Visit, Watch

#: What a search leaves behind in the next results is gone after this time.
SPACING = timedelta(minutes=11)
#: So many twins tell random buckets from treatment in 98 of 100 simulated cohorts (two: in 34).
BUCKETS = 5


def attainable_by(plan: Plan) -> Attainable | None:
    """The least p that the declared outcomes of a plan can reach; ``None`` where none is declared
    to be compared. ``plan``, ``check`` and the report print this one number."""
    scenario = plan.scenario
    declaration = declare(scenario["analysis"], scenario)
    puppets = {(s.arm, s.block, s.puppet) for s in plan.sessions}
    if declaration.phase != "after":
        return None
    found = [(arm, block) for arm, block, _ in sorted(puppets)]
    return design_of(declaration, found, block_of(scenario, found))


def hopeless(loaded: Loaded, plan: Plan) -> bool:
    """Arms are to be compared, and nothing that is declared could ever be significant."""
    found = attainable_by(plan)
    return (found is not None and not found.possible) or _unmeasured(loaded.scenario)


def _unmeasured(scenario: Scenario) -> bool:
    """There are arms to compare, and no page is captured after the treatment."""
    compares = len(scenario.arms) > 1 and scenario.analysis.phase == "after"
    return compares and not surfaces_after(scenario.after, scenario.platform)


def warnings(loaded: Loaded, plan: Plan | None = None) -> list[str]:
    """One sentence each, ``path: what and why``; what a foreign file asked for in vain first.

    :param plan: of the scenario, if there is one already.
    """
    scenario = loaded.scenario
    return folded(
        [
            *loaded.warnings,
            *_one_factor(scenario),
            *_enough_twins(scenario),
            *_attainable(scenario, plan or make_plan(loaded)),
            *_in_one_block(scenario),
            *_feasible(scenario),
            *_personas(scenario),
            *_measured(scenario),
            *_ordered(scenario),
            *_scheduled(scenario),
            *_endless(scenario),
        ]
    )


def flat(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps in order, those of a repeat once."""
    for step in steps:
        if isinstance(step, Repeat):
            yield from flat(step.steps)
        else:
            yield step


def _whole(scenario: Scenario, arm: str) -> list[Step]:
    return [*scenario.before, *scenario.arms[arm].steps, *scenario.after]


def _one_factor(scenario: Scenario) -> Iterator[str]:
    if scenario.factors is None:
        found: dict[tuple[str, ...], list[str]] = {}
        for one, other, keys in pairs(scenario):
            if keys:
                found.setdefault(keys, []).append(f"{one} and {other}")
        for keys, (first, *more) in found.items():
            also = f" (so do {len(more)} more pairs)" if more else ""
            many = "; an effect could come from any of them" if len(keys) > 1 else ""
            yield f"factors: not declared; arms {first} differ in {in_words(keys)}{also}{many}"
        return
    for name, can_be_seen in alone(scenario).items():
        if not can_be_seen:
            yield (
                f"factors.{name}: no two arms differ in it alone; its effect cannot be told from"
                " another's"
            )


def _enough_twins(scenario: Scenario) -> Iterator[str]:
    if len(scenario.arms) < 2:
        return
    twins = {name: arm.twins for name, arm in scenario.arms.items()}
    if len(set(twins.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in twins.items())
        yield f"arms: unequal numbers of twins ({told}); blocks without a partner compare nothing"
    fewest = min(twins.values())
    if fewest == 1:
        yield "arms: one puppet an arm shows no noise; write twins: 2 or more"
    if 1 < fewest < BUCKETS:
        yield (
            f"arms: {fewest} twins are too few to tell the random buckets that a site puts its"
            f" visitors into from the treatment; with {BUCKETS} it is nearly certain"
        )


def _attainable(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """A design in which nothing can ever be significant."""
    found = attainable_by(plan)
    if found is not None and not found.possible and not _unmeasured(scenario):
        yield f"arms: {told(found)}"


def _in_one_block(scenario: Scenario) -> Iterator[str]:
    """A likeness of lists compares pairs of two blocks: twins of one saw the same moment."""
    if len(scenario.arms) < 2 or max(a.twins for a in scenario.arms.values()) > scenario.block_size:
        return
    known, default = measures(), [] if scenario.analysis.exposure else ["rank-overlap"]
    for name in scenario.analysis.outcomes or default:
        if name in known and known[name].likeness is not None:
            yield (
                f"block: all twins are in one block, and {name} compares puppets of two blocks; its"
                f" verdict will be withheld; add a twin, or write block:"
                f" {max(1, scenario.block_size // 2)}"
            )


def _feasible(scenario: Scenario) -> Iterator[str]:
    for arm in scenario.arms:
        place = f"arms.{arm}"
        steps = list(flat(_whole(scenario, arm)))
        consent = next((at for at, step in enumerate(steps) if isinstance(step, Consent)), None)
        first = next(
            (
                at
                for at, step in enumerate(steps)
                if isinstance(step, Watch | Follow | Search | CaptureStep)
            ),
            None,
        )
        if first is not None and (consent is None or consent > first):
            yield (
                f"{place}: no consent step before the first {steps[first].kind}; where the site "
                "asks, nothing is shown until it is answered"
            )
        for at, step in enumerate(steps):
            opened = any(isinstance(each, Visit | Search | Follow | Watch) for each in steps[:at])
            if not opened and (
                isinstance(step, Follow | CaptureStep | Consent)
                or (isinstance(step, Watch) and step.video is None)
            ):
                yield f"{place}: {step.kind} comes before any page is open"
                break
        for before, step in pairwise(steps):
            if isinstance(step, Watch) and step.video is None and isinstance(before, Search):
                yield f"{place}: watch right after search: there is no video on a results page"
                break


def _personas(scenario: Scenario) -> Iterator[str]:
    seen = set()
    for arm in scenario.arms:
        persona = scenario.persona_of(arm)
        if persona in seen:
            continue
        seen.add(persona)
        if why := unnamed(persona.locale):
            yield f"arms.{arm}: persona.locale: {persona.locale}: {why}; sites may know it or not"
        home = home_of(persona.locale)
        if home is None:
            continue
        area = persona.timezone.split("/")[0]
        if area != home.timezone.split("/")[0]:
            ZoneInfo(persona.timezone)
            yield (
                f"arms.{arm}: persona speaks {persona.locale} in {persona.timezone}; "
                f"usual would be {home.timezone}"
            )


def _measured(scenario: Scenario) -> Iterator[str]:
    asked = scenario.analysis.exposure or scenario.analysis.outcomes
    if len(scenario.arms) > 1 and not asked:
        yield "analysis.exposure: empty; the report compares ranks but no topic's share"
    if _unmeasured(scenario):
        yield (
            "after: no page is captured after the treatment; nothing can be tested; add steps, such"
            " as visit: home"
        )
    borne = "dose" in scenario.analysis.thresholds.model_fields_set
    for arm in scenario.arms if not borne else ():
        for step in flat(scenario.arms[arm].steps):
            if isinstance(step, Follow) and step.otherwise != "fail":
                sought = "its topic" if step.topic else "what it seeks"
                yield (
                    f"arms.{arm}: follow takes another video (otherwise: {step.otherwise}) where"
                    f" {sought} is not shown; each counts as a miss of the treatment, and below"
                    f" {100 * scenario.analysis.thresholds.dose:.0f} % the verdict is withheld; if"
                    " so many misses may be borne, write analysis.thresholds: {dose:"
                    f" {scenario.analysis.thresholds.dose:g}}}"
                )
                break
    steps = [step for arm in scenario.arms for step in flat(_whole(scenario, arm))]
    labelled = scenario.analysis.exposure or any(isinstance(s, Follow) and s.topic for s in steps)
    if scenario.label_file is None and scenario.site != "mock" and labelled:
        yield (
            "labels: mock requires the bundled mock, and the site is another; name a CSV"
            " video_id,label"
        )
    yield from _spaced(scenario)


def _spaced(scenario: Scenario) -> Iterator[str]:
    """Searches that come too soon after one another, where nothing keeps them apart."""
    spacing = scenario.spacing
    if spacing is not None and spacing >= SPACING:
        return
    for arm in scenario.arms:
        waited: timedelta | None = None
        for step in islice(_rounds(_whole(scenario, arm)), MAX_STEPS):
            if isinstance(step, Search):
                if waited is not None and max(waited, spacing or waited) < SPACING:
                    yield (
                        f"arms.{arm}: searches less than {format_duration(SPACING)} apart; the"
                        " earlier one colours the later one's results; add spacing:"
                        f" {format_duration(SPACING)}"
                    )
                    break
                waited = timedelta()
            elif isinstance(step, Pause) and waited is not None:
                waited += step.for_
            elif isinstance(step, Watch) and waited is not None and step.for_.time:
                waited += step.for_.time


def _rounds(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps in order, those of a repeat in every round."""
    for step in steps:
        if isinstance(step, Repeat):
            for _ in range(step.times):
                yield from _rounds(step.steps)
        else:
            yield step


def _ordered(scenario: Scenario) -> Iterator[str]:
    """Balanced orders are balanced over so many twins only."""
    for arm in scenario.arms:
        for entries in _balanced(_whole(scenario, arm)):
            twins, rows = scenario.arms[arm].twins, rows_of(entries)
            if twins % rows:
                yield (
                    f"arms.{arm}: the orders of {entries} entries are balanced over {rows} twins"
                    f" or a multiple; there are {twins}"
                )


def _balanced(steps: Sequence[Step]) -> Iterator[int]:
    for step in steps:
        if isinstance(step, Repeat):
            if step.counterbalance:
                yield len(step.steps)
            yield from _balanced(step.steps)


def _endless(scenario: Scenario) -> Iterator[str]:
    """Steps that end only where the site lets them."""
    for arm in scenario.arms:
        steps = flat(_whole(scenario, arm))
        yield from dict.fromkeys(
            f"arms.{arm}: {step.kind}: {step.endless}" for step in steps if step.endless
        )


def _scheduled(scenario: Scenario) -> Iterator[str]:
    """Later sessions open a browser of their own, on no page."""
    if scenario.slots() is None and scenario.waves == 1:
        return
    for arm in scenario.arms:
        steps = list(flat([*scenario.arms[arm].steps, *scenario.after]))
        if steps and not isinstance(steps[0], Visit) and not getattr(steps[0], "video", None):
            yield (
                f"arms.{arm}: every session begins on an empty page, and the first step after"
                f" before is {steps[0].kind}; begin with visit"
            )
