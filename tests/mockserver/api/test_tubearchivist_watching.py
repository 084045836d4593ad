"""Positions, watched marks and segments; and a puppet's watches seen as a user's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tubearchivist_tools import VIEWER, Bench, bench, stored

PATH = "/video/vid00000000"
PLAYLIST = "PL" + "0" * 32


@pytest.fixture
def ta(tmp_path: Path) -> Iterator[Bench]:
    with bench(tubearchivist_load=stored(tmp_path)) as made:
        yield made


def test_positions_are_each_users_own_and_come_back_as_sent(ta: Bench) -> None:
    nothing = {"youtube_id": "vid00000000", "user_id": 1, "position": 0}
    assert ta.get(f"{PATH}/progress/") == nothing
    assert ta.post(f"{PATH}/progress/", {"position": 12.5, "extra": 1}) == {
        "position": 12.5,
        "extra": 1,
    }
    assert ta.get(f"{PATH}/progress/")["position"] == 12.5
    assert ta.get(f"{PATH}/progress/", token=VIEWER) == {**nothing, "user_id": 2}
    assert ta("DELETE", f"{PATH}/progress/").json == {"progress-reset": "vid00000000"}
    assert ta.get(f"{PATH}/progress/") == nothing
    assert ta("POST", f"{PATH}/progress/", [1]).status_code == 400


def test_todays_server_decides_by_itself_what_was_watched(ta: Bench) -> None:
    def post(position: Any) -> Any:
        return ta("POST", f"{PATH}/progress/", {"position": position}, profile="v0.5")

    assert post(100).json == {
        "watched": False,
        "duration": 600,
        "duration_str": "10m",
        "position": 100.0,
    }
    player = ta.get(f"{PATH}/", profile="v0.5")["player"]
    assert (player["position"], player["progress"]) == (100.0, 16.67)
    begun = ta.get("/video/?watch=continue", profile="v0.5")
    assert [video["youtube_id"] for video in begun["data"]] == ["vid00000000"]
    assert post(580).json["watched"] is True
    assert "position" not in ta.get(f"{PATH}/", profile="v0.5")["player"]
    assert post("abc").json == {"position": ["A valid number is required."]}
    assert ta("GET", f"{PATH}/progress/", profile="v0.5").status_code == 405
    assert ta("DELETE", f"{PATH}/progress/", profile="v0.5").status_code == 204


@pytest.mark.parametrize(("key", "count"), [("vid00000004", 1), (PLAYLIST, 3), (f"UC{1:022d}", 15)])
def test_the_watched_mark_of_one_or_many(ta: Bench, key: str, count: int) -> None:
    assert ta.post("/watched/", {"id": key, "is_watched": True}) == {"message": "success"}
    assert ta.get("/video/?watch=watched", token=VIEWER)["paginate"]["total_hits"] == count
    assert ta.get("/stats/watch/")["watched"]["items"] == count
    ta.post("/watched/", {"id": key, "is_watched": False})
    assert ta.get("/video/?watch=unwatched")["paginate"]["total_hits"] == 30


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"id": "vid00000000"}, 400),
        ({"id": "", "is_watched": True}, 400),
        ({"id": "bad", "is_watched": True}, 400),
        ({"id": "vid99999999", "is_watched": True}, 404),
        ({"id": 7, "is_watched": []}, 400),
    ],
)
def test_marks_that_make_no_sense(ta: Bench, body: Any, status: int) -> None:
    response = ta("POST", "/watched/", body)
    assert (response.status_code, bool(response.json["message"])) == (status, True)


def test_votes_and_segments_are_checked_and_not_kept(ta: Bench) -> None:
    def post(body: Any) -> int:
        return ta("POST", f"{PATH}/sponsor/", body).status_code

    assert ta.post(f"{PATH}/sponsor/", {"vote": {"uuid": "u", "yourVote": 20}}) == {"success": True}
    assert post({"segment": {"startTime": 5, "endTime": 10.5}}) == 200
    assert post({"vote": {"uuid": "u", "yourVote": 7}}) == 400
    assert post({"vote": {"uuid": "u", "yourVote": True}}) == 400
    assert post({"vote": {"uuid": "u"}}) == 400
    assert post({"segment": {"startTime": 10, "endTime": 5}}) == 400
    assert post({"segment": {}}) == 400
    none = ta("GET", f"{PATH}/sponsor/")
    assert (none.status_code, none.data) == (200, b"")
    assert ta("GET", "/video/vid99999999/sponsor/").json == {"message": "video not found"}
    assert ta("GET", f"{PATH}/sponsor/", profile="v0.5").status_code == 404


def test_a_puppets_watch_is_its_users_progress() -> None:
    with bench() as ta:
        video = next(
            ta.mock.world.videos[v["youtube_id"]]
            for v in ta.get("/video/")["data"]
            if v["player"]["duration"] >= 60
        )
        seconds = video.seconds or 0
        viewer = ta.mock.world.viewer("puppet-1")
        viewer.watched(video.id, seconds / 2, 0.5, load="l1")
        pair = {"username": "puppet-1", "password": "verysecret"}
        token = ta.post("/login/", pair, token=None)["token"]
        path = f"/video/{video.id}"
        own = ta.get(f"{path}/progress/", token=token)
        assert own == {"youtube_id": video.id, "user_id": 3, "position": seconds / 2}
        assert ta.get(f"{path}/progress/")["position"] == 0
        assert ta.get(f"{path}/", token=token)["data"]["player"]["watched"] is False
        ta("DELETE", f"{path}/progress/", token=token)
        assert ta.get(f"{path}/progress/", token=token)["position"] == 0
        viewer.watched(video.id, float(seconds), 1.0, load="l1")
        assert ta.get(f"{path}/", token=token)["data"]["player"]["watched"] is True
        assert ta.get(f"{path}/")["data"]["player"]["watched"] is False, "another user's"
        watched = ta.get("/video/?watch=watched", token=token)
        assert [v["youtube_id"] for v in watched["data"]] == [video.id]
        stranger = {"username": "nobody", "password": "verysecret"}
        assert ta("POST", "/login/", stranger, token=None).status_code == 400


def test_what_the_player_reports_is_the_archives_progress() -> None:
    with bench() as ta:
        site = ta.app.test_client()
        site.set_cookie("VISITOR_INFO1_LIVE", "puppet-2", domain="youtube.localhost")
        video = next(
            ta.mock.world.videos[v["youtube_id"]]
            for v in ta.get("/video/")["data"]
            if v["player"]["duration"] >= 120
        )
        seconds = float(video.seconds or 0)
        ta.mock.world.truth.page(
            "puppet-2", load="load-1", path=f"/watch?v={video.id}", kind="video", status="ok",
            lang="en",
        )  # fmt: skip

        def report(until: float, state: str) -> None:
            body = {
                "load": "load-1", "v": video.id, "st": [0.0], "et": [until], "ad": None,
                "state": state, "vis": True, "rate": 1, "len": seconds,
            }  # fmt: skip
            sent = site.post("/api/stats/watchtime", json=body, base_url="http://youtube.localhost")
            assert sent.status_code == 204, sent.text

        report(30.0, "playing")
        pair = {"username": "puppet-2", "password": "verysecret"}
        token = ta.post("/login/", pair, token=None)["token"]
        path = f"/video/{video.id}"
        assert ta.get(f"{path}/progress/", token=token)["position"] == 30
        modern = ta.get(f"{path}/", token=token, profile="v0.5")["player"]
        assert modern["position"] == 30.0
        assert modern["progress"] == round(100 * 30 / seconds, 2)
        begun = ta.get("/video/?watch=continue", token=token, profile="v0.5")["data"]
        assert [one["youtube_id"] for one in begun] == [video.id]
        assert ta.get("/video/?watch=continue", profile="v0.5") == []
        similar = ta("GET", f"{path}/similar/", token=token).json["data"]
        report(seconds, "ended")
        assert ta.get(f"{path}/", token=token)["data"]["player"]["watched"] is True
        assert ta.get("/stats/watch/", token=token)["watched"]["items"] == 1
        assert "watched" not in ta.get("/stats/watch/")
        again = ta("GET", f"{path}/similar/").json["data"]
        assert [one["youtube_id"] for one in again] == [one["youtube_id"] for one in similar]
