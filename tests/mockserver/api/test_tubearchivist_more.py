"""What is beyond the documents and what real clients ask for: custom playlists, backups,
schedules, tokens, changes of many queued videos, and what a channel has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tubearchivist_tools import ADMIN, VIEWER, Bench, bench, stored

CHANNEL, OTHER = f"UC{1:022d}", f"UC{2:022d}"
PLAYLIST = "PL" + "0" * 32


@pytest.fixture
def ta(tmp_path: Path) -> Iterator[Bench]:
    with bench(tubearchivist_load=stored(tmp_path)) as made:
        yield made


def _entries(ta: Bench, key: str) -> list[str]:
    entries = ta.get(f"/playlist/{key}/")["data"]["playlist_entries"]
    assert [entry["idx"] for entry in entries] == list(range(len(entries)))
    return [entry["youtube_id"] for entry in entries]


def test_a_custom_playlist_is_made_filled_and_reordered(ta: Bench) -> None:
    made = ta.post("/playlist/custom/", {"playlist_name": "Mine"}, profile="v0.5")
    key = made["playlist_id"]
    assert key.startswith("TA_playlist_")
    assert (made["playlist_type"], made["playlist_channel_id"]) == ("custom", None)
    assert made["playlist_active"] is False
    ids = [f"vid{number:08d}" for number in (4, 5, 6)]
    for video in ids:
        done = ta("POST", f"/playlist/{key}/", {"action": "create", "video_id": video})
        assert (done.status_code, done.json) == (201, {"success": True})
    assert _entries(ta, key) == ids
    for action, video, expected in (
        ("up", ids[2], [ids[0], ids[2], ids[1]]),
        ("down", ids[0], [ids[2], ids[0], ids[1]]),
        ("bottom", ids[2], [ids[0], ids[1], ids[2]]),
        ("top", ids[2], [ids[2], ids[0], ids[1]]),
        ("remove", ids[0], [ids[2], ids[1]]),
    ):
        path = f"/playlist/custom/{key}/"
        ta.post(path, {"action": action, "video_id": video}, profile="v0.5")
        assert _entries(ta, key) == expected
    listed = ta.get(f"/video/?playlist={key}", profile="v0.5")["data"]
    assert [video["youtube_id"] for video in listed] == [ids[2], ids[1]]
    assert {v["youtube_id"] for v in ta.get(f"/playlist/{key}/video/")["data"]} == set(ids[1:])
    custom = ta.get("/playlist/?playlist_type=custom")["data"]
    assert [playlist["playlist_id"] for playlist in custom] == [key]
    assert ta.get("/search/?query=playlist:mine")["results"]["playlist_results"]
    assert ta("DELETE", f"/playlist/{key}/").json == {"success": True}
    assert ta("GET", f"/playlist/{key}/").status_code == 404


def test_a_custom_playlist_refuses_what_it_cannot_do(ta: Bench) -> None:
    path = "/playlist/custom/"
    assert ta("POST", path, {}, profile="v0.5").json == {
        "playlist_name": ["This field is required."]
    }
    assert ta("POST", path, {"playlist_name": "x"}, token=VIEWER).status_code == 403
    key = ta.post(path, {"playlist_name": "Mine"}, profile="v0.5")["playlist_id"]
    for body in ({}, {"action": "fly", "video_id": "x"}, {"action": "up"}):
        assert ta("POST", f"{path}{key}/", body, profile="v0.5").status_code == 400
        assert ta("POST", f"/playlist/{key}/", body).json["message"]
    for action in ("create", "up"):
        body = {"action": action, "video_id": "vid99999999"}
        assert ta("POST", f"{path}{key}/", body, profile="v0.5").json["error"]
    regular = ta("POST", f"{path}{PLAYLIST}/", {"action": "up"}, profile="v0.5")
    assert regular.json == {"error": f"playlist with ID {PLAYLIST} is not custom"}
    assert ta("POST", f"{path}none/", {"action": "up"}, profile="v0.5").status_code == 404


def test_a_backup_is_written_and_restored(ta: Bench) -> None:
    assert ta.get("/backup/") == []
    started = ta.post("/backup/")
    assert started["message"] == "backup task started"
    assert ta.get(f"/task-id/{started['task_id']}/")["status"] == "SUCCESS"
    (backup,) = ta.get("/backup/")
    assert backup["filename"] == "ta_backup-20260101-manual.zip"
    assert set(backup) == {"filename", "file_path", "file_size", "timestamp", "reason"}
    path = f"/backup/{backup['filename']}/"
    assert ta.get(path) == ta.get(f"/appsettings{path}", profile="v0.5") == backup
    assert ta("DELETE", "/video/vid00000003/").status_code == 200
    restored = ta.post(path)
    assert (restored["message"], restored["filename"]) == (
        "backup restore task started",
        backup["filename"],
    )
    assert ta("GET", "/video/vid00000003/").status_code == 200
    assert ta("DELETE", path).json == {"message": f"file {backup['filename']} deleted"}
    for method in ("GET", "POST", "DELETE"):
        gone = ta(method, path)
        assert (gone.status_code, gone.json) == (404, {"message": "file not found"})
    assert ta("GET", "/backup/../../etc/passwd/").status_code == 404
    assert ta("GET", "/backup/", token=VIEWER).status_code == 403


def test_schedules_are_kept(ta: Bench) -> None:
    path = "/task/schedule/update_subscribed/"
    assert ta.get("/task/schedule/", profile="v0.5") == []
    assert ta("GET", path, profile="v0.5").json == {"error": "schedule not found"}
    made = ta.post(path, {"schedule": "0 8 *", "config": {"days": 3}}, profile="v0.5")
    assert (made["name"], made["schedule"], made["config"]) == (
        "update_subscribed",
        "0 8 *",
        {"days": 3},
    )
    assert ta.get("/task/schedule/", profile="v0.5") == [made]
    for body in ({"schedule": "often"}, {"schedule": 3}, {"config": [1]}, {"config": {"a": "b"}}):
        assert ta("POST", path, body, profile="v0.5").status_code == 400
    assert ta("POST", "/task/schedule/nope/", {}, profile="v0.5").status_code == 400
    assert ta("DELETE", path, profile="v0.5").status_code == 204
    assert ta("DELETE", path, profile="v0.5").status_code == 404
    assert ta("DELETE", "/schedule/?task_name=nope").status_code == 400


def test_whom_a_task_tells_is_kept(ta: Bench) -> None:
    path = "/task/notification/"
    body = {"task_name": "run_backup", "url": "json://127.0.0.1/x"}
    told = {"run_backup": {"urls": [body["url"]], "title": "Index Backup"}}
    assert ta.get(path, profile="v0.5") == {}
    assert ta.post(path, body, profile="v0.5") == told
    assert ta.get("/schedule/notification/") == told
    assert ta("POST", path, {"task_name": "x"}, profile="v0.5").json["task_name"]
    assert ta("DELETE", path, body, profile="v0.5").status_code == 204
    assert ta.get(path, profile="v0.5") == {}


def test_a_token_is_revoked_and_given_anew(ta: Bench) -> None:
    pair = {"username": "tubearchivist", "password": "verysecret"}
    assert ta("DELETE", "/token/", token=VIEWER).status_code == 403
    assert ta("DELETE", "/token/").json == {"success": True}
    assert ta("GET", "/ping/").json == {"detail": "Invalid token."}
    token = ta.post("/login/", pair, token=None)["token"]
    assert token != ADMIN
    assert ta.get("/appsettings/token/", token=token, profile="v0.5") == {"token": token}
    assert ta("DELETE", "/appsettings/token/", token=token, profile="v0.5").status_code == 204
    assert ta("GET", "/ping/", token=token).status_code == 403


def _statuses(ta: Bench) -> list[tuple[str, bool]]:
    rows = ta.get("/download/")["data"]
    return [(row["status"], bool(row.get("auto_start"))) for row in rows]


def test_many_queued_videos_change_at_once(ta: Bench) -> None:
    def patch(query: str, status: str | None) -> int:
        body = {} if status is None else {"status": status}
        return ta("PATCH", f"/download/{query}", body, profile="v0.5").status_code

    assert ta("PATCH", "/download/?filter=pending", {"status": "ignore"}).status_code == 405
    assert patch("", "ignore") == patch("?filter=pending", None) == 400
    assert patch("?filter=bad", "ignore") == patch("?filter=pending", "bad") == 400
    assert patch(f"?filter=pending&channel={OTHER}", "ignore") == 204
    assert _statuses(ta).count(("pending", False)) == 3
    assert patch(f"?filter=pending&channel={CHANNEL}", "priority") == 204
    assert _statuses(ta).count(("pending", True)) == 3
    assert patch("?filter=priority", "ignore") == 204
    assert [status for status, _ in _statuses(ta)] == ["ignore"] * 4
    counted = ta.get("/download/aggs/?filter=ignore", profile="v0.5")["buckets"]
    assert counted == [
        {"key": ["Channel 1", CHANNEL], "key_as_string": f"Channel 1|{CHANNEL}", "doc_count": 4}
    ]
    kept = ta("DELETE", f"/download/?filter=ignore&channel={OTHER}", profile="v0.5")
    assert (kept.status_code, len(_statuses(ta))) == (204, 4)
    assert ta("DELETE", "/download/?filter=ignore", profile="v0.5").status_code == 204
    assert _statuses(ta) == []


def test_the_queue_is_searched_by_todays_clients(ta: Bench) -> None:
    def ids(query: str) -> int:
        return int(ta.get(f"/download/?{query}", profile="v0.5")["paginate"]["total_hits"])

    assert (ids("q=WAITS"), ids("q=nothing")) == (4, 0)
    assert (ids("error=true"), ids("error=false")) == (0, 4)
    assert ta("GET", "/download/?vid_type=bad", profile="v0.5").status_code == 400
    assert ta.get("/download/?filter=")["paginate"]["total_hits"] == 4
    forced = {"data": [{"youtube_id": "eeeeeeeeeee", "status": "ignore-force"}]}
    assert "task_id" in ta.post("/download/", forced, profile="v0.5")
    assert ta.get("/download/eeeeeeeeeee/")["data"]["status"] == "ignore"


def test_what_a_channel_has(ta: Bench) -> None:
    sums = ta.get(f"/channel/{CHANNEL}/aggs/", profile="v0.5")
    assert sums == {
        "total_items": {"value": 15},
        "total_size": {"value": 15_000},
        "total_duration": {"value": 9_000, "value_str": "2h 30m"},
    }
    has = ta.get(f"/channel/{CHANNEL}/nav/", profile="v0.5")
    assert has == {
        "has_pending": True,
        "has_ignored": True,
        "has_playlists": False,
        "has_videos": True,
        "has_shorts": False,
        "has_streams": False,
    }
    assert ta("GET", f"/channel/{CHANNEL}/aggs/").status_code == 404


def test_a_playlist_is_followed_and_turned_round(ta: Bench) -> None:
    path = f"/playlist/{PLAYLIST}/"
    body = {"playlist_subscribed": True, "playlist_sort_order": "bottom"}
    changed = ta.post(path, body, profile="v0.5")
    assert (changed["playlist_subscribed"], changed["playlist_sort_order"]) == (True, "bottom")
    for wrong in ({"playlist_subscribed": "maybe"}, {"playlist_sort_order": "middle"}):
        assert ta("POST", path, wrong, profile="v0.5").status_code == 400


def test_work_that_takes_no_time_is_listed_when_asked_for_by_name(ta: Bench) -> None:
    body = {"data": [{"channel_id": CHANNEL, "channel_subscribed": True}]}
    ta.post("/channel/", body)
    assert ta("GET", "/task-name/").json is False
    ta.post("/task-name/run_backup/")
    assert [task["name"] for task in ta.get("/task-name/")] == ["run_backup"]
    names = {task["name"] for task in ta.get("/task/by-name/", profile="v0.5")}
    assert names == {"subscribe_to", "run_backup"}


def test_the_default_profile_answers_at_the_younger_paths_too(ta: Bench) -> None:
    made = ta.post("/appsettings/snapshot/")["snapshot_name"]
    assert ta.get(f"/appsettings/snapshot/{made}/") == ta.get(f"/snapshot/{made}/")
    assert ta.get("/appsettings/snapshot/")["snapshots"] == ta.get("/snapshot/")["snapshots"]
    for old, young in (
        ("/cookie/", "/appsettings/cookie/"),
        ("/task-name/run_backup/", "/task/by-name/run_backup/"),
    ):
        ta.post(young)
        assert ta.get(old) == ta.get(young)
    task = ta.post("/task/by-name/run_backup/")["message"]["task_id"]
    assert ta.get(f"/task/by-id/{task}/") == ta.get(f"/task-id/{task}/")
    given = ta.post("/login/", {"username": "tubearchivist", "password": "verysecret"}, token=None)
    assert ta.get("/appsettings/token/") == {"token": given["token"]}
    for path in ("/appsettings/token/", "/appsettings/cookie/", "/appsettings/snapshot/"):
        assert ta("GET", path, token=VIEWER).status_code == 403
        assert ta("GET", path, profile="v0.3").status_code == 404
