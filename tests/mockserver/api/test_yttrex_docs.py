"""Every endpoint that ``docs/api-yttrex.md`` lists is there, under the method it names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from docs_tools import endpoints_of
from places import ROOT
from yttrex_tools import Bench, bench

from mockserver.api.yttrex import seeds

DOCUMENT = (ROOT / "docs" / "api-yttrex.md").read_text("utf-8")
SAMPLES = {
    "userToken": seeds.demo_token(),
    "paging": "10-0",
    "videoId": "dQw4w9WgXcQ",
    "name": "nature",
    "unit": "days",
    "amount": "2",
    "id": "47c16bdc2358e51110003a626d822a61e6bc908f",
    "key": "id",
    "value": "47c16bdc2358e51110003a626d822a61e6bc908f",
    "kind": "video",
    "format": "json",
}


@pytest.fixture(scope="module")
def api() -> Iterator[Bench]:
    made = bench()
    yield made
    made.db.close()


def listed() -> list[tuple[str, str]]:
    return endpoints_of("api-yttrex.md")


def test_the_table_lists_all_nine_documented_endpoints() -> None:
    paths = {path.partition("/$")[0] for _, path in listed()}
    assert {
        "/v1/personal",
        "/v1/research",
        "/v1/videoId",
        "/v1/related",
        "/v1/videoCSV",
        "/v2/statistics",
        "/v1/last",
        "/v1/htmlId",
    } <= paths
    assert len(listed()) > 25


@pytest.mark.parametrize(("method", "path"), listed())
def test_it_is_served(api: Bench, method: str, path: str) -> None:
    if path.startswith("/csv/$kind"):
        path = "/v2/experiment/$id" + path
    path = path.partition("?")[0].replace("[", "").replace("]", "")
    path = re.sub(r"\$(\w+)", lambda m: SAMPLES.get(m[1], "x" * 40), path)
    reply = api.client.open(f"/api{path}", method=method)
    assert reply.status_code != 405
    assert "URL not found" not in reply.text
    assert reply.status_code < 500


def test_the_printed_token_and_requests_work(api: Bench) -> None:
    curls = re.findall(r"curl http://127\.0\.0\.1:8000(/api\S+)", DOCUMENT)
    assert len(curls) == 4
    for path in curls:
        assert api.client.get(path).status_code == 200, path
