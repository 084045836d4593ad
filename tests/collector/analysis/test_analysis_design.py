"""What a design can show: against the published table, enumeration and simulated audits."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from collector.analysis.declared import Declaration, declare
from collector.analysis.design import (
    Blocks,
    after_loss,
    attainable,
    blocks_of,
    detectable,
    in_words,
    least_p,
    twins_for,
    twins_needed,
    usual_block,
)
from collector.analysis.designed import block_of, design_of

ONE_BLOCK = 99

LEAST = {
    3: (0.25, 0.17, 0.10, 0.10, 0.10),
    4: (0.125, 0.056, 0.050, 0.029, 0.029),
    5: (0.0625, 0.028, 0.017, 0.014, 0.008),
    6: (0.031, 0.009, 0.005, 0.005, 0.002),
    7: (0.016, 0.005, 0.003, 0.001, 0.0006),
    8: (0.008, 0.0015, 0.0008, 0.0004, 0.0002),
}
"""Twins an arm → least p with blocks of 1, 2, 3, 4 and in one block; rounded."""


@pytest.mark.parametrize("twins", LEAST)
def test_the_table_of_least_p(twins: int) -> None:
    """Rounded as printed there, each p to within half of its last digit."""
    for block, printed in zip((1, 2, 3, 4, ONE_BLOCK), LEAST[twins], strict=True):
        digits = len(str(printed).split(".")[1])
        assert least_p(blocks_of(twins, twins, block)) == pytest.approx(
            printed, abs=0.5001 * 10**-digits
        )


@pytest.mark.parametrize(
    ("block", "twins"),
    [
        (1, (6, 7, 8, 9)),
        (2, (5, 6, 6, 7)),
        (3, (4, 5, 6, 6)),
        (4, (4, 5, 6, 6)),
        (ONE_BLOCK, (4, 5, 5, 6)),
    ],
)
def test_the_table_of_twins(block: int, twins: tuple[int, ...]) -> None:
    """For 1, 2, 4 and 8 outcomes."""
    assert tuple(twins_needed(m, block) for m in (1, 2, 4, 8)) == twins


def enumerated(sizes: tuple[tuple[int, int], ...]) -> float:
    """The least p of many sets of values: counted over every dealing of labels, in loops."""
    parts, at = [], 0
    for t, c in sizes:
        parts.append([set(x) for x in itertools.combinations(range(at, at + t + c), t)])
        at += t + c
    deals = [set().union(*deal) for deal in itertools.product(*parts)]
    generator = np.random.default_rng(1)
    least = 1.0
    for _ in range(12):
        values = generator.normal(size=at)
        values -= np.concatenate(
            [
                np.full(t + c, values[s : s + t + c].mean())
                for (t, c), s in zip(
                    sizes, np.cumsum([0, *(t + c for t, c in sizes)]), strict=False
                )
            ]
        )
        found = np.array([abs(sum(values[i] for i in deal)) for deal in deals])
        least = min(least, float(np.mean(found >= found.max() - 1e-9)))
    return least


@pytest.mark.parametrize(
    "sizes",
    [
        ((1, 1),) * 4,
        ((2, 2),),
        ((2, 2), (1, 1)),
        ((1, 2), (1, 1)),
        ((1, 3),),
        ((2, 3), (2, 2)),
        ((1, 2), (2, 1)),
        ((3, 3), (2, 1)),
    ],
)
def test_least_p_is_that_of_the_enumeration(sizes: tuple[tuple[int, int], ...]) -> None:
    """Unequal arms have no mirror: one arrangement alone can be the largest."""
    assert least_p(Blocks(sizes)) == pytest.approx(enumerated(sizes))


def test_blocks_of_one_arm_count_for_nothing() -> None:
    """They drop out of the test."""
    assert least_p(Blocks(((1, 1), (3, 0), (0, 2)))) == 1.0
    assert least_p(Blocks(((3, 0), (0, 2)))) == least_p(Blocks(())) == 1
    assert Blocks(((1, 2), (3, 0))).puppets == (1, 2)


def test_full_blocks_and_one_of_the_rest() -> None:
    """Also if the arms have different numbers of twins."""
    assert blocks_of(7, 7, 3).sizes == ((3, 3), (3, 3), (1, 1))
    assert blocks_of(6, 6, 3).sizes == ((3, 3), (3, 3))
    assert blocks_of(5, 2, 2).sizes == ((2, 2), (2, 0), (1, 0))
    assert blocks_of(2, 3, 4).sizes == ((2, 3),)
    with pytest.raises(ValueError, match="at least one twin"):
        blocks_of(3, 3, 0)


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("start", [((1, 1),) * 6, ((2, 2),) * 3, ((4, 4), (1, 1)), ((3, 2),)])
def test_the_worst_loss_is_the_worst_of_all(start: tuple[tuple[int, int], ...], lost: int) -> None:
    """Every choice of the puppets that are lost, one by one."""
    puppets = [(b, arm) for b, size in enumerate(start) for arm in (0, 1) for _ in range(size[arm])]
    worst = 0.0
    for gone in itertools.combinations(puppets, lost):
        left = tuple(
            (size[0] - gone.count((b, 0)), size[1] - gone.count((b, 1)))
            for b, size in enumerate(start)
        )
        worst = max(worst, least_p(Blocks(left)))
    assert least_p(after_loss(Blocks(start), lost)) == pytest.approx(worst)


def test_one_lost_puppet_at_seven_twins() -> None:
    """Pairs, two outcomes: 0.031 becomes 0.0625, and eight twins bear it; blocks of 4 do now."""
    pairs = attainable(blocks_of(7, 7, 1), 2)
    assert (pairs.adjusted, pairs.one_lost) == (2 / 64, 4 / 64)
    assert (pairs.possible, pairs.bears_loss) == (True, False)
    assert (pairs.twins, pairs.twins_one_lost) == (7, 8)
    assert "one lost puppet would make it 0.062; 8 twins" in in_words(pairs)
    fours = attainable(blocks_of(7, 7, 4), 2)
    assert fours.bears_loss
    assert fours.least_p == 2 / (70 * 20)
    assert "2 blocks, 2 outcomes: the least attainable p is 0.0014, 0.0029" in in_words(fours)
    assert in_words(fours).endswith("; a result can be significant with one puppet lost, too")


def test_a_design_that_can_show_nothing_says_what_would_do() -> None:
    """Three pairs and two outcomes."""
    found = attainable(blocks_of(3, 3, 1), 2)
    assert not found.possible
    assert found.shift == math.inf
    assert found.adjusted == 0.5
    assert attainable(blocks_of(1, 1, 1), 5).adjusted == 1
    assert (
        "no result could be significant if all of them vary; 7 twins an arm in blocks of 1 could (8"
        in in_words(found)
    )
    assert "one outcome" in in_words(attainable(blocks_of(6, 6, 1)))
    assert "5 and 4 puppets" in in_words(attainable(Blocks(((5, 4),))))
    assert attainable(Blocks(()), 1, block=2).twins == 5


def test_the_limit_itself_is_significant() -> None:
    """p = 0.05 counts: 20 puppets, one treated, the largest of 20; and 0.05 / 1 in floats."""
    assert attainable(Blocks(((1, 19),))).possible
    assert attainable(Blocks(((1, 19),))).adjusted == pytest.approx(0.05)
    assert not attainable(Blocks(((1, 18),))).possible
    assert detectable(1, Blocks(((1, 19),))) < math.inf
    assert twins_needed(1, ONE_BLOCK, alpha=0.1) == 3


@pytest.mark.parametrize(
    ("twins", "block", "outcomes"), [(4, 4, 1), (6, 2, 2), (8, 1, 2), (7, 4, 4)]
)
def test_power_at_the_detectable_shift_is_80_percent(twins: int, block: int, outcomes: int) -> None:
    """1,500 simulated audits with other noise; each design's dealings listed by this test."""
    blocks = blocks_of(twins, twins, block)
    rows = np.ones((1, 0))
    for t, c in blocks.sizes:
        here = np.array(
            [
                [1.0 if i in x else -1.0 for i in range(t + c)]
                for x in itertools.combinations(range(t + c), t)
            ]
        )
        rows = np.hstack([np.repeat(rows, len(here), 0), np.tile(here, (len(rows), 1))])
    arm = np.concatenate([[1.0] * t + [-1.0] * c for t, c in blocks.sizes])
    generator = np.random.default_rng(99)
    sd, found, runs = 0.12, 0, 1_500
    shift = detectable(sd, blocks, outcomes)
    for _ in range(runs):
        values = generator.normal(scale=sd, size=len(arm)) + shift * (arm > 0)
        sums = np.abs(rows @ values)  # arms of equal size: the sum decides as the mean does
        found += np.mean(sums >= abs(arm @ values) - 1e-9) <= 0.05 / outcomes + 1e-12
    assert found / runs == pytest.approx(0.8, abs=0.05)


def test_the_detectable_shift_of_large_designs_follows_student() -> None:
    """Beyond 20 puppets an arm a formula: the quantiles of t with the design's freedom."""
    for twins, block, outcomes in ((25, 1, 1), (30, 4, 2), (60, 2, 3)):
        blocks = blocks_of(twins, twins, block)
        freedom = 2 * twins - len(blocks.sizes) - 1
        scale = math.sqrt(sum(1 / t + 1 / c for t, c in blocks.sizes) / len(blocks.sizes) ** 2)
        if twins % block == 0:
            expected = stats.t.ppf(1 - 0.025 / outcomes, freedom) + stats.t.ppf(0.8, freedom)
            assert detectable(2, blocks, outcomes) == pytest.approx(2 * expected * scale, rel=0.01)
    near = [detectable(1, blocks_of(k, k, 2)) for k in (20, 21)]
    assert near[0] == pytest.approx(near[1], rel=0.08)


def test_a_larger_block_or_fewer_outcomes_detect_less() -> None:
    """And a detectable shift is proportional to the noise; more power needs more."""
    six = [detectable(1, blocks_of(6, 6, block), 1) for block in (1, 2, 3)]
    assert six == sorted(six, reverse=True)
    assert detectable(1, blocks_of(8, 8, 2), 4) > detectable(1, blocks_of(8, 8, 2), 1)
    assert detectable(3, blocks_of(8, 8, 2)) == pytest.approx(3 * detectable(1, blocks_of(8, 8, 2)))
    assert detectable(1, blocks_of(8, 8, 2), power=0.95) > detectable(1, blocks_of(8, 8, 2))
    assert detectable(1, blocks_of(8, 8, 2), alpha=0.01) > detectable(1, blocks_of(8, 8, 2))
    # a lone puppet beside a block changes neither
    lonely = Blocks((*blocks_of(8, 8, 2).sizes, (0, 1)))
    assert detectable(1, lonely) == detectable(1, blocks_of(8, 8, 2))


@pytest.mark.parametrize(("shift", "block", "outcomes"), [(0.2, 4, 2), (0.1, 2, 1), (0.5, 1, 2)])
def test_twins_for_a_shift_are_the_fewest(shift: float, block: int, outcomes: int) -> None:
    """So many detect it, one fewer do not."""
    twins = twins_for(shift, 0.12, block, outcomes)
    assert twins is not None
    assert detectable(0.12, blocks_of(twins, twins, block), outcomes) <= shift
    assert detectable(0.12, blocks_of(twins - 1, twins - 1, block), outcomes) > shift


def test_the_search_for_twins_is_the_walk_through_all() -> None:
    """From the least number on, one by one, in blocks of one pair."""
    for shift in (0.9, 1.2, 1.5, 2.1, 3.0):
        walked = next(k for k in range(6, 60) if detectable(1, blocks_of(k, k, 1)) <= shift)
        assert twins_for(shift, 1, 1) == walked


def test_some_shifts_are_out_of_reach() -> None:
    """200 twins find 0.3 standard deviations, no fewer than the least for any, never 0.01."""
    assert twins_for(0.001, 0.12, 4) is None
    assert twins_for(100, 0.12, 1, 2) == twins_needed(2, 1) == 7


def test_it_says_the_same_every_time() -> None:
    """In another process, too; and it loads neither scipy nor matplotlib."""
    code = (
        "import sys; from collector.analysis import design as d;"
        "print(d.detectable(1, d.blocks_of(7, 7, 4), 2), d.twins_for(0.2, 0.12, 2),"
        " sorted({'scipy', 'matplotlib', 'pandas', 'pydantic', 'playwright'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = (detectable(1, blocks_of(7, 7, 4), 2), twins_for(0.2, 0.12, 2), [])
    assert done.stdout.split(maxsplit=2) == [str(here[0]), str(here[1]), "[]\n"]


# ---- of a whole declaration


def declared(
    *outcomes: str, surfaces: tuple[str, ...] = ("home",), arms: str = "ct"
) -> Declaration:
    analysis = {"exposure": ["news"], "outcomes": list(outcomes), "surfaces": list(surfaces)}
    return declare(analysis, {"arms": {arm: {} for arm in arms}})


def planned(twins: int, block: int, arms: str = "ct") -> list[tuple[str, int]]:
    return [(arm, twin // block) for arm in arms for twin in range(twins)]


@pytest.mark.parametrize(
    ("scenario", "twins", "block", "arms", "expected"),
    [
        ({}, 2, 2, "ct", 4),  # every twin in one block: as many as are usual for two arms
        ({"block": 3}, 3, 3, "ct", 4),
        ({"block": 6}, 6, 6, "ct", 6),  # more than usual, and declared
        ({"block": 2}, 5, 2, "ct", 2),  # full: it was meant so
        ({}, 5, 3, "ct", 3),  # runs of plans without the key
        ({}, 1, 1, "ctuv", 2),  # eight puppets in all: two of each of four arms
        ({}, 1, 1, "abcdefghi", 1),
    ],
)
def test_the_block_that_advice_is_for(
    scenario: dict[str, int], twins: int, block: int, arms: str, expected: int
) -> None:
    """As large as it was meant to be; where the twins filled it, at least as large as is usual."""
    assert block_of(scenario, planned(twins, block, arms)) == expected


def test_a_plan_without_puppets_has_blocks_as_they_are_usual() -> None:
    assert block_of({}, []) == 4


def test_the_usual_block_holds_eight_puppets_and_four_twins_at_most() -> None:
    """By hand."""
    assert [usual_block(arms) for arms in (0, 1, 2, 3, 4, 8, 9)] == [4, 4, 4, 2, 2, 1, 1]


def test_the_design_of_a_declaration_is_that_of_its_best_contrast() -> None:
    """Two outcomes of seven pairs: 2 / 2^7, twice that after correction."""
    found = design_of(declared("exposure-share", "ad-share"), planned(7, 1), 1)
    assert found is not None
    assert (found.outcomes, found.block, found.twins) == (2, 1, 7)
    assert found.least_p == pytest.approx(2 / 2**7)
    assert found.adjusted == pytest.approx(4 / 2**7)
    assert design_of(declared("ad-share", arms="c"), planned(7, 1, "c"), 1) is None


def test_a_contrast_that_can_show_nothing_takes_no_share() -> None:
    """A third arm of two twins (2 / 20 at best in pairs: 0.5) beside one of seven."""
    puppets = [*planned(7, 1), ("u", 0), ("u", 1)]
    found = design_of(declared("ad-share", arms="ctu"), puppets, 1)
    assert found is not None
    assert found.outcomes == 1
    assert found.least_p == pytest.approx(2 / 2**7)
    few = design_of(declared("ad-share", arms="ctu"), planned(3, 1, "ctu"), 1)
    assert few is not None
    assert (few.outcomes, few.adjusted) == (2, 0.5)  # none can: all of them share


def test_a_likeness_of_one_block_can_show_nothing() -> None:
    """Alone it makes the design hopeless, beside another outcome it takes no share."""
    alone = design_of(declared("rank-overlap"), planned(4, 4), 4)
    assert alone is not None
    assert (alone.least_p, alone.adjusted, alone.one_lost, alone.possible) == (1, 1, 1, False)
    assert (alone.twins, alone.twins_one_lost, alone.shift) == (5, 6, math.inf)
    both = design_of(declared("rank-overlap", "ad-share"), planned(4, 4), 4)
    assert both is not None
    assert (both.outcomes, both.least_p) == (1, pytest.approx(2 / 70))
    two = design_of(declared("rank-overlap"), planned(5, 4), 4)
    assert two is not None
    assert two.least_p == pytest.approx(2 / 70 / 2)
    large = design_of(declared("rank-overlap", surfaces=("home", "related")), planned(2, 2), 1)
    assert large is not None
    assert (large.twins, large.twins_one_lost) == (7, 8)  # the pairs need more than one block does


def test_many_puppets_have_the_t_formula() -> None:
    """Forty twins in blocks of four: t quantiles of scipy over the root of ten times 2."""
    freedom = 80 - 10 - 1
    for power in (0.5, 0.8):
        expected = (stats.t.ppf(0.975, freedom) + stats.t.ppf(power, freedom)) / math.sqrt(20)
        found = detectable(1, blocks_of(40, 40, 4), power=power)
        assert found == pytest.approx(expected, rel=1e-3)


def test_twins_for_a_smaller_alpha_are_more() -> None:
    """The first number of twins that finds the shift at this alpha, by walking up."""
    for alpha in (0.01, 0.2):
        walked = next(
            k for k in range(1, 60) if detectable(0.1, blocks_of(k, k, 2), alpha=alpha) <= 0.25
        )
        assert twins_for(0.25, 0.1, 2, alpha=alpha) == walked
    assert twins_for(0.25, 0.1, 2, alpha=0.01) != twins_for(0.25, 0.1, 2, alpha=0.2)
    # where the least p decides, it is that of this alpha
    assert twins_for(100, 0.1, 1, alpha=0.2) == 4
    assert twins_for(100, 0.1, 1, alpha=0.01) == 8


def test_a_design_without_blocks_is_told_all_the_same() -> None:
    """No block holds both arms: nothing can be shown, in blocks of one."""
    nothing = attainable(Blocks(()))
    assert (nothing.block, nothing.least_p, nothing.twins) == (1, 1, 6)
    assert in_words(attainable(blocks_of(4, 4, 4))).startswith("4 puppets an arm in 1 block, one")
    assert in_words(attainable(blocks_of(5, 5, 4))).startswith("5 puppets an arm in 2 blocks, one")
