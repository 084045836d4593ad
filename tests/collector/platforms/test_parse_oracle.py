"""Counts of a card as the site writes them: exact where it wrote them out, rounded elsewhere."""

from __future__ import annotations

import pytest
import youtube_pages as y

from collector.platforms.youtube import parse_page

HOME = "https://www.youtube.com/"


@pytest.mark.parametrize(
    ("written", "value", "rounded"),
    [
        ("1,234 views", 1234, False),
        ("999 views", 999, False),
        ("1.2K views", 1200, True),
        ("12M views", 12_000_000, True),
        ("3.45B views", 3_450_000_000, True),
        ("1 view", 1, False),
    ],
)
def test_views_are_marked_rounded_only_where_the_page_rounded(
    written: str, value: int, rounded: bool
) -> None:
    """An exact count never carries the mark; a rounded one carries its value."""
    card = y.lockup("dQw4w9WgXcQ", facts=(written, "5 months ago"))
    (found,) = parse_page(y.app(y.home(y.rich(card))), HOME).impressions
    assert found.views == value
    assert found.extra.get("views_rounded") == (value if rounded else None)
