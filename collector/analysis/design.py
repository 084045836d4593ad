"""What can a design show at all? One computation for ``plan``, ``check``, ``power`` and the report.

Twins start in blocks; labels are exchanged within a block. That alone fixes the least p-value any
result can have, so also the twins without which nothing can ever be significant. Needs numpy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from collector.analysis.exchanges import MOST_EXACT, Size, total
from collector.analysis.shifts import shifts

ALPHA = 0.05
POWER = 0.8
MOST_TWINS = 200
"""Twins an arm beyond which no search goes on."""

_BLOCK_TWINS, _BLOCK_PUPPETS = 4, 8
_RUNS = 500
_EXCHANGES = 2_000
_SEED = 20_260
_SIMULATED = 20
"""Up to so many puppets of an arm the detectable shift is simulated; beyond, the t formula."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Who stands in for whom: (treated, control) puppets of each block (or stratum)."""

    sizes: tuple[Size, ...]

    @property
    def used(self) -> tuple[Size, ...]:
        """The blocks that hold both arms; the others say nothing."""
        return tuple((t, c) for t, c in self.sizes if t and c)

    @property
    def puppets(self) -> tuple[int, int]:
        """Treated and control puppets in use."""
        return sum(t for t, _ in self.used), sum(c for _, c in self.used)


def blocks_of(treated: int, control: int, block: int) -> Blocks:
    """Full blocks of ``block`` twins an arm, and one of the rest."""
    if block < 1:
        raise ValueError(f"a block must hold at least one twin of each arm, not {block}")
    starts = range(0, max(treated, control), block)
    return Blocks(
        tuple((min(block, max(0, treated - at)), min(block, max(0, control - at))) for at in starts)
    )


def usual_block(arms: int) -> int:
    """Twins of each arm in a block unless told otherwise: at most 4, and 8 puppets in all."""
    return max(1, min(_BLOCK_TWINS, _BLOCK_PUPPETS // max(1, arms)))


def least_p(blocks: Blocks) -> float:
    """The least two-sided p that any values could give, 0–1; 1 without a block of both arms.

    One exchange of all Π C(n_t + n_c, n_t) is the observed one. Its mirror, every label turned,
    gives a difference of the same size; it exists if every block holds as many of either arm.
    Otherwise the observed difference can be the largest alone.
    """
    used = blocks.used
    if not used:
        return 1.0
    return (2 if all(t == c for t, c in used) else 1) / total(used)


def after_loss(blocks: Blocks, lost: int) -> Blocks:
    """What is left if so many puppets are lost where it costs most of the least p."""
    left = {_sorted(blocks.sizes)}
    for _ in range(lost):
        left = {
            _sorted([*sizes[:i], smaller, *sizes[i + 1 :]])
            for sizes in left
            for i, (t, c) in enumerate(sizes)
            for smaller in ((t - 1, c), (t, c - 1))
            if min(smaller) >= 0
        } or left
    return Blocks(max(left, key=lambda sizes: (least_p(Blocks(sizes)), sizes)))


def twins_needed(outcomes: int, block: int, *, alpha: float = ALPHA, lost: int = 0) -> int:
    """Twins an arm from which a result could be significant after correction for ``outcomes``.

    :param lost: puppets that may be lost, where it costs most.
    """
    for twins in range(1, MOST_TWINS + 1):
        if outcomes * least_p(after_loss(blocks_of(twins, twins, block), lost)) <= alpha + 1e-12:
            return twins
    return MOST_TWINS


def detectable(
    sd: float,
    blocks: Blocks,
    outcomes: int = 1,
    *,
    power: float = POWER,
    alpha: float = ALPHA,
) -> float:
    """The shift that is found with probability ``power``, in the unit of ``sd``; ∞ if none can be.

    Simulated: 500 made-up audits of this very design with normal noise and a fixed seed, each with
    the randomisation test at alpha / outcomes, the first step of Holm's correction. Where an arm
    has more than 20 puppets in use the formula (t_{1−α/2m} + t_power) sd / √Σw stands in.

    :param sd: standard deviation of a puppet's value among twins of one block.
    """
    if outcomes * least_p(blocks) > alpha + 1e-12:
        return math.inf
    return sd * _unit_shift(_sorted(blocks.used), alpha / outcomes, power)


@lru_cache(maxsize=512)
def _unit_shift(sizes: tuple[Size, ...], alpha: float, power: float) -> float:
    if max(Blocks(sizes).puppets) > _SIMULATED:
        freedom = sum(t + c - 1 for t, c in sizes) - 1
        weight = sum(t * c / (t + c) for t, c in sizes)
        return (_t(1 - alpha / 2, freedom) + _t(power, freedom)) / math.sqrt(weight)
    treated = np.concatenate([np.repeat([True, False], size) for size in sizes])
    noise = np.random.default_rng(_SEED).normal(size=(_RUNS, len(treated)))
    # An interval moves with the shift: an effect of δ is found if the noise's own lies below δ.
    most = min(MOST_EXACT, max(_EXCHANGES, math.ceil(20 / alpha)))
    found = shifts(noise, treated, sizes, alpha=alpha, seed=_SEED, most=most)
    return float(np.quantile(found.down - found.estimates, power))


def _t(quantile: float, freedom: int) -> float:
    """Quantile of Student's t, to the first term of its expansion around the normal one."""
    z = NormalDist().inv_cdf(quantile)
    return z + (z**3 + z) / (4 * freedom)


def twins_for(
    shift: float,
    sd: float,
    block: int,
    outcomes: int = 1,
    *,
    power: float = POWER,
    alpha: float = ALPHA,
    design: Callable[[int], Blocks] | None = None,
) -> int | None:
    """Twins an arm that find ``shift`` with probability ``power``; ``None``: not even 200 do.

    :param design: twins an arm → the strata that are compared, where these are not blocks of two
        arms.
    """

    def enough(twins: int) -> bool:
        blocks = design(twins) if design else blocks_of(twins, twins, block)
        return detectable(sd, blocks, outcomes, power=power, alpha=alpha) <= shift

    few = 0 if design else twins_needed(outcomes, block, alpha=alpha) - 1
    low, high = few, MOST_TWINS
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Attainable:
    """What a design of two arms can show; every number that ``plan``, ``check``, report print."""

    blocks: Blocks
    outcomes: int
    """Declared outcomes that share the correction."""
    alpha: float
    least_p: float
    adjusted: float
    """``least_p`` after Holm's correction, at most 1."""
    one_lost: float
    """The same if one puppet is lost where it costs most."""
    block: int
    """Twins of an arm in a full block, for ``twins``."""
    twins: int
    """Twins an arm, in blocks of ``block``, from which a result could be significant."""
    twins_one_lost: int
    """The same with one puppet lost."""
    shift: float
    """Detectable with a power of 0.8, in standard deviations among twins of a block; may be ∞."""
    factorial: bool = False
    """Levels of a factor are compared: ``blocks`` are strata, of a block and all other levels."""

    @property
    def possible(self) -> bool:
        """A result could be significant."""
        return self.adjusted <= self.alpha + 1e-12

    @property
    def bears_loss(self) -> bool:
        """A result could be significant though one puppet is lost."""
        return self.one_lost <= self.alpha + 1e-12


def attainable(
    blocks: Blocks, outcomes: int = 1, *, block: int | None = None, alpha: float = ALPHA
) -> Attainable:
    """What this design can show. ``outcomes``: all that are declared, of every kind.

    :param block: twins of an arm in a full block, by default the most that any block holds.
    """
    outcomes = max(1, outcomes)
    size = block or max((max(pair) for pair in blocks.sizes), default=1)
    least = least_p(blocks)
    return Attainable(
        blocks=blocks,
        outcomes=outcomes,
        alpha=alpha,
        least_p=least,
        adjusted=min(1.0, outcomes * least),
        one_lost=min(1.0, outcomes * least_p(after_loss(blocks, 1))),
        block=size,
        twins=twins_needed(outcomes, size, alpha=alpha),
        twins_one_lost=twins_needed(outcomes, size, alpha=alpha, lost=1),
        shift=detectable(1.0, blocks, outcomes, alpha=alpha),
    )


def in_words(found: Attainable) -> str:
    """One sentence, the same wherever it is printed."""
    treated, control = found.blocks.puppets
    arms = f"{treated}" if treated == control else f"{treated} and {control}"
    count = "one outcome" if found.outcomes == 1 else f"{found.outcomes} outcomes"
    blocks = f"blocks of {found.block}"
    side, stratum, strata = (
        ("a level", "stratum", "strata") if found.factorial else ("an arm", "block", "blocks")
    )
    verdict = (
        f"no result could be significant{'' if found.outcomes == 1 else ' if all of them vary'};"
        f" {found.twins} twins an arm in {blocks} could"
        f" ({found.twins_one_lost} with one puppet lost)"
        if not found.possible
        else "a result can be significant with one puppet lost, too"
        if found.bears_loss
        else f"one lost puppet would make it {_short(found.one_lost)};"
        f" {found.twins_one_lost} twins an arm in {blocks} bear the loss"
    )
    return (
        f"{arms} puppets {side} in {len(found.blocks.used)}"
        f" {stratum if len(found.blocks.used) == 1 else strata}, {count}: the least attainable p is"
        f" {_short(found.least_p)}, {_short(found.adjusted)} after correction; {verdict}"
    )


def _short(p: float) -> str:
    return f"{p:.2g}"


def _sorted(sizes: Sequence[Size]) -> tuple[Size, ...]:
    return tuple(sorted(sizes, reverse=True))
