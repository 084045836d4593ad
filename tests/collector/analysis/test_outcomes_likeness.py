"""Likeness of lists against tables worked out by hand, and who is measured at all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from outcome_pages import A1, A2, AGAINST, B1, B2, FOUR, answered, data, page

from collector.analysis.declared import Contrast
from collector.analysis.outcomes import (
    Overlap,
)
from collector.analysis.rundata import Puppet

#: Items in common, by hand: likeness is common over all.
LISTS = {A1: "m1 m2 m3 m4", A2: "m1 m2 m3 m5", B1: "m1 m6 m7 m8", B2: "m1 m6 m7 m9"}
JACCARD = {
    (A1, A2): 3 / 5, (A1, B1): 1 / 7, (A1, B2): 1 / 7, (A2, B1): 1 / 7, (A2, B2): 1 / 7,
    (B1, B2): 3 / 5,
}  # fmt: skip


def overlap_of(lists: Mapping[Puppet, str], contrast: Contrast = AGAINST) -> Overlap:
    run = data([page(puppet, items) for puppet, items in lists.items()], tuple(lists))
    found = answered(run, "jaccard", contrast=contrast)
    assert found.values == {}
    assert found.overlap is not None
    return found.overlap


def test_likeness_is_of_pairs_from_two_blocks() -> None:
    """Twins never share a block; pairs of two arms that do saw the same moment and do not count."""
    lists = dict(LISTS)
    lists[B1] = "m1 m2 m3 m4"  # the very list of a-1, in the very block of a-1
    found = overlap_of(lists)
    alike = {(A1, A2): 3 / 5, (A1, B1): 1.0, (A1, B2): 1 / 7, (A2, B1): 3 / 5, (A2, B2): 1 / 7,
             (B1, B2): 1 / 7}  # fmt: skip
    assert {(p.left, p.right): p.similarity for p in found.pairs} == pytest.approx(alike)
    assert found.between == pytest.approx((1 / 7 + 3 / 5) / 2)
    assert found.within == pytest.approx((3 / 5 + 1 / 7) / 2)
    assert found.excess == pytest.approx(0.0)
    order = list(FOUR)
    for (left, right), value in alike.items():
        i, j = order.index(left), order.index(right)
        assert found.distances[i, j] == found.distances[j, i] == pytest.approx(1 - value)
    assert np.isnan(np.diag(found.distances)).all()


def test_twins_of_one_block_do_not_count_as_twins() -> None:
    """Two puppets of an arm that started together: their likeness is the moment's, not theirs."""
    near = Puppet("a-3", "a", 3, 1)
    lists = {A1: "m1 m2", A2: "m3 m4", near: "m1 m2", B1: "m1 m9", B2: "m8 m9"}
    found = overlap_of(lists)
    # within: a-1/a-2 0, a-2/a-3 0, b-1/b-2 1/3; a-1/a-3 (1) is of one block
    assert found.within == pytest.approx((0 + 0 + 1 / 3) / 3)
    # between: a-1/b-2 0, a-2/b-1 0, a-3/b-2 0; the others are of one block
    assert found.between == 0.0


def test_without_two_blocks_there_is_no_likeness() -> None:
    found = overlap_of({A1: "m1", B1: "m1"})
    assert (found.between, found.within, found.excess) == (None, None, None)
    assert len(found.pairs) == 1
    nobody = overlap_of({A1: "m1"})
    assert nobody.pairs == ()


def test_likeness_is_the_mean_over_the_same_slots() -> None:
    """Slot by slot; a slot that one puppet has no page of is not used for anybody."""
    pages = [
        page(A1, "m1 m2", "after.0"), page(A1, "m1 m2", "after.1"), page(A1, "x1", "after.2"),
        page(A2, "m1 m2", "after.0"), page(A2, "m3 m4", "after.1"),
    ]  # fmt: skip
    found = answered(data(pages, (A1, A2)), "jaccard")
    assert found.slots == ("after.0", "after.1")
    assert found.overlap is not None
    assert [pair.similarity for pair in found.overlap.pairs] == [pytest.approx(0.5)]


def test_order_needs_two_common_items() -> None:
    """Where there is no order to compare there is no likeness, and no distance."""
    run = data([page(A1, "m1 m2 m3"), page(A2, "m3 m2 m1"), page(B1, "m9 m1"), page(B2, "m2 m1")])
    found = answered(run, "order")
    assert found.overlap is not None
    alike = {(p.left.name, p.right.name): p.similarity for p in found.overlap.pairs}
    assert alike == {
        ("a-1", "a-2"): 0.0, ("a-1", "b-2"): 0.0, ("a-2", "b-2"): 1.0,
    }  # fmt: skip
    assert np.isnan(found.overlap.distances[0, 2])


def test_arms_of_other_levels_are_not_compared() -> None:
    """Crossed factors: a pair that differs in another factor as well says nothing of this one."""
    c1, d1 = Puppet("c-1", "c", 1, 3), Puppet("d-1", "d", 1, 4)
    crossed = Contrast("x", "y", ("b", "d"), ("a", "c"), {"a": "1", "b": "1", "c": "2", "d": "2"})
    found = overlap_of({A1: "m1", A2: "m1", B1: "m1", B2: "m1", c1: "m2", d1: "m2"}, crossed)
    pairs = {(pair.left.name, pair.right.name) for pair in found.pairs}
    assert pairs == {
        ("a-1", "a-2"), ("a-1", "b-1"), ("a-1", "b-2"), ("a-2", "b-1"), ("a-2", "b-2"),
        ("b-1", "b-2"), ("c-1", "d-1"),
    }  # fmt: skip


def test_who_is_measured_and_who_is_lost() -> None:
    """Control first, by block and twin; lists' lengths by side; puppets of other arms never."""
    other = Puppet("z-1", "z", 1, 1)
    late = Puppet("a-0", "a", 3, 5)
    run = data(
        [page(B2, "m1 m2 !9"), page(A2, "m1"), page(A1, "m1 m2 m3"), page(other, "m1"),
         page(B1, "m5 m6 m7 m8")],
        (B2, late, A2, other, A1, B1),
    )  # fmt: skip
    found = answered(run, "list-length")
    assert found.puppets == (A1, A2, B1, B2)
    assert found.lost == (late,)
    assert found.side(treated=False) == (A1, A2)
    assert found.side(treated=True) == (B1, B2)
    assert found.lengths == {"control": 2.0, "arm": 3.0}
    assert found.values == {"a-1": 3.0, "a-2": 1.0, "b-1": 4.0, "b-2": 2.0}
    assert found.contrast is AGAINST
    assert found.supply == {}
