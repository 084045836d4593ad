"""Files of documents as stored: what they may leave out, what passes through, what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tubearchivist_tools import bench, stored

from collector.common.errors import UserError
from mockserver.cli import main

VIDEO, CHANNEL, PLAYLIST = "aaaaaaaaaaa", "UC" + "1" * 22, "PL" + "2" * 32
SPARSE: dict[str, Any] = {
    "ta_video": {
        VIDEO: {},
        "bbbbbbbbbbb": {
            "title": None,
            "channel": {"channel_id": CHANNEL},
            "player": {"duration": 61.5, "watched": None},
            "subtitles": [{}],
            "streams": [{"width": 640, "hdr": True}],
            "published": 1712700000,
            "playlist": [PLAYLIST],
            "not_known_yet": {"deep": [1]},
        },
    },
    "ta_channel": {CHANNEL: {"channel_last_refresh": "nonsense"}},
    "ta_playlist": {PLAYLIST: {"playlist_entries": [{}, {"youtube_id": "bbbbbbbbbbb"}]}},
    "ta_download": {"ccccccccccc": {}},
    "ta_comment": {
        VIDEO: {
            "comment_comments": [
                {"comment_id": "1", "comment_parent": "2"},
                {"comment_id": "2", "comment_parent": "1"},
            ]
        }
    },
    "ta_subtitle": {"x-en-1": {"youtube_id": VIDEO, "subtitle_line": "hello <b>world</b>"}},
    "ta_something_else": 3,
}
PATHS = (
    "/video/", "/video/?sort=views", "/video/?sort=published&order=asc", "/video/?type=videos",
    f"/video/{VIDEO}/", f"/video/{VIDEO}/comment/", "/video/bbbbbbbbbbb/similar/", "/channel/",
    f"/channel/{CHANNEL}/", f"/channel/{CHANNEL}/video/", "/playlist/", f"/playlist/{PLAYLIST}/",
    f"/playlist/{PLAYLIST}/video/", f"/video/?playlist={PLAYLIST}", "/download/",
    "/download/ccccccccccc/", "/search/?query=a", "/search/?query=video:%20active:yes",
    "/search/?query=full:hello", "/stats/video/", "/stats/channel/", "/stats/playlist/",
    "/stats/download/", "/stats/watch/", "/stats/downloadhist/", "/stats/biggestchannels/",
    "/video/bbbbbbbbbbb/nav/", f"/channel/{CHANNEL}/aggs/", f"/channel/{CHANNEL}/nav/",
)  # fmt: skip


def test_what_a_file_leaves_out_has_a_default(tmp_path: Path) -> None:
    with bench(tubearchivist_load=stored(tmp_path, SPARSE)) as ta:
        for path in PATHS:
            for profile in ("v0.3", "v0.4", "v0.5"):
                assert ta("GET", path, profile=profile).status_code in {200, 404}, (profile, path)
        first = ta.get(f"/video/{VIDEO}/")["data"]
        assert (first["title"], first["player"]["watched"]) == ("", False)
        second = ta.get("/video/bbbbbbbbbbb/")["data"]
        assert second["not_known_yet"] == {"deep": [1]}
        assert second["streams"] == [{"width": 640, "hdr": True}]
        assert ta.get("/download/ccccccccccc/")["data"]["status"] == "pending"
        (said,) = ta.get("/search/?query=full:hello")["results"]["fulltext_results"]
        assert said["subtitle_line"] == '<span class="settings-current">hello</span> <b>world</b>'


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    "stored",
    [
        "2024-03-01",
        "2024-03-01T10:20:30+00:00",
        "2024-03-01T10:20:30.5Z",
        "2024-03-01 10:20",
        "2024-02-29T23:30:00-05:00",
        1709288430,
        1709288430.5,
    ],
)
def test_dates_agree_with_the_version_however_they_were_stored(tmp_path: Path, stored: Any) -> None:
    file = tmp_path / "archive.json"
    dates = {"published": stored, "vid_last_refresh": stored}
    file.write_text(json.dumps({"ta_video": {VIDEO: dates}}), "utf-8")
    with bench(tubearchivist_load=file) as ta:
        for profile, shown in (("v0.3", "01 Mar, 2024"), ("v0.4", "2024-03-01")):
            video = ta.get(f"/video/{VIDEO}/", profile=profile)["data"]
            assert {video[name] for name in dates} == {shown}
        today = ta.get(f"/video/{VIDEO}/", profile="v0.5")["published"]
        assert re.fullmatch(r"2024-03-01T\d\d:\d\d:\d\d(\.\d+)?\+00:00", today)


REFUSED: tuple[tuple[Any, str], ...] = (
    ("{", "is not JSON"),
    ("[]", "has none of ta_video"),
    ({"videos": {}}, "has none of ta_video"),
    ({"ta_video": []}, "ta_video is not an object"),
    ({"ta_video": {VIDEO: 1}}, f"ta_video.{VIDEO} is not an object"),
    ({"ta_video": {"../x": {}}}, "ta_video.../x is not an id"),
    ({"ta_video": {VIDEO: {"youtube_id": "other"}}}, f"ta_video.{VIDEO}.youtube_id is another id"),
    (f'{{"ta_video": {{"{VIDEO}": {{}}, "{VIDEO}": {{}}}}}}', f"'{VIDEO}' is there twice"),
    (
        {"ta_video": {VIDEO: {"player": {"duration": "long"}}}},
        f"ta_video.{VIDEO}.player.duration cannot be read",
    ),
    (
        {"ta_playlist": {PLAYLIST: {"playlist_entries": [{}, {"youtube_id": 3}]}}},
        f"ta_playlist.{PLAYLIST}.playlist_entries.1.youtube_id cannot be read",
    ),
    ({"ta_comment": {VIDEO: {}}}, f"ta_comment.{VIDEO}.comment_comments cannot be read"),
    (f'{{"ta_video": {{"{VIDEO}": {{"x": 1e999}}}}}}', "is not a finite number"),
    ("[" * 100_000, "is not JSON"),
)


@pytest.mark.sweep(4)
@pytest.mark.parametrize(("content", "problem"), REFUSED)
def test_a_file_that_cannot_be_shown_names_its_key(
    tmp_path: Path, content: Any, problem: str
) -> None:
    file = tmp_path / "archive.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with pytest.raises(UserError) as raised, bench(tubearchivist_load=file):
        pass
    assert str(file) in str(raised.value)
    assert problem in str(raised.value)


def test_the_command_ends_with_one_message(tmp_path: Path) -> None:
    file = tmp_path / "archive.json"
    file.write_bytes(b"\xff")
    for path in (file, tmp_path, tmp_path / "none.json"):
        done = CliRunner().invoke(main, ["serve", "--load-tubearchivist", str(path)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert str(path) in done.stderr
        assert "Traceback" not in done.stderr
