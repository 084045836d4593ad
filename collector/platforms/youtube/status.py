"""The status of a captured page: what its text tells, else what reading it finds."""

from __future__ import annotations

from collector.common.model import PageStatus
from collector.platforms.youtube.marks import look
from collector.platforms.youtube.parse.page import parse_page


def page_status(html: str, url: str) -> PageStatus:
    """The status of a captured page, from its HTML and its address. Never raises.

    ``ok`` may turn out ``partial`` when the page is read: only reading finds unknown cards.
    """
    return look(html, url).status or parse_page(html, url).status
