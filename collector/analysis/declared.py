"""What a scenario declares to compare, before the run: the family of its outcomes.

Protects the rule that a verdict is given on what was declared and on nothing else: the questions
are made from the scenario alone, so that linter, plan and report count the same family.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.analysis.measures import Labels, Measure, Unit, measures
from collector.analysis.metrics import Attention
from collector.common.errors import UserError

ALPHA = 0.05
LABELLED = 0.9
"""Share of items that need a label, in each arm."""
DOSE = 0.8
"""Share of the planned treatment that the median puppet of an arm needs to have had."""


@dataclass(frozen=True)
class Contrast:
    """Puppets of some arms held against those of others, exchanged within block and stratum."""

    arm: str
    """What the treated side is called: an arm, or ``factor=level``."""
    control: str
    treated: tuple[str, ...]
    untreated: tuple[str, ...]
    strata: Mapping[str, str]
    """Arm → its levels of all other factors; the same for every arm where there are none."""
    crossed: Mapping[str, tuple[bool, bool]] | None = None
    """Of an interaction: arm → its two levels."""

    @property
    def arms(self) -> tuple[str, ...]:
        """Return every arm that takes part, the untreated ones first."""
        return (*self.untreated, *self.treated)

    def sizes(self, puppets: Sequence[tuple[str, int]]) -> tuple[tuple[int, int], ...]:
        """(treated, control) puppets of each stratum in use, from (arm, block) of every puppet.

        A block counts for an interaction if it holds all four cells: its sign can be turned.
        """
        if self.crossed is not None:
            blocks: dict[int, set[tuple[bool, bool]]] = {}
            for arm, block in puppets:
                if arm in self.crossed:
                    blocks.setdefault(block, set()).add(self.crossed[arm])
            return tuple((1, 1) for _, cells in sorted(blocks.items()) if len(cells) == 4)
        return tuple((t, c) for _, (t, c) in sorted(self._strata(puppets).items()) if t and c)

    def groups(self, puppets: Sequence[tuple[str, int]]) -> tuple[tuple[tuple[int, int], ...], ...]:
        """``sizes`` by the levels of all other factors: a likeness is one of two puppets that have
        them in common, so that no pair belongs to two groups."""
        found: dict[str, list[tuple[int, int]]] = {}
        for (_, levels), (t, c) in sorted(self._strata(puppets).items()):
            if t and c:
                found.setdefault(levels, []).append((t, c))
        return tuple(map(tuple, found.values()))

    def _strata(self, puppets: Sequence[tuple[str, int]]) -> dict[tuple[int, str], list[int]]:
        """(block, levels of all other factors) → puppets of the treated side and of the other."""
        found: dict[tuple[int, str], list[int]] = {}
        for arm, block in puppets:
            if arm in self.strata:
                side = 0 if arm in self.treated else 1
                found.setdefault((block, self.strata[arm]), [0, 0])[side] += 1
        return found


@dataclass(frozen=True)
class Question:
    """One declared outcome: it gets exactly one verdict."""

    surface: str
    measure: Measure
    label: str | None
    contrast: Contrast

    @property
    def outcome(self) -> str:
        """``exposure share: conspiracy``, or the title alone where no label is asked for."""
        return f"{self.measure.title}: {self.label}" if self.label else self.measure.title

    @property
    def name(self) -> str:
        """Return the question in words: surface, outcome, arm against control."""
        return (
            f"{self.surface}: {self.outcome}, {self.contrast.arm} against {self.contrast.control}"
        )


@dataclass(frozen=True)
class Declaration:
    """``analysis`` of a scenario, with its defaults written out."""

    surfaces: tuple[str, ...]
    labels: tuple[str, ...]
    attention: Attention
    control: str | None
    outcomes: tuple[Measure, ...]
    phase: str
    """``after``; or ``during``: described, never tested."""
    moment: str
    """``first``, ``last`` or ``all`` of the sessions that have pages after the treatment."""
    alpha: float
    smallest: Mapping[str, float]
    """Name of a measure → smallest effect of interest, in its unit (shares 0–1)."""
    labelled: float
    dose: float
    contrasts: tuple[Contrast, ...]
    factorial: bool
    """The contrasts are main effects and interactions of crossed factors."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """The family, in the order of surfaces, outcomes, labels and contrasts."""
        return tuple(self._questions(self.outcomes))

    @property
    def explored(self) -> tuple[Question, ...]:
        """What was not declared and can be computed all the same: described, without a verdict."""
        declared = {measure.name for measure in self.outcomes}
        return tuple(self._questions([m for name, m in measures().items() if name not in declared]))

    def _questions(self, outcomes: Sequence[Measure]) -> Iterator[Question]:
        for surface, measure in itertools.product(self.surfaces, outcomes):
            labels = self.labels if measure.labels is Labels.DECLARED else (None,)
            for label, contrast in itertools.product(labels, self.contrasts):
                if measure.likeness is None or contrast.crossed is None:
                    yield Question(surface, measure, label, contrast)


def declare(
    analysis: Mapping[str, Any], scenario: Mapping[str, Any], seen: Sequence[str] = ()
) -> Declaration:
    """The declaration of a scenario's snapshot.

    :param seen: surfaces to compare where none is declared (runs of earlier versions).
    :raises UserError: an outcome that nobody has registered (a package that is missing here).
    """
    labels = tuple(dict.fromkeys(analysis.get("exposure") or ()))
    arms = tuple(scenario.get("arms") or ())
    control = control_of(analysis.get("control"), arms)
    limits = analysis.get("thresholds") or {}
    outcomes = _outcomes(analysis.get("outcomes"), labels)
    crossed = _crossed(scenario, arms)
    pairs = analysis.get("pairs") or ("factors" if crossed else "control")
    factorial = pairs == "factors" and bool(crossed)
    return Declaration(
        surfaces=tuple(dict.fromkeys(analysis.get("surfaces") or seen)),
        labels=labels,
        attention=Attention(analysis.get("attention") or Attention.GEOMETRIC),
        control=control,
        outcomes=outcomes,
        phase=analysis.get("phase") or "after",
        moment=analysis.get("moment") or "last",
        alpha=float(analysis.get("alpha") or ALPHA),
        smallest=_smallest(analysis.get("smallest_effect"), outcomes),
        labelled=float(limits.get("labelled", LABELLED)),
        dose=float(limits.get("dose", DOSE)),
        contrasts=tuple(_factors(crossed, control) if factorial else _pairs(arms, control, pairs)),
        factorial=factorial,
    )


def control_of(declared: str | None, arms: Sequence[str]) -> str | None:
    """The arm that the others are held against; ``None`` with fewer than two arms."""
    if len(arms) < 2:
        return None
    usual = (name for name in ("control", "neutral") if name in arms)
    return declared if declared in arms else next(usual, arms[0])


def _outcomes(names: Sequence[str] | None, labels: Sequence[str]) -> tuple[Measure, ...]:
    known = measures()
    wanted = names or (["exposure-share"] if labels else ["rank-overlap"])
    missing = [name for name in wanted if name not in known]
    if missing:
        raise UserError(
            f"no outcome is called {missing[0]!r}",
            place="analysis.outcomes",
            fix=f"install the package that has it, or declare one of {', '.join(known)}",
        )
    return tuple(known[name] for name in dict.fromkeys(wanted))


_AMOUNT = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(?:\s*(points?|%|items?))?", re.ASCII)


def amount(text: str | float) -> tuple[float, bool]:
    """A smallest effect (``5 points``, ``0.2``): its size, and whether it is one of a share.

    :raises ValueError: it is none.
    """
    found = _AMOUNT.fullmatch(str(text).strip())
    if found is None or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is not a smallest effect")
    points = bool(found[2]) and found[2][0] in "p%"
    return (float(found[1]) / 100 if points else float(found[1])), points


def _smallest(declared: Any, outcomes: Sequence[Measure]) -> dict[str, float]:
    """One amount in points counts for every share; a mapping names the outcomes."""
    if declared is None:
        return {}
    if isinstance(declared, Mapping):
        return {name: amount(value)[0] for name, value in declared.items()}
    size, points = amount(declared)
    return {m.name: size for m in outcomes if m.value and (m.unit is Unit.SHARE) == points}


def _pairs(arms: Sequence[str], control: str | None, pairs: str) -> Iterator[Contrast]:
    if control is None:
        return
    others = [arm for arm in arms if arm != control]
    wanted = [(arm, control) for arm in others]
    if pairs == "all":
        wanted += [(two, one) for one, two in itertools.combinations(others, 2)]
    for arm, against in wanted:
        yield Contrast(arm, against, (arm,), (against,), {arm: "", against: ""})


Levels = Mapping[str, Mapping[str, str]]
"""Factor → arm → its level."""


def levels_of(scenario: Mapping[str, Any], arms: Sequence[str]) -> dict[str, dict[str, str]]:
    """Factor → arm → its level in words: the bare value of a single key, else the arms that have
    it (steps and several keys have no short name of their own). Arms that the scenario does not
    write out have none."""
    written = [arm for arm in arms if arm in (scenario.get("arms") or {})]
    found: dict[str, dict[str, str]] = {}
    for name, keys in sorted((scenario.get("factors") or {}).items()):
        levels = {arm: _level(scenario, arm, keys) for arm in written}
        found[name] = {arm: _in_words(level, levels) for arm, level in levels.items()}
    return found


def _in_words(level: str, levels: Mapping[str, str]) -> str:
    values = json.loads(level)
    if len(values) == 1 and isinstance(values[0], str | int | float):
        return str(values[0])
    return ", ".join(arm for arm, own in levels.items() if own == level)


def _crossed(scenario: Mapping[str, Any], arms: Sequence[str]) -> Levels:
    """The levels of every arm, if two or more factors are crossed completely; else nothing."""
    factors = scenario.get("factors") or {}
    levels = {
        name: {arm: _level(scenario, arm, keys) for arm in arms}
        for name, keys in sorted(factors.items())
    }
    levels = {name: found for name, found in levels.items() if len(set(found.values())) > 1}
    cells = {tuple(found[arm] for found in levels.values()) for arm in arms}
    full = 1
    for found in levels.values():
        full *= len(set(found.values()))
    return levels if len(levels) > 1 and len(cells) == len(arms) == full else {}


def _level(scenario: Mapping[str, Any], arm: str, keys: Sequence[str]) -> str:
    """What an arm has of the keys of a factor: as JSON, or the bare value of a single key."""
    written = scenario["arms"][arm]
    persona = written.get("persona") or scenario.get("persona") or {}
    found = [
        written.get("steps") or []
        if key == "steps"
        else persona
        if key == "persona"
        else persona.get(key.partition(".")[2])
        for key in keys
    ]
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def _factors(levels: Levels, control: str | None) -> Iterator[Contrast]:
    """Each level of each factor against the control's, then the interactions of two levels each."""
    assert control is not None  # crossed factors have four arms at least
    for name, found in levels.items():
        against = found[control]
        rest = _rest(levels, [name])
        for level in dict.fromkeys(v for v in found.values() if v != against):
            treated = tuple(arm for arm, value in found.items() if value == level)
            untreated = tuple(arm for arm, value in found.items() if value == against)
            strata = {arm: rest[arm] for arm in (*untreated, *treated)}
            yield Contrast(
                _called(name, level, treated), _called(name, against, untreated),
                treated, untreated, strata,
            )  # fmt: skip
    two = [name for name, found in levels.items() if len(set(found.values())) == 2]
    if len(levels) != 2 or len(two) != 2:
        return
    one, other = two
    cells = {
        arm: (
            levels[one][arm] != levels[one][control],
            levels[other][arm] != levels[other][control],
        )
        for arm in levels[one]
    }
    alike = tuple(arm for arm, (a, b) in cells.items() if a == b)
    unlike = tuple(arm for arm, (a, b) in cells.items() if a != b)
    yield Contrast(
        f"{one} × {other}", "no interaction", alike, unlike, dict.fromkeys(cells, ""), cells
    )


def _rest(levels: Levels, without: Sequence[str]) -> dict[str, str]:
    """Arm → its levels of all other factors."""
    arms = next(iter(levels.values()))
    return {
        arm: json.dumps([found[arm] for name, found in levels.items() if name not in without])
        for arm in arms
    }


def _called(factor: str, level: str, arms: Sequence[str]) -> str:
    """``language=fr-FR`` where the level is a word, else the arms that have it."""
    found = json.loads(level)
    word = found[0] if found and isinstance(found[0], str) else " + ".join(arms)
    return f"{factor}={word}"
