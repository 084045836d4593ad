"""What stands behind the verdicts: each number counted again from the same simulated audits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import certificate as module
from collector.analysis.certificate import certify
from collector.analysis.intervals import share_limit
from collector.analysis.judging import Judgement, judge
from collector.analysis.resampled import noise_of, simulate
from collector.analysis.rundata import RunData
from collector.analysis.truth import Agreement, TruthCheck

NEWS = {"c": [1, 3, 2, 6, 4, 3, 2], "t": [5, 9, 4, 8, 8, 2, 6]}


@pytest.fixture(scope="module", autouse=True)
def _whole(whole_reports: None) -> None:
    """So many audits as a user's certificate has."""


def run(twins: int = 7, length: bool = True, **changes: Any) -> RunData:
    """Seven pairs; of ten items so many are news, and each list has some more at its end."""
    lists = {
        f"{arm}-{n}": {
            "after.0": " ".join(
                f"{at * n % 13}{arm * (at % 2)}:{'news' if at < own else 'x'}"
                for at in range(10 + (own % 3 if length else 0))
            )
        }
        for arm, counts in NEWS.items()
        for n, own in enumerate(counts[:twins], 1)
    }
    declared = {
        "exposure": ["news"], "attention": "uniform",
        "outcomes": ["exposure-share", "jaccard", "list-length"],
    }  # fmt: skip
    return hand_run(lists, **(declared | changes))


def told(data: RunData, judgement: Judgement | None = None) -> dict[str, Any]:
    return certify(data, judgement or judge(data), None)


def test_the_run_its_design_and_what_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that are data have a good page or need none; a puppet counts in each outcome."""
    statuses = [("done", "ok"), ("done", None), ("done", "captcha"), ("failed", "ok"),
                (None, None)]  # fmt: skip
    cells = [
        {"puppet": "c-1", "arm": "c", "session": "s-c-1", "step": n, "kind": "visit",
         "path": "after.0", "outcome": outcome, "status": status, "detail": ""}
        for n, (outcome, status) in enumerate(statuses)
    ]  # fmt: skip
    receipts = tuple({"status": status} for status in ("complete", "stalled", "complete"))
    blocks = {f"{arm}-{n}": (n + 1) // 2 for arm in "ct" for n in range(1, 8)}
    data = run(cells=cells, alpha=0.1, blocks=blocks)
    data = replace(
        data,
        pages=tuple(p for p in data.pages if p.puppet.name != "t-2"),
        run={**data.run, "plan_hash": "abc", "seed": 5},
    )
    judgement = judge(data)
    monkeypatch.setattr(module, "_counts", lambda _: (5, 5))
    found = told(replace(data, receipts=receipts), judgement)
    assert list(found) == [
        "format", "run", "scenario", "plan", "seed", "design", "losses", "simulated",
        "false_effect", "coverage", "power", "parser", "receipts",
    ]  # fmt: skip
    head = {key: found[key] for key in list(found)[:7]}
    assert head == {
        "format": "twinwatch-certificate/1",
        "run": "hand",
        "scenario": "hand",
        "plan": "abc",
        "seed": 5,
        "design": {"arms": {"c": 7, "t": 7}, "blocks": 4, "outcomes": 3, "alpha": 0.1},
        "losses": {"planned": 5, "data": 2, "puppets": 3},
    }
    assert found["parser"] is None
    assert found["receipts"] == {"watches": 3, "complete": 2}
    assert told(run(twins=1))["plan"] is None


@pytest.mark.parametrize(
    ("captured", "missed", "invented", "recall"),
    [(30, 1, 2, round(28 / 29, 6)), (10, 0, 0, 1.0), (5, 2, 5, 0.0), (0, 0, 0, None),
     (3, 0, 3, None)],
)  # fmt: skip
def test_the_parser_against_the_platforms_log(
    captured: int, missed: int, invented: int, recall: float | None
) -> None:
    total = Agreement(loads=4, captured=captured, missed=missed, invented=invented)
    data = run(twins=1)
    found = certify(data, judge(data), TruthCheck(total))
    assert found["parser"] == {
        "lists": 4, "recall": recall, "missed": missed, "invented": invented,
    }  # fmt: skip


def test_without_noise_nothing_is_simulated() -> None:
    for data in (run(twins=1), run(phase="during")):
        found = told(data)
        assert {key: found[key] for key in ("simulated", "why", "false_effect", "coverage",
                                            "power")} == {
            "simulated": None,
            "why": "no declared outcome has two puppets with data in each arm",
            "false_effect": None,
            "coverage": None,
            "power": [],
        }  # fmt: skip


def usable(judgement: Judgement) -> list[Any]:
    return [(a, n) for a in judgement.answers
            if a.tested is not None and (n := noise_of(a.measured)) is not None]  # fmt: skip


def again(
    data: RunData, judgement: Judgement, effect: dict[str, float], runs: int, part: int
) -> Any:
    """The same audits, simulated once more."""
    own = usable(judgement)
    return simulate(
        [noise for _, noise in own],
        {noise.question.name: answer.measured.puppets for answer, noise in own},
        effect, runs=runs, alpha=judgement.declaration.alpha,
        questions=len(judgement.declaration.questions),
        generator=np.random.default_rng([data.run["seed"], 12, part]),
        seed=data.run["seed"], most=1_000,
    )  # fmt: skip


def covering(manies: list[Any]) -> tuple[int, int]:
    """Intervals with the truth, which is 0, in them, and all that have two ends."""
    inside = covered = 0
    for many in manies:
        for p, bounded, low, high in zip(many.p, many.bounded, many.low, many.high, strict=True):
            if bounded and not math.isnan(p):
                covered += 1
                inside += bool(low <= 1e-12 and high >= -1e-12)
    return inside, covered


@pytest.mark.sweep(1)
@pytest.mark.parametrize("alpha", [0.05, 0.3])
def test_what_is_simulated_is_counted_again(monkeypatch: pytest.MonkeyPatch, alpha: float) -> None:
    """False effects, coverage and power, over the audits one by one."""
    monkeypatch.setattr(module, "_CELLS", 1)
    data = run(alpha=alpha)
    judgement = judge(data)
    found = told(data, judgement)
    assert found["simulated"] == {
        "audits": 100,
        "audits_a_size": 50,
        "exchanges": 1000,
        "from": "the run's own puppets, dealt out anew at the places that have data",
    }
    manies, adjusted, _ = again(data, judgement, {}, 100, 0)
    false = sum(any(p <= alpha for p in row if not math.isnan(p)) for row in adjusted.tolist())
    assert found["false_effect"] == {
        "rate": round(false / 100, 4),
        "upper95": round(share_limit(false, 100, 0.1), 4),
    }
    inside, covered = covering(manies)
    assert found["coverage"] == round(inside / covered, 4)
    assert 0 < false < 100 or alpha == 0.05
    assert 0 < inside < covered
    share, _, length = (answer.question for answer in judgement.answers)
    tested = judgement.answers[2].tested
    assert tested is not None
    assert tested.noise
    sizes = [
        *((f"{points} points", {share.name: points / 100}, share) for points in (5, 10, 20)),
        *((f"{sd} sd", {length.name: sd * tested.noise}, length) for sd in (1, 2, 3)),
    ]
    expected = []
    for part, (name, effect, question) in enumerate(sizes, 1):
        _, adjusted, _ = again(data, judgement, effect, 50, part)
        at = 0 if question is share else 2
        hits = sum(p <= alpha for p in adjusted[:, at].tolist())
        expected.append({
            "surface": "home", "outcome": question.outcome, "arm": "t", "control": "c",
                "size": name,
            "power": round(hits / 50, 3),
        })  # fmt: skip
    assert found["power"] == expected


def test_every_outcome_of_a_kind_is_moved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares by points, all else by its own spread; a likeness by nothing; without a spread not."""
    data = run(length=False, outcomes=["exposure-share", "incidence", "jaccard", "list-length",
                                       "diversity"])  # fmt: skip
    judgement = judge(data)
    own = usable(judgement)
    answers, noises = [a for a, _ in own], [n for _, n in own]
    names = [noise.question.name for noise in noises]
    assert len(names) == 5
    found = module._sizes(noises, own)
    share, met, _, length, many = names
    assert [name for name, _ in found] == [
        "5 points", "10 points", "20 points", "1 sd", "2 sd", "3 sd",
    ]  # fmt: skip
    for (_, shifts), points in zip(found, (0.05, 0.1, 0.2), strict=False):
        assert shifts == {share: points, met: points}
    for _, shifts in found[3:]:
        assert length not in shifts
        assert share not in shifts
    spread = run(outcomes=["list-length"])
    (answer,) = judge(spread).answers
    noise = noise_of(answer.measured)
    assert noise is not None
    assert answer.tested is not None
    assert answer.tested.noise
    assert module._sizes([noise], [(answer, noise)]) == [
        (f"{n} sd", {noise.question.name: n * answer.tested.noise}) for n in (1, 2, 3)
    ]
    assert module._sizes(noises[:1], own[:1]) == [
        (f"{n} points", {share: n / 100}) for n in (5, 10, 20)
    ]
    nobody = run(exposure=["sport"], outcomes=["exposure-share", "incidence"])
    unmet = usable(judge(nobody))
    (first, *_) = module._sizes([n for _, n in unmet], unmet)
    assert first == ("5 points", {unmet[1][1].question.name: 0.05})
    assert answers[4].question.name == many
    assert module._sizes(noises[2:3], own[2:3]) == []


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (1, (100, 50)), (128 * 14 * 3 * 120, (120, 50)), (128 * 14 * 3 * 300, (300, 100)),
        (128 * 14 * 3 * 200, (200, 66)), (128 * 14 * 3 * 700, (700, 200)), (10**12, (1000, 200)),
    ],
)  # fmt: skip
def test_so_many_audits_as_take_seconds(
    monkeypatch: pytest.MonkeyPatch, cells: int, counts: tuple[int, int]
) -> None:
    """Exchanges by puppets by three, 2^7 exchanges of seven pairs; a hundred audits at least."""
    monkeypatch.setattr(module, "_CELLS", cells)
    data = run(outcomes=["exposure-share"])
    own = usable(judge(data))
    assert module._counts(own) == counts


def test_two_outcomes_cost_twice_and_exchanges_are_a_thousand_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = usable(judge(run(outcomes=["exposure-share"])))
    together = {f"{arm}-{n}": 1 for arm in "ct" for n in range(1, 8)}
    wide = usable(judge(run(outcomes=["exposure-share"], blocks=together)))
    monkeypatch.setattr(module, "_CELLS", 128 * 14 * 3 * 600)
    assert module._counts(one) == (600, 200)
    assert module._counts([*one, *one]) == (300, 100)
    monkeypatch.setattr(module, "_CELLS", 1000 * 14 * 3 * 600)
    assert module._counts(wide) == (600, 200)


def test_shares_are_told_to_four_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 63 audits: their sevenths and ninths have no end."""
    monkeypatch.setattr(module, "_counts", lambda _: (63, 7))
    data = run(alpha=0.3, outcomes=["exposure-share"])
    judgement = judge(data)
    manies, adjusted, _ = again(data, judgement, {}, 63, 0)
    false = sum(p <= 0.3 for (p,) in adjusted.tolist())
    inside, covered = covering(manies)
    found = told(data, judgement)
    for share, said in (
        (inside / covered, found["coverage"]), (false / 63, found["false_effect"]["rate"]),
    ):  # fmt: skip
        assert said == float(f"{share:.4f}") != float(f"{share:.5f}")
