"""The numbers behind the gate on test groups: do twins differ for good?"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from collector.analysis.buckets import BIMODAL, bimodality, label_shares, twin_excess


def anova_icc(table: NDArray[np.float64]) -> float:
    """ICC(1) of one arm from the textbook's sums of squares, pages centred, in loops."""
    puppets, pages = table.shape
    centred = [[table[i][j] - table[:, j].mean() for j in range(pages)] for i in range(puppets)]
    means = [math.fsum(row) / pages for row in centred]
    msb = pages * math.fsum(m * m for m in means) / (puppets - 1)
    msw = math.fsum((x - m) ** 2 for row, m in zip(centred, means, strict=True) for x in row)
    msw /= (puppets - 1) * (pages - 1)
    return (msb - msw) / (msb + (pages - 1) * msw)


def test_the_icc_is_the_textbooks() -> None:
    """One arm; pages may differ in level, puppets that lack a page are left out."""
    generator = np.random.default_rng(2)
    table = generator.normal(size=(6, 3)) + 5 * np.arange(3) + generator.normal(size=(6, 1))
    found = twin_excess(table, ["a"] * 6, seed=1)
    assert found is not None
    assert found.icc == pytest.approx(anova_icc(table))
    holed = np.vstack([table, [[9, math.nan, 9]], [[4, 4, 4]]])
    again = twin_excess(holed, ["a"] * 7 + ["b"], seed=1)
    assert again == found


def test_of_several_values_a_page_the_squares_are_summed() -> None:
    """Two values a page, two arms: mean squares by the textbook's loops, summed over both."""
    generator = np.random.default_rng(12)
    table = generator.normal(size=(7, 3, 2)) + generator.normal(size=(7, 1, 2))
    arms = ["a", "b", "a", "b", "a", "b", "b"]
    between = within = 0.0
    for arm, value in itertools.product("ab", range(2)):
        rows = [table[n, :, value] for n, each in enumerate(arms) if each == arm]
        means = [math.fsum(row[page] for row in rows) / len(rows) for page in range(3)]
        for row in rows:
            off = [row[page] - means[page] for page in range(3)]
            between += math.fsum(off) ** 2 / 3
            within += math.fsum(x * x for x in off) - math.fsum(off) ** 2 / 3
    msb, msw = between / 5, within / (5 * 2)
    found = twin_excess(table, arms, seed=1)
    assert found is not None
    assert found.icc == pytest.approx((msb - msw) / (msb + 2 * msw))
    one = twin_excess(table[:, :, 0], arms, seed=1)
    assert twin_excess(table[:, :, :1], arms, seed=1) == one
    doubled = twin_excess(np.repeat(table[:, :, :1], 2, axis=2), arms, seed=1)
    assert doubled is not None
    assert one is not None
    assert (doubled.icc, doubled.p) == pytest.approx((one.icc, one.p))
    assert twin_excess(table[:, 0, 0], arms, seed=1) is None
    assert twin_excess(table, arms, seed=2) != found


def test_the_p_of_twin_excess_is_that_of_all_deals() -> None:
    """Three twins, three pages: each of the 36 ways to deal two pages anew beside the first."""
    generator = np.random.default_rng(13)
    table = generator.normal(size=(3, 3)) + np.array([[0.0], [0.9], [2.0]])
    deals = itertools.product(itertools.permutations(range(3)), repeat=2)
    iccs = [
        anova_icc(np.stack([table[:, 0], table[list(one), 1], table[list(two), 2]], axis=1))
        for one, two in deals
    ]
    exact = np.mean(np.array(iccs) >= anova_icc(table) - 1e-9)
    found = twin_excess(table, ["a"] * 3, seed=1)
    assert found is not None
    assert found.p == pytest.approx(exact, abs=0.03)


def test_a_pages_shares_are_those_of_its_labels() -> None:
    """By puppet, page and label, in the order in which labels are met; without items: no share."""
    pages: list[list[list[str | None]]] = [[["a", "b", "a", None], ["b"]], [[], [None, None]]]
    found = label_shares(pages)
    nan = math.nan
    expected = [[[0.5, 0.25, 0.25], [0, 1, 0]], [[nan, nan, nan], [0, 0, 1]]]
    np.testing.assert_array_equal(found, np.array(expected))
    assert label_shares([]).shape == (0, 0, 0)


def test_buckets_are_found_and_noise_is_not() -> None:
    """Twins in two groups ten apart; then the same pages without groups; arms may differ."""
    generator = np.random.default_rng(4)
    arms = ["a"] * 5 + ["b"] * 5
    level = np.repeat([0.0, 30.0], 5)[:, None]
    noise = generator.normal(size=(10, 4)) + level
    groups = np.array([0, 1, 0, 1, 1, 0, 0, 1, 0, 1])[:, None]
    apart = twin_excess(noise + 10 * groups, arms, seed=1)
    alike = twin_excess(noise, arms, seed=1)
    assert apart is not None
    assert alike is not None
    assert apart.icc > 0.9
    assert apart.p < 0.01
    assert alike.p > 0.05
    assert alike.icc < 0.3


def test_false_alarms_of_twin_excess() -> None:
    """At most 5 %, and not far below."""
    generator = np.random.default_rng(6)
    ps = []
    for _ in range(150):
        found = twin_excess(generator.normal(size=(8, 2)), list("aaaabbbb"), seed=1)
        assert found is not None
        ps.append(found.p)
    assert 0.005 <= np.mean(np.array(ps) <= 0.05) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 150)


def test_without_twins_or_pages_there_is_no_excess() -> None:
    """One page; no two twins; equal pages are no excess."""
    assert twin_excess(np.zeros((4, 1)), list("aabb"), seed=1) is None
    assert twin_excess(np.zeros((2, 3)), list("ab"), seed=1) is None
    still = twin_excess(np.zeros((4, 3)), list("aabb"), seed=1)
    assert still is not None
    assert (still.icc, still.p) == (0, 1)


def test_bimodality_is_that_of_scipys_moments() -> None:
    """Sample skewness and excess kurtosis without bias."""
    values = [0.1, 0.12, 0.7, 0.75, 0.74, 0.11, 0.3]
    n = len(values)
    skewness = stats.skew(values, bias=False)
    excess = stats.kurtosis(values, bias=False)
    expected = (skewness**2 + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
    assert bimodality(values) == pytest.approx(expected)
    two = bimodality([0.0] * 10 + [1.0] * 10)
    one = bimodality(np.random.default_rng(1).normal(size=200).tolist())
    assert two is not None
    assert one is not None
    assert one < BIMODAL < two
    assert bimodality([1, 2, 3, 4]) is None
    assert bimodality([1] * 9) is None
    assert bimodality([1, 2, 3, 4, 6]) is not None
