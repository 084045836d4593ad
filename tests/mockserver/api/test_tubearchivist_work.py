"""Queue, subscriptions, tasks, snapshots, refreshing, cookie: what they do, and when it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tubearchivist_tools import Bench, bench, stored

PLAYLIST = "PL" + "0" * 32
CHANNEL = f"UC{1:022d}"


@pytest.fixture
def ta(tmp_path: Path) -> Iterator[Bench]:
    with bench(tubearchivist_load=stored(tmp_path)) as made:
        yield made


@pytest.fixture(scope="module")
def slow() -> Iterator[Bench]:
    """The world's archive, whose background work takes ten seconds a piece."""
    with bench(tubearchivist_delay_s=10.0) as made:
        yield made


def _queued(ta: Bench, query: str = "") -> list[str]:
    return [item["youtube_id"] for item in ta.get(f"/download/{query}")["data"]]


def test_the_queue_is_filtered(ta: Bench) -> None:
    assert _queued(ta) == [f"dl_{number:08d}" for number in range(4)]
    assert _queued(ta, "?filter=ignore") == ["dl_00000003"]
    assert len(_queued(ta, f"?filter=pending&channel={CHANNEL}")) == 3
    bad = ta("GET", "/download/?filter=bad")
    assert bad.json == {"message": "invalid url query filder: bad"}


def test_an_item_of_the_queue_changes_and_goes(ta: Bench) -> None:
    path = "/download/dl_00000000/"
    assert ta.post(path, {"status": "ignore"}) == {"status": "ignore"}
    assert ta.get(path)["data"]["status"] == "ignore"
    assert ta.post(path, {"status": "priority"}) == {"status": "priority"}
    item = ta.get(path)["data"]
    assert (item["status"], item["auto_start"]) == ("pending", True)
    assert ta("POST", path, {"status": "bad"}).json == {
        "message": "dl_00000000: invalid status bad"
    }
    unknown = ta("POST", "/download/nope/", {"status": "ignore"})
    assert (unknown.status_code, unknown.json) == (404, {"message": "nope: item not found 404"})
    assert ta("DELETE", path).json == {"success": True}
    assert ta("GET", path).status_code == 404
    assert ta("DELETE", "/download/?filter=ignore").json == {
        "message": "delete queue by status: ignore"
    }
    assert ta("DELETE", "/download/").json == {"message": "invalid url query filter: False"}
    assert _queued(ta) == ["dl_00000001", "dl_00000002"]
    forced = ta("POST", "/download/aaaaaaaaaaa/", {"status": "ignore-force"}, profile="v0.5")
    assert forced.status_code == 200
    assert _queued(ta, "?filter=ignore") == ["aaaaaaaaaaa"]


def test_adding_to_the_queue_parses_and_drops_what_is_known(slow: Bench) -> None:
    known = slow.get("/video/")["data"][0]["youtube_id"]
    waiting = set(_queued(slow, "?page=1")) | set(_queued(slow, "?page=2"))
    world = slow.mock.world
    new = next(
        video.id
        for video in world.videos.values()
        if video.seconds is not None
        and video.id not in slow.archive.videos
        and video.id not in waiting
    )
    total = slow.get("/download/")["paginate"]["total_hits"]
    body = {
        "data": [
            {"youtube_id": known, "status": "pending"},
            {"youtube_id": f"https://www.youtube.com/watch?v={new}", "status": "pending"},
        ]
    }
    assert slow.post("/download/", body) == body
    assert slow.get("/download/")["paginate"]["total_hits"] == total
    slow.now += 10
    assert slow.get("/download/")["paginate"]["total_hits"] == total + 1
    assert slow.get(f"/download/{new}/")["data"]["title"] == world.videos[new].title
    for given in ("bad", "https://example.com/x", "https://vimeo.com/7DKv5H5Frt0"):
        item = {"data": [{"youtube_id": given, "status": "pending"}]}
        assert slow("POST", "/download/", item).json == {"message": f"failed to parse: {given}"}
    assert slow("POST", "/download/", {}).json == {"message": "missing expected data key"}


def test_downloading_takes_its_time_and_fills_the_archive(slow: Bench) -> None:
    before = slow.get("/video/")["paginate"]["total_hits"]
    waiting = slow.get("/stats/download/")["pending"]
    assert slow.get("/task/") == {"rescan": False, "downloading": False}
    assert slow.post("/task/", {"run": "download_pending"}) == {
        "success": True,
        "task": "download_pending",
    }
    assert slow.get("/task/")["downloading"] is True
    slow.now += 5 * waiting
    (notice,) = slow.get("/notification/?filter=download")
    assert notice["progress"] == 0.5
    task = slow.get(f"/task-id/{notice['id']}/")
    assert (task["status"], task["name"]) == ("STARTED", "download_pending")
    slow.now += 5 * waiting
    assert slow.get("/task/")["downloading"] is False
    assert slow.get("/notification/") == []
    assert slow.get(f"/task-id/{notice['id']}/")["status"] == "SUCCESS"
    assert slow.get("/video/")["paginate"]["total_hits"] == before + waiting
    dates = [video["published"] for video in slow.get("/video/")["data"]]
    assert dates == sorted(dates, reverse=True)
    assert slow("POST", "/task/", {"run": "bad"}).status_code == 400


def test_tasks_by_name_and_id(slow: Bench) -> None:
    started = slow.post("/task-name/rescan_filesystem/")["message"]
    assert (started["status"], started["task_name"]) == ("PENDING", "rescan_filesystem")
    path = f"/task-id/{started['task_id']}/"
    assert slow.post(path, {"command": "stop"})
    assert slow.get(path)["status"] == "REVOKED"
    assert slow("POST", "/task-name/bad/").json == {"message": "invalid task name"}
    refused = slow("POST", "/task-name/check_reindex/")
    assert refused.json == {"message": "can not start task through this endpoint"}
    assert slow("GET", "/task-id/xx/").json == {"message": "task id not found"}
    assert slow("POST", path, {}).json == {"message": "no valid command found"}


def test_subscribing_waits_and_unsubscribing_does_not(slow: Bench) -> None:
    world = slow.mock.world
    video = next(v for v in slow.get("/video/")["data"] if not v["channel"]["channel_subscribed"])
    key = video["channel"]["channel_id"]
    body = {"data": [{"channel_id": world.channels[key].handle, "channel_subscribed": True}]}
    assert slow.post("/channel/", body) == body
    assert slow.get(f"/channel/{key}/")["data"]["channel_subscribed"] is False
    slow.now += 10
    assert slow.get(f"/channel/{key}/")["data"]["channel_subscribed"] is True
    shown = slow.get(f"/video/{video['youtube_id']}/")["data"]
    assert shown["channel"]["channel_subscribed"] is True
    slow.post("/channel/", {"data": [{"channel_id": key, "channel_subscribed": False}]})
    assert slow.get(f"/channel/{key}/")["data"]["channel_subscribed"] is False
    assert slow("POST", "/channel/", {}).json == {"message": "missing expected data key"}
    assert slow("POST", "/channel/", {"data": [{"channel_id": key}]}).status_code == 400
    assert slow("GET", "/channel/?filter=bad").json == {"message": "invalid url query filder: bad"}


def test_a_snapshot_brings_the_archive_back(ta: Bench) -> None:
    assert ta.get("/snapshot/")["snapshots"] == []
    name = ta.post("/snapshot/")["snapshot_name"]
    assert name.startswith("ta_daily_-")
    (listed,) = ta.get("/snapshot/")["snapshots"]
    assert (listed["id"], listed["state"]) == (name, "SUCCESS")
    assert ta("DELETE", "/video/vid00000000/").json == {"video": "vid00000000", "state": "delete"}
    ta.post("/watched/", {"id": "vid00000001", "is_watched": True})
    ta.post("/download/dl_00000000/", {"status": "ignore"})
    assert ta.post(f"/snapshot/{name}/") == {"accepted": True}
    assert ta.get("/video/vid00000000/")["data"]["title"] == "Lecture 0 on rivers"
    assert ta.get("/video/vid00000001/")["data"]["player"]["watched"] is False
    assert ta.get("/download/dl_00000000/")["data"]["status"] == "pending"
    assert ta.get(f"/snapshot/{name}/")["id"] == name
    assert ta("DELETE", f"/snapshot/{name}/").json == {"acknowledged": True}
    assert ta("GET", f"/snapshot/{name}/").json == {"message": "snapshot not found"}
    assert ta("POST", "/snapshot/none/").json == {"message": "failed to restore snapshot"}
    assert ta("DELETE", "/snapshot/none/").json == {"message": "failed to delete snapshot"}
    modern = ta("GET", "/appsettings/snapshot/none/", profile="v0.5")
    assert (modern.status_code, modern.json) == (404, {"error": "snapshot not found"})


def test_a_snapshot_that_is_being_taken_cannot_be_restored(slow: Bench) -> None:
    name = slow.post("/snapshot/")["snapshot_name"]
    assert slow.get(f"/snapshot/{name}/")["state"] == "IN_PROGRESS"
    assert slow("POST", f"/snapshot/{name}/").status_code == 400
    slow.now += 10
    done = slow.get(f"/snapshot/{name}/")
    assert (done["state"], done["duration_s"]) == ("SUCCESS", 10)


def test_the_refresh_queue_drains_one_by_one(slow: Bench) -> None:
    ids = [video["youtube_id"] for video in slow.get("/video/")["data"][:2]]
    assert slow.get("/refresh/") == {"total_queued": 0, "type": "all", "state": "empty"}
    body = {"videos": ids[:1], "video": ids[1:]}
    assert slow.post("/refresh/", body) == body
    assert slow.get("/refresh/") == {"total_queued": 2, "type": "all", "state": "running"}
    one = slow.get(f"/refresh/?type=video&id={ids[0]}")
    assert one == {"total_queued": 2, "type": "video", "id": ids[0], "state": "in_queue"}
    slow.now += 10
    assert slow.get("/refresh/?type=video")["total_queued"] == 1
    slow.now += 10
    assert slow.get("/refresh/")["state"] == "empty"
    assert slow.get(f"/refresh/?type=video&id={ids[0]}")["state"] is False
    for query in ("?type=bad", "?type=all", "?id=x"):
        assert slow("GET", f"/refresh/{query}").json == {"status": "Bad Request"}
    modern = slow("GET", "/refresh/?id=x", profile="v0.5")
    assert modern.json == {"error": "specified id also needs type"}


def test_a_cookie_is_checked(ta: Bench) -> None:
    assert ta.get("/cookie/") == {"cookie_enabled": False, "status": False}
    assert ta.post("/cookie/") == {"cookie_validated": False}
    good = {"cookie": "# Netscape HTTP Cookie File\n"}
    done = ta("PUT", "/cookie/", good)
    assert done.json == {"cookie_import": "done", "cookie_validated": True}
    shown = ta.get("/cookie/")
    assert (shown["cookie_enabled"], shown["status"]) == (True, True)
    assert shown["validated_str"] == "2026-01-01 00:00"
    assert ta.get("/video/")["config"]["downloads"]["cookie_import"] is True
    bad = ta("PUT", "/cookie/", {"cookie": "abc"})
    assert bad.status_code == 400
    assert bad.json["cookie_import"] == "fail"
    assert bad.json["message"] == {"cookie_import": "fail", "cookie_validated": False}
    assert ta.get("/cookie/") == {"cookie_enabled": False, "status": False}
    missing = ta("PUT", "/cookie/", {})
    assert missing.json == {"message": "missing cookie key in request data"}


def test_playlists_are_subscribed_and_deleted(ta: Bench) -> None:
    body = {"data": [{"playlist_id": PLAYLIST, "playlist_subscribed": True}]}
    assert ta.post("/playlist/", body) == body
    assert ta.get(f"/playlist/{PLAYLIST}/")["data"]["playlist_subscribed"] is True
    assert ta("POST", "/playlist/", body, profile="v0.3").status_code == 405
    refused = ta("POST", f"/playlist/{PLAYLIST}/", {"action": "up", "video_id": "vid00000000"})
    assert refused.json == {"message": f"playlist with ID {PLAYLIST} is not custom"}
    assert ta("DELETE", f"/playlist/{PLAYLIST}/").json == {"success": True}
    assert ta("GET", f"/playlist/{PLAYLIST}/").status_code == 404
    assert ta("GET", "/playlist/?playlist_type=bad").json == {
        "message": "invalid playlist_type bad"
    }


def test_a_long_refresh_drains_to_its_end(slow: Bench) -> None:
    ids = [f"{number:011d}" for number in range(1500)]
    slow.post("/refresh/", {"video": ids})
    total = slow.get("/refresh/")["total_queued"]
    assert total == 1000
    (notice,) = slow.get("/notification/")
    assert notice["progress"] == 0
    slow.now += 10 * 400
    assert slow.get("/refresh/")["total_queued"] == total - 400
    assert slow.get("/notification/")[0]["progress"] == 0.4
    slow.now += 10 * 600
    assert slow.get("/refresh/") == {"total_queued": 0, "type": "all", "state": "empty"}


def test_a_refresh_that_is_stopped_leaves_the_rest(slow: Bench) -> None:
    first, second = (video["youtube_id"] for video in slow.get("/video/?page=3")["data"][:2])
    slow.post("/refresh/", {"video": [first, second]})
    slow.now += 10
    (notice,) = slow.get("/notification/")
    assert slow.post(f"/task-id/{notice['id']}/", {"command": "stop"}) == {
        "message": "command sent"
    }
    assert slow.get("/refresh/")["state"] == "empty"
    changed = slow.archive.videos.changed
    assert (first in changed, second in changed) == (True, False)


def test_work_that_waits_is_not_forgotten(slow: Bench) -> None:
    channel = next(d for d in slow.archive.channels.all() if not d["channel_subscribed"])
    key = channel["channel_id"]
    slow.post("/channel/", {"data": [{"channel_id": key, "channel_subscribed": True}]})
    for _ in range(300):
        slow.post("/task-name/rescan_filesystem/")
    slow.now += 10
    assert slow.get(f"/channel/{key}/")["data"]["channel_subscribed"] is True
    assert len(slow.get("/task-name/")) <= 200
