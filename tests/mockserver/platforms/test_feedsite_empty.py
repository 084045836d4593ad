"""A feed and a profile without posts say so themselves, in each look and language."""

from __future__ import annotations

from typing import Any

import pytest
from feed_tools import LANGUAGES
from flask import Flask

from collector.platforms.facebook import parse_page
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.world.social.social import SocialWorld
from mockserver.world.social.viewers import Timeline
from tests.mockserver.platforms.test_feedsite_looks import PHONE
from tests.mockserver.platforms.test_feedsite_markup import SITE, _client


@pytest.fixture(scope="module", params=("2017", "2019", "2020", "2023", "mobile"))
def site(request: pytest.FixtureRequest) -> tuple[Flask, dict[str, str]]:
    phone = request.param == "mobile"
    return (
        create_app(MockConfig(era="2026" if phone else request.param)),
        {"HTTP_USER_AGENT": PHONE} if phone else {},
    )


def read(site: tuple[Flask, dict[str, str]], path: str, lang: str) -> tuple[Any, str]:
    """What is read of a page, and its status in the truth log."""
    app, environ = site
    client = _client(app, f"v-{lang}", lang)
    client.environ_base.update(environ)
    seen = parse_page(client.get(path).text, SITE + path)
    mock: Mock = app.extensions["mock"]
    rows, _ = mock.world.truth.rows("pages", visitor=f"v-{lang}")
    return seen, rows[-1]["status"]


@pytest.mark.sweep(12)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_feed_without_posts(
    site: tuple[Flask, dict[str, str]], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SocialWorld, "_compose", lambda *_: Timeline(iter(())))
    seen, truth = read(site, "/", lang)
    assert (seen.status, truth, seen.impressions) == ("empty", "empty", ())


@pytest.mark.sweep(12)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_profile_without_posts(
    site: tuple[Flask, dict[str, str]], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock: Mock = site[0].extensions["mock"]
    page = next(one for one in mock.world.social.sources.pages if one.lang == lang)
    seen, truth = read(site, page.path, lang)
    assert (seen.status, truth) == ("ok", "ok")
    monkeypatch.setattr(SocialWorld, "posts_of", lambda *_: ())
    seen, truth = read(site, page.path, lang)
    assert (seen.status, truth, seen.impressions) == ("empty", "empty", ())
