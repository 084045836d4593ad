"""Conditional requests of the GData feeds: "not modified" is said of what cannot have changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from gdata_tools import get

PERIODS = ("today", "this_week", "this_month")


@pytest.mark.parametrize("period", PERIODS)
def test_a_feed_of_a_period_is_never_unmodified(period: str) -> None:
    """What was uploaded today is another question tomorrow, though no entry has changed."""
    path = f"/feeds/api/videos?q=cat&time={period}"
    first = get(path)
    assert first.status_code == 200
    ahead = {"If-Modified-Since": format_datetime(datetime.now(UTC) + timedelta(days=1))}
    assert get(path, headers=ahead).status_code == 200
    second = get(path, headers={"GData-Version": "2"})
    for known in (second.headers["ETag"], "*"):
        asked = {"GData-Version": "2", "If-None-Match": known}
        assert get(path, headers=asked).status_code == 200


@pytest.mark.parametrize(
    ("shift", "status"),
    [(timedelta(0), 304), (timedelta(seconds=1), 304), (timedelta(seconds=-1), 200)],
)
def test_without_a_period_the_moment_decides(shift: timedelta, status: int) -> None:
    """304 from the second of the last change on; 200 when the client's copy is older."""
    path = "/feeds/api/videos/dQw4w9WgXcQ"
    changed = parsedate_to_datetime(get(path).headers["Last-Modified"])
    asked = {"If-Modified-Since": format_datetime(changed + shift)}
    assert get(path, headers=asked).status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [("{tag}", 304), ("*", 304), ('W/"x", {tag}', 304), ('"other"', 200), ("{tag}x", 200)],
)
def test_a_tag_is_compared_whole(given: str, status: int) -> None:
    """One of several tags will do; a tag that merely begins alike will not."""
    path = "/feeds/api/videos/dQw4w9WgXcQ"
    tag = get(path, headers={"GData-Version": "2"}).headers["ETag"]
    asked = {"GData-Version": "2", "If-None-Match": given.format(tag=tag)}
    assert get(path, headers=asked).status_code == status
