"""Test groups of a platform that lie across the arms: the axis, the cut, and what are none."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import mechanism as module
from collector.analysis.inference import Sample, distance_test, randomisation_test
from collector.analysis.judging import Answer, Judgement, judge
from collector.analysis.rundata import RunData


def test_the_axis_of_points_on_a_line() -> None:
    """Distances of points on a line are those of the axis, to the sign and the middle."""
    points = np.array([0.0, 1.0, 4.0, 6.0, 6.5])
    found = module._coordinate(np.abs(points[:, None] - points[None, :]))
    centred = points - points.mean()
    assert np.allclose(found, centred) or np.allclose(found, -centred)
    plane = np.array([(0, 0), (3, 0.5), (0, 1), (3, 0), (1.5, 0.2)])
    table = np.sqrt(((plane[:, None] - plane[None]) ** 2).sum(axis=2))
    whole = plane - plane.mean(axis=0)
    left, size, _ = np.linalg.svd(whole)
    axis = module._coordinate(table)
    assert np.allclose(np.abs(axis), np.abs(left[:, 0] * size[0]))
    assert np.allclose(module._coordinate(np.zeros((3, 3))), 0.0)


def test_the_best_cut_of_all() -> None:
    """Against every cut, by the sum of squares between its two sides."""
    generator = np.random.default_rng(4)
    for size in (2, 3, 6, 9):
        place = generator.normal(size=size)
        order = np.sort(place)
        whole = ((place - place.mean()) ** 2).sum()
        best, high = -1.0, None
        for cut in range(1, size):
            low, up = order[:cut], order[cut:]
            between = sum(len(p) * (p.mean() - place.mean()) ** 2 for p in (low, up))
            if between > best:
                best, high = between, up
        group, share = module._split(place)
        assert high is not None
        assert sorted(place[group]) == pytest.approx(sorted(high))
        assert share == pytest.approx(best / whole)
    group, share = module._split(np.full(4, 2.0))
    assert (group.tolist(), share) == ([False, True, True, True], 0.0)


def grouped(
    inside: Mapping[str, bool], pages: int = 2, news: tuple[int, int] = (27, 70), length: int = 100
) -> tuple[RunData, Answer, Judgement]:
    """Puppets are shown so many news items outside and inside the group, and a few that vary; the
    others are music."""
    lists = {}
    for name, own in inside.items():
        _, _, twin = name.partition("-")
        lists[name] = {
            f"after.{page}": " ".join(
                f"{n}:{'news' if n < news[own] + (int(twin) * (page + 2) + 1) % 3 else 'music'}"
                for n in range(length)
            )
            for page in range(pages)
        }
    data = hand_run(
        lists, blocks={name: 1 + (int(name[2:]) - 1) // 2 for name in lists},
        exposure=["news"], attention="uniform", outcomes=["exposure-share"],
    )  # fmt: skip
    judgement = judge(data)
    return data, judgement.answers[0], judgement


#: Four of the treated and two of the others are in the group.
CROSSING = {f"{arm}-{n}": n <= (4 if arm == "t" else 2) for arm in "ct" for n in range(1, 7)}


def of_groups(data: RunData, answer: Answer, judgement: Judgement) -> str | None:
    return module._groups(data, answer, judgement.declaration, 1)


def by_hand(data: RunData) -> tuple[float, float]:
    """Share of the spread that the best cut explains, and p within the groups, from the shares of
    news alone: of two labels the mixes lie on a line."""
    value = {
        p.name: np.mean([
            sum(i.topic == "news" for i in page.items) / len(page.items)
            for page in data.pages if page.puppet == p
        ])
        for p in data.puppets
    }  # fmt: skip
    names = [p.name for p in data.puppets]
    place = np.array([value[name] for name in names])
    group, share = module._split(place)
    rest = place - np.where(group, place[group].mean(), place[~group].mean())
    treated = np.array([name[0] == "t" for name in names])
    strata = np.array([p.block for p in data.puppets])
    order = np.argsort(~treated == 0, kind="stable")
    left = randomisation_test(Sample(rest[order], treated[order], strata[order]), seed=1)
    return share, left.p


def test_two_groups_across_the_arms() -> None:
    data, answer, judgement = grouped(CROSSING)
    share, p = by_hand(data)
    assert of_groups(data, answer, judgement) == (
        f"two groups, both in both arms, explain {100 * share:.0f} % of the spread between lists;"
        f" within them the arms do not differ (p = {p:.2g})"
    )


def test_groups_that_lie_close_together_are_groups_too() -> None:
    """How far apart they are does not count, only how much of the spread it is."""
    data, answer, judgement = grouped(CROSSING, news=(40, 50))
    share, p = by_hand(data)
    assert share > 0.9
    assert of_groups(data, answer, judgement) == (
        f"two groups, both in both arms, explain {100 * share:.0f} % of the spread between lists;"
        f" within them the arms do not differ (p = {p:.2g})"
    )


@pytest.mark.parametrize(
    ("inside", "crossing"),
    [
        ({"c-1", "t-1", "t-2"}, True), ({"t-1", "t-2"}, False), ({"c-1", "c-2"}, False),
        ({"t-1", "t-2", "t-3", "c-1"}, False), ({"c-1", "c-2", "c-3", "t-1"}, False),
        ({"c-1", "t-1"}, True),
    ],
)  # fmt: skip
def test_both_groups_have_puppets_of_both_arms(
    monkeypatch: pytest.MonkeyPatch, inside: set[str], crossing: bool
) -> None:
    """Of six puppets, the fewest that can be; that the groups last is asked with the seed."""
    names = [f"{arm}-{n}" for arm in "ct" for n in range(1, 4)]
    given = grouped({name: name in inside for name in names})
    seeds: list[int] = []

    def lasting(_: object, seed: int) -> bool:
        seeds.append(seed)
        return True

    test = type("Test", (), {"p": 1.0})()
    monkeypatch.setattr(module, "_lasting", lasting)
    monkeypatch.setattr(module, "randomisation_test", lambda *_, **__: test)
    assert bool(of_groups(*given)) is crossing
    assert seeds == [1] * crossing


def test_what_are_no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """One page; five puppets; a group that is an arm, or has none of one; little explained; arms
    that differ within the groups; a pair that cannot be compared; twins that do not last."""
    good = grouped(CROSSING)
    assert of_groups(*good)
    assert of_groups(*grouped(CROSSING, pages=1)) is None
    few = {name: own for name, own in CROSSING.items() if name in ("t-1", "t-5", "c-1", "c-5",
                                                                  "c-6")}  # fmt: skip
    assert of_groups(*grouped(few)) is None
    for own in ({"t"}, set("ct")):
        assert of_groups(*grouped({name: name[0] in own for name in CROSSING})) is None
    only = {name: name in ("t-1", "t-2", "t-3") for name in CROSSING}
    assert of_groups(*grouped(only)) is None
    for limit, said in ((0.9999999, False), (0.0, True)):
        with monkeypatch.context() as patch:
            patch.setattr(module, "_GROUPS", limit)
            assert bool(of_groups(*good)) is said
    for p, said in ((0.05, False), (0.0501, True)):
        with monkeypatch.context() as patch:
            test = type("Test", (), {"p": p})()
            patch.setattr(module, "randomisation_test", lambda *_, test=test, **__: test)
            assert bool(of_groups(*good)) is said
    with monkeypatch.context() as patch:
        patch.setattr(module, "_lasting", lambda *_: False)
        assert of_groups(*good) is None
    data, answer, judgement = good
    empty = tuple(
        dataclasses.replace(p, items=()) if p.puppet.name == "t-1" else p for p in data.pages
    )
    assert of_groups(dataclasses.replace(data, pages=empty), answer, judgement) is None


def test_groups_of_arms_that_have_no_block_in_common_are_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, answer, judgement = grouped(CROSSING)

    def nothing(*_: object, **__: object) -> None:
        raise module.NothingToCompareError("no block holds both")

    monkeypatch.setattr(module, "randomisation_test", nothing)
    assert of_groups(data, answer, judgement) is None


def test_groups_that_have_nothing_to_do_with_the_effect_do_not_make_it() -> None:
    """Half of either arm is in a group that lasts, and the treated are shown other items of the
    same labels: within the groups the effect is there as before. With the same items for all there
    is none within, and what these groups make of the arms stays with them."""
    half = {f"{arm}-{n}": n % 2 == 0 for arm in "ct" for n in range(1, 9)}
    for own, told in ((False, True), (True, False)):
        data, _, _ = grouped(half, length=40, news=(10, 30))
        pages = tuple(
            dataclasses.replace(
                page,
                items=tuple(
                    dataclasses.replace(item, item_id=f"{item.item_id}-other")
                    if own and page.puppet.arm == "t" else item
                    for item in page.items
                ),
            )
            for page in data.pages
        )  # fmt: skip
        run = {**data.run, "analysis": {**data.run["analysis"], "outcomes": ["jaccard"]}}
        changed = dataclasses.replace(data, pages=pages, run=run)
        judgement = judge(changed)
        (answer,) = judgement.answers
        assert bool(of_groups(changed, answer, judgement)) is told


@pytest.mark.parametrize(("p", "named"), [(module.ALPHA / 3, False), (0.0167, True)])
def test_what_is_left_within_groups_has_to_be_beyond_doubt(
    monkeypatch: pytest.MonkeyPatch, p: float, named: bool
) -> None:
    given = grouped(CROSSING)
    monkeypatch.setattr(module, "_inside", lambda *_: p)
    assert bool(of_groups(*given)) is named


def test_the_effect_within_groups_is_that_of_the_outcome() -> None:
    """Exchanged within block and group alone, against every such exchange."""
    data, answer, judgement = grouped(CROSSING)
    group = {name: own for name, own in CROSSING.items() if name != "c-6"}
    found = module._inside(data, answer.question, judgement.declaration, group, 1)
    values = answer.measured.values
    names = [p.name for p in answer.measured.puppets if p.name in group]
    strata = np.array([2 * p.block + group[p.name] for p in answer.measured.puppets
                       if p.name in group])  # fmt: skip
    treated = np.array([name[0] == "t" for name in names])
    sample = Sample(np.array([values[name] for name in names]), treated, strata)
    assert found == randomisation_test(sample, seed=1).p
    alone = {name: name[0] == "t" for name in group}
    assert module._inside(data, answer.question, judgement.declaration, alone, 1) == 1.0


def test_the_overlap_within_groups_is_of_the_puppets_that_are_in_one() -> None:
    """Of a puppet without a group neither its row nor its column is looked at."""
    half = {f"{arm}-{n}": n % 2 == 0 for arm in "ct" for n in range(1, 9)}
    data, _, _ = grouped(half, length=40, news=(10, 30))
    run = {**data.run, "analysis": {**data.run["analysis"], "outcomes": ["jaccard"]}}
    pages = tuple(
        dataclasses.replace(page, items=page.items[int(page.puppet.name[2:]) :])
        if page.puppet.arm == "t" else page
        for page in data.pages
    )  # fmt: skip
    data = dataclasses.replace(data, run=run, pages=pages)
    judgement = judge(data)
    (answer,) = judgement.answers
    assert answer.measured.overlap is not None
    group = {name: own for name, own in half.items() if name != "c-3"}
    among = [at for at, p in enumerate(answer.measured.puppets) if p.name in group]
    puppets = [answer.measured.puppets[at] for at in among]
    expected = distance_test(
        np.array([[answer.measured.overlap.distances[a, b] for b in among] for a in among]),
        np.array([p.arm == "t" for p in puppets]),
        np.array([2 * p.block + group[p.name] for p in puppets]),
        blocks=np.array([p.block for p in puppets]),
        seed=1,
    ).p
    assert 0 < expected < 1
    found = module._inside(data, answer.question, judgement.declaration, group, 1)
    assert found == expected


@pytest.mark.parametrize(("carried", "told"), [(0.5, False), (0.0, True)])
def test_what_is_carried_over_from_a_search_is_no_group(
    monkeypatch: pytest.MonkeyPatch, carried: float, told: bool
) -> None:
    """Asked of those whose search came again at all, within the groups; of no other surface."""
    data, answer, judgement = grouped(CROSSING)
    search = dataclasses.replace(answer.question, surface="search")
    real, again = module._measured, Counter[str]()

    def measured(of: Any, question: Any, measure: Any, declaration: Any) -> Any:
        again[question.surface] += measure is module._CARRIED
        if measure is module._CARRIED:
            assert (of, declaration) == (data, judgement.declaration)
            shares = {
                name: carried * (name[0] == "t") + int(name[2:]) % 3 / 10
                for name in CROSSING
                if name != "c-6"
            }
            return SimpleNamespace(values=shares)
        return real(of, answer.question, measure, declaration)

    monkeypatch.setattr(module, "_measured", measured)
    monkeypatch.setattr(module, "_inside", lambda *_: 1.0)
    asked = dataclasses.replace(answer, question=search)
    assert bool(of_groups(data, asked, judgement)) is told
    assert of_groups(data, answer, judgement)
    assert again == {"search": 1, answer.question.surface: 0}


@pytest.mark.parametrize(("p", "lasting"), [(0.05, True), (0.0501, False), (None, False)])
def test_what_lasts_from_page_to_page(
    monkeypatch: pytest.MonkeyPatch, p: float | None, lasting: bool
) -> None:
    """Asked of the labels of each page, empty where a page was lost, with the puppets' arms."""
    data, answer, judgement = grouped(CROSSING)
    declaration = judgement.declaration
    measured = module._measured(data, answer.question, module._MIX, declaration)
    asked: list[Any] = []

    def excess(table: Any, own: list[str], *, seed: int) -> Any:
        asked.append((table, own, seed))
        return None if p is None else type("Excess", (), {"p": p})()

    monkeypatch.setattr(module, "twin_excess", excess)
    assert module._lasting(measured, 3) is lasting
    ((table, own, seed),) = asked
    assert own == ["c"] * 6 + ["t"] * 6
    assert seed == 3
    assert table.shape == (12, 2, 2)
    first = [i.topic for i in measured.shown[measured.puppets[0]][0].items]
    assert sorted(table[0, 0]) == sorted([first.count("news") / 100, first.count("music") / 100])
    single = dataclasses.replace(measured, slots=measured.slots[:1])
    assert not module._lasting(single, 3)


@pytest.mark.parametrize(
    ("twins", "pages", "says"),
    [
        (3, 2, ""),
        (2, 2, "; 4 puppets do not tell this from test groups"),
        (3, 1, "; one page a puppet does not tell this from test groups"),
        (2, 1, "; one page a puppet does not tell this from test groups"),
    ],
)
def test_what_cannot_be_told_from_groups_is_said(twins: int, pages: int, says: str) -> None:
    puppets = {f"{arm}-{n}": n == 1 for arm in "ct" for n in range(1, twins + 1)}
    data, answer, judgement = grouped(puppets, pages=pages)
    declaration = judgement.declaration
    assert module._groups_unasked(data, answer.question, declaration) == says
