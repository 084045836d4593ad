"""What came back, before anything is read: ok, consent, captcha, login, unavailable, error, empty.

Protects the rule that only an ``ok`` page is data; anything else is a missing cell.
"""

from __future__ import annotations

from collector.model import PageStatus


def page_status(html: str, url: str) -> PageStatus:
    """The status of a captured page, from its HTML and its address. Never raises."""
    return PageStatus.OK if "<ytd-app" in html else PageStatus.UNKNOWN
