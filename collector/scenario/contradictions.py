"""What is wrong with a scenario that no single key shows, with the file's line and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

from collector.problems import Path, Problem, did_you_mean, dotted
from collector.scenario.calendar import DAY
from collector.scenario.design import KEYS, PERSONA, in_words, undeclared
from collector.scenario.models import Scenario
from collector.scenario.steps import Repeat, Step
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
            f"no file {scenario.labels!r}",
            ("labels",),
            "write mock, or the path of a CSV video_id,label beside the scenario",
        )
    for name, arm in scenario.arms.items():
        if not (arm.steps or scenario.before or scenario.after):
            yield problem("has nothing to do", ("arms", name), "add steps: to it")
    for each in (_of_the_platform, _after_snapshots, _schedule, _factors):
        for found in each(scenario):
            yield problem(*found)


_Found = Iterator[tuple[str, Path, str]]


def _of_the_platform(scenario: Scenario) -> _Found:
    parts: dict[Path, Sequence[Step]] = {("before",): scenario.before, ("after",): scenario.after}
    parts |= {("arms", name, "steps"): arm.steps for name, arm in scenario.arms.items()}
    for prefix, steps in parts.items():
        for path, step in _placed(steps, prefix):
            if scenario.platform not in step.platforms:
                yield f"{step.kind} is no step on {scenario.platform}", path, step.instead


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
            f"{scenario.waves} waves, but no word of how far apart",
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
    for one, other, more in undeclared(scenario):
        yield (
            f"arms {one} and {other} differ in {in_words(more)}, which no factor declares",
            ("factors",),
            f"make {'it' if len(more) == 1 else 'them'} the same, or declare"
            f" {{NAME: [{', '.join(more)}]}}",
        )
