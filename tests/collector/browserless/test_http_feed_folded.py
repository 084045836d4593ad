"""A post that its viewer has hidden is as high without a browser as in one, and as long in view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from collector.browserless.feed import height_px
from collector.platforms.registry import spec_of
from collector.testing import ScenarioRun
from mockserver.context import MockConfig
from mockserver.serve import serving

pytestmark = pytest.mark.browser


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("era", "host"),
    [("2017", "facebook"), ("2019", "facebook"), ("2020", "facebook"), ("2023", "facebook"),
     ("2020", "m.facebook")],
)  # fmt: skip
def test_what_is_left_of_a_hidden_post_is_as_high_as_in_chromium(
    page: Page, era: str, host: str
) -> None:
    """While all of its source can be hidden there, and after that was done."""
    with serving(MockConfig(seed=3, era=era), demo=False) as server:
        site = server.site(host)
        cookies = spec_of("facebook").cookies("folds")
        page.context.add_cookies(
            [{"name": name, "value": value, "url": site} for name, value in cookies.items()]
        )
        page.goto(site + "/")
        page.locator("[data-cookiebanner='accept_only_essential_button']").first.click()
        page.locator("[data-slot]").nth(1).wait_for()
        unit = page.locator("[data-slot]").nth(1)

        def heights() -> tuple[float, float]:
            drawn, html = unit.evaluate("e => [e.getBoundingClientRect().height, e.outerHTML]")
            return drawn, height_px(html)

        unit.locator("[data-hide]").first.evaluate("e => e.click()")
        page.locator(".after-hide").wait_for()
        offered = heights()
        page.locator(".after-hide").evaluate("e => e.click()")
        page.locator(".after-hide").wait_for(state="detached")
        folded = heights()
    assert offered[1] == pytest.approx(offered[0], abs=0.2)
    assert folded[1] == pytest.approx(folded[0], abs=0.2)
    assert folded[0] < offered[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_posts_are_as_long_in_view_with_a_browser_as_without(
    run_scenario: Callable[..., ScenarioRun], seed: int
) -> None:
    """A hidden post ends being in view when it is hidden, the one that moves up begins then."""
    told: dict[str, Any] = {
        "name": "folded", "platform": "facebook", "seed": seed, "labels": "mock",
        "persona": {"viewport": "1366x1600"},
        "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
        "arms": {"only": {"steps": [
            {"visit": "home"}, {"not_interested": {"rank": 1}}, {"not_interested": {"rank": 1}},
            {"dont_recommend_channel": {"rank": 1}}, {"pause": "20s"},
        ]}},
    }  # fmt: skip

    def in_view(driver: str) -> list[tuple[int, float]]:
        run = run_scenario(told, driver=driver, submit_to="none", speed="max")
        assert {row["outcome"] for row in run.store.steps()} == {"done"}
        rows = run.store.rows("SELECT position, visible_s FROM feed ORDER BY rowid")
        return [(row["position"], row["visible_s"]) for row in rows]

    without = in_view("http")
    assert without == in_view("chromium")
    assert min(seconds for _, seconds in without) < 1 < max(seconds for _, seconds in without)
