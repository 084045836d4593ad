"""Whatever is sent, the answer has a reason and is never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tubearchivist_tools import ADMIN, Bench, bench, stored

PATHS = (
    "/video/{}/", "/video/{}/comment/", "/video/{}/similar/", "/video/{}/progress/",
    "/video/{}/sponsor/", "/video/{}/nav/", "/channel/{}/", "/channel/{}/video/", "/playlist/{}/",
    "/playlist/{}/video/", "/download/{}/", "/snapshot/{}/", "/appsettings/snapshot/{}/",
    "/task-name/{}/", "/task-id/{}/", "/task/by-name/{}/", "/{}/",
    "/task/by-id/{}/", "/task/schedule/{}/", "/channel/{}/aggs/", "/channel/{}/nav/",
    "/backup/{}/", "/appsettings/backup/{}/", "/playlist/custom/{}/",
)  # fmt: skip
QUERIES = (
    "/video/?page={}", "/video/?channel={}", "/video/?playlist={}", "/video/?sort={}",
    "/channel/?filter={}", "/channel/search/?q={}", "/playlist/?playlist_type={}",
    "/playlist/?type={}&channel={}", "/download/?filter={}&channel={}", "/refresh/?type={}",
    "/refresh/?type=video&id={}", "/search/?query={}", "/search/?query=video:{}",
    "/search/?query=full:{}", "/notification/?filter={}", "/stats/biggestchannels/?order={}",
    "/video/?watch={}&type={}", "/video/?height={}", "/video/?sort=views&order={}",
    "/download/?q={}&vid_type={}", "/download/?error={}", "/download/aggs/?filter={}",
    "/playlist/?subscribed={}", "/search/?query=full:the%20lang:{}%20channel:{}",
    "/search/?query=video:a%20channel:{}%20active:{}",
)  # fmt: skip
BODIES = (
    "/login/", "/user/login/", "/video/vid00000000/progress/", "/video/vid00000000/sponsor/",
    "/channel/", "/channel/UC0000000000000000000001/", "/playlist/", "/download/",
    "/download/dl_00000000/", "/task/", "/task-id/x/", "/refresh/", "/watched/", "/config/user/",
    "/user/me/", "/playlist/PL00000000000000000000000000000000/", "/playlist/custom/",
    "/task/notification/", "/task/schedule/run_backup/", "/snapshot/none/", "/task-name/none/",
)  # fmt: skip
NASTY = (
    "x" * 5000, "'; DROP TABLE video; --", '" OR 1=1', "<x>&amp;]]>", "../../etc/passwd",
    "\x00", "🤷\u202e", "-1", "NaN", "1e309", "²", "{}", "null", "\r\nX-Evil: 1", "9" * 400,
    "@", "//", "http://[", "https://youtube.com/watch?v=" + "&a=1" * 100, "[" * 200, ":" * 10,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 1e300, 10**400, "", "x" * 5000, "\ud800", "\x00", [], {"a": {"b": []}},
    [None],
)  # fmt: skip
#: Of these, what a single key is tried with.
ALONE: tuple[Any, ...] = (None, 10**400, "x" * 5000, [], {"a": {"b": []}})
NAMES = (
    "username", "password", "position", "vote", "segment", "data", "channel_subscribed",
    "channel_overwrites", "status", "run", "command", "video", "videos", "id", "is_watched",
    "page_size", "action", "video_id", "playlist_subscribed", "cookie",
    "playlist_name", "playlist_sort_order", "schedule", "config", "task_name", "url",
)  # fmt: skip

#: The oldest and the newest; what is between them is in the sweep.
PROFILES = pytest.mark.parametrize(
    "profile", ["v0.3", pytest.param("v0.4", marks=pytest.mark.slow), "v0.5"]
)


@pytest.fixture(scope="module")
def ta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tubearchivist_load=stored(tmp_path_factory.mktemp("ta"))) as made:
        yield made


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as made:
        yield made


def _sane(response: Any, what: Any) -> None:
    assert response.status_code < 500, what
    assert "X-Evil" not in response.headers
    if response.status_code == 400:
        assert response.json, what


@pytest.mark.sweep(1)
@PROFILES
def test_paths_and_queries(ta: Bench, world: Bench, profile: str) -> None:
    for nasty in NASTY:
        text = quote(nasty, safe="")
        for path in PATHS:
            for method in ("GET", "DELETE"):
                _sane(ta(method, path.format(text), profile=profile), (method, path, nasty))
        for path in QUERIES:
            for one in (ta, world):
                _sane(one("GET", path.format(text, text), profile=profile), (path, nasty))


@pytest.mark.slow
@PROFILES
def test_bodies(ta: Bench, profile: str) -> None:
    rows = ("youtube_id", "channel_id", "playlist_id", "status")
    for path in BODIES:
        for value in VALUES:
            whole = dict.fromkeys(NAMES, value)
            inner = {"data": [{**whole, **dict.fromkeys(rows, value)}]}
            vote = {"vote": {"uuid": value, "yourVote": value}}
            segment = {"segment": {"startTime": value, "endTime": value}}
            for body in (value, whole, inner, vote, segment, {"status": "pending", "data": value}):
                sent = ta("POST", path, body, profile=profile)
                _sane(sent, (path, body))
        for value in ALONE:
            for name in NAMES:
                _sane(ta("POST", path, {name: value}, profile=profile), (path, name, value))
        for raw in (
            b"\xff",
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"NaN",
            b"9" * 5000,
            b'{"a":1e999}',
        ):
            sent = ta("POST", path, profile=profile, data=raw, content_type="application/json")
            _sane(sent, (path, raw[:20]))


def test_a_file_s_name_does_not_lead_away(ta: Bench) -> None:
    client = ta.app.test_client(use_cookies=False)
    token = {"Authorization": f"Token {'a' * 40}"}
    for folder in ("/media/", "/youtube/", "/cache/videos/"):
        for name in ("../../etc/passwd", "x/../y.mp4", "./x.mp4", "..\\x", "x\x00.mp4", "x" * 5000):
            sent = client.get(f"/tubearchivist{folder}{quote(name, safe='')}", headers=token)
            assert sent.status_code == 404, (folder, name)
        for name in ("UC1/Wait... what?.mp4", "日本/x\u200d.jpg"):
            sent = client.get(f"/tubearchivist{folder}{quote(name)}", headers=token)
            assert sent.status_code == 200, (folder, name)
            sent.close()


@PROFILES
def test_a_parameter_that_is_too_long(ta: Bench, profile: str) -> None:
    for path in ("/video/?channel=", "/video/?foo=", "/search/?query=", "/channel/?filter="):
        sent = ta("GET", path + "a%20" * 1500, profile=profile)
        assert (sent.status_code, "too long" in sent.json["message"]) == (400, True), path
    assert ta("GET", "/search/?query=" + "a" * 1001, profile=profile).status_code == 400
    assert ta("GET", "/search/?query=" + "a" * 1000, profile=profile).status_code == 200


def test_a_number_that_json_cannot_say_is_not_said_again(ta: Bench) -> None:
    path = "/video/vid00000000/progress/"
    for number in ("1e999", "-1e999", "Infinity", "NaN"):
        body = f'{{"position":{number}}}'
        sent = ta("POST", path, data=body, content_type="application/json")
        assert (sent.status_code, "not JSON compliant" in sent.json["detail"]) == (400, True)
    assert ta.get(path)["position"] == 0


@PROFILES
def test_bodies_of_rarer_methods(ta: Bench, profile: str) -> None:
    for value in VALUES:
        whole = dict.fromkeys(NAMES, value)
        for method, path in (("PUT", "/cookie/"), ("PATCH", "/download/?filter=pending")):
            for body in (value, whole, {"status": value}, {"cookie": value}):
                _sane(ta(method, path, body, profile=profile), (method, path, body))


def test_bodies_that_are_too_large(ta: Bench) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        sent = ta("POST", "/login/", token=None, data=b"x" * 20_000_000, content_type=kind)
        assert sent.status_code == 413
        assert sent.json["detail"]


def test_headers(ta: Bench) -> None:
    for value in ("Token \xff", "Token " + "a" * 9000, "token", "Basic x", f"Token {ADMIN}\xa0"):
        sent = ta("GET", "/ping/", token=None, headers={"Authorization": value})
        assert sent.status_code == 403, value
    for name in ("Cookie", "Origin", "Accept", "X-CSRFToken", "Content-Type"):
        for value in ("\xff" * 50, "sessionid=x; csrftoken=\xff", ";;,=", "x" * 8000):
            _sane(ta("POST", "/watched/", headers={name: value}), (name, value))


def test_what_is_stored_stays_small(ta: Bench) -> None:
    sent = ta("POST", "/video/vid00000000/progress/", {"position": "9" * 1000})
    assert sent.status_code == 400
    assert ta("POST", "/video/" + "a" * 500 + "/progress/", {"position": 1}).status_code == 400


def test_a_path_that_does_not_exist(ta: Bench) -> None:
    response = ta("GET", "/nope/", token=None)
    assert (response.status_code, response.mimetype) == (404, "text/html")


def test_a_file_is_read_and_never_changed(tmp_path: Path) -> None:
    file = stored(tmp_path)
    before = file.read_bytes()
    with bench(tubearchivist_load=file) as made:
        assert made("DELETE", "/video/vid00000000/").status_code == 200
    assert file.read_bytes() == before
