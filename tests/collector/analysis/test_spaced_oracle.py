"""A run with spaced searches, read by hand: who searched how long before, and what comes of it.

Nothing is simulated: gaps and lists are written down, cell by cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import spaced as module
from collector.analysis.carryover import carry_overs
from collector.analysis.exchanges import Floats
from collector.analysis.judging import declaration_of
from collector.analysis.rundata import Done, RunData
from collector.analysis.spaced import (
    Cell,
    Spacing,
    cells_of,
    differing,
    fitted,
    floor_of,
    intervals,
    spaced,
)

HOUR = 3600.0
#: Arm → seconds between the five searches of each of its puppets, the latest gap last.
DESIGN: dict[str, tuple[float, ...]] = {
    "control": (10.0, 10.0, 10.0, 20 * HOUR),
    **{f"once{m}": (10.0, 10.0, 20 * HOUR, 60.0 * m) for m in (1, 4, 9)},
    **{f"often{m}": (20 * HOUR, 10.0, 10.0, 60.0 * m) for m in (1, 4, 9)},
}
TWINS = 5


def news_of(arm: str, twin: int) -> int:
    """How many of twenty items are news: halved with every three minutes, more after three."""
    base = 2 + twin % 2
    if arm == "control":
        return base
    minutes = int(arm[-1])
    return base + round((12 if arm.startswith("often") else 8) * 0.5 ** (minutes / 3))


def searched(queries: Mapping[str, Sequence[str]]) -> tuple[Done, ...]:
    return tuple(
        Done(name, name.rpartition("-")[0], f"arms.{n}", "search", "done", "", {"query": query}, ())
        for name, own in queries.items()
        for n, query in enumerate(own)
    )


def run(
    news: Callable[[str, int], int] = news_of,
    design: Mapping[str, tuple[float, ...]] = DESIGN,
    twins: int = TWINS,
    **declared: Any,
) -> RunData:
    lists = {
        f"{arm}-{twin}": {
            "before.0": "old:news",
            "after.0": " ".join(f"{n}:{'news' if n < news(arm, twin) else 'x'}" for n in range(20)),
        }
        for arm in design
        for twin in range(1, twins + 1)
    }
    data = hand_run(lists, surface="search", **{"exposure": ["news"], "control": "control"}
                    | declared)  # fmt: skip
    return replace(
        data,
        gaps={p.name: design[p.arm] for p in data.puppets},
        treatment=searched({p.name: ["football"] * 4 for p in data.puppets}),
    )


def told(data: RunData) -> tuple[Spacing, ...]:
    return spaced(data, declaration_of(data))


def by_hand(news: Callable[[str, int], int] = news_of) -> tuple[list[Any], Floats]:
    """The cells as (shares, searches, mean age) and the controls' shares."""
    shares = {
        arm: np.array([news(arm, twin) / 20 for twin in range(1, TWINS + 1)]) for arm in DESIGN
    }
    groups = []
    for arm in list(DESIGN)[1:]:
        gap = 60.0 * int(arm[-1])
        ages = [gap, gap + 10, gap + 20] if arm.startswith("often") else [gap]
        groups.append((shares[arm], len(ages), sum(ages) / len(ages)))
    return groups, shares["control"]


def test_a_run_of_the_design_whole() -> None:
    """Number and mean age of the searches of each cell, excess over the controls, the fit."""
    (found,) = told(run())
    groups, controls = by_hand()
    cells = tuple(
        Cell(count, pytest.approx(age), TWINS, pytest.approx(own.mean() - controls.mean()))
        for own, count, age in sorted(groups, key=lambda group: group[1:])
    )
    curve = fitted(groups, controls)
    assert curve is not None
    reach = intervals(groups, controls, np.random.default_rng(module.zlib.crc32(b"spaced 1 news")))
    assert reach is not None
    assert found == Spacing(
        label="news",
        control="control",
        controls=TWINS,
        cells=cells,
        floor=pytest.approx(floor_of(controls)),  # type: ignore[arg-type]
        explained=pytest.approx(curve.explained),  # type: ignore[arg-type]
        half_life_s=pytest.approx(curve.half_life_s),  # type: ignore[arg-type]
        half_life_interval=pytest.approx(reach[0]),  # type: ignore[arg-type]
        safe_gap_s=pytest.approx(curve.safe_gap_s),  # type: ignore[arg-type]
        safe_gap_interval=pytest.approx(reach[1]),  # type: ignore[arg-type]
        why="",
    )
    assert [(c.searches, c.gap_s) for c in found.cells] == [
        (1, 60.0), (1, 240.0), (1, 540.0), (3, 70.0), (3, 250.0), (3, 550.0),
    ]  # fmt: skip
    assert found.explained > 0.9


def test_what_does_not_fade_has_no_half_life() -> None:
    """The cells are told all the same, with the reason."""

    def noise(arm: str, twin: int) -> int:
        return 3 + (len(arm) * 7 + int(arm[-1] if arm != "control" else 0) * 5 + twin) % 4

    def less(arm: str, twin: int) -> int:
        return 9 - news_of(arm, twin) // 2

    why = "the label is not shown more after its search, by any rule that fades with the gap"
    for news in (noise, less):
        (found,) = told(run(news))
        curve = fitted(*by_hand(news))
        assert found.why == why
        assert (found.half_life_s, found.half_life_interval) == (None, None)
        assert (found.safe_gap_s, found.safe_gap_interval) == (None, None)
        assert found.explained == (0.0 if curve is None else pytest.approx(curve.explained))
        assert found.explained < 0.5
        assert (len(found.cells), found.controls, found.label) == (6, TWINS, "news")
        assert found.floor == pytest.approx(floor_of(by_hand(news)[1]))


def test_a_curve_that_samples_do_not_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "intervals", lambda *_: None)
    (found,) = told(run())
    curve = fitted(*by_hand())
    assert curve is not None
    assert (
        found.why == "so few puppets give no curve in more than one of twenty samples of themselves"
    )
    assert (found.half_life_s, found.safe_gap_s) == (None, None)
    assert (found.half_life_interval, found.safe_gap_interval) == (None, None)
    assert found.explained == pytest.approx(curve.explained)
    assert (found.label, found.control, found.controls) == ("news", "control", TWINS)


def test_half_of_the_squares_have_to_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    curve = fitted(*by_hand())
    assert curve is not None
    for explained, known in ((0.5, True), (0.499, False)):
        other = replace(curve, explained=explained)
        monkeypatch.setattr(module, "fitted", lambda *_, other=other: other)
        (found,) = told(run())
        assert (found.half_life_s is not None) is known


def test_a_label_that_is_asked_of_search_results_alone() -> None:
    assert [one.label for one in told(run(exposure=["news", "x"]))] == ["news", "x"]
    assert told(run(surfaces=["home"])) == ()
    assert told(run(exposure=[], outcomes=["list-length"])) == ()


def without(data: RunData, *names: str) -> RunData:
    """Without the pages of these puppets."""
    return replace(data, pages=tuple(p for p in data.pages if p.puppet.name not in names))


def cells(data: RunData) -> list[tuple[int, float, int]]:
    """Of each cell how often, how long before, how many puppets; intervals are not waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "intervals", lambda *_: None)
        return [(c.searches, c.gap_s, c.puppets) for one in told(data) for c in one.cells]


def test_a_puppet_that_is_not_like_the_others_is_left_out() -> None:
    """Two later pages or none, no gap, fewer searches: it counts in no cell."""
    data = run()
    usual = cells(data)
    page = next(p for p in data.pages if p.puppet.name == "once1-1" and p.phase == "after")
    fewer = [(1, 60.0, 4), *usual[1:]]
    assert cells(without(data, "once1-1")) == fewer
    assert cells(replace(data, pages=(*data.pages, replace(page, capture="again")))) == fewer
    for gaps in ((), (20 * HOUR, 60.0)):
        assert cells(replace(data, gaps={**data.gaps, "once1-1": gaps})) == fewer
    other = replace(page, surface="home")
    assert cells(replace(data, pages=(*data.pages, other))) == usual
    empty = tuple(replace(p, items=()) if p is page else p for p in data.pages)
    assert cells(replace(data, pages=empty)) == fewer
    longer = {**data.gaps, "once1-1": (1.0, *data.gaps["once1-1"])}
    assert told(replace(data, gaps=longer)) == ()


def test_cells_need_four_puppets_and_so_do_the_controls() -> None:
    data = run()
    usual = cells(data)
    assert cells(without(data, "once4-1")) == [usual[0], (1, 240.0, 4), *usual[2:]]
    assert cells(without(data, "once4-1", "once4-2")) == []
    (found,) = told(without(data, "control-3"))
    assert (found.controls, len(found.cells)) == (4, 6)
    assert told(without(data, "control-3", "control-4")) == ()
    eight = {**DESIGN, "once20": (10.0, 10.0, 20 * HOUR, 1200.0)}
    more = run(lambda arm, twin: news_of(arm[:-1] + "9" if arm == "once20" else arm, twin), eight)
    assert len(cells(more)) == 7
    assert len(cells(without(more, "once4-1", "once4-2"))) == 6


@pytest.mark.parametrize("left_out", [("once",), ("often",), ("once1", "often1"), ("control",)])
def test_another_design_says_nothing(left_out: tuple[str, ...]) -> None:
    """One number of searches, two gaps, no control."""
    design = {arm: own for arm, own in DESIGN.items() if not arm.startswith(left_out)}
    assert told(run(design=design)) == ()


def test_two_gaps_are_too_few_whatever_the_number_of_searches() -> None:
    """Six cells of one, two and three searches, whose mean ages are a minute or four."""
    design = {
        "control": DESIGN["control"], "once1": DESIGN["once1"], "once4": DESIGN["once4"],
        "two1": (10.0, 20 * HOUR, 40.0, 40.0), "two4": (10.0, 20 * HOUR, 40.0, 220.0),
        "often1": (20 * HOUR, 20.0, 20.0, 40.0), "often4": (20 * HOUR, 20.0, 20.0, 220.0),
    }  # fmt: skip
    assert told(run(design=design)) == ()
    other = {**design, "often4": (20 * HOUR, 20.0, 20.0, 221.0)}
    assert len(cells(run(design=other))) == 6


def test_a_search_nearly_as_old_as_the_controls_is_as_old() -> None:
    """At nine tenths of the youngest of theirs, and not below it."""
    age = 0.9 * (20 * HOUR)
    for last, counted in ((age, False), (age - 1.0, True)):
        design = {**DESIGN, "late": (10.0, 10.0, 10.0, last)}
        found = cells(
            run(lambda arm, twin: news_of(arm if arm != "late" else "once9", twin), design)
        )
        assert len(found) == (7 if counted else 6)
    assert found[1:3] == [(1, 240.0, TWINS), (1, 540.0, TWINS)]


def test_controls_count_from_the_youngest_of_their_searches() -> None:
    """One control whose searches lie nearer moves the limit for everyone."""
    data = run()
    near = {**data.gaps, "control-1": (10.0, 10.0, 10.0, 500.0)}
    assert cells(replace(data, gaps=near)) == []


@pytest.mark.parametrize(
    ("queries", "alike"),
    [
        ({"once1-1": ["football"] * 3}, False),
        ({"once1-1": ["cooking"] * 4}, False),
        ({}, True),
    ],
)
def test_all_have_to_search_for_one_thing_as_often(
    queries: dict[str, list[str]], alike: bool
) -> None:
    data = run()
    own = {p.name: ["football"] * 4 for p in data.puppets} | queries
    stray = Done("gone-1", "gone", "", "search", "done", "", {"query": "other"}, ())
    watch = Done("once1-1", "once1", "", "watch", "done", "", {"query": "other"}, ())
    data = replace(data, treatment=(*searched(own), stray, watch))
    assert bool(told(data)) is alike


def test_two_things_searched_for_by_all_are_no_such_design() -> None:
    data = run()
    both = searched({p.name: ["football", "cooking"] for p in data.puppets})
    assert told(replace(data, treatment=both)) == ()
    assert told(replace(data, treatment=())) == ()
    unnamed = tuple(replace(step, args={}) for step in data.treatment)
    assert told(replace(data, treatment=unnamed))
    empty = (replace(unnamed[0], args={"query": ""}), *unnamed[1:])
    assert told(replace(data, treatment=empty))


# ---- the numbers


def test_what_two_controls_differ_by_and_the_floor() -> None:
    generator = np.random.default_rng(1)
    for n in (2, 3, 7):
        values = generator.random(n)
        pairs = [abs(a - b) for i, a in enumerate(values) for b in values[:i]]
        assert differing(values) == pytest.approx(np.mean(pairs))
        assert floor_of(values) == differing(values)
    assert floor_of(np.full(4, 0.5)) == 1e-6


def test_groups_as_cells_and_their_curve() -> None:
    groups, controls = by_hand()
    found = cells_of(groups, 7)
    assert found.gaps_s.tolist() == [age for _, _, age in groups]
    assert found.searches.tolist() == [count for _, count, _ in groups]
    assert found.puppets.tolist() == [5.0] * 6
    assert found.controls == 7
    own = cells_of(groups, len(controls))
    means = np.array([[shares.mean() for shares, _, _ in groups]])
    floors = np.array([floor_of(controls)])
    assert (
        fitted(groups, controls) == carry_overs(own, means, np.array([controls.mean()]), floors)[0]
    )


def test_percentiles_of_samples_with_replacement() -> None:
    """Drawn a second time here: the controls first, then group by group; each sample has its own
    floor."""
    groups, controls = by_hand()
    generator = np.random.default_rng(3)
    draws = 20

    def samples(own: Floats) -> Floats:
        return np.array([own[row] for row in generator.integers(len(own), size=(draws, len(own)))])

    others = samples(controls)
    drawn = [samples(own) for own, _, _ in groups]
    known = []
    for n in range(draws):
        again = [(drawn[g][n], count, gap) for g, (_, count, gap) in enumerate(groups)]
        one = fitted(again, others[n])
        assert one is not None
        known.append((one.half_life_s, one.safe_gap_s))
    expected = np.quantile(np.array(known), [0.025, 0.975], axis=0)
    found = intervals(groups, controls, np.random.default_rng(3), draws=draws)
    assert found is not None
    assert np.allclose(np.array(found).T, expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize(("lost", "known"), [(2, True), (3, False)])
def test_of_twenty_samples_one_may_have_no_curve(
    monkeypatch: pytest.MonkeyPatch, lost: int, known: bool
) -> None:
    groups, controls = by_hand()
    curve = fitted(groups, controls)
    assert curve is not None
    asked: list[tuple[Any, ...]] = []

    def carry(*given: Any) -> list[Any]:
        asked.append(given)
        return [None] * lost + [replace(curve, half_life_s=float(n)) for n in range(40 - lost)]

    monkeypatch.setattr(module, "carry_overs", carry)
    found = intervals(groups, controls, np.random.default_rng(3), draws=40)
    assert (found is not None) is known
    if found is not None:
        assert found[0] == pytest.approx(tuple(np.quantile(np.arange(38.0), [0.025, 0.975])))
        assert found[1] == (curve.safe_gap_s, curve.safe_gap_s)
    ((own, means, base, floors),) = asked
    assert own.controls == TWINS
    assert (means.shape, base.shape, floors.shape) == ((40, 6), (40,), (40,))
    assert not math.isnan(floors.sum())


def test_so_many_samples_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    groups, controls = by_hand()
    monkeypatch.setattr(module, "carry_overs", lambda _, means, *__: [None] * len(means))
    seen: list[Any] = []

    class Chance:
        def integers(self, high: int, size: tuple[int, int]) -> Any:
            seen.append((high, size))
            return np.zeros(size, dtype=int)

    assert intervals(groups, controls, Chance()) is None  # type: ignore[arg-type]
    assert seen == [(TWINS, (200, TWINS))] * 7
