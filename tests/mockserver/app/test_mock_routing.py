"""Which part of the mock answers: by host name, by prefix, and at the root by the path's shape."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.routing import HostRouter, mounted_path

FB = "d4c3b2a1" * 5
YT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("path", "mount"),
    [
        # ytTREX's documented endpoints
        (f"/api/v1/personal/{YT}", "/yttrex"),
        (f"/api/v1/personal/{YT}/10-5", "/yttrex"),
        (f"/api/v1/personal/{YT}/csv", "/yttrex"),
        ("/api/v1/research/some-tag", "/yttrex"),
        ("/api/v1/videoId/dQw4w9WgXcQ", "/yttrex"),
        ("/api/v1/related/dQw4w9WgXcQ", "/yttrex"),
        ("/api/v1/videoCSV/dQw4w9WgXcQ/10-0", "/yttrex"),
        ("/api/v2/statistics", "/yttrex"),
        ("/api/v2/statistics/", "/yttrex"),
        ("/api/v1/last", "/yttrex"),
        ("/api/v1/htmlId/47c16bdc", "/yttrex"),
        # what both had
        ("/api/v2/statistics/supporters/day/10", "/yttrex"),
        ("/api/v2/events", "/yttrex"),
        ("/api/v1/events", "/yttrex"),
        ("/api/v1/mirror/key", "/yttrex"),
        ("/api/v2/ad/video/dQw4w9WgXcQ", "/yttrex"),
        # ytTREX's later personal endpoints end in csv, or carry words of their own
        (f"/api/v2/personal/{YT}/home/csv", "/yttrex"),
        (f"/api/v2/personal/{YT}/selector/id/abc", "/yttrex"),
        (f"/api/v2/personal/{YT}/experiments/e/csv", "/yttrex"),
        ("/api/v2/handshake", "/yttrex"),
        ("/api/v0/health", "/yttrex"),
        # fbTREX
        (f"/api/v2/personal/{FB}/summary/10-0", "/fbtrex"),
        ("/api/v2/personal/thisisaworkingtokenusablewhenperformtest/summary/1-0", "/fbtrex"),
        (f"/api/v2/personal/{FB}/stats", "/fbtrex"),
        (f"/api/v2/personal/{FB}/csv", "/fbtrex"),
        (f"/api/v2/personal/{FB}/csv/1-0", "/fbtrex"),
        (f"/api/v2/personal/{FB}/csv/1-0/", "/fbtrex"),
        (f"/api/v2/personal/{FB}/enrich/", "/fbtrex"),
        (f"/api/v2/personal/{FB}/exporter/3-0", "/fbtrex"),
        (f"/api/v2/personal/{FB}/remove/5", "/fbtrex"),
        (f"/api/v2/personal/{FB}/daily/0-3", "/fbtrex"),
        ("/api/v2/statistics/counter", "/fbtrex"),
        ("/api/v1/userInfo", "/fbtrex"),
        ("/api/v2/en/labels", "/fbtrex"),
        ("/api/v2/it/noogle/Roma/10-0", "/fbtrex"),
        ("/api/v2/languages", "/fbtrex"),
        ("/feeds/0/en/climate", "/fbtrex"),
        # GData
        ("/feeds/videos", "/gdata"),
        ("/feeds/api/users/liz/uploads", "/gdata"),
        ("/feeds", "/gdata"),
        ("/schemas/2007/categories.cat", "/gdata"),
        # TubeArchivist: every other /api
        ("/api/video/NYj3DnI81AQ/", "/tubearchivist"),
        ("/api/ping", "/tubearchivist"),
        ("/api/", "/tubearchivist"),
        ("/api/user/login/", "/tubearchivist"),
    ],
)
def test_root_of_the_api_host(path: str, mount: str) -> None:
    assert mounted_path("127.0.0.1:8000", path) == mount + path


@pytest.mark.parametrize(
    "path",
    ["/", "/_truth/labels", "/yttrex/api/v1/last", "/fbtrex/api/v2/events", "/apiary", "/feedsx"],
)
def test_other_paths_stay_as_they_are(path: str) -> None:
    assert mounted_path("127.0.0.1", path) == path


@pytest.mark.parametrize(
    ("host", "mount"),
    [
        ("youtube.tracking.exposed", "/yttrex"),
        ("facebook.tracking.exposed:8000", "/fbtrex"),
        ("GDATA.youtube.com", "/gdata"),
        ("tubearchivist.localhost:9000", "/tubearchivist"),
    ],
)
def test_historical_hosts_decide_alone(host: str, mount: str) -> None:
    path = "/api/v2/statistics/counter"
    assert mounted_path(host, path) == mount + path
    assert mounted_path(host, mount + path) == mount + path


@pytest.mark.parametrize(
    "host", ["youtube.localhost", "YouTube.localhost:8000", "youtube.localhost."]
)
@pytest.mark.parametrize("path", ["/", "/watch", "/api/v1/last", "/_truth/labels", "/feeds/videos"])
def test_a_site_owns_its_whole_host(host: str, path: str) -> None:
    assert mounted_path(host, path) == "/_site/youtube" + path


def test_internal_mounts_of_sites_are_not_public() -> None:
    assert mounted_path("127.0.0.1:8000", "/_site/youtube/watch") is None


def _route(**environ: str) -> str:
    seen: dict[str, Any] = {}

    def app(given: dict[str, Any], start: Any) -> list[bytes]:
        seen.update(given)
        return []

    HostRouter(app)(dict(environ), lambda *_: None)
    return str(seen["PATH_INFO"])


def test_events_with_fbtrex_headers_are_fbtrex() -> None:
    plain = {"HTTP_HOST": "127.0.0.1:8000", "PATH_INFO": "/api/v1/events"}
    assert _route(**plain) == "/yttrex/api/v1/events"
    assert _route(**plain, HTTP_X_FBTREX_VERSION="2.4.0") == "/fbtrex/api/v1/events"
    named = {**plain, "HTTP_HOST": "youtube.tracking.exposed"}
    assert _route(**named, HTTP_X_FBTREX_VERSION="2.4.0") == "/yttrex/api/v1/events"


def test_a_hidden_mount_goes_nowhere() -> None:
    assert _route(HTTP_HOST="localhost", PATH_INFO="/_site/youtube/") == "/_nowhere"
