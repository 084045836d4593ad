"""Half-life and safe gap: recovered from curves that are known, and from the mock's own lists."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collector.analysis.carryover import CarryOver, Cells, carry_overs
from collector.analysis.exchanges import Floats
from collector.analysis.spaced import differing
from collector.calibration.spacing import Ground, Spaced, audit

GAPS = np.tile(np.array(Spaced().gaps_s), 2)
SEARCHES = np.repeat([1.0, 4.0], len(GAPS) // 2)
BASE = 0.05
LATE = (1, 2, 3, 5, 8, 12, 18, 25)
"""The gaps of docs/howto/carry-over.md, in minutes."""


def curve(
    half_life_s: float,
    most: float = 0.6,
    middle: float = -2.0,
    sharp: float = 2.0,
    power: float = 1.0,
) -> Floats:
    """Excess in closed form: a power of small doses, ``most`` for large ones."""
    dose = SEARCHES * 0.5 ** (GAPS / half_life_s)
    return most * (1 + (2**middle / dose) ** sharp) ** (-power / sharp)


def carry_over(
    excess: Floats, *, floor: float = 0.05, lifted: float = 0.0, which: slice = slice(None)
) -> CarryOver | None:
    """Read off cells of 20 puppets whose excess over ``BASE`` is this.

    :param lifted: by how much 60 controls saw more than usual.
    """
    cells = Cells(GAPS[which], SEARCHES[which], np.full(len(excess[which]), 20.0), 60)
    seen, controls = excess[None, which] + BASE, np.array([BASE + lifted])
    return carry_overs(cells, seen, controls, np.array([floor]))[0]


@pytest.mark.parametrize("half_life_s", [60.0, 180.0, 300.0, 660.0])
def test_a_known_curve_is_recovered(half_life_s: float) -> None:
    found = carry_over(curve(half_life_s))
    assert found is not None
    assert found.half_life_s == pytest.approx(half_life_s, rel=1e-3)
    dose = 2**-2.0 / ((0.6 / 0.05) ** 2 - 1) ** 0.5
    assert found.safe_gap_s == pytest.approx(-half_life_s * math.log2(dose), rel=0.01)
    assert found.explained > 0.999
    assert found.base == pytest.approx(BASE, abs=1e-4)
    assert found.start == pytest.approx(0.6 / (1 + 2**-4.0) ** 0.5, rel=1e-3)


def test_a_list_that_is_full_is_not_taken_for_slow_forgetting() -> None:
    """The same half-life under a list that fills at a quarter of one search: an exponential through
    the curve after one search would be twice as slow."""
    found = carry_over(curve(180.0, middle=-4.0))
    assert found is not None
    assert found.half_life_s == pytest.approx(180, rel=0.01)


@pytest.mark.parametrize("power", [0.7, 1.6, 2.5])
def test_a_list_that_answers_by_more_or_less_than_in_proportion_is_read_right(power: float) -> None:
    """A response in proportion to small doses would take 1.6 for forgetting that is so much
    faster."""
    found = carry_over(curve(180.0, middle=-3.0, power=power))
    assert found is not None
    assert found.half_life_s == pytest.approx(180, rel=0.01)


@pytest.mark.parametrize("lifted", [-0.016, 0.016])
def test_controls_that_saw_less_by_chance_do_not_slow_what_is_forgotten(lifted: float) -> None:
    """Three standard errors of 60 controls' mean on the mock: taken for what every cell starts
    from, they would move the half-life by a twentieth."""
    found = carry_over(curve(180.0, most=0.31, middle=-3.0, sharp=4.0), lifted=lifted)
    assert found is not None
    assert found.half_life_s == pytest.approx(180, rel=0.03)
    assert found.base == pytest.approx(BASE, abs=0.01)


def test_many_samples_are_the_samples_one_by_one() -> None:
    """Each with its own controls and floor; one that shows nothing, and one without a spread."""
    generator = np.random.default_rng(5)
    cells = Cells(GAPS, SEARCHES, np.full(len(GAPS), 20.0), 60)
    seen = np.stack([curve(h) for h in (60.0, 180.0, 300.0)] + [-curve(180.0), 0 * GAPS])
    seen = seen + BASE + generator.normal(scale=0.005, size=seen.shape)
    seen[-1] = BASE
    controls, floors = BASE + np.array([0.01, 0, -0.01, 0, 0]), np.linspace(0.03, 0.07, 5)
    found = carry_overs(cells, seen, controls, floors)
    for row, one in enumerate(found):
        (alone,) = carry_overs(cells, seen[[row]], controls[[row]], floors[[row]])
        assert (one is None) == (alone is None) == (row > 2)
        if one is not None and alone is not None:
            assert one.half_life_s == pytest.approx(alone.half_life_s, rel=1e-6)
            assert one.safe_gap_s == pytest.approx(alone.safe_gap_s, rel=1e-6)
            assert one.floor == floors[row]


def test_too_little_to_go_by() -> None:
    one = curve(180.0)
    assert carry_over(one, which=slice(0, 16)) is None, "one dose"
    assert carry_over(one, which=slice(0, 32, 16)) is None, "one gap"
    assert carry_over(one, which=slice(13, 18)) is None, "five cells"
    assert carry_over(one, which=slice(13, 19)) is not None
    assert carry_over(-one) is None, "no excess"
    with pytest.raises(ValueError, match="above 0"):
        carry_over(one, floor=0.0)
    for gaps, searches in ((-GAPS, SEARCHES), (GAPS, -SEARCHES)):
        with pytest.raises(ValueError, match="above 0"):
            Cells(gaps, searches, np.ones(len(GAPS)), 60)


def test_no_carry_over_needs_no_gap() -> None:
    found = carry_over(0.01 * curve(180.0))
    assert isinstance(found, CarryOver)
    assert found.safe_gap_s == 0


def test_what_two_controls_differ_by_is_the_mean_over_pairs() -> None:
    values = np.array([0.1, 0.4, 0.4, 1.0])
    pairs = [abs(a - b) for n, a in enumerate(values) for b in values[:n]]
    assert differing(values) == pytest.approx(np.mean(pairs))


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground.of(180.0, Spaced(puppets=30))


def test_the_mocks_own_lists_give_the_half_life_back(ground: Ground) -> None:
    """Drawn from the mock's ranking, read by the report's function."""
    ready = ground.staged(ground.design.cells)
    found = audit(ground, ready, np.random.default_rng(3))
    assert found is not None
    assert abs(found.half_life_s / 180 - 1) <= 0.1


def test_scores_are_the_worlds_and_four_searches_outlast_one_by_two_half_lives(
    ground: Ground,
) -> None:
    """The scene's carry-over is the summand of the request path, and its only part that moves."""
    early, late = (ground.staged([cell]).scene for cell in ((1, 600.0), (4, 960.0)))
    for name, part in early.parts.items():
        assert late.parts[name] == pytest.approx(part), name
    one, none = (ground.staged([cell]).scene.parts for cell in ((1, 0.0), (0, 72_000.0)))
    moved = {n for n in one if not np.allclose(one[n], none[n])}
    assert moved == {"carry_over"}


def test_a_ranker_with_noise_is_no_bias() -> None:
    """On this world's lists the label answers to small doses by more than in proportion: with many
    puppets a response in proportion finds 157 s for 180 s."""
    world = Ground.of(180.0, Spaced(gaps_s=tuple(60.0 * m for m in LATE), puppets=400), seed=4)
    found = audit(world, world.staged(world.design.cells), np.random.default_rng(3))
    assert found is not None
    assert found.half_life_s == pytest.approx(180, rel=0.05)


def test_a_list_that_fills_at_once_is_no_overflow() -> None:
    """A response as sharp as an edge, a million times above the floor, and a safe gap that is read
    off the curve, as no excess is small."""
    excess = np.where(curve(180.0) > 0.3, 1e6, 0.0)
    found = carry_over(excess, floor=1.0)
    assert found is not None
    assert math.isfinite(found.half_life_s)
    assert math.isfinite(found.safe_gap_s)
    assert found.safe_gap_s > 0
