"""Whatever is sent, the answer is an answer: never a 500, always JSON, CSV or a page, with CORS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yttrex_tools import Bench, bench, item, leaf, signed

from collector.common.identity import js_json

GETS = (
    "/v1/personal/{}",
    "/v1/personal/{}/{}",
    "/v1/personal/{}/csv",
    "/v1/research/{}/{}",
    "/v1/videoId/{}/{}",
    "/v1/related/{}/{}",
    "/v1/videoCSV/{}/{}",
    "/v1/author/{}/{}",
    "/v1/htmlId/{}",
    "/v1/html/{}",
    "/v2/statistics/{}/{}/{}",
    "/v2/personal/{}/selector/{}/{}",
    "/v2/personal/{}/{}/csv",
    "/v2/personal/{}/experiments/{}/{}",
    "/v2/directives/{}",
    "/v2/experiment/{}/json",
    "/v2/experiment/{}/csv/{}",
    "/v1/{}",
    "/v2/{}/{}",
)
NASTY = (
    "x" * 5000,
    "'; DROP TABLE yttrex_metadata; --",
    '" OR 1=1',
    "%",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "\x00",
    "🤷\u202e",
    "-1--1",
    "NaN",
    "1e309",
    "𝟙-𝟚",
    "²",
    "{}",
    "null",
    "\r\nX-Evil: 1",
    "0x10",
    "a" * 40,
    "9" * 400,
)
QUIET = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def api() -> Iterator[Bench]:
    made = bench()
    made.post([item(experimentId="a" * 40, researchTag="%")])
    yield made
    made.db.close()


def answered(reply: Any, what: str) -> None:
    assert reply.status_code < 500, (what[:200], reply.text[:300])
    assert reply.headers["Access-Control-Allow-Origin"] == "*", what[:200]
    if reply.status_code >= 400:
        told = reply.get_json()
        assert told.get("error") is True or told.get("status") == "error", what[:200]


@pytest.mark.parametrize("path", GETS)
def test_every_path_survives_every_text(api: Bench, path: str) -> None:
    token = api.token()
    for nasty in NASTY:
        part = quote(nasty, safe="")
        count = path.count("{}")
        answered(api.get(path.format(*[part] * count)), path + nasty)
        if "personal" in path and count > 1:
            answered(api.get(path.format(token, *[part] * (count - 1))), path + nasty)
    assert api.db.one("SELECT COUNT(*) AS n FROM yttrex_metadata")["n"] >= 3


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_every_method_is_answered(api: Bench, method: str) -> None:
    for path in ("/v1/last", "/v2/events", "/v2/handshake", "/v2/directives", "/nothing", "/v1"):
        reply = getattr(api.client, method)(f"/yttrex/api{path}")
        if method == "options":
            assert reply.status_code == 204
        answered(reply, method + path)


def test_wrong_methods_are_named(api: Bench) -> None:
    reply = api.get("/v2/events")
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    reply = api.client.post("/api/v1/last")
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, HEAD")
    missing = api.get("/v1/nowhere")
    assert (missing.status_code, missing.get_json()["message"]) == (404, "URL not found")


def test_preflight(api: Bench) -> None:
    asked = {"Origin": "https://a.b", "Access-Control-Request-Headers": "x-yttrex-version"}
    reply = api.client.options("/api/v2/events", headers=asked)
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Headers"] == "x-yttrex-version"
    assert reply.headers["Access-Control-Allow-Methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_answers_can_be_cached(api: Bench) -> None:
    first = api.get("/v1/videoId/dQw4w9WgXcQ")
    tag = first.headers["ETag"]
    assert tag.startswith("W/")
    assert api.get("/v1/videoId/dQw4w9WgXcQ", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "query",
    [
        "amount=-1",
        "amount=NaN&skip=1e9",
        "amount=99999999999999999999&skip=99999999999999999999",
        "amount=٣",
        "filter=" + quote("[" * 50_000),
        "filter=" + quote('{"title":"' + "(a+)+$" * 60 + '"}'),
        "filter=" + quote('{"title":{"$ne":null}}'),
        "filter=" + quote('{"title":"\\ud800"}'),
        "filter=%ff%fe",
        "experimentId=%00&researchTag=%ff",
        "publicKey=" + "a" * 5000,
        "format=csv&experimentId=../../x",
        "filter[login]=maybe",
    ],
)
def test_hostile_queries(api: Bench, query: str) -> None:
    for path in ("/v2/metadata", "/v2/guardoni/list"):
        answered(api.get(f"{path}?{query}"), query)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEYS = (*item(), "html", "hash", "selectorName", "offsetTop", "researchTag", "experimentId")


@given(changes=st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=3), small=st.booleans())
@QUIET
def test_items_of_any_shape_are_stored_or_refused(
    api: Bench, changes: dict[str, Any], small: bool
) -> None:
    good = item(uuid="good")
    reply = api.post([{**(leaf() if small else item("<ytd-app>x</ytd-app>")), **changes}, good])
    assert reply.status_code == 200, reply.text
    first, second = reply.get_json()["results"]
    assert first["status"] in ("stored", "duplicate", "refused")
    assert second["status"] in ("stored", "duplicate")


@given(body=_JSON)
@QUIET
def test_signed_bodies_of_any_shape(api: Bench, body: Any) -> None:
    text = js_json(body).encode()
    for path in ("events", "handshake", "directives"):
        reply = api.client.post(f"/api/v2/{path}", data=text, headers=signed(text, api.keys))
        assert reply.status_code < 500, reply.text
        assert reply.is_json


@given(body=st.binary(max_size=60))
@QUIET
def test_bodies_that_are_not_even_text(api: Bench, body: bytes) -> None:
    for path in ("events", "handshake", "directives"):
        reply = api.client.post(f"/api/v2/{path}", data=body, headers=signed(body, api.keys))
        assert reply.status_code < 500, reply.text


@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["X-YTtrex-Version", "X-YTtrex-PublicKey", "X-YTtrex-Signature", "Accept-Language"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=100),
    )
)
@QUIET
def test_headers_of_any_text(api: Bench, headers: dict[str, str]) -> None:
    body = js_json([item("<ytd-app>h</ytd-app>", uuid=json.dumps(headers))]).encode()
    reply = api.client.post("/api/v2/events", data=body, headers=signed(body, api.keys) | headers)
    assert reply.status_code < 500
    assert reply.is_json


def test_json_that_is_deep_or_endless(api: Bench) -> None:
    for text in (b"[" * 200_000, b'{"a":' * 50_000, b"[1e999]", b"[" + b"9" * 100_000 + b"]"):
        for path in ("events", "handshake", "directives"):
            reply = api.client.post(f"/api/v2/{path}", data=text, headers=signed(text, api.keys))
            assert reply.status_code == 400, text[:20]
