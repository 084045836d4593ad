"""Searching: the four kinds, their prefixes and filters, what is said, and the words of a title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tubearchivist_tools import Bench, bench

from mockserver.api.tubearchivist import subtitles
from mockserver.api.tubearchivist.words import Words
from mockserver.world.model import Video


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as made:
        yield made


def _search(world: Bench, query: str, **more: Any) -> Any:
    return world.get("/search/", query_string={"query": query}, **more)


def _spoken(world: Bench) -> Video:
    """A video of the archive that has subtitles."""
    return next(
        video
        for video in world.mock.world.videos.values()
        if video.id in world.archive.videos and subtitles.lines(video) and video.title.isascii()
    )


def test_a_prefix_says_what_is_searched(world: Bench) -> None:
    video = next(iter(world.archive.videos.all()))
    word = str(video["title"]).split()[0].lower()
    for kind in ("video", "channel", "playlist", "full"):
        found = _search(world, f"{kind}:{word}")
        assert found["queryType"] == kind
        name = "fulltext_results" if kind == "full" else f"{kind}_results"
        others = {key: hits for key, hits in found["results"].items() if key != name}
        assert len(found["results"]) == 4
        assert not any(others.values())
    assert _search(world, word)["queryType"] == "simple"
    assert _search(world, word)["results"]["fulltext_results"] == []
    assert _search(world, f"nothing:{word}")["queryType"] == "simple"


def test_all_words_must_be_there_and_the_last_may_be_begun(world: Bench) -> None:
    titles = [str(video["title"]) for video in world.archive.videos.all()]
    title = next(text for text in titles if len(text.split()) >= 3 and text.isascii())
    words = "".join(c if c.isalnum() else " " for c in title).lower().split()
    begun = " ".join([words[1], words[0][:-1] or words[0]])
    hits = _search(world, f"video:{begun}")["results"]["video_results"]
    assert len(hits) <= 30
    for hit in hits:
        here = "".join(c if c.isalnum() else " " for c in hit["title"]).lower().split()
        assert any(word == words[1] for word in here)
        assert any(word.startswith(words[0][:-1] or words[0]) for word in here)
    assert hits
    assert not _search(world, f"video:{words[0]} zzzz")["results"]["video_results"]


def test_hits_are_filtered(world: Bench) -> None:
    channel = next(d for d in world.archive.channels.all() if d["channel_name"].isascii())
    name = channel["channel_name"]
    of_channel = _search(world, f"video: channel:{name}")["results"]["video_results"]
    assert of_channel
    assert all(name.split()[0] in hit["channel"]["channel_name"] for hit in of_channel)
    for wanted in ("yes", "no"):
        hits = _search(world, f"channel: subscribed:{wanted}")["results"]["channel_results"]
        assert {hit["channel_subscribed"] for hit in hits} == {wanted == "yes"}
    assert _search(world, "video: active:no")["results"]["video_results"] == []
    assert len(_search(world, "video: active:yes")["results"]["video_results"]) == 30


def test_what_is_said_is_found_and_marked(world: Bench) -> None:
    video = _spoken(world)
    line = subtitles.lines(video)[0]
    found = _search(world, f"full:{line}")
    hits = found["results"]["fulltext_results"]
    assert 0 < len(hits) <= 30
    hit = next(one for one in hits if one["youtube_id"] == video.id)
    assert hit["subtitle_line"].startswith('<span class="settings-current">')
    assert hit["subtitle_fragment_id"] == f"{video.id}-{video.lang}-{hit['subtitle_index']}"
    assert (hit["_index"], hit["title"]) == ("ta_subtitle", video.title)
    assert hit["subtitle_start"] < hit["subtitle_end"]
    assert hit["subtitle_channel_id"] == video.channel_id
    document = world.get(f"/video/{video.id}/")["data"]
    (track,) = document["subtitles"]
    assert (track["lang"], track["source"]) == (hit["subtitle_lang"], hit["subtitle_source"])
    old = _search(world, f"full:{line}", profile="v0.3")["results"]["fulltext_results"][0]
    assert set(old) == {"_index", "_id", "_score", "source", "highlight"}
    assert "settings-current" in old["highlight"]["subtitle_line"][0]


def test_what_is_said_is_filtered(world: Bench) -> None:
    video = _spoken(world)
    line = subtitles.lines(video)[0]
    for name, values in (("lang", ("en", "es")), ("source", ("user", "auto"))):
        for value in values:
            hits = _search(world, f"full:{line} {name}:{value}")["results"]["fulltext_results"]
            assert all(hit[f"subtitle_{name}"] == value for hit in hits)
    assert not _search(world, f"full:{line} lang:xx")["results"]["fulltext_results"]
    channel = world.mock.world.channels[video.channel_id].name
    query = f"full:{line} channel:{channel}"
    hits = _search(world, query, profile="v0.5")["results"]["fulltext_results"]
    assert {hit["subtitle_channel"] for hit in hits} == {channel}


def test_the_subtitles_file_holds_the_lines(world: Bench) -> None:
    video = _spoken(world)
    document = world.get(f"/video/{video.id}/")["data"]
    client = world.app.test_client(use_cookies=False)
    path = "/tubearchivist" + document["subtitles"][0]["media_url"]
    answer = client.get(path, headers={"Authorization": f"Token {'a' * 40}"})
    assert answer.mimetype == "text/vtt"
    assert answer.text.startswith("WEBVTT\n\n1\n00:00:00.000 --> ")
    assert all(line in answer.text for line in subtitles.lines(video))
    assert client.get(path).status_code == 403


def test_what_was_deleted_is_not_found(world: Bench) -> None:
    video = next(
        v
        for v in list(world.mock.world.videos.values())[::-1]
        if v.id in world.archive.videos and v.title.isascii()
    )
    query = {"query": f"video:{video.title.lower()}".replace(":", " ").replace("video ", "video:")}
    name = world.post("/snapshot/")["snapshot_name"]
    before = world.get("/search/", query_string=query)["results"]["video_results"]
    assert world("DELETE", f"/video/{video.id}/").status_code == 200
    after = world.get("/search/", query_string=query)["results"]["video_results"]
    assert video.id in {hit["youtube_id"] for hit in before}
    assert video.id not in {hit["youtube_id"] for hit in after}
    assert world.post(f"/snapshot/{name}/") == {"accepted": True}
    assert world.get("/search/", query_string=query)["results"]["video_results"] == before


def test_words_are_found_whole_or_by_their_beginning() -> None:
    words = Words(["The cat sat", "cats and dogs", "a dog", "登月騙局", ""])
    assert words.all_of("cat").tolist() == [True, True, False, False, False]
    assert words.all_of("cat sat").tolist() == [True, False, False, False, False]
    assert words.all_of("sat cat").tolist() == [True, False, False, False, False]
    assert words.all_of("登月").tolist() == [False, False, False, True, False]
    assert not words.all_of("").any()
    held, terms = words.any_of("the dog cat")
    assert (held.tolist(), terms) == ([2, 0, 1, 0, 0], ("the", "dog", "cat"))
    assert words.best(held > 0, held) == [0, 2]
    assert Words([]).all_of("x").tolist() == []


@pytest.mark.parametrize("query", ["", "   ", "a:b:c", "video:x:y"])
def test_a_query_that_cannot_be_read_is_refused(world: Bench, query: str) -> None:
    answer = world("GET", "/search/", query_string={"query": query})
    assert (answer.status_code, bool(answer.json["message"])) == (400, True)
    missing = world("GET", "/search/")
    assert missing.json == {"message": "no search query specified"}
