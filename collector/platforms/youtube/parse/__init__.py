"""Pages to observations: pure, without clock and I/O, one renderer a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collector.model import Observation, Platform
from collector.platforms.youtube.status import page_status
from collector.platforms.youtube.urls import nature

#: Version of what this package makes of a page; stored with every observation.
PARSER = "youtube/2026.1"


def parse_page(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
) -> Observation:
    """One captured page as data. Pure; never raises on the content of a page."""
    return Observation(
        platform=Platform.YOUTUBE,
        kind=nature(url).kind,
        status=page_status(html, url),
        url=url,
        lang=languages[0] if languages else None,
        login=None,
        parser=PARSER,
    )
