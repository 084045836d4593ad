"""Null and injected worlds to the headline: none is called an effect, and an effect is found.

Fast: a list is 60 items drawn with a chance of the label that depends on arm and puppet (sd 6.5
points between twins, as on the mock's home page), judged by the whole pipeline: pages, gates,
tests, correction, headline. ``tests/bench/verdicts.py`` does the same with the mock's world and
every shipped scenario.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import summary
from collector.analysis.judging import judge
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import VerdictKind


def audit(
    seed: int, *, effect: float = 0.0, twins: int = 5, block: int = 3, lost: float = 0.0
) -> RunData:
    """Two outcomes (share of news and of sport) on one list of 60 items a puppet, in blocks."""
    generator = np.random.default_rng(seed)
    lists: dict[str, dict[str, str]] = {}
    blocks = {}
    for arm, by in (("c", 0.0), ("t", effect)):
        for twin in range(1, twins + 1):
            name = f"{arm}-{twin}"
            blocks[name] = 1 + (twin - 1) // block
            news = np.clip(0.2 + by + generator.normal(0, 0.04), 0, 0.8)
            topics = generator.choice(["news", "sport", "x"], 60, p=[news, 0.15, 0.85 - news])
            text = " ".join(f"{n}:{topic}" for n, topic in enumerate(topics))
            lists[name] = {} if generator.random() < lost else {"after.0": text}
    cells = [
        {"puppet": name, "arm": name[0], "session": f"s-{name}", "step": 1, "kind": "visit",
         "path": "after.0", "outcome": "done" if own else "missing",
         "status": "ok" if own else "captcha", "detail": ""}
        for name, own in lists.items()
    ]  # fmt: skip
    return hand_run(
        lists, blocks=blocks, cells=cells, exposure=["news", "sport"], attention="uniform",
        smallest_effect="5 points",
    )  # fmt: skip


def rates(count: int, **world: float) -> Counter[str]:
    """Headline kind → number of audits; and of wrong claims that there is no larger effect."""
    found: Counter[str] = Counter()
    for seed in range(count):
        data = audit(seed, **world)  # type: ignore[arg-type]
        judgement = judge(data)
        told = summary.headline(data, judgement)
        assert ("Effect:" in told["text"]) == (told["kind"] == "effect")
        assert "No effect" not in told["text"]
        found[told["kind"]] += 1
        kinds = {v.label: v.verdict for v in judgement.verdicts}
        found["news found"] += kinds["news"] is VerdictKind.EFFECT
        found["news excluded"] += kinds["news"] is VerdictKind.NO_LARGER
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "world",
    [{"twins": 5, "block": 3}, {"twins": 7, "block": 1}, {"twins": 6, "block": 2, "lost": 0.2}],
)
def test_a_null_world_gives_no_effect(world: dict[str, float]) -> None:
    """100 worlds: at most 5 % by the correction; 9 of 100 come with less than 3 % at that rate."""
    assert rates(100, **world)["effect"] <= 9


def test_twenty_points_are_found_by_five_twins_in_blocks() -> None:
    """Two outcomes, five twins: at least 80 % (of 60 worlds, 42 or fewer come with 2 % there)."""
    found = rates(60, effect=0.2, twins=5, block=3)
    assert found["news found"] >= 43
    assert found["news excluded"] == 0
