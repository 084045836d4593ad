"""``docs/endpoints.md`` names routes and tests that there are, for every documented endpoint."""

from __future__ import annotations

import re

import openapi_tools as tools
import pytest
from places import ROOT, file_of

PAGE = (ROOT / "docs" / "endpoints.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| `(\w+) (\S+)` \| `(\S+)::(\w+)` \|(.*)\|$", PAGE, re.M)
#: What the pages name: paths of the ytTREX table, headings of the fbTREX page, methods and paths
#: of TubeArchivist's two pages, feeds of the guide.
NAMED = {
    "ytTREX": ("personal/$userToken/$paging", "personal/$userToken/csv", "research", "videoId",
               "related", "videoCSV", "statistics", "last", "htmlId"),
    "fbTREX": ("summary", "stats", "csv", "enrich", "exporter", "remove", "daily", "counter",
               "semantic queries"),
    "TubeArchivist": ("GET /api/video/", "comment", "similar",
                      "POST /api/video/<video_id>/progress",
                      "DELETE /api/video/<video_id>/progress", "POST /api/video/<video_id>/sponsor",
                      "POST /api/channel/", "/api/channel/<channel_id>/video/",
                      "/api/playlist/<playlist_id>/video/", "POST /api/download/",
                      "DELETE /api/download/?filter=", "DELETE /api/download/<video_id>/",
                      "POST /api/snapshot/", "DELETE /api/snapshot/<snapshot-id>/", "/api/login",
                      "POST /api/task/", "POST /api/refresh/", "PUT /api/cookie/",
                      "GET /api/search/?query=", "POST /api/watched/", "GET /api/ping/"),
    "GData": ("/feeds/videos?vq=", "/feeds/videos/-/", "?author=", "related", "responses",
              "comments/<id>", "ratings", "complaints", "most_viewed", "top_rated?time=today",
              "recently_featured", "watch_on_mobile", "users/<user>`", "uploads", "favorites",
              "playlists`", "subscriptions", "contacts", "inbox", "/feeds/playlists/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def described() -> set[tuple[str, str]]:
    found = tools.operations(tools.description(tools.app()))
    return {(method.upper(), path) for method, path, _ in found}


def test_every_row_is_read() -> None:
    assert len(ROWS) == len(re.findall(r"^\| (?!---|Documented)", PAGE, re.M)) > 80


def test_every_route_is_there(described: set[tuple[str, str]]) -> None:
    assert [row for row in ROWS if (row[1], row[2]) not in described] == []


def test_every_test_is_there() -> None:
    texts = {name: file_of(name).read_text("utf-8") for _, _, _, name, _, _ in ROWS}
    assert [row for row in ROWS if f"\ndef {row[4]}(" not in texts[row[3]]] == []


@pytest.mark.parametrize("face", NAMED)
def test_everything_documented_is_listed(face: str) -> None:
    section = PAGE.partition(f"\n## {face}\n")[2].partition("\n## ")[0]
    documented = [row[0] for row in ROWS if f"| {row[0]} |" in section]
    for name in NAMED[face]:
        assert any(name in row for row in documented), name
