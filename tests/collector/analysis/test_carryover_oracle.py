"""The parts of the fit of a carry-over, each against its formula, number by number."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from collector.analysis import carryover as module
from collector.analysis.carryover import Cells, _descended, _Fit, carry_overs
from collector.analysis.exchanges import Floats

GAPS = np.array([0.0, 60.0, 240.0, 960.0] * 2)
SEARCHES = np.repeat([1.0, 4.0], 4)
PUPPETS = np.array([20.0, 10, 20, 20, 5, 20, 20, 30])
CELLS = Cells(GAPS, SEARCHES, PUPPETS, 60)


def share(x: float, middle: float, sharp: float, power: float) -> float:
    """The curve of the docstring at log2 of a dose: a power of small doses, 1 of large ones."""
    return math.exp(-power / sharp * np.logaddexp(0.0, sharp * (middle - x) * math.log(2)))


TOLD = [(5.0, -2.0, 0.7, 0.1), (4.0, 1.0, -0.5, 0.4), (6.0, -3.0, 0.0, -0.3)]


def test_what_a_dose_gives() -> None:
    x = np.linspace(-9, 4, 14)
    found = _Fit.response(x[None, :], np.array(TOLD))
    assert found.shape == (3, 14)
    for row, (_, middle, sharp, power) in enumerate(TOLD):
        for at, each in enumerate(x):
            expected = share(each, middle, math.exp(sharp), math.exp(power))
            assert found[row, at] == pytest.approx(expected, rel=1e-12)


def test_sharpness_and_power_have_their_limits() -> None:
    """Beyond them nothing changes, and no number is too large to hold."""
    sharpest, steepest = module._SHARPEST, module._STEEPEST
    x = np.array([[-3.0, -1.0, 0.5]])
    for sign in (-1, 1):
        at = np.array([(0.0, -1.5, sign * sharpest, sign * steepest)])
        over = np.array([(0.0, -1.5, sign * (sharpest + 1), sign * (steepest + 1))])
        assert _Fit.response(x, over) == pytest.approx(_Fit.response(x, at), rel=1e-12)
        inside = np.array([(0.0, -1.5, sign * (sharpest - 0.1), sign * (steepest - 0.1))])
        assert not np.allclose(_Fit.response(x, inside), _Fit.response(x, at), rtol=1e-6, atol=0)
    with np.errstate(all="raise", under="ignore"):
        far = _Fit.response(np.array([[-1e6, 1e6]]), np.array([(0.0, 0.0, 2.0, 0.0)]))
    assert far[0] == pytest.approx([0.0, 1.0], abs=1e-12)
    flat = np.array([(0.0, 0.0, sharpest, -steepest)])
    (low, high), rate = _Fit.response(np.array([[-1e6, 1e6]]), flat)[0], math.exp(-7.0)
    assert -math.log(low) / rate == pytest.approx(700.0)
    assert high == pytest.approx(1.0)


def test_the_shape_is_that_of_every_cell_and_nothing_of_the_controls() -> None:
    """A dose is the searches, halved with every half-life; any number of samples and starts."""
    fit = _Fit(CELLS)
    many = np.array(TOLD)[None].repeat(2, axis=0)
    found = fit._shape(many)
    assert found.shape == (2, 3, 9)
    for row, (log_h, middle, sharp, power) in enumerate(TOLD):
        for cell in range(8):
            x = math.log2(SEARCHES[cell]) - GAPS[cell] / math.exp(log_h)
            expected = share(x, middle, math.exp(sharp), math.exp(power))
            assert found[:, row, cell] == pytest.approx(expected, rel=1e-12)
    assert (found[..., -1] == 0).all()


def test_most_and_base_are_those_of_weighted_least_squares() -> None:
    fit = _Fit(CELLS)
    generator = np.random.default_rng(1)
    shape = fit._shape(np.array(TOLD))
    seen = generator.random((3, 9))
    weight = np.append(PUPPETS, 60.0)
    again, most, base = fit.curve(np.array(TOLD), seen)
    assert np.array_equal(again, shape)
    _, _, left = fit._linear(shape, seen)
    for row in range(3):
        design = np.column_stack([shape[row], np.ones(9)])
        root = np.sqrt(weight)
        (slope, level), *_ = np.linalg.lstsq(design * root[:, None], seen[row] * root, rcond=None)
        assert (most[row], base[row]) == (pytest.approx(slope), pytest.approx(level))
        rest = root * (slope * shape[row] + level - seen[row])
        assert left[row] == pytest.approx(rest, abs=1e-12)


def test_the_search_begins_at_the_starts_that_leave_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid over half-lives, a quarter of the least gap to the largest, and middles; of each
    sample the nearest, and of what comes of them the best."""
    fit = _Fit(CELLS)
    halves = np.geomspace(15.0, 960.0, module._STARTS)
    grid = [(math.log(h), middle, 0.5, 0.0) for h in halves for middle in module._MIDDLES]
    assert fit.starts == pytest.approx(np.array(grid))
    generator = np.random.default_rng(2)
    seen = generator.random((2, 9))
    asked: list[Floats] = []

    def descended(left: object, told: Floats) -> tuple[Floats, Floats]:
        asked.append(told)
        return told + 1, np.array([3.0, 1.0, 2.0, 5.0, 4.0, 0.5] * 9)[: len(told)]

    monkeypatch.setattr(module, "_descended", descended)
    told, least = fit.nearest(seen)
    tried = module._TRIED
    (begun,) = asked
    assert begun.shape == (2 * tried, 4)
    for row in range(2):
        squares = [
            float((fit._linear(fit._shape(np.array([start])), seen[[row]])[2] ** 2).sum())
            for start in fit.starts
        ]
        order = np.argsort(squares)[:tried]
        own = slice(row * tried, (row + 1) * tried)
        assert begun[own] == pytest.approx(fit.starts[order])
        of_each = np.array([3.0, 1.0, 2.0, 5.0, 4.0, 0.5] * 9)[own]
        best = int(of_each.argmin())
        assert told[row] == pytest.approx(begun[own][best] + 1)
        assert least[row] == of_each[best]


@pytest.mark.parametrize("middle", [-3.0, 0.5])
@pytest.mark.parametrize("sharp", [-0.7, 0.0, 1.2])
@pytest.mark.parametrize("power", [-0.5, 0.0, 0.6])
@pytest.mark.parametrize("most", [0.06, 0.3, 5.0])
def test_the_safe_dose_off_the_curve(
    middle: float, sharp: float, power: float, most: float
) -> None:
    """Where the curve is at the floor, found by halving an interval forty times and more."""
    told = np.array([5.0, middle, sharp, power])
    low, high = -200.0, 200.0
    for _ in range(100):
        x = (low + high) / 2
        over = most * share(x, middle, math.exp(sharp), math.exp(power)) > 0.05
        low, high = (low, x) if over else (x, high)
    big = np.full(8, 9.0)
    found = _Fit(CELLS).dose_at(0.05, told, most, big, big)
    assert found == pytest.approx(max(0.0, -low), abs=1e-9)


def test_a_curve_far_above_its_floor_is_no_overflow() -> None:
    """So far that the power alone cannot be held: then x = k − (log2 most / floor) / p."""
    told = np.array([5.0, 2.0, 1.5, 0.0])
    big = np.full(8, 9.0)
    found = _Fit(CELLS).dose_at(1e-6, told, 1e300, big, big)
    assert found == pytest.approx(math.log2(1e306) - 2.0, rel=1e-9)


def test_sharpness_and_power_of_the_safe_dose_have_the_same_limits() -> None:
    sharpest, steepest = module._SHARPEST, module._STEEPEST
    fit, big = _Fit(CELLS), np.full(8, 9.0)
    for sign in (-1, 1):
        at = np.array([5.0, -2.0, sign * sharpest, sign * steepest])
        over = at + np.array([0, 0, sign, sign])
        inside = at - 0.1 * np.array([0, 0, sign, sign])
        told = [fit.dose_at(0.05, each, 0.6, big, big) for each in (at, over, inside)]
        assert told[1] == pytest.approx(told[0], rel=1e-12)
        assert told[2] != pytest.approx(told[0], rel=1e-6)


def test_the_safe_dose_off_small_excesses() -> None:
    """Cells between a part and a multiple of the floor: a line through 0, weighted by puppets;
    where it is below the floor at one search, no halving is needed."""
    fit, floor = _Fit(CELLS), 0.05
    told = np.array([math.log(240.0), -2.0, 0.0, 0.0])
    least, most = floor / module._LEAST, floor * module._SMALL
    curve = np.array([most, most * 1.001, least, least * 0.999, 9.0, least, 9.0, 9.0])
    small = [0, 2, 5]
    excess = np.array([0.3, 7.0, 0.1, 7.0, 7.0, 0.5, 7.0, 7.0])
    dose = SEARCHES * 2 ** (-GAPS / 240.0)
    rate = sum(PUPPETS[n] * excess[n] * dose[n] for n in small) / sum(
        PUPPETS[n] * dose[n] ** 2 for n in small
    )
    found = fit.dose_at(floor, told, 0.6, excess, curve)
    assert found == pytest.approx(math.log2(rate / floor))
    assert fit.dose_at(floor, told, 0.6, excess / 1e6, curve) == 0.0
    one = np.where(np.arange(8) == 2, least, 9.0)
    assert fit.dose_at(floor, told, 0.6, excess, one) == fit.dose_at(
        floor, told, 0.6, excess, np.full(8, 9.0)
    )
    two = np.where(np.isin(np.arange(8), (2, 5)), least, 9.0)
    assert fit.dose_at(floor, told, 0.6, excess, two) != fit.dose_at(floor, told, 0.6, excess, one)


@pytest.mark.parametrize(("gaps", "searches"), [(-1.0, 1.0), (0.0, 0.0), (0.0, -1.0)])
def test_cells_that_cannot_be(gaps: float, searches: float) -> None:
    with pytest.raises(
        ValueError, match=r"^a gap must be at least 0, and a number of searches above 0$"
    ):
        Cells(np.array([5.0, gaps]), np.array([1.0, searches]), np.ones(2), 3)


@pytest.mark.parametrize(
    ("gaps", "searches", "enough"),
    [
        ([0, 1, 2] * 2, [1, 1, 1, 2, 2, 2], True),
        ([0, 1, 1] * 2, [1, 1, 1, 2, 2, 2], False),
        ([0, 1, 2] * 2, [1] * 6, False),
        ([0, 1, 2, 0, 1], [1, 1, 1, 2, 2], False),
    ],
)
def test_how_many_cells_are_enough(gaps: list[int], searches: list[int], enough: bool) -> None:
    cells = Cells(np.array(gaps, float), np.array(searches, float), np.ones(len(gaps)), 4)
    assert cells.enough is enough
    none = carry_overs(cells, np.zeros((2, len(gaps))), np.zeros(2), np.ones(2))
    assert none == [None, None]
    with pytest.raises(ValueError, match=r"^a floor must be above 0$"):
        carry_overs(cells, np.zeros((2, len(gaps))), np.zeros(2), np.array([1.0, 0.0]))


def test_what_is_said_of_a_sample() -> None:
    """Start, base and safe gap from the fit's own numbers; how much the curve explains."""
    curve = [0.05 + 0.6 * share(math.log2(s) - g / 200, -2.0, 2.0, 1.0)
             for g, s in zip(GAPS, SEARCHES, strict=True)]  # fmt: skip
    means = np.array([curve]) + np.array([0.01, -0.01] * 4)
    (found,) = carry_overs(CELLS, means, np.array([0.05]), np.array([0.02]))
    assert found is not None
    seen = np.append(means[0], 0.05)
    weight = np.append(PUPPETS, 60.0)
    whole = (weight * (seen - (weight * seen).sum() / weight.sum()) ** 2).sum()
    fit = _Fit(CELLS)
    told, least = fit.nearest(seen[None])
    shape, most, base = fit.curve(told, seen[None])
    assert found.explained == pytest.approx(1 - least[0] / whole)
    assert 0.98 < found.explained < 0.9999
    assert found.base == pytest.approx(base[0])
    assert found.half_life_s == pytest.approx(math.exp(told[0, 0]))
    _, middle, sharp, power = told[0]
    start = most[0] * share(0.0, middle, math.exp(sharp), math.exp(power))
    assert found.start == pytest.approx(start)
    halvings = fit.dose_at(
        0.02, told[0], float(most[0]), means[0] - base[0], most[0] * shape[0, :-1]
    )
    assert found.safe_gap_s == pytest.approx(found.half_life_s * halvings)
    assert found.floor == 0.02
    (safe,) = carry_overs(CELLS, means, np.array([0.05]), np.array([found.start * 1.01]))
    assert safe is not None
    assert safe.safe_gap_s == 0.0


def test_no_start_moves_further_than_one_a_round() -> None:
    """Neither way; where it goes is found all the same, from each start for itself."""
    targets, asked = np.array([[7.5, -4.25], [-6.0, 3.0]]), list[np.ndarray]()

    def left(told: np.ndarray, which: np.ndarray) -> np.ndarray:
        asked.append(told.copy())
        return told - targets[which]

    told, least = _descended(left, np.zeros((2, 2)))
    assert told == pytest.approx(targets, abs=1e-3)
    assert least == pytest.approx([0, 0], abs=1e-6)
    first_round = asked[3]  # where it starts, and a little beside that for each number
    assert np.abs(first_round).max() == 1
    assert np.sign(first_round).tolist() == np.sign(targets).tolist()
    for before, after in itertools.pairwise(asked):
        assert before.shape != after.shape or np.abs(after - before).max() <= 1 + 1e-3
