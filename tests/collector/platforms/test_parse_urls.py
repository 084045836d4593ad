"""What an address asks for, and the ids inside links."""

from __future__ import annotations

import pytest

from collector.common.model import PageKind
from collector.platforms.youtube import urls


@pytest.mark.parametrize(
    ("url", "kind", "reference"),
    [
        ("https://www.youtube.com/", PageKind.HOME, {"type": "home"}),
        ("https://www.youtube.com/?gl=FR", PageKind.HOME, {"type": "home"}),
        (
            "http://youtube.localhost:8000/watch?v=dQw4w9WgXcQ&t=3s",
            PageKind.VIDEO,
            {"type": "video", "videoId": "dQw4w9WgXcQ"},
        ),
        (
            "https://www.youtube.com/results?search_query=moon+landing%21",
            PageKind.SEARCH,
            {"type": "search", "query": "moon landing!"},
        ),
        (
            "https://www.youtube.com/channel/UCx/videos",
            PageKind.CHANNEL,
            {"type": "channel", "authorSource": "UCx"},
        ),
        (
            "https://www.youtube.com/@handle/videos",
            PageKind.CHANNEL,
            {"type": "channel", "authorSource": "@handle"},
        ),
        (
            "https://www.youtube.com/c/Name",
            PageKind.CHANNEL,
            {"type": "channel", "authorSource": "Name"},
        ),
        (
            "https://www.youtube.com/user/n",
            PageKind.CHANNEL,
            {"type": "channel", "authorSource": "n"},
        ),
        ("https://www.youtube.com/hashtag/x", PageKind.OTHER, {"type": "hashtag", "hashtag": "x"}),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", PageKind.OTHER, None),
        ("https://www.youtube.com/feed/trending", PageKind.OTHER, None),
        ("https://www.youtube.com/clip/x", PageKind.OTHER, None),
        ("https://[broken", PageKind.HOME, {"type": "home"}),
    ],
)
def test_nature(url: str, kind: PageKind, reference: dict[str, str] | None) -> None:
    found = urls.parse_url(url)
    assert found.kind is kind
    assert found.as_reference() == reference


@pytest.mark.parametrize(
    ("href", "video", "playlist"),
    [
        ("/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ", None),
        ("/watch?v=dQw4w9WgXcQ&list=RDMM&start_radio=1", "dQw4w9WgXcQ", "RDMM"),
        ("/watch?app=desktop&v=dQw4w9WgXcQ", "dQw4w9WgXcQ", None),
        ("/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ", None),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?x=1", "dQw4w9WgXcQ", None),
        ("/watch/dQw4w9WgXcQ?x=1", "dQw4w9WgXcQ", None),
        ("/video/dQw4w9WgXcQ", "dQw4w9WgXcQ", None),
        ("/attribution_link?a=b&u=%2Fwatch%3Fv%3DdQw4w9WgXcQ%26x%3D1", "dQw4w9WgXcQ", None),
        ("/attribution_link?u=%2Fattribution_link%3Fu%3D%2Fwatch", None, None),
        ("/playlist?list=PLx", None, "PLx"),
        ("/watch?v=short", None, None),
        ("/@handle", None, None),
        ("", None, None),
    ],
)
def test_ids_in_links(href: str, video: str | None, playlist: str | None) -> None:
    assert urls.video_id(href) == video
    assert urls.list_id(href) == playlist


def test_channel_paths() -> None:
    assert all(map(urls.is_channel_path, ("/@x", "/channel/UCx", "/c/x", "/user/x/videos")))
    assert not any(map(urls.is_channel_path, ("/@", "/watch?v=x", "/channel", "/cx/y", "")))
