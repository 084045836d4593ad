"""The same outcome under other choices, each computed again from the lists: no run, no store.

Seven blocks of a treated and a control puppet; everyone has two pages, but c-2 and t-5 lost one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hand_runs import CROSSED, hand_run

from collector.analysis import sensitivity as module
from collector.analysis.inference import Sample, interval
from collector.analysis.judging import judge
from collector.analysis.measures import Unit
from collector.analysis.metrics import Attention
from collector.analysis.rundata import RunData
from collector.analysis.sensitivity import Choice, choices

BLOCKS = range(1, 8)
LOST = {"c-2": "after.1", "t-5": "after.0"}


def listed(arm: str, block: int, page: int) -> str:
    """Five items; the treated have more news, at other places in each block."""
    news = (block + 2 * page) % 3 + (2 if arm == "t" else 0)
    return " ".join(
        f"{arm}{block}{page}{n}:{'news' if (n * 3 + block) % 5 < news else 'x'}" for n in range(5)
    )


def run(lost: dict[str, str] | None = None, **analysis: Any) -> RunData:
    gone = LOST if lost is None else lost
    lists = {
        f"{arm}-{block}": {
            f"after.{page}": listed(arm, block, page)
            for page in range(2)
            if gone.get(f"{arm}-{block}") != f"after.{page}"
        }
        for arm in "ct"
        for block in BLOCKS
    }
    return hand_run(lists, **{"exposure": ["news"], "attention": "log"} | analysis)


def weights(length: int, curve: Attention) -> list[float]:
    raw = {
        Attention.UNIFORM: [1.0] * length,
        Attention.GEOMETRIC: [0.85**n for n in range(length)],
        Attention.LOG: [1 / math.log2(n + 2) for n in range(length)],
    }[curve]
    return [each / sum(raw) for each in raw]


def share(text: str, curve: Attention) -> float:
    words = text.split()
    return sum(
        w for w, word in zip(weights(len(words), curve), words, strict=True) if "news" in word
    )


def fitted(pages: dict[str, dict[int, float]]) -> dict[str, float]:
    """Puppet → its mean without what the two slots differ by, by least squares over everyone."""
    names = list(pages)
    rows, told = [], []
    for at, name in enumerate(names):
        for slot, value in pages[name].items():
            row = [0.0] * len(names) + [1.0 if slot else -1.0]
            row[at] = 1.0
            rows.append(row)
            told.append(value)
    found, *_ = np.linalg.lstsq(np.array(rows), np.array(told), rcond=None)
    return dict(zip(names, found[:-1].tolist(), strict=True))


def sampled(values: dict[str, float]) -> Sample:
    names = sorted(values)
    return Sample(
        np.array([values[name] for name in names]),
        np.array([name[0] == "t" for name in names]),
        np.array([int(name[2:]) for name in names], dtype=np.intp),
    )


def expected(values: dict[str, float]) -> tuple[float, tuple[float, float] | None, int]:
    """Mean over blocks with both, the interval of those (none below six blocks, as 2 of 2^5 is
    more than 0.05), and how many puppets they are."""
    blocks = [b for b in BLOCKS if f"c-{b}" in values and f"t-{b}" in values]
    kept = {f"{arm}-{b}": values[f"{arm}-{b}"] for arm in "ct" for b in blocks}
    delta = fmean(values[f"t-{b}"] - values[f"c-{b}"] for b in blocks)
    ends = interval(sampled(kept), level=0.95, seed=1, support=(0.0, 1.0))
    return delta, (ends.low, ends.high) if len(blocks) > 5 else None, len(kept)


def test_a_mean_over_pages_under_every_choice() -> None:
    """Complete puppets alone, then those of one page too; the verdict's own are all of them."""
    data = run(smallest_effect="5 points")
    found = choices(data, judge(data))
    assert [(c.attention, c.incomplete) for c in found] == list(
        itertools.product(Attention, (False, True))
    )
    for choice in found:
        pages = {
            f"{arm}-{b}": {
                page: share(listed(arm, b, page), choice.attention)
                for page in range(2)
                if LOST.get(f"{arm}-{b}") != f"after.{page}"
            }
            for arm in "ct"
            for b in BLOCKS
        }
        whole = {name: fmean(own.values()) for name, own in pages.items() if len(own) == 2}
        delta, ends, puppets = expected(fitted(pages) if choice.incomplete else whole)
        assert replace(choice, estimate=None, interval=None) == Choice(
            outcome="home: exposure share: news, t against c",
            surface="home",
            unit=Unit.SHARE,
            attention=choice.attention,
            incomplete=choice.incomplete,
            declared=choice.attention is Attention.LOG and choice.incomplete,
            estimate=None,
            interval=None,
            puppets=puppets,
            smallest_effect=0.05,
        )
        assert choice.estimate == pytest.approx(delta, abs=1e-12)
        assert choice.interval == (ends and pytest.approx(ends, abs=1e-9))
    assert [c.puppets for c in found] == [10, 14] * 3


def test_a_value_of_all_pages_together() -> None:
    """Incidence on the pages that there are; without attention there is one curve, the declared."""
    data = run(outcomes=["incidence"], attention="uniform")
    found = choices(data, judge(data))
    assert [(c.attention, c.incomplete, c.declared) for c in found] == [
        (Attention.UNIFORM, False, True),
        (Attention.UNIFORM, True, False),
    ]
    met = {
        f"{arm}-{b}": float(
            any(
                "news" in listed(arm, b, page)
                for page in range(2)
                if LOST.get(f"{arm}-{b}") != f"after.{page}"
            )
        )
        for arm in "ct"
        for b in BLOCKS
    }
    complete = {name: value for name, value in met.items() if name not in LOST}
    for choice, values in zip(found, (complete, met), strict=True):
        delta, _, puppets = expected(values)
        assert (choice.estimate, choice.puppets) == (pytest.approx(delta), puppets)
        assert choice.smallest_effect is None


def test_incomplete_puppets_are_measured_at_the_moment_that_is_tested() -> None:
    """Of two sessions the last: pages of the first do not stand in for lost ones."""
    lists: dict[str, dict[str, str]] = {}
    for arm, block in itertools.product("ct", BLOCKS):
        name = f"{arm}-{block}"
        lists[name] = {"w1s1 after.0": "a:news b:news", "w1s1 after.1": "a:news"}
        lists[name] |= {
            f"w1s2 after.{page}": listed(arm, block, page)
            for page in range(2)
            if LOST.get(name) != f"after.{page}"
        }
    lists["c-7"] = {"w1s1 after.0": "a:news"}
    data = hand_run(lists, exposure=["news"], outcomes=["incidence"], surface="home")
    stray = replace(data.pages[0], surface="search", puppet=data.puppets[6])
    early = replace(data.pages[-1], path="before.0", puppet=data.puppets[6])
    data = replace(data, pages=(*data.pages, stray, early))
    complete, every = choices(data, judge(data))
    assert (complete.puppets, every.puppets) == (8, 12)
    met = {
        f"{arm}-{b}": float("news" in " ".join(own[p] for p in own if p.startswith("w1s2")))
        for (arm, b), own in (((a, b), lists[f"{a}-{b}"]) for a in "ct" for b in range(1, 7))
    }
    assert every.estimate == pytest.approx(expected(met)[0])


def test_an_end_that_the_design_does_not_bound_is_none() -> None:
    """Three blocks allow no interval at 95 %; one alone nothing at all."""
    for blocks, estimated in ((range(1, 4), True), (range(0), False)):
        lists = {
            f"{arm}-{b}": {"after.0": listed(arm, b, 0)} if b in blocks else {}
            for arm in "ct"
            for b in BLOCKS
        }
        data = hand_run(lists, exposure=["news"])
        for choice in choices(data, judge(data)):
            assert choice.interval is None
            assert (choice.estimate is not None) is estimated
            assert choice.puppets == 2 * len(blocks)
    wide = hand_run(
        {f"{arm}-{b}": {"after.0": listed(arm, b, 0)} for arm in "ct" for b in BLOCKS},
        exposure=["news"],
        alpha=0.001,
    )
    assert {c.interval for c in choices(wide, judge(wide))} == {None}


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.2])
def test_the_interval_is_of_the_declared_level(alpha: float) -> None:
    counts = {"c": [3, 14, 1, 20, 9, 26, 5], "t": [31, 35, 18, 59, 12, 44, 29]}
    lists = {
        f"{arm}-{b}": {
            "after.0": " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(100))
        }
        for arm, own in counts.items()
        for b, news in enumerate(own, 1)
    }
    data = hand_run(lists, exposure=["news"], attention="uniform", alpha=alpha)
    values = {f"{arm}-{b}": n / 100 for arm, own in counts.items() for b, n in enumerate(own, 1)}
    ends = interval(sampled(values), level=1 - alpha, seed=1, support=(0.0, 1.0))
    (found,) = {c.interval for c in choices(data, judge(data)) if c.attention == "uniform"}
    assert found == pytest.approx((ends.low, ends.high))


def test_the_first_outcomes_that_are_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A likeness has no choice to make; of many outcomes the first are computed."""
    data = run(outcomes=["jaccard", "incidence", "list-length", "diversity"])
    judgement = judge(data)
    names = [c.outcome.partition(",")[0] for c in choices(data, judgement)]
    assert names == [
        *["home: incidence: news"] * 2, *["home: list length"] * 2, *["home: diversity"] * 2,
    ]  # fmt: skip
    assert {c.unit for c in choices(data, judgement)} == {Unit.SHARE, Unit.ITEMS, Unit.LABELS}
    monkeypatch.setattr(module, "MOST", 2)
    assert [c.outcome for c in choices(data, judgement)][-1].startswith("home: list length")


def crossed(values: Sequence[Sequence[int]]) -> RunData:
    """Two factors; puppets of four arms in each block, so many items of news of ten."""
    lists = {
        f"{arm}-{block}": {
            "after.0": " ".join(f"{n}:{'news' if n < own[at] else 'x'}" for n in range(10))
        }
        for block, own in enumerate(values, 1)
        for at, arm in enumerate(CROSSED)
        if own[at] >= 0
    }
    factors = {"city": ["persona.city"], "language": ["persona.language"]}
    return hand_run(lists, exposure=["news"], attention="uniform", factors=factors, arms=CROSSED)


def test_of_an_interaction_every_puppet_counts_that_has_a_value() -> None:
    """Main effects use the blocks that hold both sides."""
    data = crossed([[1, 2, 3, 5], [1, 2, 3, 6], [1, 2, 4, -1]])
    found = {(c.outcome.partition(", ")[2], c.incomplete): c for c in choices(data, judge(data))
             if c.attention is Attention.UNIFORM}  # fmt: skip
    assert found["city × language against no interaction", True].puppets == 11
    assert found["city=Oslo against city=Rome", True].puppets == 10
    assert found["city × language against no interaction", True].estimate == pytest.approx(0.15)


def test_who_still_lacks_a_value_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a puppet that lost one page and one that lost both, the first comes back."""
    gone = {**LOST, "t-7": "after.0"}
    data = run(gone, outcomes=["incidence"])
    data = replace(data, pages=tuple(p for p in data.pages if p.puppet.name != "t-7"))
    judgement = judge(data)
    asked: list[Any] = []
    monkeypatch.setattr(module, "compare", lambda measured, seed: asked.append((measured, seed)))
    found = choices(data, judgement)
    (whole, one), (every, two) = asked
    assert [p.name for p in whole.lost] == ["c-2", "t-5", "t-7"]
    assert [p.name for p in every.lost] == ["t-7"]
    assert [p.name for p in every.puppets if p.name in LOST] == ["c-2", "t-5"]
    assert set(every.values) == {p.name for p in every.puppets} == {
        p.name for p in data.puppets
    } - {"t-7"}  # fmt: skip
    assert (one, two) == (1, 1)
    assert [(c.estimate, c.interval) for c in found] == [(None, None)] * 2
