"""Audits made of a run's own puppets, dealt out a second time here, puppet by puppet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_runs import CROSSED, hand_run

from collector.analysis.judging import judge
from collector.analysis.many import Many, families, likeness_tests, value_tests
from collector.analysis.outcomes import Measured
from collector.analysis.resampled import Noise, noise_of, simulate
from collector.analysis.rundata import RunData

NEWS = {"c": [1, 3, 2, 6, 4, 3], "t": [5, 9, 4, 8, 8, 2]}
LOST = ("c-4", "t-1")


def run(lost: tuple[str, ...] = LOST, **changes: Any) -> RunData:
    """Six pairs, two in a block; ten items, so many of them news; some puppets have no page."""
    lists = {
        f"{arm}-{n}": {}
        if f"{arm}-{n}" in lost
        else {
            "after.0": " ".join(
                f"{(at * n) % 11}{arm if at % 3 else ''}:{'news' if at < own else 'x'}"
                for at in range(10)
            )
        }
        for arm, counts in NEWS.items()
        for n, own in enumerate(counts, 1)
    }
    declared = {"exposure": ["news"], "attention": "uniform",
                "outcomes": ["exposure-share", "jaccard", "list-length"]}  # fmt: skip
    blocks = {name: 1 + (int(name[2:]) - 1) // 2 for name in lists}
    return hand_run(lists, blocks=blocks, **(declared | changes))


def measured(data: RunData) -> list[Measured]:
    return [answer.measured for answer in judge(data).answers]


def test_the_noise_of_a_value() -> None:
    """Less the arm's mean, scaled up for it; the level is the control's."""
    found = noise_of(measured(run())[0])
    assert found is not None
    names = {arm: [f"{arm}-{n}" for n in range(1, 7) if f"{arm}-{n}" not in LOST] for arm in "ct"}
    assert found.puppets == (*names["c"], *names["t"])
    expected = []
    for arm, own in names.items():
        values = [NEWS[arm][int(name[2:]) - 1] / 10 for name in own]
        mean, n = sum(values) / len(values), len(values)
        expected += [(value - mean) * math.sqrt(n / (n - 1)) for value in values]
    assert found.rest == pytest.approx(np.array(expected))
    assert found.level == pytest.approx((0.1 + 0.3 + 0.2 + 0.4 + 0.3) / 5)
    assert found.distances.shape == (0, 0)
    assert found.question.measure.name == "exposure-share"


def test_the_noise_of_a_likeness_is_its_distances() -> None:
    one = measured(run())[1]
    found = noise_of(one)
    assert found is not None
    assert one.overlap is not None
    assert found.puppets == tuple(p.name for p in one.puppets)
    assert found.distances is one.overlap.distances
    assert (found.rest.shape, found.level) == ((0,), 0.0)
    nobody = replace(one, puppets=())
    assert noise_of(nobody) is None


def test_without_two_puppets_on_a_side_there_is_none() -> None:
    for arm in "ct":
        gone = tuple(f"{arm}-{n}" for n in range(2, 7))
        assert noise_of(measured(run(lost=gone))[0]) is None
        assert noise_of(measured(run(lost=gone[1:]))[0]) is not None
    one = measured(run())[0]
    rest = {name: value for name, value in one.values.items() if name != "c-1"}
    found = noise_of(replace(one, values=rest))
    assert found is not None
    assert "c-1" not in found.puppets
    crossed = replace(one.question.contrast, crossed={})
    assert noise_of(replace(one, question=replace(one.question, contrast=crossed))) is None


def test_a_level_of_nothing_is_zero() -> None:
    one = measured(run())[0]
    found = noise_of(replace(one, values=dict.fromkeys(one.values, 0.0)))
    assert found is not None
    assert found.level == 0.0
    assert (found.rest == 0).all()


def dealt(
    noises: list[Noise],
    places: Mapping[str, Any],
    effect: Mapping[str, float],
    runs: int,
    seed: int,
) -> dict[str, Any]:
    """Values or distances of every audit, by loops over audits and puppets."""
    generator = np.random.default_rng(seed)
    everyone = sorted({name for noise in noises for name in noise.puppets})
    sources = sorted({p.name for own in places.values() for p in own})
    drawn = generator.integers(0, len(everyone), (runs, len(sources)))
    chance = generator.random((runs, len(sources)))
    found: dict[str, Any] = {}
    for noise in noises:
        own = places[noise.question.name]
        table = []
        for audit in range(runs):
            if noise.question.measure.likeness is not None:
                ranks = np.argsort([chance[audit, sources.index(p.name)] for p in own])
                who = [int(rank) % len(noise.puppets) for rank in ranks]
                table.append([[noise.distances[a, b] for b in who] for a in who])
                continue
            row = []
            for p in own:
                source = everyone[drawn[audit, sources.index(p.name)]]
                later = [name for name in sorted(noise.puppets) if name >= source]
                stand_in = (later or sorted(noise.puppets))[0]
                value = noise.level + noise.rest[noise.puppets.index(stand_in)]
                treated = p.arm in noise.question.contrast.treated
                row.append(value + (effect.get(noise.question.name, 0.0) if treated else 0.0))
            table.append(row)
        found[noise.question.name] = np.array(table)
    return found


@pytest.mark.parametrize("moved", [True, False])
def test_audits_are_dealt_out_from_the_runs_own_puppets(moved: bool) -> None:
    """All outcomes of a puppet together; who has no value is stood in for by the next; the treated
    have the effect; lists are dealt out anew. Then each is tested as many audits are."""
    data = run()
    every = measured(data)
    lengths = replace(every[2], values={n: v for n, v in every[2].values.items() if n != "c-2"})
    found_noise = [noise_of(one) for one in (every[0], every[1], lengths)]
    noises = [noise for noise in found_noise if noise is not None]
    assert len(noises) == 3
    noises[2] = replace(noises[2], rest=np.arange(9.0), level=4.0)
    # the last question is asked at places of its own, of which one is no other's
    places = {noise.question.name: one.puppets for noise, one in zip(noises, every, strict=True)}
    extra = replace(data.puppets[3])
    places[noises[2].question.name] = (*every[2].puppets[1:], extra)
    effect = {noises[0].question.name: 0.3} if moved else {}
    runs, seed = 15, 4
    manies, adjusted, sharing = simulate(
        noises, places, effect, runs=runs, alpha=0.05, questions=5,
        generator=np.random.default_rng(seed), seed=9, most=400,
    )  # fmt: skip
    expected = dealt(noises, places, effect, runs, seed)
    again = []
    for noise, many in zip(noises, manies, strict=True):
        own = list(places[noise.question.name])
        contrast = noise.question.contrast
        blocks = np.array([p.block for p in own], dtype=np.intp)
        same = Many.of(
            noise.question.name, noise.question.measure,
            np.array([p.arm in contrast.treated for p in own]), blocks - 1, blocks,
            np.zeros((runs, len(own))),
        )  # fmt: skip
        if noise.question.measure.likeness is not None:
            likeness_tests(same, expected[many.name], questions=5, seed=9, most=400)
            assert (many.values == 0).all()
        else:
            assert many.values == pytest.approx(expected[many.name])
            same.values = many.values
            value_tests(same, alpha=0.05, questions=5, seed=9, most=400)
        assert many.measure is noise.question.measure
        for part in ("treated", "strata", "blocks", "moved", "bounded"):
            assert getattr(many, part).tolist() == getattr(same, part).tolist()
        for part in ("p", "attainable", "estimate", "low", "high"):
            assert np.array_equal(getattr(many, part), getattr(same, part), equal_nan=True), part
        again.append(same)
    told, together = families(again, 0.05)
    assert np.array_equal(adjusted, told, equal_nan=True)
    assert sharing.tolist() == together.tolist()


def test_strata_are_blocks_and_the_levels_of_other_factors() -> None:
    """Four arms of two factors: two strata in each block, numbered in their order."""
    lists = {
        f"{arm}-{n}": {
            "after.0": " ".join(f"{k}:{'news' if k < at + n else 'x'}" for k in range(10))
        }
        for at, arm in enumerate(CROSSED)
        for n in (1, 2, 3)
    }
    factors = {"city": ["persona.city"], "language": ["persona.language"]}
    data = hand_run(lists, exposure=["news"], factors=factors, arms=CROSSED, attention="uniform")
    one = measured(data)[0]
    noise = noise_of(one)
    assert noise is not None
    (many,), _, _ = simulate(
        [noise], {noise.question.name: one.puppets}, {}, runs=2, alpha=0.05, questions=1,
        generator=np.random.default_rng(1), seed=1, most=50,
    )  # fmt: skip
    levels = sorted({(p.block, one.contrast.strata[p.arm]) for p in one.puppets})
    assert len(levels) == 6
    assert many.strata.tolist() == [
        levels.index((p.block, one.contrast.strata[p.arm])) for p in one.puppets
    ]
    assert many.blocks.tolist() == [p.block for p in one.puppets]
    assert many.treated.tolist() == [p.arm in one.contrast.treated for p in one.puppets]


MET = {"c": "110000", "t": "111110"}


def met() -> tuple[RunData, list[Measured]]:
    """Of six controls two met the label, of six treated puppets five; all lists are ten long."""
    others = " ".join(f"{at}:x" for at in range(1, 10))
    lists = {
        f"{arm}-{n}": {"after.0": f"0:{'news' if one == '1' else 'x'} {others}"}
        for arm, own in MET.items()
        for n, one in enumerate(own, 1)
    }
    data = hand_run(
        lists, blocks={name: 1 + (int(name[2:]) - 1) // 3 for name in lists}, exposure=["news"],
        outcomes=["incidence", "exposure-share"], attention="uniform",
    )  # fmt: skip
    return data, measured(data)


@pytest.mark.slow
def test_what_a_puppet_has_or_has_not_is_had_by_more_of_them() -> None:
    """Simulated puppets have it or not, as many as of the control; of the treated as many more as
    the effect says, and no more than all."""
    _, (incidence, _) = met()
    noise = noise_of(incidence)
    assert noise is not None
    places = {noise.question.name: incidence.puppets}
    for effect, treated in ((0.0, 1 / 3), (0.2, 1 / 3 + 0.2), (0.9, 1.0)):
        (many,), _, _ = simulate(
            [noise], places, {noise.question.name: effect}, runs=3_000, alpha=0.05, questions=1,
            generator=np.random.default_rng(2), seed=1, most=400,
        )  # fmt: skip
        assert set(np.unique(many.values)) <= {0.0, 1.0}
        assert many.values[:, many.treated].mean() == pytest.approx(treated, abs=0.015)
        assert many.values[:, ~many.treated].mean() == pytest.approx(1 / 3, abs=0.015)


def test_whoever_met_it_in_an_arm_is_the_first_to_meet_it() -> None:
    """With the other outcomes of the same puppet: at the level of its own arm each is as it was."""
    _, both = met()
    noises = [noise for one in both if (noise := noise_of(one)) is not None]
    places = {noise.question.name: one.puppets for noise, one in zip(noises, both, strict=True)}
    noises = [replace(noises[0], level=noises[0].level), replace(noises[1], level=0.0)]
    first, second = simulate(
        noises, places, {}, runs=400, alpha=0.05, questions=2,
        generator=np.random.default_rng(3), seed=1, most=400,
    )[0]  # fmt: skip
    # a control that had none has none; of the treated that had it, those of the first third have
    scale = math.sqrt(6 / 5) / 10
    for own, chance in ((-1 / 3, 0.0), (2 / 3, 1.0), (1 / 6, 0.4), (-5 / 6, 0.0)):
        drawn = np.abs(second.values - own * scale) < 1e-9
        assert drawn.any()
        assert first.values[drawn].mean() == pytest.approx(chance, abs=0.04)


@pytest.mark.slow
def test_the_power_of_an_incidence_grows_with_its_size() -> None:
    """Two points more of each puppet would part the arms; two more puppets in 100 do not."""
    _, (incidence, _) = met()
    noise = noise_of(incidence)
    assert noise is not None
    power = []
    for effect in (0.0, 0.02, 0.6):
        _, adjusted, _ = simulate(
            [noise], {noise.question.name: incidence.puppets}, {noise.question.name: effect},
            runs=600, alpha=0.05, questions=1, generator=np.random.default_rng(4), seed=1, most=400,
        )  # fmt: skip
        power.append(float((adjusted <= 0.05).mean()))
    assert power[0] <= 0.05
    assert power[1] < 0.06
    assert power[2] > 0.3
