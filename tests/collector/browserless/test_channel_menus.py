"""The menus of the cards on a channel's own page say what those on home say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collector.testing import ScenarioRun

#: On a channel's page one video is refused, and then the channel.
STEPS: list[Any] = [
    {"visit": "home"}, {"consent": "reject"}, {"follow": {"rank": 1}},
    {"open_channel": "videos"},
    {"not_interested": {"rank": 1}}, {"dont_recommend_channel": {"rank": 1}},
    {"visit": "home"}, {"follow": {"rank": 1}},
]  # fmt: skip


@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_a_channel_is_refused_on_its_own_page(
    driver: str, run_scenario: Callable[..., ScenarioRun]
) -> None:
    """Both are told to the site: no list that it recommends has the channel any more."""
    run = run_scenario(
        {"name": "menus", "seed": 3, "arms": {"a": {"steps": STEPS}}},
        driver=driver, submit_to="none", speed="max",
    )  # fmt: skip
    done = list(run.store.rows("SELECT kind, outcome, detail FROM steps ORDER BY step"))
    assert {row["outcome"] for row in done} == {"done"}
    named: dict[str, str] = {}
    for row in done:
        named.setdefault(row["kind"], (row["detail"] or "").split(" at ")[0])
    shown = list(
        run.store.rows(
            "SELECT i.item_id, i.surface, i.channel_href, c.seq FROM impressions i"
            " JOIN captures c ON c.id = i.capture WHERE i.kind <> 'ad' ORDER BY c.seq"
        )
    )
    refused = {
        row["channel_href"] for row in shown
        if row["item_id"] == named["follow"] and row["channel_href"]
    }  # fmt: skip
    since = max(row["seq"] for row in shown if row["surface"] == "channel")
    before = {row["channel_href"] for row in shown if row["seq"] < since}
    after = [row for row in shown if row["seq"] > since]
    assert {row["surface"] for row in after} >= {"home", "related"}
    assert refused
    assert refused & before
    assert not refused & {row["channel_href"] for row in after}
    assert named["not_interested"] not in {row["item_id"] for row in after}
