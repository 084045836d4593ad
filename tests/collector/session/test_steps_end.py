"""A scroll to the end of a feed that has none ends by itself, says how far it came, and goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_browser import FakeBrowser

from collector.adapters.youtube.browserless import HttpYouTubeActions
from collector.browserless.puppet import open_http_puppet
from collector.common.errors import UserError
from collector.common.model import Platform
from collector.platforms.acting import ActionFailed, Waited
from collector.platforms.registry import spec_of
from collector.profile import generate_persona
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.scenario.steps import StepKind
from collector.session.pacing import Pacing
from collector.session.steps import StepRunner
from mockserver.serve import Server


def args(scroll: Any) -> dict[str, Any]:
    plan = make_plan(parse_scenario({"name": "t", "arms": {"a": {"steps": [{"scroll": scroll}]}}}))
    return dict(plan.sessions[0].steps[0].args)


def test_a_cap_is_in_the_plan_only_where_it_is_given() -> None:
    """Plans of scenarios without one are the bytes that they were."""
    keys = {"screens", "until", "end", "pixels", "times", "every_s"}
    assert set(args("end")) == keys
    assert args({"end": True, "cap": "2m"}) == {**args("end"), "cap_s": 120.0}
    assert args({"until": 400, "cap": "1m"})["cap_s"] == 60.0
    json.dumps(args({"end": True, "cap": "2m"}))


def test_a_cap_needs_something_that_may_not_end() -> None:
    with pytest.raises(UserError, match="cap goes with end or until"):
        args({"screens": 2, "cap": "2m"})


def test_a_puppet_without_a_browser_leaves_an_endless_feed(
    mock_server: Server, tmp_path: Path
) -> None:
    """The site answers every request for more with the same first part, which announces more."""
    site = mock_server.site("youtube")
    with open_http_puppet(
        state_dir=tmp_path,
        persona=generate_persona(1),
        site=site,
        cookies=dict(spec_of(Platform.YOUTUBE).cookies("endless")),
    ) as puppet:
        actions = HttpYouTubeActions(puppet, site)
        actions.visit("/")
        actions.consent("reject")
        asked, kept = puppet.wire.post, []

        def post(path: str, body: Any) -> Any:
            if path != "/youtubei/v1/browse":
                return asked(path, body)
            if not kept:
                kept.append(asked(path, body))
            return kept[0]

        puppet.wire.post = post  # type: ignore[method-assign]
        ticks = iter(range(0, 10_000, 35))
        reach = Pacing(puppet, clock=lambda: float(next(ticks))).until(120)
        items = actions.scroll_until(None, heed=reach)
        assert reach.stopped
        assert reach.in_words(f"{items} items") == f"stopped after 120 s at {items} items"
        assert items > 50
        assert actions.settle().items == items
        puppet.wire.post = asked  # type: ignore[method-assign]


def test_how_far_a_scroll_came_names_what_was_left_over_the_page(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    step = PlannedStep(0, StepKind.SCROLL, args({"until": 12}), "arms.a.steps.0", 1)
    assert runner.run(step).detail == "12 items"
    fake.lies_over = lambda: "age dialog 'Confirm' was left"  # type: ignore[attr-defined]
    assert runner.run(step).detail == "12 items, behind: age dialog 'Confirm' was left"


@pytest.mark.parametrize(
    ("scroll", "following", "filed"),
    [
        ("end", None, 1),
        ("end", StepKind.PAUSE, 1),
        ("end", StepKind.CAPTURE, 0),
        ({"end": True, "capture": False}, None, 0),
        ({"until": 12}, None, 0),
    ],
)
def test_a_scroll_to_the_end_files_its_page_once(
    runner: StepRunner,
    fake: FakeBrowser,
    scroll: Any,
    following: StepKind | None,
    filed: int,
) -> None:
    fake.scroll_until = lambda items, heed: 480  # type: ignore[method-assign, misc, assignment]
    step = PlannedStep(3, StepKind.SCROLL, args(scroll), "arms.a.steps.3", 1)
    result = runner.run(step, following)
    assert (result.outcome, result.detail) == ("done", "480 items")
    assert runner.filing.filed == [(3, fake.url, True)] * filed  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("scroll", "following", "filed"),
    [("end", None, 1), ("end", StepKind.CAPTURE, 0), ({"until": 12}, None, 0)],
)
def test_a_scroll_to_the_end_that_breaks_off_files_how_far_it_came(
    runner: StepRunner,
    fake: FakeBrowser,
    scroll: Any,
    following: StepKind | None,
    filed: int,
) -> None:
    """The step has failed all the same, and the page is filed as one that never came to rest."""
    why = "the list stopped at 40 items with more announced"

    def stops(items: int | None, heed: Any) -> int:
        raise ActionFailed(why)

    fake.scroll_until = stops  # type: ignore[method-assign]
    step = PlannedStep(3, StepKind.SCROLL, args(scroll), "arms.a.steps.3", 1)
    result = runner.run(step, following)
    assert (result.outcome, result.detail) == ("failed", why)
    assert runner.filing.filed == [(3, fake.url, False)] * filed  # type: ignore[attr-defined]


def test_a_page_that_is_none_is_missing_where_the_scroll_ended(
    runner: StepRunner, fake: FakeBrowser
) -> None:
    fake.scroll_until = lambda items, heed: 480  # type: ignore[method-assign, misc, assignment]
    fake.how = Waited.TIMED_OUT
    result = runner.run(PlannedStep(3, StepKind.SCROLL, args("end"), "arms.a.steps.3", 1))
    assert result.outcome == "missing"
    assert result.detail.startswith("480 items; the page never settled")


def test_filing_it_or_not_is_in_the_plan_only_where_it_is_said() -> None:
    assert "capture" not in args("end")
    assert args({"end": True, "capture": False}) == {**args("end"), "capture": False}
    assert args({"end": True, "capture": True}) == args("end")
    with pytest.raises(UserError, match="capture goes with end"):
        args({"screens": 2, "capture": False})


def test_a_list_that_was_scrolled_to_its_end_counts_as_captured() -> None:
    arms = {"a": {"steps": [{"search": "x"}]}}
    after: list[Any] = [{"visit": {"url": "home", "capture": False}}, {"scroll": "end"}]
    told = {"name": "t", "arms": arms}
    assert parse_scenario({**told, "after": after}).scenario.analysis.surfaces == ["home"]
    after[1] = {"scroll": {"end": True, "capture": False}}
    assert parse_scenario({**told, "after": after}).scenario.analysis.surfaces != ["home"]
