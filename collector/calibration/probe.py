"""One run of a scenario in memory, and what every puppet could have been shown on its tested pages.

The run goes the way of the data (simulated session → store → ``load_run`` → ``measure_question``),
so the pages that are tested are those that the report tests. While it goes, every list that the
world composes is noted with the viewer as the world saw it. Afterwards the world's own ranking
scores these lists again, once for each test group of the platform, and the summands are kept. What
chance adds (noise, test group) is left out: ``shown`` and ``timelines`` draw it for thousands at
once.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from collector.analysis.declared import Declaration, Question
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.judging import declaration_of
from collector.analysis.load import load_run
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import Page, RunData
from collector.calibration.grounds import GROUNDS, Ground
from collector.calibration.measured import SIMULATED, not_simulated
from collector.calibration.mocks import NotCalibrated, refuse_strange
from collector.calibration.scenes import Catalogue, Scene
from collector.common.errors import UserError
from collector.datasets.build import one_run
from collector.datasets.simulator import Job, Simulator
from collector.platforms.registry import spec_of
from collector.profile import visitor_id_of
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK
from collector.scenario.planned import Plan

TWINS = 8
"""Twins of each arm in the probe: so many pasts an arm's puppets are drawn from."""

STANDING = ("freshness", "after", "dose", "carry-over")
"""Gates that do not depend on what a list holds: asked once, of the probe."""


@dataclass(frozen=True, eq=False)
class Probe:
    """A scenario with what its puppets could be shown."""

    loaded: Loaded
    plan: Plan
    data: RunData
    """The run as the analysis sees it."""
    declaration: Declaration
    catalogue: Catalogue
    scenes: Mapping[tuple[str, str, str], Scene]
    """(arm, surface, slot) → scene."""
    slots: Mapping[str, tuple[str, ...]]
    """Surface → the slots that are tested."""
    standing: Mapping[str, Gate]
    """Question → a gate that shuts it whatever its lists hold."""
    in_force: Mapping[str, float]
    """Parameter (``history``) or weight (``home.history``) → its value on the scenario's mock."""
    assumed: str = ""
    """What is taken for the labels that people give later, in words; empty: there are labels."""

    @property
    def groups(self) -> int:
        """Test groups of the platform; 1: it has none."""
        return next(iter(self.scenes.values())).groups

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the outcomes that the scenario declares."""
        return self.declaration.questions

    @property
    def apart(self) -> tuple[str, str] | None:
        """Two arms that are compared and whose personas speak for another language or country. The
        mock's lists go by it, so that no truth is one without an effect for them."""
        scenario = self.loaded.scenario
        spoken = {name: scenario.persona_of(name).locale for name in scenario.arms}
        for contrast in self.declaration.contrasts:
            for one, other in itertools.product(contrast.untreated, contrast.treated):
                alike = contrast.strata[one] == contrast.strata[other]
                if alike and spoken[one] != spoken[other]:
                    return one, other
        return None

    @cached_property
    def pages(self) -> Mapping[tuple[str, str, str], Page]:
        """(arm, surface, slot) → a page of the probe, to be filled with another list."""
        return {(p.puppet.arm, p.surface, p.slot): p for p in reversed(self.data.pages)}


def with_twins(loaded: Loaded, twins: int | None, block: int | None = None) -> Loaded:
    """The scenario with so many twins of every arm, in blocks of so many."""
    scenario = loaded.scenario
    changes: dict[str, Any] = {}
    if twins is not None:
        changes["arms"] = {
            name: arm.model_copy(update={"twins": twins}) for name, arm in scenario.arms.items()
        }
    if block is not None:
        changes["block"] = block
    return replace(loaded, scenario=scenario.model_copy(update=changes)) if changes else loaded


def probe(loaded: Loaded, *, seed: int | None = None) -> Probe:
    """Run a scenario once in memory.

    Labels that are given later are taken to be the mock's own, where it knows the topics.

    :raises NotCalibrated: a platform, a tested surface, an outcome, or a truth or fault of the mock
        that is not simulated, or nothing to compare.
    :raises UserError: no plan can be made of it.
    """
    scenario = loaded.scenario
    kind = GROUNDS.get(spec_of(scenario.platform).genre)
    if kind is None:
        raise NotCalibrated(
            f"lists of {scenario.platform} are not simulated",
            place=f"{loaded.place}: platform",
            fix="use collector power --pilot RUN, a run on it",
        )
    for name in scenario.analysis.outcomes or ():
        if name not in SIMULATED:
            raise not_simulated(name, f"{loaded.place}: analysis.outcomes")
    unlabelled = bool(scenario.analysis.exposure) and not scenario.label_sources
    if unlabelled:
        if scenario.site != MOCK:
            raise _no_labels(loaded, scenario.analysis.exposure)
        scenario = scenario.model_copy(update={"labels": MOCK})
        loaded = replace(loaded, scenario=scenario)
    most = max(TWINS, *(arm.twins for arm in scenario.arms.values()))
    master = scenario.seed if seed is None else seed
    try:
        simulator = Simulator(Job(with_twins(loaded, most), master, "probe"))
        world = simulator.world
        refuse_strange(world.ruling, world.faults.shares)
    except UserError as error:
        raise loaded.of_truths(error) from error
    if unlabelled and (strange := {*scenario.analysis.exposure} - {*simulator.labels.values()}):
        raise _no_labels(loaded, sorted(strange))
    ground = kind(world, simulator.labels)
    simulator.world = ground.watched
    with tempfile.TemporaryDirectory() as folder:
        one_run(simulator, Path(folder))
        data = load_run(Path(folder))
    declaration = declaration_of(data)
    if not declaration.questions:
        raise NotCalibrated(
            "the scenario must declare a comparison",
            place=f"{loaded.place}: arms",
            fix="give it two arms and analysis.surfaces",
        )
    slots: dict[str, tuple[str, ...]] = {}
    standing: dict[str, Gate] = {}
    for question in declaration.questions:
        if question.measure.likeness is not None and not ground.compares:
            raise NotCalibrated(
                f"{question.measure.name}: items that are not public have no id to compare",
                place=f"{loaded.place}: analysis.outcomes",
                fix="declare an outcome of each puppet's own, such as exposure-share",
            )
        measured = measure_question(data, question, declaration)
        slots.setdefault(question.surface, measured.slots)
        shut = [
            gate
            for gate in ask(data, measured, declaration)
            if gate.ruling is Ruling.WITHHELD and gate.gate in STANDING
        ]
        if shut:
            standing[question.name] = shut[0]
    return Probe(
        loaded=loaded,
        plan=simulator.rounds.plan,
        data=data,
        declaration=declaration,
        catalogue=ground.catalogue,
        scenes=_scenes(ground, data, simulator.rounds.plan, slots, loaded),
        slots=slots,
        standing=standing,
        in_force=ground.in_force(),
        assumed=_ASSUMED if unlabelled else "",
    )


#: Coders err, and leave items out; that makes an effect smaller, and is no part of this.
_ASSUMED = (
    "labels are given later: assumed are the mock's own topics, as if coders said of every item"
    " what the mock knows of it"
)


def _no_labels(loaded: Loaded, topics: Sequence[str]) -> NotCalibrated:
    return NotCalibrated(
        "labels are given later, so nothing is known of"
        f" {' and '.join(map(repr, topics))} on the mock",
        place=f"{loaded.place}: labels",
        fix="collector power --pilot RUN, a run whose labels were given; or try the design on the"
        " mock with a topic that the mock has",
    )


def _scenes(
    ground: Ground,
    data: RunData,
    plan: Plan,
    slots: Mapping[str, tuple[str, ...]],
    loaded: Loaded,
) -> dict[tuple[str, str, str], Scene]:
    visitors = {session.puppet: visitor_id_of(session.seed) for session in reversed(plan.sessions)}
    shown: dict[tuple[str, str, str], list[tuple[Page, tuple[str, str, str]]]] = {}
    for surface, wanted in slots.items():
        if wanted and surface not in ground.surfaces:
            raise NotCalibrated(
                f"a list of {surface} is not ranked by the recommender",
                place=f"{loaded.place}: analysis.surfaces",
                fix=f"test one of {', '.join(ground.surfaces)}",
            )
        for arm in data.arms:
            for slot in wanted:
                pages = [
                    (page, (visitors[page.puppet.name], page.event or "", surface))
                    for page in data.pages
                    if (page.puppet.arm, page.surface, page.slot) == (arm, surface, slot)
                ]
                if pages:
                    shown[arm, surface, slot] = pages
    return ground.scenes(shown)
