"""Lists, items and search: paging arithmetic, shapes of each profile, filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tubearchivist_tools import VIEWER, Bench, bench, stored

from collector.common.errors import UserError
from mockserver.api.tubearchivist.paging import Page
from mockserver.api.tubearchivist.profile import V04, V05

PLAYLIST = "PL" + "0" * 32
CHANNEL = f"UC{1:022d}"


@pytest.fixture
def ta(tmp_path: Path) -> Iterator[Bench]:
    with bench(tubearchivist_load=stored(tmp_path)) as made:
        yield made


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as made:
        yield made


def _paginate(ta: Bench, query: str) -> tuple[Any, ...]:
    response = ta("GET", f"/video/{query}")
    return tuple(response.json["paginate"].values())


def test_the_pages_of_thirty_videos(ta: Bench) -> None:
    assert _paginate(ta, "") == (12, 0, False, 0, False, "", 3, [2], 30)
    assert _paginate(ta, "?page=1") == (12, 0, False, 1, False, "", 3, [2], 30)
    assert _paginate(ta, "?page=2") == (12, 12, [], 2, False, "", 3, [], 30)
    assert _paginate(ta, "?page=3") == (12, 24, [2], 3, False, "", False, [], 30)
    assert _paginate(ta, "?page=4") == (12, 36, [2, 3], 4, False, "", False, [], 30)
    assert _paginate(ta, "?page=2&foo=b%20c&x=1")[5] == "foo=b+c&x=1"
    assert _paginate(ta, "?page_size=5")[:2] == (12, 0)


def test_a_page_past_the_end_is_404_as_documented_and_empty(ta: Bench) -> None:
    past = ta("GET", "/video/?page=4")
    assert (past.status_code, past.json["data"]) == (404, [])
    assert ta("GET", "/video/?page=4", profile="v0.5").status_code == 200
    assert ta("GET", "/download/?channel=UCnone").status_code == 200
    assert ta("GET", f"/channel/{CHANNEL}/video/?page=9").status_code == 404
    assert ta("GET", "/channel/UCnone/video/").json["paginate"]["total_hits"] == 0


@pytest.mark.sweep(2)
@pytest.mark.parametrize("page", ["-1", "abc", "1e3", "", "²", "900", "9" * 40])
def test_what_is_no_page_is_refused(ta: Bench, page: str) -> None:
    response = ta("GET", "/video/", query_string={"page": page})
    assert response.status_code in {400, 404}
    assert response.json["message"]
    modern = ta("GET", "/video/", query_string={"page": "abc"}, profile="v0.5")
    assert modern.json == {"page": ["A valid integer is required."]}


def test_more_than_ten_thousand_hits() -> None:
    first = Page(0, 12, "").as_json(V04, 10_050)
    assert (first["max_hits"], first["last_page"], first["total_hits"]) == (True, 833, 10_000)
    assert first["next_pages"] == [2, 3, 4, 5]
    assert Page(833, 12, "").as_json(V04, 10_050)["last_page"] is False
    assert Page(8, 12, "").as_json(V05, 0)["prev_pages"] == [3, 4, 5, 6, 7]


def test_a_user_sets_the_size_of_its_pages(ta: Bench) -> None:
    assert ta.get("/config/user/") == {"user_id": 1}
    assert ta.post("/config/user/", {"page_size": 5}) == {"page_size": 5, "user_id": 1}
    assert len(ta.get("/video/")["data"]) == 5
    assert len(ta.get("/video/", token=VIEWER)["data"]) == 12
    assert ta("POST", "/config/user/", {"page_size": "x"}).json["status"] == "Bad Request"
    assert ta("POST", "/config/user/", {"nokey": 1}).status_code == 400


def test_the_dates_and_lengths_of_a_profile_agree_with_its_version(ta: Bench) -> None:
    path = "/video/vid00000000/"
    old = ta.get(path, profile="v0.3")["data"]
    assert (old["published"], old["player"]["duration_str"]) == ("01 Mar, 2024", "10:00")
    assert (old["channel"]["channel_tvart_url"], "_index" in old) == (False, False)
    default = ta.get(path)["data"]
    assert (default["published"], default["vid_last_refresh"]) == ("2024-03-01", "2024-04-09")
    assert default["player"]["duration_str"] == "10m"
    assert default["media_url"] == f"/media/{CHANNEL}/vid00000000.mp4"
    assert default["vid_thumb_url"] == "/cache/videos/v/vid00000000.jpg"
    assert list(default)[-2:] == ["_index", "_score"]
    modern = ta.get(path, profile="v0.5")
    assert modern["published"] == "2024-03-01T00:00:00+00:00"
    assert (modern["subtitles"], modern["sponsorblock"]) == ([], None)
    assert "channel_views" not in modern["channel"]


def test_what_is_sorted_has_no_score_and_what_is_searched_has(ta: Bench) -> None:
    nested = (f"/channel/{CHANNEL}/video/", "/playlist/PL" + "0" * 32 + "/video/")
    for path in ("/video/", "/channel/", "/playlist/", "/download/", *nested):
        assert {document["_score"] for document in ta.get(path)["data"]} == {0}, path
    hits = ta.get("/search/?query=lecture")["results"]["video_results"]
    assert hits
    assert all(hit["_score"] > 0 for hit in hits)


def test_items_that_are_missing(ta: Bench) -> None:
    for path, error in (
        ("/video/vid99999999/", "video not found"),
        ("/channel/UCnone/", "channel not found"),
        ("/playlist/PLnone/", "playlist not found"),
        ("/download/nope/", "Download item not found"),
    ):
        response = ta("GET", path)
        assert (response.status_code, response.json["data"]) == (404, False)
        modern = ta("GET", path, profile="v0.5")
        assert (modern.status_code, modern.json) == (404, {"error": error})


def test_similar_is_the_same_for_everybody_and_at_most_six(ta: Bench) -> None:
    path = "/video/vid00000000/similar/"
    found = [video["youtube_id"] for video in ta.get(path)["data"]]
    assert len(found) == 6
    assert "vid00000000" not in found
    assert [video["youtube_id"] for video in ta.get(path, token=VIEWER)["data"]] == found
    none = ta("GET", "/video/vid99999999/similar/")
    assert (none.status_code, none.json["data"]) == (404, [])
    assert ta.get("/video/vid99999999/similar/", profile="v0.5") == []


def test_filters_of_the_video_list(ta: Bench) -> None:
    of_channel = ta.get(f"/video/?channel={CHANNEL}")
    assert of_channel["paginate"]["total_hits"] == 15
    assert ta.get(f"/video/?playlist={PLAYLIST}")["paginate"]["total_hits"] == 3
    views = [v["stats"]["view_count"] for v in ta.get("/video/?sort=views&order=desc")["data"]]
    assert views == sorted(views, reverse=True)
    assert ta.get("/video/?type=shorts")["data"] == []
    assert ta("GET", "/video/?sort=bad").status_code == 400
    assert ta("GET", "/video/?watch=bad", profile="v0.5").json == {
        "watch": ['"bad" is not a valid choice.']
    }
    assert ta.get("/video/?watch=continue", profile="v0.5") == []


def test_search_finds_by_all_words_and_by_kind(ta: Bench) -> None:
    found = ta.get("/search/?query=lecture riv")
    assert (len(found["results"]["video_results"]), found["queryType"]) == (30, "simple")
    assert set(found["results"]) == {
        "video_results",
        "channel_results",
        "playlist_results",
        "fulltext_results",
    }
    channels = ta.get("/search/?query=channel:channel subscribed:yes")
    assert [c["channel_name"] for c in channels["results"]["channel_results"]] == ["Channel 1"]
    assert len(ta.get("/search/?query=playlist:course")["results"]["playlist_results"]) == 1
    old = ta.get("/search/?query=lecture", profile="v0.3")["results"]["video_results"][0]
    assert set(old) == {"_index", "_id", "_score", "source"}
    for query in ("", "?query=", "?query=a:b:c"):
        assert ta("GET", f"/search/{query}").status_code == 400
    assert ta("GET", "/search/").json == {"message": "no search query specified"}


def test_the_worlds_videos_are_the_archives(world: Bench) -> None:
    listed = world.get("/video/")
    dates = [video["published"] for video in listed["data"]]
    assert dates == sorted(dates, reverse=True)
    video = listed["data"][0]
    known = world.mock.world.videos[video["youtube_id"]]
    assert (video["title"], video["stats"]["view_count"]) == (known.title, known.views)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", video["published"])
    for key in ("channel_views", "channel_tags", "channel_subs", "channel_banner_url"):
        assert key in video["channel"]
    example = world.get("/video/NYj3DnI81AQ/")["data"]
    assert "PL96C35uN7xGLLeET0dOWaKHkAlPsrkcha" in example["playlist"]
    entries = world.get("/playlist/PL96C35uN7xGLLeET0dOWaKHkAlPsrkcha/")["data"]
    assert entries["playlist_entries"][0]["downloaded"] is True
    inside = world.get("/playlist/PL96C35uN7xGLLeET0dOWaKHkAlPsrkcha/video/")
    assert {video["youtube_id"] for video in inside["data"]} == {"NYj3DnI81AQ", "BXB-PoihfYI"}


def test_comments_of_the_world_are_threads(world: Bench) -> None:
    found = world.get("/video/2cdgTWitj_o/comment/")["data"]
    assert [len(comment["comment_replies"]) for comment in found] == [2, 0]
    modern = world.get("/video/2cdgTWitj_o/comment/", profile="v0.5")
    assert len(modern[0]["comment_replies"]) == 2
    assert modern[0]["comment_replies"][0]["comment_replies"] == []


def test_statistics_add_up(world: Bench) -> None:
    videos = world.get("/stats/video/")
    assert videos["doc_count"] == world.get("/video/")["paginate"]["total_hits"]
    assert (
        videos["type_videos"]["doc_count"] + videos["type_shorts"]["doc_count"]
        == (videos["doc_count"])
    )
    assert world.get("/stats/video/", profile="v0.5")["active_false"] is None
    assert world.get("/stats/channel/")["doc_count"] == len(world.mock.world.channels)
    queue = world.get("/stats/download/")
    assert (queue["pending"], queue["ignore"]) == (20, 4)
    biggest = world.get("/stats/biggestchannels/?order=duration")
    assert len(biggest) == 10
    assert biggest[0]["duration"] >= biggest[-1]["duration"]
    assert world("GET", "/stats/biggestchannels/?order=bad").status_code == 400
    assert world.get("/stats/watch/")["total"]["items"] == videos["doc_count"]


def test_unknown_users_and_profiles_are_refused() -> None:
    with pytest.raises(UserError), bench(tubearchivist_profile="v9"):
        pass
