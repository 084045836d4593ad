"""No Origin and no body ends in a 500: an address that is none, JSON of any type as a choice."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.context import MockConfig


@pytest.fixture(scope="module")
def app() -> Flask:
    found = create_app(MockConfig(clock="0"))
    found.config["PROPAGATE_EXCEPTIONS"] = False
    return found


ACTIONS = [
    ("youtube", "/youtubei/v1/consent"),
    ("youtube", "/youtubei/v1/like/like"),
    ("youtube", "/youtubei/v1/autoplay"),
    ("youtube", "/api/stats/watchtime"),
    ("facebook", "/cookie/consent/"),
    ("facebook", "/login/"),
]
ORIGINS = ["http://[::1", "http://[", "//[", "http://a:b", "http://[::1]:x", "null", "\x7f", ":"]


@pytest.mark.parametrize(("site", "path"), ACTIONS)
@pytest.mark.parametrize("origin", ORIGINS, ids=ascii)
def test_an_origin_that_is_none_is_refused(app: Flask, site: str, path: str, origin: str) -> None:
    answer = app.test_client().post(
        path, base_url=f"http://{site}.localhost", json={}, headers={"Origin": origin}
    )
    assert answer.status_code in (403, 404)


VALUES: list[Any] = [{}, [], {"a": 1}, [1], None, True, 0, 1.5, "", "x", ["accept"], {"accept": 1}]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(
    ("site", "path", "key"),
    [
        ("youtube", "/youtubei/v1/consent", "choice"),
        ("youtube", "/youtubei/v1/like/like", "videoId"),
        ("youtube", "/youtubei/v1/feedback", "videoId"),
        ("youtube", "/youtubei/v1/subscription/subscribe", "channelId"),
        ("youtube", "/youtubei/v1/autoplay", "on"),
        ("youtube", "/youtubei/v1/browse", "continuation"),
        ("youtube", "/youtubei/v1/next", "continuation"),
        ("facebook", "/cookie/consent/", "choice"),
        ("facebook", "/ajax/like", "post"),
        ("facebook", "/ajax/follow", "page"),
        ("facebook", "/ajax/hide", "post"),
        ("facebook", "/ajax/silence", "post"),
    ],
)
def test_a_value_of_any_type_is_no_defect(
    app: Flask, site: str, path: str, key: str, value: Any
) -> None:
    answer = app.test_client().post(path, base_url=f"http://{site}.localhost", json={key: value})
    assert answer.status_code < 500
