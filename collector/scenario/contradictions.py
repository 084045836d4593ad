"""What is wrong with a scenario that no single key shows, with the file's line and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

from collector.addresses import is_loopback, parts_of
from collector.analysis.declared import amount
from collector.analysis.measures import Labels, Unit, measures
from collector.egress import NAME_ONE
from collector.platforms.registry import spec_of
from collector.problems import Path, Problem, did_you_mean, dotted
from collector.scenario.calendar import DAY
from collector.scenario.design import KEYS, PERSONA, in_words, undeclared
from collector.scenario.models import Scenario
from collector.scenario.steps import Repeat, Step
from collector.scenario.surfaces import OPENS, surfaces_after
from collector.yamlfile import Document


def contradictions(
    scenario: Scenario, labels: FilePath | None, document: Document
) -> Iterator[Problem]:
    """Everything of the kind. ``labels``: the file of labels that the scenario names, if any."""

    def problem(message: str, path: Path, fix: str) -> Problem:
        return Problem(message, dotted(path), document.line_of(path), fix)

    control = scenario.analysis.control
    if control is not None and control not in scenario.arms:
        yield problem(
            f"there is no arm {control!r}",
            ("analysis", "control"),
            f"name one of {', '.join(scenario.arms)}",
        )
    if labels is not None and not labels.is_file():
        yield problem(
            f"no file {scenario.label_file!r}",
            ("labels",),
            "write mock, or the path of a CSV video_id,label beside the scenario",
        )
    for found in _outcomes(scenario):
        yield problem(*found)
    for name, arm in scenario.arms.items():
        if not (arm.steps or scenario.before or scenario.after):
            yield problem("has nothing to do", ("arms", name), "add steps: to it")
    for each in (_of_the_platform, _after_snapshots, _schedule, _factors, _ways):
        for found in each(scenario):
            yield problem(*found)


def untested(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Declared surfaces without a page after the treatment: nothing else is ever tested."""
    analysis = document.data.get("analysis") if isinstance(document.data, dict) else None
    declared = isinstance(analysis, dict) and "surfaces" in analysis
    if not declared or len(scenario.arms) < 2 or scenario.analysis.phase == "during":
        return
    there = surfaces_after(scenario.after, scenario.platform)
    for at, surface in enumerate(scenario.analysis.surfaces):
        if surface not in there:
            path: Path = ("analysis", "surfaces", at)
            yield Problem(
                f"no page of {surface} is captured after the treatment",
                dotted(path),
                document.line_of(path),
                f"add {OPENS[surface]} to after, take {surface} out, or write phase: during to have"
                " pages of the treatment described and nothing tested",
            )


_Found = Iterator[tuple[str, Path, str]]


def _outcomes(scenario: Scenario) -> _Found:
    """Outcomes that are registered, smallest effects that belong to one of them."""
    analysis, known = scenario.analysis, measures()
    wrong = [name for name in analysis.outcomes or () if name not in known]
    for name in wrong:
        at = (analysis.outcomes or []).index(name)
        yield (
            f"no outcome is called {name!r}",
            ("analysis", "outcomes", at),
            did_you_mean(name, known),
        )
    for at, name in enumerate(analysis.outcomes or ()):
        if name in known and known[name].labels is Labels.DECLARED and not analysis.exposure:
            yield (
                f"{name} needs a label",
                ("analysis", "outcomes", at),
                "add exposure: [TOPIC] to analysis",
            )
    declared = analysis.outcomes or ["exposure-share" if analysis.exposure else "rank-overlap"]
    limits = analysis.smallest_effect
    for name, limit in limits.items() if isinstance(limits, dict) else ():
        place: Path = ("analysis", "smallest_effect", name)
        if name not in known:
            yield f"no outcome is called {name!r}", place, did_you_mean(name, known)
        elif known[name].value is None:
            yield (
                f"{name} has no shift, so no size of an effect to exclude",
                place,
                "remove it, or declare list-length or a share",
            )
        elif not wrong and name not in declared:
            yield (
                f"{name} is not declared, so no size of it is looked for",
                place,
                f"add {name} to analysis.outcomes, or take it out here",
            )
        elif (known[name].unit is Unit.SHARE) != amount(limit)[1] and amount(limit)[0] > 1:
            yield f"{limit!r} is not a size of {name}", place, "write 5 points for a share"
        elif known[name].unit is Unit.SHARE and amount(limit)[0] >= 1:
            yield (f"{limit!r} excludes nothing: no share can differ by more", place,
                   "write less than 100 points, such as 5 points")  # fmt: skip
    if isinstance(limits, str) and not wrong:
        size, points = amount(limits)
        place = ("analysis", "smallest_effect")
        if not any(known[n].value and (known[n].unit is Unit.SHARE) == points for n in declared):
            yield (f"{limits!r} is not a size of {', '.join(declared)}", place,
                   "write 5 points for a share, a number or 3 items for another")  # fmt: skip
        elif points and size >= 1:
            yield (f"{limits!r} excludes nothing: no share can differ by more", place,
                   "write less than 100 points, such as 5 points")  # fmt: skip
    if analysis.pairs == "factors" and len(scenario.factors or {}) < 2:
        yield (
            "pairs: factors requires at least two factors",
            ("analysis", "pairs"),
            "declare factors:, or write control or all",
        )


def _of_the_platform(scenario: Scenario) -> _Found:
    parts: dict[Path, Sequence[Step]] = {("before",): scenario.before, ("after",): scenario.after}
    parts |= {("arms", name, "steps"): arm.steps for name, arm in scenario.arms.items()}
    genre = spec_of(scenario.platform).genre
    for prefix, steps in parts.items():
        for path, step in _placed(steps, prefix):
            if genre not in step.genres:
                yield f"{step.kind} is not a step on {scenario.platform}", path, step.instead


def _ways(scenario: Scenario) -> _Found:
    """Beyond this machine nobody tells from where a puppet is seen unless somebody is named."""
    host = parts_of(scenario.site).host
    if scenario.site == "mock" or is_loopback(host):
        return
    for name, arm in scenario.arms.items():
        way = scenario.persona_of(name).proxy
        if way is not None and way.unasked:
            yield (
                f"nobody is named who says by which address and country {host} is reached",
                ("arms", name, "proxy") if arm.proxy else ("arms", name),
                NAME_ONE,
            )


def _after_snapshots(scenario: Scenario) -> _Found:
    """A snapshot closes the page, so what comes after it has to open one."""
    told = set()
    for name, arm in scenario.arms.items():
        blank = False
        parts: tuple[tuple[Path, Sequence[Step]], ...] = (
            (("before",), scenario.before),
            (("arms", name, "steps"), arm.steps),
            (("after",), scenario.after),
        )
        for prefix, steps in parts:
            for path, step in _in_order(steps, prefix):
                if step.closes_page:
                    blank = True
                elif blank and not step.idle:
                    blank = False
                    if not step.brings_page(step.arguments()) and path not in told:
                        told.add(path)
                        yield (
                            f"{step.kind} needs a page, and the snapshot before it closes the page",
                            path,
                            "put a visit between them",
                        )


def _in_order(steps: Sequence[Step], prefix: Path) -> Iterator[tuple[Path, Step]]:
    """Steps with their paths as they are taken; of several rounds two, for what follows what."""
    for number, step in enumerate(steps):
        path = (*prefix, number, step.kind)
        if isinstance(step, Repeat):
            for _ in range(min(step.times, 2)):
                yield from _in_order(step.steps, (*path, "steps"))
        else:
            yield path, step


def _placed(steps: Sequence[Step], prefix: Path) -> Iterator[tuple[Path, Step]]:
    """Steps with their paths in the file."""
    for number, step in enumerate(steps):
        path = (*prefix, number, step.kind)
        if isinstance(step, Repeat):
            yield from _placed(step.steps, (*path, "steps"))
        else:
            yield path, step


def _schedule(scenario: Scenario) -> _Found:
    """Waves need to know how far apart they are, and a wave must end before the next."""
    if scenario.waves > 1 and scenario.repeat is None:
        yield (
            f"waves: {scenario.waves} requires repeat (the interval between waves)",
            ("waves",),
            "add repeat: weekly (or daily, or a duration)",
        )
    if scenario.repeat is not None and scenario.waves == 1:
        yield "there is one wave only", ("repeat",), "add waves: 4, or remove repeat"
    slots = scenario.slots()
    if slots is not None and scenario.repeat is not None:
        daily, count = slots
        # A run that starts in mid-day spreads over one day more.
        takes = (-(-count // daily.per_day) + 1) * DAY
        if takes > scenario.repeat:
            yield (
                f"a wave of {count} sessions can take {takes.days} days, longer than the time to"
                " the next",
                ("repeat",),
                "repeat later, or plan fewer days of sessions",
            )


def _factors(scenario: Scenario) -> _Found:
    """Arms differ in what is declared, and in nothing else."""
    known = (*KEYS, PERSONA)
    wrong = False
    for name, keys in (scenario.factors or {}).items():
        for key in keys:
            if key not in known:
                wrong = True
                yield (
                    f"{key!r} is nothing that arms differ in",
                    ("factors", name),
                    did_you_mean(key, known),
                )
    if wrong:
        return
    found: dict[tuple[str, ...], list[str]] = {}
    for one, other, more in undeclared(scenario):
        found.setdefault(more, []).append(f"{one} and {other}")
    for more, (first, *rest) in found.items():
        also = f" (so do {len(rest):,} more pairs)" if rest else ""
        yield (
            f"arms {first} differ in {in_words(more)}, which no factor declares{also}",
            ("factors",),
            f"make {'it' if len(more) == 1 else 'them'} the same, or declare"
            f" {{NAME: [{', '.join(more)}]}}",
        )
