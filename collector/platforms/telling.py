"""Which platform a page is of, by its address, else by what only that platform's pages have."""

from __future__ import annotations

import re

from collector.addresses import parts_of
from collector.model import Platform

_HOSTS = (
    (
        Platform.YOUTUBE,
        re.compile(r"\A(?:[\w-]+\.)*(?:youtube(?:-nocookie|kids)?\.\w+|youtu\.be)\Z"),
    ),
    (Platform.FACEBOOK, re.compile(r"\A(?:[\w-]+\.)*(?:facebook\.\w+|fb\.com)\Z")),
)
_MARKS = (
    (
        Platform.YOUTUBE,
        re.compile(
            r"<yt[dm]-[a-z]|<yt-lockup-view-model|\bytInitial(?:Data|PlayerResponse)\b|\bytcfg\.set\b"
            r"|\byt-(?:kids-)?restricted-access"
        ),
    ),
    (
        Platform.FACEBOOK,
        re.compile(
            r"data-twinwatch=\"timeline/|\bfbUserContent\b|\buserContentWrapper\b"
            r"|data-pagelet=\"(?:FeedUnit|root|page)|\bstory_body_container\b|id=\"mount_0_0"
            r"|data-ad-rendering-role=\"(?:story_message|profile_name)|static\.xx\.fbcdn\.net"
            r"|id=\"(?:facebook|globalContainer|m_news_feed_stream)\""
        ),
    ),
)  # fmt: skip


def platform_of(html: str, url: str) -> Platform | None:
    """The platform of a page; ``None`` if it is of neither, or does not say."""
    host = parts_of(url).host
    for platform, pattern in _HOSTS:
        if pattern.match(host):
            return platform
    first: tuple[int, Platform] | None = None
    for platform, marks in _MARKS:
        found = marks.search(html)
        if found is not None and (first is None or found.start() < first[0]):
            first = (found.start(), platform)
    return first[1] if first is not None else None
