"""What keeps the feeds fast and small: nothing is done twice, nothing is kept without a limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gdata_tools import client, find, get, ids, world, xml

from collector.common.model import ItemKind
from mockserver.api.gdata import answers
from mockserver.api.gdata.cache import Cache
from mockserver.api.gdata.index import Index
from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.world.documented import RESPONSES
from mockserver.world.search import plain


def index() -> Index:
    get("/feeds/videos?max-results=0")
    found: Index = client().application.extensions["gdata"][0]
    return found


def test_a_large_world_is_indexed_when_the_server_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LARGE", 1000)
    app = create_app(MockConfig(clock="0"))
    prepared = app.extensions["gdata"]
    assert app.test_client().get("/feeds/videos?vq=cat").status_code == 200
    assert app.extensions["gdata"] is prepared


def test_a_kept_thing_is_made_once_and_forgotten_in_turn() -> None:
    made: list[int] = []

    def make(number: int) -> Any:
        def one() -> int:
            made.append(number)
            return number * 10

        return one

    kept: Cache[int] = Cache(2)
    for number in (1, 1, 2, 1, 3, 1, 2):
        assert kept.get(number, make(number)) == number * 10
    assert made == [1, 2, 3, 2]
    assert len(kept) == 2


def test_what_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = index()
    monkeypatch.setattr(found.lists, "most", 5)
    monkeypatch.setattr(found.entries, "most", 60)
    for number in range(20):
        assert get(f"/feeds/videos?vq=cat{number}").status_code == 200
    for host in range(4):
        get("/feeds/videos?max-results=50", headers={"Host": f"host{host}.localhost"})
    assert len(found.lists) == 5
    assert len(found.entries) == 60


def test_an_entry_is_the_same_when_it_is_kept() -> None:
    for path in ("videos?vq=cat&max-results=5", "videos?alt=rss", "videos?alt=json&v=2",
                 "playlists/45C563323B344971", "users/liz/favorites?v=2&alt=rss"):  # fmt: skip
        index().entries._things.clear()
        first = get(f"/feeds/{path}").data
        assert get(f"/feeds/{path}").data == first
        assert b"http://localhost/" in first
        other = get(f"/feeds/{path}", headers={"Host": "other.localhost"}).data
        assert b"http://other.localhost/" in other
        assert b"http://localhost/" not in other


def test_entries_of_two_dialects_and_prefixes_are_not_mixed_up() -> None:
    (one,) = find(xml("/feeds/videos/dQw4w9WgXcQ"), "/a:entry/a:id/text()")
    (two,) = find(xml("/feeds/api/videos/dQw4w9WgXcQ"), "/a:entry/a:id/text()")
    (three,) = find(xml("/feeds/videos/dQw4w9WgXcQ?v=2"), "/a:entry/a:id/text()")
    assert (one, two) == (
        "http://localhost/feeds/videos/dQw4w9WgXcQ", "http://localhost/feeds/api/videos/dQw4w9WgXcQ"
    )  # fmt: skip
    assert three == "tag:youtube.com,2008:video:dQw4w9WgXcQ"


@pytest.mark.parametrize("order", ["viewCount", "published", "rating", "favorites", "comments",
                                   "listings", "responses", "momentum"])  # fmt: skip
def test_the_first_ones_are_those_of_a_whole_sort(order: str) -> None:
    found = index()
    rows = found.columns.everything
    whole = rows[np.argsort(found._ranks[order][rows])]
    for most in (1, 50, 1000, len(rows)):
        assert found.first(rows, order, most).tolist() == whole[:most].tolist()


def test_the_most_relevant_are_those_of_a_whole_sort() -> None:
    found = index()
    rows = found.columns.everything
    for steps in (1, 3, 1000):
        relevance = np.arange(len(rows)) % steps / steps
        whole = rows[np.lexsort((found._ranks["viewCount"][rows], -relevance))]
        for most in (1, 40, 1000, len(rows)):
            assert found.most_relevant(rows, relevance, most).tolist() == whole[:most].tolist()


def test_related_videos_are_those_of_a_comparison_with_all() -> None:
    found, every = index(), list(world().videos.values())
    for row in (5, 40, 400, 3000):
        own = every[row]
        alike = [
            round(
                0.6 * (own.topic == other.topic)
                + 0.25 * len(set(own.concepts) & set(other.concepts)) / 3
                + 0.15 * (own.channel_id == other.channel_id),
                6,
            )
            for other in every
        ]
        places = [
            other
            for other in range(len(every))
            if alike[other] and other != row and found.columns.listed[other]
        ]
        places.sort(key=lambda other: (-alike[other], found._ranks["viewCount"][other]))
        assert found.related(row, 100).tolist() == places[:100]


def test_phrases_are_those_of_reading_every_title() -> None:
    titles = {
        video.id
        for video in world().videos.values()
        if video.kind is not ItemKind.UPCOMING and " the full story " in plain(video.title)
    }
    found: set[str] = set()
    for start in range(1, 1000, 50):
        page = ids(
            xml(f"/feeds/videos?vq=%22the+full+story%22&racy=include&max-results=50"
                f"&start-index={start}")
        )  # fmt: skip
        found.update(page)
        if not page:
            break
    assert titles
    assert found == titles


def test_responses_point_at_videos_that_there_are() -> None:
    assert all(video in world().videos for video in RESPONSES)
    assert len(index().answered()) == len(RESPONSES)
