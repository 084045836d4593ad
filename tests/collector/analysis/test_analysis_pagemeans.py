"""Means over pages of which some are lost: against least squares, and exact under the null."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis.declared import declare
from collector.analysis.inference import Sample, randomisation_test
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import linked_slots, measure_question
from collector.analysis.pagemeans import in_use, page_means


def holed(seed: int, puppets: int = 8, slots: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    pages = generator.normal(size=(puppets, slots)) + 3 * np.arange(slots)
    pages[generator.random((puppets, slots)) < 0.25] = np.nan
    pages[:, 0] = generator.normal(size=puppets)  # links all
    return pages


@pytest.mark.parametrize("seed", range(5))
def test_the_values_are_those_of_least_squares(seed: int) -> None:
    """Puppet + slot, fitted by numpy from the design matrix; the slots' mean level is kept."""
    pages = holed(seed)
    rows = [(p, s) for p, s in np.ndindex(pages.shape) if not math.isnan(pages[p, s])]
    design = np.zeros((len(rows), sum(pages.shape)))
    for row, (puppet, slot) in enumerate(rows):
        design[row, puppet] = design[row, len(pages) + slot] = 1
    told = np.linalg.lstsq(design, np.array([pages[row] for row in rows]), rcond=None)[0]
    expected = told[: len(pages)] + told[len(pages) :].mean()
    assert page_means(pages) == pytest.approx(expected)


def test_without_a_lost_page_it_is_the_plain_mean_and_many_are_as_one() -> None:
    whole = np.random.default_rng(1).normal(size=(6, 3))
    assert page_means(whole) == pytest.approx(whole.mean(axis=1))
    both = np.stack([holed(2), holed(3)])
    assert page_means(both)[1] == pytest.approx(page_means(both[1]))
    assert np.isnan(page_means(np.array([[1.0, 2.0], [math.nan, math.nan]]))[1])


def test_what_a_slot_shows_to_all_is_not_held_against_who_lost_it() -> None:
    """The second slot shows .2 more to everyone."""
    assert page_means(np.array([[0.2, 0.4], [0.3, math.nan]])) == pytest.approx([0.3, 0.4])


def test_half_of_the_slots_are_enough_and_unlinked_puppets_are_not() -> None:
    here = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
    used = in_use(np.vstack([here, here[:1]]))
    assert used is not None
    assert used.any(axis=1).tolist() == [True, True, False, False, True]
    apart = np.array([[1, 0], [0, 1]], dtype=bool)
    assert in_use(apart) is None
    assert in_use(np.zeros((3, 2), dtype=bool)) is None


def test_the_test_stays_exact_where_pages_are_lost() -> None:
    """No difference between the arms, slots far apart, a quarter lost: p ≤ .05 in at most 5 %."""
    treated = np.array([False, True] * 8)
    strata = np.repeat([0, 1], 8)
    hits = 0
    for seed in range(200):
        values = page_means(holed(seed, 16))
        hits += randomisation_test(Sample(values, treated, strata), seed=1).p <= 0.05
    assert hits <= 10 + 3.1 * math.sqrt(200 * 0.05 * 0.95)


LISTS = {
    "control-1": {"after.0": "a:news b:x", "after.1": "a:news b:news"},
    "control-2": {"after.0": "a:x b:x", "after.1": "a:news b:x"},
    "treated-1": {"after.0": "a:news b:x"},
    "treated-2": {"after.0": "a:news b:news", "after.1": "a:news b:news"},
}


def test_a_puppet_that_lost_a_page_counts_with_the_others() -> None:
    """By hand: the second page shows (.5 + .5 + 0) / 3 more where both are there, so the puppet
    that has the first alone gets half of that on top."""
    data = hand_run(LISTS, exposure=["news"], attention="uniform")
    declaration = declaration_of(data)
    (question,) = declaration.questions
    found = measure_question(data, question, declaration)
    assert found.lost == ()
    assert found.values["treated-1"] == pytest.approx(0.5 + 1 / 6)
    assert found.values["control-1"] == pytest.approx(0.75)
    (treated_1,) = (p for p in found.puppets if p.name == "treated-1")
    assert found.missing(treated_1) == 0.5
    assert [page is None for page in found.by_slot(treated_1)] == [False, True]


def test_a_measure_of_all_pages_together_still_needs_the_same_slots() -> None:
    data = hand_run(LISTS, exposure=["news"], outcomes=["incidence"])
    declaration = declare(data.run["analysis"], data.run["scenario_json"], ("home",))
    (question,) = declaration.questions
    found = measure_question(data, question, declaration)
    assert [p.name for p in found.lost] == ["treated-1"]
    assert found.slots == ("after.0", "after.1")
    assert "treated-1" not in found.values


def test_of_nobody_and_of_no_pages_there_are_no_slots() -> None:
    data = hand_run(LISTS, exposure=["news"])
    assert linked_slots(data.pages, ()) == ((), {})
    assert linked_slots((), data.puppets) == ((), {})


def test_the_choice_of_pages_does_not_look_at_arms() -> None:
    """The same pages under exchanged names of the arms."""
    data = hand_run(LISTS, exposure=["news"])
    slots, shown = linked_slots(data.pages, data.puppets)
    turned = {
        {"control": "treated", "treated": "control"}[name[:7]] + name[7:]: own
        for name, own in LISTS.items()
    }
    other = hand_run(turned, exposure=["news"])
    again, seen = linked_slots(other.pages, other.puppets)
    assert slots == again
    assert sorted(len(own) for own in shown.values()) == sorted(len(own) for own in seen.values())


def test_slots_that_no_page_links_are_their_own_level() -> None:
    """Pages that are there and have no number may leave slots unlinked; the report goes on."""
    nan = np.nan
    assert page_means(np.array([[0.2, nan], [nan, 0.4]])) == pytest.approx([0.2, 0.4])
    halves = np.array([[0.2, 0.4, nan, nan], [0.3, nan, nan, nan],
                       [nan, nan, 0.5, 0.7], [nan, nan, 0.6, nan]])  # fmt: skip
    assert page_means(halves) == pytest.approx([0.3, 0.4, 0.6, 0.7])
