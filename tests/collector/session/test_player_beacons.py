"""Watch beacons: credited once, clamped to the video, and bad ones refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from mockserver.platforms.youtube import beacons
from mockserver.world import World

VISITOR = "a-visitor"


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(seed=1, size="small", era="2026", clock="real")


@pytest.fixture
def client(world: World) -> Iterator[FlaskClient]:
    app = Flask(__name__)
    app.extensions["mock"] = SimpleNamespace(world=world)
    bp = Blueprint("site", __name__)
    beacons.register(bp)
    app.register_blueprint(bp)
    with app.test_client() as client:
        client.set_cookie("VISITOR_INFO1_LIVE", VISITOR)
        yield client


@pytest.fixture
def body(world: World, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A good report of 10 s of a video of more than a minute, under a load of the test's own."""
    video = next(v for v in world.videos.values() if v.seconds and 60 < v.seconds < 3000)
    load = f"load-{abs(hash(request.node.nodeid))}"
    world.truth.page(
        VISITOR, load=load, path=f"/watch?v={video.id}", kind="video", status="ok", lang="en"
    )
    return {
        "load": load, "v": video.id, "st": [0.0], "et": [10.0],
        "ad": None, "state": "playing", "vis": True, "rate": 1, "len": video.seconds,
    }  # fmt: skip


def watch(world: World, body: dict[str, Any]) -> dict[str, Any] | None:
    rows, _ = world.truth.rows("watches", visitor=VISITOR)
    return next((row for row in rows if row["load"] == body["load"]), None)


def credited(world: World, body: dict[str, Any]) -> float:
    events = [e for e in world.viewer(VISITOR).history if e.load == body["load"]]
    assert len(events) <= 1, "one page load is one watch"
    return events[0].seconds if events else 0.0


def test_a_report_is_credited_once_however_often_it_arrives(
    client: FlaskClient, world: World, body: dict[str, Any]
) -> None:
    for _ in range(3):
        assert client.post("/api/stats/watchtime", json=body).status_code == 204
    overlapping = {**body, "st": [5.0, 30.0], "et": [20.0, 35.0], "state": "paused"}
    assert client.post("/api/stats/watchtime", json=overlapping).status_code == 204
    row = watch(world, body)
    assert row is not None
    assert (row["seconds"], row["state"]) == (25.0, "paused")
    assert credited(world, body) == 25.0
    share = next(e for e in world.viewer(VISITOR).history if e.load == body["load"]).fraction
    assert share == pytest.approx(25.0 / world.videos[body["v"]].seconds)


def test_segments_are_clamped_to_the_video(
    client: FlaskClient, world: World, body: dict[str, Any]
) -> None:
    length = world.videos[body["v"]].seconds
    far = {**body, "st": [length - 5.0, length + 100.0], "et": [1e6, 1e6], "len": 1e6}
    assert client.post("/api/stats/watchtime", json=far).status_code == 204
    assert credited(world, body) == 5.0
    row = watch(world, body)
    assert row is not None
    assert row["length"] == length, "the world knows the length, not the page"


def test_an_advert_is_logged_and_not_credited(
    client: FlaskClient, world: World, body: dict[str, Any]
) -> None:
    ad = next(iter(world.ads.values()))
    report = {**body, "ad": ad.id, "et": [1000.0]}
    assert client.post("/api/stats/watchtime", json=report).status_code == 204
    row = watch(world, body)
    assert row is not None
    assert (row["ad_seconds"], row["seconds"]) == (ad.seconds, 0)
    assert credited(world, body) == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"v": "short"}, "v"),
        ({"v": "AAAAAAAAAAA"}, "v: no video"),
        ({"ad": "no-such-ad"}, "ad: no advert"),
        ({"st": [10.0], "et": [1.0]}, "ends before it starts"),
        ({"st": [1.0, 2.0]}, "equally long"),
        ({"st": [], "et": []}, "st"),
        ({"st": [-1.0]}, "st.0"),
        ({"st": ["0"]}, "st.0"),
        ({"st": [0.0] * 201, "et": [1.0] * 201}, "st"),
        ({"et": [1e300]}, "et.0"),
        ({"rate": 0}, "rate"),
        ({"rate": 17}, "rate"),
        ({"state": "dancing"}, "state"),
        ({"load": ""}, "load"),
        ({"load": "<script>"}, "load"),
        ({"more": 1}, "more"),
        ({"vis": "yes"}, "vis"),
    ],
)
def test_a_bad_report_changes_nothing_and_is_told_why(
    client: FlaskClient, world: World, body: dict[str, Any], change: dict[str, Any], place: str
) -> None:
    answer = client.post("/api/stats/watchtime", json={**body, **change})
    assert answer.status_code == 400
    assert place in answer.get_json()["error"]
    assert watch(world, body) is None


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"load": NaN}', b"1" * 20_000]
)
def test_what_is_no_report_is_refused(client: FlaskClient, raw: bytes) -> None:
    answer = client.post("/api/stats/watchtime", data=raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_a_report_without_a_visitor_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    client.delete_cookie("VISITOR_INFO1_LIVE")
    answer = client.post("/api/stats/watchtime", data=json.dumps(body))
    assert answer.status_code == 400
    assert "VISITOR_INFO1_LIVE" in answer.get_json()["error"]


def test_the_clip_is_served_in_ranges(client: FlaskClient) -> None:
    with client.get("/_media/clip.webm") as whole:
        assert (whole.status_code, whole.mimetype) == (200, "video/webm")
        clip = whole.data
    assert clip[:4] == b"\x1a\x45\xdf\xa3"
    assert len(clip) < 100_000
    with client.get("/_media/clip.webm", headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, clip[100:200])


def test_a_report_of_a_load_that_was_not_served_is_none(
    client: FlaskClient, world: World, body: dict[str, Any]
) -> None:
    """Neither a made-up load, nor another video in a real one, nor somebody else's."""
    other = next(v.id for v in world.videos.values() if v.seconds and v.id != body["v"])
    world.truth.page(
        "somebody else", load="theirs", path=f"/watch?v={other}", kind="video", status="ok", lang=""
    )
    for forged in (
        {"load": "forged"},
        {"v": other},
        {"load": "theirs", "v": other},
    ):
        answer = client.post("/api/stats/watchtime", json=body | forged)
        assert answer.status_code == 400
        assert "not served" in answer.get_json()["error"]
    assert watch(world, body) is None


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://[::1", "http://localhost:9"]
)
def test_a_report_from_another_sites_page_is_refused(
    client: FlaskClient, world: World, body: dict[str, Any], origin: str
) -> None:
    """A browser says whose page sent it, and sends a visitor's cookies from any page."""
    answer = client.post(
        "/api/stats/watchtime",
        data=json.dumps(body),
        headers={"Origin": origin, "Content-Type": "text/plain"},
    )
    assert answer.status_code == 403
    assert watch(world, body) is None
    own = client.post("/api/stats/watchtime", json=body, headers={"Origin": "http://localhost"})
    assert own.status_code == 204
