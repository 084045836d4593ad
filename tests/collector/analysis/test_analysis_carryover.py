"""Half-life and safe gap: recovered from curves that are known, and from the mock's own lists."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collector.analysis.carryover import CarryOver, _above, carry_over
from collector.analysis.spaced import differing
from collector.calibration.spacing import Ground, Spaced, audit

GAPS = np.tile(np.array(Spaced().gaps_s), 2)
SEARCHES = np.repeat([1.0, 4.0], len(GAPS) // 2)


def curve(half_life_s: float, most: float = 0.6, middle: float = -2.0, sharp: float = 2.0):  # type: ignore[no-untyped-def]
    """Excess in closed form: in proportion to small doses, ``most`` for large ones."""
    dose = SEARCHES * 0.5 ** (GAPS / half_life_s)
    return most * dose / ((2**middle) ** sharp + dose**sharp) ** (1 / sharp)


@pytest.mark.parametrize("half_life_s", [60.0, 180.0, 300.0, 660.0])
def test_a_known_curve_is_recovered(half_life_s: float) -> None:
    found = carry_over(GAPS, SEARCHES, curve(half_life_s), floor=0.05)
    assert found is not None
    assert found.half_life_s == pytest.approx(half_life_s, rel=1e-3)
    dose = 2**-2.0 / ((0.6 / 0.05) ** 2 - 1) ** 0.5
    assert found.safe_gap_s == pytest.approx(-half_life_s * math.log2(dose), rel=0.01)
    assert found.explained > 0.999


def test_a_list_that_is_full_is_not_taken_for_slow_forgetting() -> None:
    """The same half-life under a list that fills at a quarter of one search: an exponential through
    the curve after one search would be twice as slow."""
    found = carry_over(GAPS, SEARCHES, curve(180.0, middle=-4.0), floor=0.05)
    assert found is not None
    assert found.half_life_s == pytest.approx(180, rel=0.01)


def test_too_little_to_go_by() -> None:
    one = np.ones(6)
    assert carry_over(GAPS[:6], one, curve(180.0)[:6], floor=0.05) is None, "one dose"
    assert carry_over(np.full(6, 60.0), SEARCHES[-6:], one, floor=0.05) is None, "one gap"
    assert carry_over(GAPS, SEARCHES, -curve(180.0), floor=0.05) is None, "no excess"
    for gaps, searches, floor in (
        (GAPS, SEARCHES, 0.0),
        (-GAPS, SEARCHES, 1),
        (GAPS, -SEARCHES, 1),
    ):
        with pytest.raises(ValueError, match="above 0"):
            carry_over(gaps, searches, curve(180.0), floor=floor)


def test_no_carry_over_needs_no_gap() -> None:
    found = carry_over(GAPS, SEARCHES, 0.01 * curve(180.0), floor=0.05)
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


def test_a_list_that_fills_at_once_is_no_overflow() -> None:
    """A response as sharp as an edge, a million times above the floor: the dose at the floor is a
    millionth of that at the edge. A blunt one, by hand: (10^1 − 1)^1 = 9."""
    edge, blunt = np.array([0.0, 1.0, 0.0, 6.0]), np.zeros(4)
    assert _above(1e6, edge) == pytest.approx(1e6)
    assert _above(10.0, blunt) == pytest.approx(9.0)
