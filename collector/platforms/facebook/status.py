"""The status of a captured page: what its text tells, else what reading it finds."""

from __future__ import annotations

from collector.common.model import PageStatus
from collector.platforms.facebook.marks import status_and_reason
from collector.platforms.facebook.parse.feed import parse_page

#: What the text alone does not settle: posts of a markup that nobody knows may stand there.
_TO_BE_READ = (PageStatus.UNKNOWN, PageStatus.EMPTY)


def page_status(html: str, url: str) -> PageStatus:
    """The status of a captured page, from its HTML and its address. Never raises.

    ``ok`` may turn out ``partial`` when the page is read: only reading finds unknown posts.
    """
    status = status_and_reason(html, url)[0]
    return parse_page(html, url).status if status in _TO_BE_READ else status
