"""A site of hand-made pages for the actions of a puppet; steps with a browser that pretends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from action_pages import SITE, Answers, Tab
from fake_browser import BROWSER, FakeBrowser, FakeFiling
from playwright.sync_api import Page, Route

from collector.adapters.youtube.runner import VideoRunner
from collector.platforms.youtube.actions import YouTubeActions
from collector.session.pacing import Pacing
from collector.session.steps import StepRunner
from collector.store import Store


@pytest.fixture
def site(page: Page) -> Callable[[Answers], YouTubeActions]:
    """Actions on a site that answers each path with the page given for it."""

    def make(answers: Answers) -> YouTubeActions:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE)
            for begin, html in answers.items():
                if path.startswith(begin):
                    kind = "application/json" if html.startswith("[") else "text/html"
                    route.fulfill(body=html, content_type=f"{kind}; charset=utf-8")
                    return
            route.fulfill(status=404, body="nothing here")

        page.route("**/*", answer)
        return YouTubeActions(Tab(page), SITE)

    return make


@pytest.fixture
def fake() -> FakeBrowser:
    BROWSER[:] = [FakeBrowser()]
    return BROWSER[0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        opened.add_puppet("p", run="r", arm="a", twin=1, block=1)
        opened.add_session("s", run="r", puppet="p", block=1, position=0)
        for step in range(9):
            opened.step_planned("s", step, kind="watch")
        yield opened


@pytest.fixture
def runner(fake: FakeBrowser, store: Store, tmp_path: Path) -> StepRunner:
    return VideoRunner(
        fake,  # type: ignore[arg-type]
        fake,  # type: ignore[arg-type]
        FakeFiling(fake),  # type: ignore[arg-type]
        store,
        session="s",
        screenshots=tmp_path / "shots",
        pacing=Pacing(fake),  # type: ignore[arg-type]
    )
