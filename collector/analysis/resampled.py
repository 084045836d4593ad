"""Audits made of a run's own puppets: what would this design have found of an effect of known size?

Where no recommender is known, the puppets themselves are the model of the noise. A simulated puppet
has the values of one that ran, less its arm's mean, all outcomes of one puppet together, scaled up
by √(n / (n − 1)) for the mean that was taken out; a treated one has the effect added. Of what a
puppet has or has not (incidence) it keeps its place among those of the other's arm, and has it
where that lies below the level, to which the effect is added. Lists are dealt out anew among the
puppets, so a likeness is always one of no effect. The places are those of the design: blocks, arms
and losses as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Question
from collector.analysis.exchanges import Floats
from collector.analysis.many import Many, families, likeness_tests, value_tests
from collector.analysis.outcomes import Measured
from collector.analysis.rundata import Puppet


@dataclass(frozen=True, eq=False)
class Noise:
    """Of one outcome: what puppets differ by, and the level that an effect is added to."""

    question: Question
    puppets: tuple[str, ...]
    """That have a value."""
    rest: Floats
    """Value less the arm's mean, shape (puppets,); of a likeness empty, of a binary outcome the
    value itself."""
    level: float
    """Mean of the control."""
    distances: Floats
    """Of a likeness, shape (puppets, puppets); else empty."""
    shares: Floats | None = None
    """Of a binary outcome the mean of each puppet's arm, shape (puppets,)."""

    @property
    def known(self) -> bool:
        """An effect can be added: it is a number, and puppets of one arm differ (where they do not,
        any size would be found), or it is binary."""
        return self.shares is not None or bool(self.rest.any())


def noise_of(measured: Measured) -> Noise | None:
    """The noise of a measured outcome; ``None`` with fewer than two puppets on a side."""
    question = measured.question
    if question.contrast.crossed is not None:
        return None
    if measured.overlap is not None:
        names = tuple(p.name for p in measured.puppets)
        none = np.zeros(0)
        return Noise(question, names, none, 0.0, measured.overlap.distances) if names else None
    found: list[str] = []
    rest: list[float] = []
    shares: list[float] = []
    for arm in question.contrast.arms:
        own = [p.name for p in measured.puppets if p.arm == arm and p.name in measured.values]
        if len(own) < 2:
            return None
        values = np.array([measured.values[name] for name in own])
        found += own
        shares += [float(values.mean())] * len(own)
        if question.measure.binary:
            rest += values.tolist()
            continue
        rest += ((values - values.mean()) * math.sqrt(len(own) / (len(own) - 1))).tolist()
    level = measured.mean(False)
    return Noise(
        question, tuple(found), np.array(rest), level or 0.0, np.zeros((0, 0)),
        np.array(shares) if question.measure.binary else None,
    )  # fmt: skip


def simulate(
    noises: Sequence[Noise],
    places: Mapping[str, Sequence[Puppet]],
    effect: Mapping[str, float],
    *,
    runs: int,
    alpha: float,
    questions: int,
    generator: np.random.Generator,
    seed: int,
    most: int,
) -> tuple[list[Many], Floats, NDArray[np.intp]]:
    """So many audits: their outcomes, adjusted p of shape (audits, outcomes), and how many outcomes
    shared the correction.

    :param places: question → the puppets that have a value, as the design has them.
    :param effect: question → shift of every treated puppet, in the measure's unit.
    :param questions: declared outcomes, those without noise too.
    :param most: exchanges counted at most.
    """
    everyone = sorted({name for noise in noises for name in noise.puppets})
    number = {name: n for n, name in enumerate(everyone)}
    sources = sorted({p.name for own in places.values() for p in own})
    drawn = generator.integers(0, len(everyone), (runs, len(sources)))
    chance = generator.random((runs, len(sources)))
    found = []
    for noise in noises:
        own = list(places[noise.question.name])
        many = _place(noise, own, runs)
        at = [sources.index(p.name) for p in own]
        if noise.question.measure.likeness is not None:
            order = chance[:, at].argsort(axis=1) % max(1, len(noise.puppets))
            distances = noise.distances[order[:, :, None], order[:, None, :]]
            likeness_tests(many, distances, questions=questions, seed=seed, most=most)
        else:
            # A puppet of the source that has no value here is stood in for by the next one.
            here = np.array([number[name] for name in noise.puppets])
            index = np.searchsorted(np.sort(here), drawn[:, at]) % len(here)
            rest = noise.rest[np.argsort(here)][index]
            level = noise.level + effect.get(noise.question.name, 0.0) * many.treated
            if noise.shares is not None:  # places of those who have it lie below their arm's share
                share = noise.shares[np.argsort(here)][index]
                place = generator.random(rest.shape)
                place = np.where(rest > 0, place * share, share + place * (1 - share))
                level, rest = np.zeros(len(own)), (place < level).astype(np.float64)
            many.values = level + rest
            value_tests(many, alpha=alpha, questions=questions, seed=seed, most=most)
        found.append(many)
    adjusted, sharing = families(found, alpha)
    return found, adjusted, sharing


def _place(noise: Noise, puppets: Sequence[Puppet], runs: int) -> Many:
    contrast = noise.question.contrast
    groups = [(p.block, contrast.strata[p.arm]) for p in puppets]
    order = {group: n for n, group in enumerate(sorted(set(groups)))}
    return Many.of(
        noise.question.name,
        noise.question.measure,
        np.array([p.arm in contrast.treated for p in puppets], dtype=np.bool_),
        np.array([order[group] for group in groups], dtype=np.intp),
        np.array([p.block for p in puppets], dtype=np.intp),
        np.zeros((runs, len(puppets))),
    )
