"""The fast path says what the report says, audit by audit, and shows what the world would show."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from calibration_tools import batch, scenario, small
from hypothesis import given, settings
from hypothesis import strategies as st
from known_worlds import judged, run

from collector.analysis.judging import Judgement, judge
from collector.analysis.metrics import Attention, exposure_share, jaccard, rbo
from collector.analysis.rundata import RunData
from collector.calibration import batches
from collector.calibration.deciding import KINDS
from collector.calibration.measured import likeness, shares
from collector.calibration.truths import TRUTHS
from collector.scenario.loader import parse_scenario

#: 26 audits in all, over every kind of truth.
CASES = {
    "null": 4, "null-loss": 4, "null-labels": 3, "effect-20": 4, "loss-20": 4,
    "differential-loss": 4, "step": 3,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), CASES.items())
def test_every_verdict_is_that_of_judge(
    name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdict, gate, p, adjusted p, estimate and interval of each outcome in each audit."""
    probe, told, found = batch(TRUTHS[name], count, twins=12 if name == "step" else None)
    judgements: list[Judgement] = []

    def judging(data: RunData) -> Judgement:
        judgements.append(judge(data))
        return judgements[-1]

    monkeypatch.setattr(batches, "judge", judging)
    assert list(batches.differences(probe, told, found, count)) == []
    assert len(judgements) == count
    for audit, judgement in enumerate(judgements):
        for at, verdict in enumerate(judgement.verdicts):
            if verdict.p is None:
                continue
            for mine, theirs in (
                (found.p, verdict.p), (found.adjusted, verdict.p_adjusted),
                (found.estimate, verdict.estimate),
            ):  # fmt: skip
                assert mine[audit, at] == pytest.approx(theirs, abs=1e-9)
            if verdict.interval is not None:
                ends = (found.low[audit, at], found.high[audit, at])
                assert ends == pytest.approx(verdict.interval, abs=1e-9)


def test_a_difference_to_judge_is_told() -> None:
    """What ``calibrate`` fails on: a decision that is not that of the report."""
    probe, told, found = batch(TRUTHS["null"], 3)
    found.kind[1, 0] = (found.kind[1, 0] + 1) % len(KINDS)
    (problem,) = batches.differences(probe, told, found, 3)
    assert problem.startswith("audit 1, home: exposure share: conspiracy")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["as-is", "null"])
def test_lists_are_those_of_simulated_sessions(name: str, tmp_path: Path) -> None:
    """Mean and spread of the exposure shares, item counts and overlaps against audits (of twelve
    puppets) that went through sessions, store and report: within four standard errors."""
    truth, runs = TRUTHS[name], 12
    _, _, found = batch(truth, 300)
    slow: list[list[float]] = []
    for seed in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            # a world without truths has no carry-over to switch off
            parameters = {k: v for k, v in truth.scale.items() if k != "carry_over"} or None
            _, judgement = judged(
                run(Path(folder) / "run", parse_scenario(scenario()), seed=seed,
                    parameters=parameters)
            )  # fmt: skip
        slow.append([v.estimate or 0.0 for v in judgement.verdicts])
    table = np.array(slow)
    for at in range(table.shape[1]):
        mine = found.estimate[:, at]
        error = np.hypot(table[:, at].std(ddof=1) / np.sqrt(runs), mine.std() / np.sqrt(300))
        assert abs(mine.mean() - table[:, at].mean()) < 4 * error + 0.004
        assert 0.4 < (table[:, at].std(ddof=1) + 0.004) / (mine.std() + 0.004) < 2.2


def test_no_list_holds_an_item_twice_and_every_list_is_full() -> None:
    _, told, _ = batch(TRUTHS["as-is"], 60)
    for (surface, _), lists in told.lists.items():
        rows = lists.items.reshape(-1, lists.items.shape[2])
        for row in rows.tolist():
            organic = [item for item in row if item >= 0]
            assert len(set(organic)) == len(organic)
            assert -2 not in row
        assert rows.shape[1] == (24 if surface == "home" else 20)


ITEMS = st.lists(st.integers(0, 12), min_size=0, max_size=7, unique=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEMS, min_size=2, max_size=4))
def test_likeness_of_many_is_that_of_each_pair(lists: list[list[int]]) -> None:
    """RBO and Jaccard of uneven lists, empty ones too, against ``metrics`` itself."""
    table = np.full((1, len(lists), 7), -2, dtype=np.int32)
    for n, own in enumerate(lists):
        table[0, n, : len(own)] = own
    for kind, alone in (("rank-overlap", rbo), ("jaccard", jaccard)):
        found = likeness(table, kind)[0]
        for a, one in enumerate(lists):
            for b, other in enumerate(lists):
                if a != b:
                    assert found[a, b] == pytest.approx(alone(one, other), abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["x", "y", "", "ad"]), max_size=9), st.sampled_from(Attention))
def test_exposure_of_many_is_that_of_one(labels: list[str], attention: Attention) -> None:
    """Advertising takes no attention, items without a label do: against ``metrics`` itself."""
    numbers = {"x": 0, "y": 1, "": -1, "ad": -1}
    topics = np.array([[numbers[label] for label in labels]], dtype=np.int16)
    organic = np.array([[label != "ad" for label in labels]], dtype=np.bool_)
    expected = exposure_share([x or None for x in labels if x != "ad"], {"x"}, attention)
    found = float(shares(topics, organic, 0, attention)[0]) if labels else np.nan
    if expected is None:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(expected, abs=1e-12)


def test_the_same_seed_gives_the_same_audits() -> None:
    (_, one, first), (_, two, second) = (
        batch(TRUTHS["null-loss"], 20, fresh=True) for _ in range(2)
    )
    for key in one.lists:
        assert np.array_equal(one.lists[key].items, two.lists[key].items)
    assert np.array_equal(first.p, second.p, equal_nan=True)
    assert small().plan.hash == small().plan.hash
