"""Old doors to the same room, and what the first visitor pays."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mockserver.api.fbtrex import demo
from mockserver.context import MockConfig
from mockserver.serve import Server, serving

ADMIN, VIEWER = "a" * 40, "b" * 40
VIDEO = "dQw4w9WgXcQ"
#: What only an administrator may do, in every generation of the archive's API.
WRITES = (
    ("POST", "/download/", {"data": [{"youtube_id": VIDEO, "status": "pending"}]}),
    ("POST", f"/download/{VIDEO}/", {"status": "ignore"}),
    ("DELETE", f"/download/{VIDEO}/", None),
    ("POST", "/task/", {"run": "download_pending"}),
    ("POST", "/task-name/download_pending/", None),
    ("POST", "/snapshot/", None),
    ("POST", "/cookie/", None),
    ("POST", "/refresh/", {"video": [VIDEO]}),
    ("DELETE", f"/video/{VIDEO}/", None),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    config = MockConfig(tubearchivist_tokens={"admin": ADMIN, "viewer": VIEWER})
    with serving(config) as served:
        yield served


@pytest.mark.sweep(8)
@pytest.mark.parametrize("profile", ["v0.3", "v0.4", "v0.5"])
@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=lambda each: str(each)[:24])
def test_a_viewer_writes_in_no_generation(
    server: Server, profile: str, method: str, path: str, body: object
) -> None:
    """Reading is his; whatever changes the archive is refused, or is not there at all."""
    root = f"{server.url}/tubearchivist/{profile}/api"
    as_viewer = {"Authorization": f"Token {VIEWER}"}
    assert httpx.get(f"{root}/ping/", headers=as_viewer).status_code == httpx.codes.OK
    before = httpx.get(f"{root}/download/", headers={"Authorization": f"Token {ADMIN}"}).json()
    answer = httpx.request(method, root + path, headers=as_viewer, json=body)
    assert answer.status_code in (403, 404, 405), answer.text[:200]
    after = httpx.get(f"{root}/download/", headers={"Authorization": f"Token {ADMIN}"}).json()
    assert after["data"] == before["data"]


def test_what_the_first_visitor_asks_for_is_there_when_the_server_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is made while somebody waits: with the making taken away after the start, the first
    to ask gets his answer all the same."""

    def never() -> None:
        raise AssertionError("the demo data was made for the first request")

    with serving(MockConfig()) as served:
        monkeypatch.setattr(demo, "_dataset", never)
        assert httpx.get(f"{served.url}/", timeout=120).status_code == httpx.codes.OK
        told = httpx.get(f"{served.url}/fbtrex/api/v2/statistics/counter", timeout=120)
        assert told.status_code < httpx.codes.INTERNAL_SERVER_ERROR
