"""Metrics against published numbers, hand calculation and a second implementation."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import TESTS
from scipy.stats import entropy, kendalltau

from collector.analysis.metrics import (
    Attention,
    attention_weights,
    effective_number,
    exposure_over_supply,
    exposure_share,
    incidence,
    jaccard,
    kendall_distance,
    mean_score,
    rbo,
    repetition,
    time_to_first,
)

ROWS = json.loads((TESTS / "data" / "rbo.json").read_text("utf-8"))["rows"]
LISTS = st.lists(st.integers(0, 15), unique=True, max_size=12)


def test_rbo_of_the_published_example_by_hand() -> None:
    """Equation 23: the agreement at the last depth is taken to go on."""
    p = 0.9
    overlaps = [0, 0, 2, 2, 2, 2, 2]
    seen = sum(x / d * p**d for d, x in enumerate(overlaps, 1))
    assert rbo("abcdefg", "zcavwxy", p) == pytest.approx(2 / 7 * p**7 + (1 - p) / p * seen)


def reference_rbo(left: list[int], right: list[int], p: float, depth: int = 4000) -> float:
    """The infinite sum itself: beyond the shorter list its agreement with the longer stays."""
    short, long = sorted((left, right), key=len)
    s, ell = len(short), len(long)
    x_s = len(set(short) & set(long[:s]))
    x_l = len(set(short) & set(long))
    total = 0.0
    for d in range(1, depth + 1):
        if d <= s:
            agreement = len(set(short[:d]) & set(long[:d])) / d
        elif d <= ell:
            agreement = (len(set(short) & set(long[:d])) + x_s * (d - s) / s) / d
        else:
            agreement = (x_l + x_s * (ell - s) / s) / ell
        total += (1 - p) * p ** (d - 1) * agreement
    return total


@given(LISTS.filter(bool), LISTS.filter(bool), st.sampled_from([0.5, 0.8, 0.9, 0.98]))
def test_rbo_equals_the_infinite_sum(left: list[int], right: list[int], p: float) -> None:
    assert rbo(left, right, p) == pytest.approx(min(1.0, reference_rbo(left, right, p)), abs=1e-9)


@given(LISTS, LISTS)
def test_similarities_are_symmetric_and_within_bounds(left: list[int], right: list[int]) -> None:
    for measure in (jaccard, rbo):
        assert 0 <= measure(left, right) <= 1
        assert measure(left, right) == measure(right, left)
        assert measure(left, left) == pytest.approx(1)
    disjoint = [item + 100 for item in right]
    if left and right:
        assert jaccard(left, disjoint) == rbo(left, disjoint) == 0


def test_a_difference_at_the_top_weighs_more_than_one_at_the_bottom() -> None:
    ranking = list(range(10))
    top, bottom = [99, *ranking[1:]], [*ranking[:-1], 99]
    assert jaccard(ranking, top) == jaccard(ranking, bottom)
    assert rbo(ranking, top) < rbo(ranking, bottom)


def test_empty_lists() -> None:
    assert jaccard([], []) == rbo([], []) == 1
    assert jaccard([], [1]) == rbo([], [1]) == 0
    assert exposure_share([], {"news"}, "uniform") is None
    assert kendall_distance([], [1]) is None
    assert incidence([]) is None


@pytest.mark.parametrize("p", [0, 1, -0.5, 1.5])
def test_rbo_needs_a_persistence_between_0_and_1(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rbo([1], [1], p)


@given(LISTS, LISTS)
def test_kendall_agrees_with_scipy(left: list[int], right: list[int]) -> None:
    common = [item for item in left if item in right]
    distance = kendall_distance(left, right)
    if len(common) < 2:
        assert distance is None
    else:
        tau = kendalltau(range(len(common)), [right.index(item) for item in common]).statistic
        assert distance == pytest.approx((1 - tau) / 2)


def test_kendall_of_reversed_and_equal_lists() -> None:
    assert kendall_distance("abcd", "dcba") == 1
    assert kendall_distance("abcd", "abcd") == 0
    assert kendall_distance("abcd", "bacd") == pytest.approx(1 / 6)


@pytest.mark.parametrize("curve", Attention)
def test_attention_falls_and_sums_to_one(curve: Attention) -> None:
    weights = attention_weights(20, curve)
    assert math.fsum(weights) == pytest.approx(1)
    assert weights == sorted(weights, reverse=True)
    assert (len(set(weights)) == 1) == (curve is Attention.UNIFORM)


def test_attention_decides_which_group_is_favoured() -> None:
    """The case of Sapiezynski et al.: the conclusion turns with the attention curve."""
    labels = ["a", "b", "b", "b", "a", "b", "b", "a", "a", "a"]
    uniform = exposure_share(labels, {"a"}, "uniform")
    steep = exposure_share(["b", *labels[1:]], {"a"}, "geometric")
    top = exposure_share(labels, {"a"}, "geometric")
    assert uniform == 0.5
    assert steep is not None
    assert top is not None
    assert steep < 0.5
    assert top > steep + 0.15


def test_exposure_counts_unlabelled_items_as_part_of_the_page() -> None:
    assert exposure_share(["x", None, None, "y"], {"x", "y"}, "uniform") == 0.5
    weights = [1, 1 / math.log2(3)]
    assert exposure_share([None, "x"], {"x"}, "log") == pytest.approx(weights[1] / sum(weights))


def test_incidence_is_the_share_of_puppets() -> None:
    assert incidence([0, 3, 0, 1]) == 0.5


def test_rbo_is_that_of_the_published_package() -> None:
    """300 pairs of uneven lists; the package itself asks for an older numpy than we use."""
    assert len(ROWS) == 300
    for left, right, p, expected in ROWS:
        assert rbo(left, right, p) == pytest.approx(min(1.0, expected), abs=1e-11)


def test_a_repeated_item_counts_where_it_first_stands() -> None:
    """In every comparison of two lists."""
    assert rbo("abab", "ab") == rbo("ab", "ab") == 1
    assert jaccard("aab", "b") == 0.5
    assert kendall_distance("abca", "cab") == kendall_distance("abc", "cab")


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30))
def test_the_effective_number_is_exp_of_scipys_entropy(items: list[str]) -> None:
    """Between 1 and the number of different items."""
    found = effective_number(items)
    counts = [items.count(each) for each in set(items)]
    assert found == pytest.approx(math.exp(entropy(counts)))
    assert found is not None
    assert 1 - 1e-9 <= found <= len(set(items)) + 1e-9


def test_effective_numbers_by_hand() -> None:
    """Equal parts have their number, one part has 1, nothing has none."""
    assert effective_number("aabbccdd") == pytest.approx(4)
    assert effective_number("aaaa") == 1
    assert effective_number([]) is None
    three_to_one = math.exp(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))
    assert effective_number("aaab") == pytest.approx(three_to_one)


def test_repetition_is_the_share_seen_before() -> None:
    """Of the places in the list, whatever else was shown before."""
    assert repetition("abcd", {"b", "x"}) == 0.25
    assert repetition("aabb", set("a")) == 0.5
    assert repetition("ab", set()) == 0
    assert repetition([], {"a"}) is None


def test_exposure_over_supply_is_a_ratio_of_shares() -> None:
    """As often as it exists: 1. Without supply or list: none."""
    labels = ["news", "news", None, "music", None]
    assert exposure_over_supply(labels, {"news"}, 0.1) == pytest.approx(4)
    assert exposure_over_supply(labels, {"news"}, 0.4) == pytest.approx(1)
    share = exposure_share(labels, {"music"}, "geometric")
    assert share is not None
    assert exposure_over_supply(labels, {"music"}, 0.5, "geometric") == pytest.approx(2 * share)
    assert exposure_over_supply(labels, {"sailing"}, 0.5) == 0
    assert exposure_over_supply(labels, {"news"}, 0) is None
    assert exposure_over_supply([], {"news"}, 0.5) is None


def test_mean_score_leaves_unknown_items_out() -> None:
    """An unscored item is not a neutral one."""
    assert mean_score([1, -1, None, 0]) == 0
    assert mean_score([1.0, None, None, 0.0]) == 0.5
    assert mean_score([None]) is mean_score([]) is None
    weighted = (1 * 1.0 + 0.85**2 * -1.0) / (1 + 0.85**2)
    assert mean_score([1.0, None, -1.0], "geometric") == pytest.approx(weighted)


def test_time_to_first_exposure_is_restricted_to_the_horizon() -> None:
    """Never met, or met too late: the horizon."""
    assert time_to_first([10, 60, 90], [False, True, True], 300) == 60
    assert time_to_first([90, 60], [True, True], 300) == 60
    assert time_to_first([10, 60], [False, False], 300) == 300
    assert time_to_first([10, 400], [False, True], 300) == 300
    assert time_to_first([300], [True], 300) == 300
    assert time_to_first([], [], 300) == 300


def test_lists_and_marks_must_be_of_one_length() -> None:
    """A page too few is an error, not a page left out."""
    with pytest.raises(ValueError):
        time_to_first([1, 2], [True], 3)


def test_the_curves_are_those_that_are_documented() -> None:
    """0.85 to the rank, and 1 / log2(rank + 1), over three ranks."""
    geometric = [1, 0.85, 0.85**2]
    assert attention_weights(3, "geometric") == pytest.approx(
        [w / sum(geometric) for w in geometric]
    )
    log = [1, 1 / math.log2(3), 1 / 2]
    assert attention_weights(3, "log") == pytest.approx([w / sum(log) for w in log])
    assert attention_weights(0, "uniform") == []
    with pytest.raises(ValueError):
        attention_weights(3, "steep")
