"""A signed-in viewer of the mock: planted wherever the site shows an account, gone after."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from collector.scrub import scrub
from mockserver.app import create_app
from mockserver.context import MockConfig

VISITOR = "canaryVis_7"
ACCOUNTS = {
    "en": ("Cänary Ŵorth & Sons", "canary.mail@example.org"),
    "ar": ("Bo", "bo.canary@example.org"),
    "zh-TW": ("王小明", "canary.wang@example.net"),
}
PATHS = ["/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=flat+earth"]


@pytest.fixture(scope="module", params=["2026", "2022"])
def site(request: pytest.FixtureRequest) -> FlaskClient:
    return create_app(MockConfig(seed=3, era=request.param)).test_client(use_cookies=False)


@pytest.mark.sweep(4)
@pytest.mark.parametrize("language", ACCOUNTS)
@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_the_account_is_left(site: FlaskClient, path: str, language: str) -> None:
    name, email = ACCOUNTS[language]
    login = quote(f"{name}|{email}")
    page = site.get(
        path,
        base_url="http://youtube.localhost:8000",
        headers={
            "Cookie": f"LOGIN_INFO={login}; VISITOR_INFO1_LIVE={VISITOR}; SOCS=CAI",
            "Accept-Language": language,
        },
    ).get_data(as_text=True)
    assert email in page
    assert html.escape(name) in page
    clean = scrub(page, known=[VISITOR, login])
    inside = base64.b64encode(b"\n\x0b" + VISITOR.encode() + b"(\x01").decode()
    for canary in (email, quote(email), VISITOR, inside):
        assert canary not in clean
    if name == "Bo":
        assert not re.search(r'account-name[^>]*>\s*Bo\s*<|alt="Bo"', clean)
    else:
        for spelling in (name, html.escape(name), json.dumps(name)[1:-1]):
            assert spelling not in clean
    assert scrub(clean, known=[VISITOR, login]) == clean
    assert re.findall(r'href="(/watch\?v=[\w-]{11})', clean) == re.findall(
        r'href="(/watch\?v=[\w-]{11})', page
    )
    config = re.search(r"ytcfg\.set\((\{.*?\})\);", clean, re.DOTALL)
    assert config is not None
    assert json.loads(config[1])["EVENT_ID"]
