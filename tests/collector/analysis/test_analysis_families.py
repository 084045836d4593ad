"""Several outcomes at once, and several factors at once."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inference_tools import brute_p
from numpy.typing import NDArray

from collector.analysis.factorial import (
    interaction,
    interaction_sample,
    main_effect,
    strata_of,
)
from collector.analysis.families import family, holm, simultaneous
from collector.analysis.inference import (
    NothingToCompareError,
    Sample,
)
from collector.analysis.intervals import inverted

# --- families


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=6))
def test_holm_is_the_closure_of_bonferroni(p: dict[str, float]) -> None:
    """Adjusted p: the largest, over all sets of outcomes with this one, of size × smallest p."""
    found = holm(p)
    assert list(found) == list(p)
    for name in p:
        others = [other for other in p if other != name]
        sets = itertools.chain.from_iterable(
            itertools.combinations(others, size) for size in range(len(p))
        )
        expected = max(min(1.0, (len(s) + 1) * min([p[name], *(p[o] for o in s)])) for s in sets)
        assert found[name] == pytest.approx(expected)


def test_holm_by_hand() -> None:
    """Multiplied by 3, 2 and 1, never below the one before."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx(
        {"a": 0.03, "b": 0.06, "c": 0.06}
    )
    assert holm({"a": 0.5, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_outcomes_that_cannot_be_significant_take_no_share() -> None:
    """Three of which one is all zero are corrected as two; at the limit an outcome counts."""
    p = {"a": 0.02, "zero": 1.0, "b": 0.5}
    attainable = {"a": 0.016, "zero": 1.0, "b": 0.05}
    assert family(p, attainable) == {"a": 0.04, "zero": 1.0, "b": 0.5}
    # adjusted as one of all, which stays above alpha: no 1 beside a least p of 0.04
    assert family({"a": 0.04}, {"a": 0.04}, alpha=0.01) == {"a": 0.04}
    assert family({"a": 0.1, "b": 0.4}, {"a": 0.1, "b": 0.1}) == {"a": 0.2, "b": 0.4}
    mixed = family({"a": 0.02, "b": 0.06, "c": 0.3}, {"a": 0.01, "b": 0.06, "c": 0.01})
    assert mixed == {"a": 0.04, "b": 0.12, "c": 0.3}
    assert family({"a": 0.04}, {"a": 0.04}) == {"a": 0.04}


def test_simultaneous_levels() -> None:
    """1 − alpha / m."""
    assert simultaneous(0.05, 1) == 0.95
    assert simultaneous(0.05, 4) == 0.9875
    assert simultaneous(0.05, 0) == 0.95


# --- factors


def crossed(k: int, effect: float, both: float, seed: int) -> dict[str, NDArray]:
    """A 2×2 design, one puppet a cell and block: main effect of a, interaction with b."""
    generator = np.random.default_rng(seed)
    blocks = np.repeat(np.arange(k), 4)
    a, b = np.tile([True, True, False, False], k), np.tile([True, False, True, False], k)
    values = generator.normal(size=4 * k) + effect * a + 3 * b + both * (a & b) + blocks
    return {"values": values, "a": a, "b": b, "blocks": blocks}


def test_a_main_effect_exchanges_within_the_other_levels() -> None:
    """Three blocks of a 2×2 design are six strata of one pair: least p 2/64."""
    made = crossed(3, 10, 0, 1)
    strata = strata_of(made["blocks"].tolist(), made["b"].tolist())
    assert len(set(strata.tolist())) == 6
    found = main_effect(made["values"], made["a"], strata, seed=1)
    assert found.p == found.smallest_p == 2 / 64
    sample = Sample(made["values"], made["a"], strata)
    assert found.p == brute_p(sample)
    gaps = made["values"].reshape(3, 2, 2)
    assert found.observed == pytest.approx((gaps[:, 0] - gaps[:, 1]).mean())


def test_the_interaction_turns_signs_of_blocks() -> None:
    """Against a loop over the signs of (y11 − y01) − (y10 − y00)."""
    for seed, both in enumerate((0, 1, 4)):
        made = crossed(6, 2, both, seed)
        cells = made["values"].reshape(6, 2, 2)
        contrast = (cells[:, 0, 0] - cells[:, 1, 0]) - (cells[:, 0, 1] - cells[:, 1, 1])
        signs = np.array(list(itertools.product((1, -1), repeat=6)))
        expected = np.mean(np.abs(signs @ contrast) >= abs(contrast.sum()) - 1e-9)
        found = interaction(**made, seed=1)
        assert found.observed == pytest.approx(contrast.mean())
        assert found.p == expected
        assert found.smallest_p == 2 / 64
        ends = inverted(interaction_sample(**made), seed=1)
        assert (0 not in ends) == (found.p <= 0.05)


def test_blocks_that_lack_a_cell_say_nothing_of_the_interaction() -> None:
    """Nor do they spoil the others."""
    made = crossed(4, 1, 1, 3)
    fewer = {name: np.delete(column, 5) for name, column in made.items()}
    kept = {name: np.delete(column, range(4, 8)) for name, column in made.items()}
    assert interaction(**fewer, seed=1) == interaction(**kept, seed=1)
    with pytest.raises(NothingToCompareError, match="four cells"):
        interaction(**{name: column[:3] for name, column in made.items()}, seed=1)
