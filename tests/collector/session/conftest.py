"""A site of hand-made pages for the actions of a puppet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from action_pages import SITE, Answers, Tab
from playwright.sync_api import Page, Route

from collector.platforms.youtube.actions import YouTubeActions


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
        return YouTubeActions(Tab(page), SITE, page_timeout_s=2)

    return make
