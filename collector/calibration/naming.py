"""Is the mechanism of an effect named rightly, at twice the size that a design can find?

Protects the sentence that a report writes below an effect. For each mechanism the size is looked
for at which four of five audits find an effect (of whatever declared outcome); at twice that size
audits are made until so many have found one, and for each the report's own function is asked what
made it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collector.analysis.declared import Question
from collector.analysis.design import POWER
from collector.analysis.gates import Gate, ask
from collector.analysis.judging import declaration_of, judge
from collector.analysis.measures import Unit
from collector.analysis.mechanism import Mechanism, explain, mechanisms
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import Page, RunData
from collector.analysis.verdicts import VerdictKind
from collector.calibration import batches
from collector.calibration.audits import Audits, Platform, audits, design_of, generator_of, platform
from collector.calibration.changes import CHANGES, Chance, Change
from collector.calibration.deciding import Decisions, decide
from collector.calibration.frames import frame, items_of
from collector.calibration.mocks import OutOfReach
from collector.calibration.power import MOST, RUNS, smallest_shift
from collector.calibration.probe import Probe
from collector.calibration.rates import Rate
from collector.calibration.scenes import Lists
from collector.calibration.truths import TRUTHS, Kind, Truth

TIMES = 2.0
"""The size at which a mechanism is to be named, in smallest sizes that are found."""
_SEARCH = "search"
_DOUBLED, _STEPS = 4, 4
"""From a sixteenth of the largest size up, then a sixteenth of the step is known."""
JUDGED = 4
"""Audits of each mechanism that ``judge`` itself is asked about."""
_CHUNK = 100
_TRIED = 3
"""So many times the audits that are wanted are made at most."""


@dataclass(frozen=True)
class _Asked:
    """What the telling reads of an answer."""

    question: Question
    gates: tuple[Gate, ...]


@dataclass(frozen=True, eq=False)
class _Bench:
    """A design on which one mechanism is tried."""

    change: Change
    probe: Probe
    """With the outcomes that can find it, personas that differ, or pages that are results."""
    plain: Platform
    """On which nothing moves a list; of what was watched, the platform that it moves."""
    treated: np.ndarray
    """Which puppets are of the treated arm, bool, shape (puppets,)."""

    def draw(self, count: int, generator: np.random.Generator) -> tuple[Audits, Chance]:
        """Audits without the change, and what it is to be drawn by."""
        design = design_of(self.plain.probe, self.change.twins)
        told = _as_asked(self.probe, audits(self.plain, design, count, generator))
        return told, Chance.of(self.probe, told, generator)

    def changed(self, told: Audits, chance: Chance, size: float) -> Audits:
        """The audits with the change of this size."""
        if self.change.make is None:
            return told
        lists = self.change.changed(told, size, chance, self.treated)
        topic = self.probe.catalogue.topic
        return replace(
            told,
            lists={key: Lists(items) for key, items in lists.items()},
            topics={key: topic[np.maximum(items, 0)] for key, items in lists.items()},
        )

    def decided(self, told: Audits, most: int | None = None) -> Decisions:
        """The verdicts, by the exchanges that a report draws unless so many are the most."""
        seed = int(self.probe.data.run["seed"])
        if most is None:
            return decide(self.probe, told, seed=seed)
        return decide(self.probe, told, seed=seed, most=most)

    def frame(self, told: Audits, chance: Chance, audit: int) -> RunData:
        """One audit as the data that the report reads."""
        data = frame(self.probe, told, audit)
        if self.change.right is not Mechanism.CARRY_OVER:
            return data
        return replace(data, pages=(*_searched(self.probe, told, chance, audit), *data.pages))


def table(
    probe: Probe, *, wanted: int, seed: int, processes: int | None = None
) -> list[dict[str, Any]]:
    """A row for each mechanism that the platform can have.

    :param wanted: audits with an effect, of each.
    """
    if probe.standing or any(q.contrast.crossed is not None for q in probe.questions):
        return []  # withheld whatever is shown, or nothing to name
    names = [each.name for each in CHANGES if probe.groups > 1 or not each.videos]
    tasks = [(name, wanted) for name in names]
    if (processes or 2) == 1:
        found = [row(probe, seed, *task) for task in tasks]
    else:
        with batches.workers(probe, seed, processes, len(tasks)) as pool:
            found = list(pool.map(_row, tasks))
    return [each for each in found if each is not None]


def _row(task: tuple[str, int]) -> dict[str, Any] | None:
    return row(*batches.own(), *task)


def row(probe: Probe, seed: int, name: str, wanted: int) -> dict[str, Any] | None:
    """One mechanism; ``None``: the treatment of the scenario has no effect of what was watched."""
    change = next(each for each in CHANGES if each.name == name)
    if not any(_tells(probe, change, question) for question in probe.questions):
        return _of(probe, change) | {"detectable": None, "size": None, "single": True}
    try:
        bench, size = (
            _watched(probe, change, seed)
            if change.make is None
            else _made(probe, change, seed, wanted)
        )
    except OutOfReach:
        return None
    own = _of(probe, change) | {"detectable": None if size is None else round(size, 4)}
    if size is None:
        return own | {"size": None}
    return own | {"size": round(TIMES * size, 4)} | _counted(bench, TIMES * size, wanted, seed)


def _of(probe: Probe, change: Change) -> dict[str, Any]:
    """What a row says of the change itself."""
    return {
        "mechanism": change.name, "right": change.right.value, "about": change.about,
        "promised": change.promised, "popularity": change.popular,
        "twins": change.twins or max(arm.twins for arm in probe.loaded.scenario.arms.values()),
        "unit": "points" if change.make is None else "share of the places",
    }  # fmt: skip


def _tells(probe: Probe, change: Change, question: Question) -> bool:
    """Whether an effect on these pages could be put down to the change: that test groups last from
    page to page, one page a puppet does not show."""
    return change.right is not Mechanism.BUCKET or len(probe.slots[question.surface]) > 1


def _made(probe: Probe, change: Change, seed: int, runs: int) -> tuple[_Bench, float | None]:
    """The bench, and the size that is found in four of five audits; ``None``: not half as much as
    there can be."""
    null = TRUTHS["null"]
    still = replace(null, scale={**null.scale, "popularity": change.popular})
    bench = _bench(probe, change, platform(probe, still))
    told, chance = bench.draw(
        min(runs, RUNS), generator_of(seed, f"size {change.name}", change.twins or 0, 0)
    )

    def power(size: float) -> float:
        found = bench.decided(bench.changed(told, chance, size), MOST)
        return float(found.is_(VerdictKind.EFFECT).any(axis=1).mean())

    # From below: what grows too large may be withheld, and is found less often again.
    low, high = 0.0, change.most / 2**_DOUBLED
    while power(high) < POWER:
        if high >= change.most:
            return bench, None
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle) < POWER else (low, middle)
    return bench, high


def _watched(probe: Probe, change: Change, seed: int) -> tuple[_Bench, float | None]:
    """What was watched has the size of ``collector power``: the shift of an exposure share that 80
    of 100 audits find, by the spread of the estimates of a null."""
    at = next(
        (n for n, q in enumerate(probe.questions) if q.label and q.measure.unit is Unit.SHARE), None
    )
    if at is None:
        raise OutOfReach("no exposure share is declared", place="analysis", fix="declare one")
    null = _bench(probe, change, platform(probe, TRUTHS["null"]))
    told, _ = null.draw(RUNS, generator_of(seed, "size topic", 0, 0))
    found = null.decided(told, MOST)
    shift = smallest_shift(
        [(p.arm, p.block) for p in told.design.puppets], probe.questions[at],
        found.estimate[:, at], len(probe.questions), probe.declaration.alpha,
    )  # fmt: skip
    if shift is None:
        return null, None
    truth = Truth("named", Kind.EFFECT, change.about, points=TIMES * shift)
    return replace(null, plain=platform(probe, truth)), shift


def _counted(bench: _Bench, size: float, wanted: int, seed: int) -> dict[str, Any]:
    """Audits of this size until so many have found an effect, and what made it by the report."""
    names: Counter[str] = Counter()
    tried = unstable = differing = 0
    for chunk in range(-(-_TRIED * wanted // _CHUNK)):
        told, chance = bench.draw(
            min(_CHUNK, wanted),
            generator_of(seed, f"named {bench.change.name}", bench.change.twins or 0, chunk),
        )
        told = bench.changed(told, chance, size)
        found = bench.decided(told)
        for audit in range(len(told)):
            if names.total() == wanted:
                break
            tried += 1
            effects = [
                int(n)
                for n in np.flatnonzero(found.is_(VerdictKind.EFFECT)[audit])
                if _tells(bench.probe, bench.change, found.questions[n])
            ]
            unstable += bool((found.gate[audit] == "stability").any())
            if not effects:
                continue
            question = found.questions[effects[0]]
            data = bench.frame(told, chance, audit)
            name = _named(bench.probe, data, question)
            names[name] += 1
            if tried <= JUDGED:
                by_report = mechanisms(data, judge(data))
                differing += not by_report or by_report[0].mechanism.value != name
        if names.total() == wanted:
            break
    right, unknown = names[bench.change.right.value], names[Mechanism.UNKNOWN.value]
    return {
        "tried": tried,
        "found": names.total(),
        "unstable": unstable,
        "named": dict(sorted(names.items())),
        "wrong": names.total() - right - unknown,
        "not_told": unknown,
        "differing": differing,
        **Rate(right, names.total()).plain(),
    }


def _named(probe: Probe, data: RunData, question: Question) -> str:
    """What the report says of one effect, without its verdicts of all other outcomes."""
    measured = measure_question(data, question, probe.declaration)
    gates = ask(data, measured, probe.declaration)
    return explain(data, _Asked(question, gates), probe.declaration).mechanism.value


def _bench(probe: Probe, change: Change, plain: Platform) -> _Bench:
    contrast = probe.questions[0].contrast
    design = design_of(probe, change.twins)
    treated = np.array([p.arm in contrast.treated for p in design.puppets], dtype=np.bool_)
    data = probe.data
    run: dict[str, Any] = dict(data.run)
    # An effect alone is asked about; whether a small one can be excluded takes most of the time.
    run["analysis"] = {**run["analysis"], "smallest_effect": None}
    if change.outcomes:
        names = [*dict.fromkeys([*(m.name for m in probe.declaration.outcomes), *change.outcomes])]
        run["analysis"] = {**run["analysis"], "outcomes": names}
    if change.right is Mechanism.PLACE:
        scenario = run["scenario_json"]
        arms = {
            arm: {**((scenario.get("arms") or {}).get(arm) or {}), "persona": {"locale": locale}}
            for arm in data.arms
            for locale in ("fr-FR" if arm in contrast.treated else "en-US",)
        }
        run["scenario_json"] = {**scenario, "arms": arms}
    if change.right is Mechanism.CARRY_OVER:
        first = probe.questions[0].surface
        surfaces = [_SEARCH if s == first else s for s in probe.declaration.surfaces]
        run["analysis"] = {**run["analysis"], "surfaces": surfaces}
        pages = tuple(
            replace(page, surface=_SEARCH) if page.surface == first else page for page in data.pages
        )
        data = replace(data, pages=pages)
    data = replace(data, run=run)
    own = replace(probe, data=data, declaration=declaration_of(data))
    return _Bench(change, own, plain, treated)


def _as_asked(probe: Probe, told: Audits) -> Audits:
    """The audits by the surfaces of the probe that asks."""
    known = {(surface, slot) for _, surface, slot in probe.pages}
    names = {key: key if key in known else (_SEARCH, key[1]) for key in told.lists}
    return replace(
        told,
        lists={names[key]: own for key, own in told.lists.items()},
        topics={names[key]: own for key, own in told.topics.items()},
        here={names[key]: own for key, own in told.here.items()},
    )


def _searched(probe: Probe, told: Audits, chance: Chance, audit: int) -> Iterator[Page]:
    """Each puppet's earlier search."""
    key = next(key for key in told.lists if key[0] == _SEARCH)
    for number, puppet in enumerate(told.design.puppets):
        blank = probe.pages[puppet.arm, *key]
        rows = chance.earlier[key][audit, number]
        yield replace(
            blank, capture=f"{puppet.name}/before", puppet=puppet, session=f"s-{puppet.name}",
            path="before.0", url=f"{blank.url}#before", step=0, seq=0, order=0,
            items=items_of(probe.catalogue, rows, probe.catalogue.topic[np.maximum(rows, 0)]),
        )  # fmt: skip
