"""A redesigned page is read whole, or the parser says aloud that it is not."""

from __future__ import annotations

import re

import pytest
from site_tools import ERAS

from collector.common.model import ItemKind, PageStatus
from collector.platforms.youtube import parse_page
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.redesign import Redesign

BASE = "http://youtube.localhost"


def documents(era: str, mutate: int | None) -> dict[str, str]:
    """A home page, a search and two watch pages of a visitor who has refused cookies."""
    app = create_app(MockConfig(era=era, mutate=mutate))
    world = app.extensions["mock"].world
    world.viewer("redesign001").consent("reject")
    client = app.test_client()
    client.set_cookie("VISITOR_INFO1_LIVE", "redesign001", domain="youtube.localhost")
    paths = ["/", "/results?search_query=pasta"]
    paths += [f"/watch?v={video}" for video in list(world.videos)[:2]]
    return {path: client.get(path, base_url=BASE).get_data(as_text=True) for path in paths}


@pytest.fixture(scope="module", params=ERAS)
def original(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    return request.param, documents(request.param, None)


@pytest.mark.sweep(4)
@pytest.mark.parametrize("seed", range(6))
def test_no_redesign_loses_items_in_silence(
    original: tuple[str, dict[str, str]], seed: int
) -> None:
    """The ids that the original lists are all there, or the status says that something is not."""
    era, pages = original
    redesign = Redesign(seed)
    for path, html in pages.items():
        before = parse_page(html, f"{BASE}{path}")
        assert before.status is PageStatus.OK
        after = parse_page(redesign.of(html), f"{BASE}{path}")
        wanted = {item.item_id for item in before.impressions if item.kind is not ItemKind.AD}
        found = {item.item_id for item in after.impressions}
        if wanted - found:
            assert after.status not in (PageStatus.OK, PageStatus.EMPTY), (era, path, seed)
        assert [item.position for item in after.impressions] == list(
            range(1, len(after.impressions) + 1)
        )


def test_only_names_change(original: tuple[str, dict[str, str]]) -> None:
    """Texts and links stand as they stood, in the same order; names do not."""
    for html in original[1].values():
        made = Redesign(5).of(html)
        assert made != html
        for kept in (r">[^<>]*<", r'href="[^"]*"', r"<script\b[^<>]*>[^<]*"):
            assert len(re.findall(kept, made)) == len(re.findall(kept, html))
        assert re.findall(r'(?:>[^<>]*<|\shref="[^"]*")', made) == re.findall(
            r'(?:>[^<>]*<|\shref="[^"]*")', html
        )
        assert len(re.findall(r"<[a-z]", made)) == len(re.findall(r"<[a-z]", html))
        assert Redesign(5).of(html) == made
        assert Redesign(6).of(html) != made


def test_the_mock_serves_it() -> None:
    plain, served = documents("2026", None), documents("2026", 4)
    for path, html in served.items():
        assert html.count("<") == pytest.approx(plain[path].count("<"), rel=0.2)
        names = set(re.findall(r"<(yt-[a-z]+-view-model)", html))
        assert names - set(re.findall(r"<(yt-[a-z]+-view-model)", plain[path]))
