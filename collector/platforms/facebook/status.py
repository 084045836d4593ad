"""What came back, before anything is read: ok, consent, captcha, login, unavailable, error, empty.

Protects the rule that only an ``ok`` page is data. A consent dialog over a feed that is there is
``ok``: the feed was served.
"""

from __future__ import annotations

import re

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus
from collector.platforms.facebook.urls import place

_POST = re.compile(
    r"<div\b[^<>]*(?:class=\"[^\"<>]*\b(?:userContentWrapper|fbUserContent|story_body_container)\b"
    r"|data-pagelet=\"FeedUnit|aria-posinset=\"\d|role=\"article\")|<article[\s>]",
    re.IGNORECASE,
)
_APP = re.compile(
    r"id=\"(?:facebook|m_news_feed_stream|globalContainer|contentCol|newsFeedHeading|mount_0_0[^\"]*)\"|role=\"feed\"",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"<form\b[^<>]*(?:id=\"login_form\"|action=\"[^\"<>]*/login(?:\.php|/)?[^\"<>]*\")"
    r"|<input\b[^<>]*name=\"pass\"",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"data-cookiebanner=|data-testid=\"cookie-policy-(?:manage-)?dialog|id=\"cookie_banner|/cookie/consent"
    r"|data-testid=\"cookie-policy-dialog",
    re.IGNORECASE,
)
_CAPTCHA = re.compile(
    r"id=\"captcha\b|name=\"captcha_(?:response|persist_data)\"|\bg-recaptcha\b|/captcha/",
    re.IGNORECASE,
)
_UNAVAILABLE = re.compile(
    r"data-testid=\"(?:content_unavailable|error_page)\"|class=\"[^\"]*\buiInterstitialContent\b"
    r"|this (?:content|page) isn(?:'|’|&#039;)t available",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"<title\b[^<>]*>[^<]*(?:\b5\d\d\b|\b4\d\d\b|error|something went wrong|sorry)"
    r"|id=\"main-frame-error\"|class=\"neterror\"",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z!/]")
_TEXT = re.compile(r">\s*[^<>\s]")
_SMALL = 400_000


def page_status(html: str, url: str) -> PageStatus:
    """The status of a captured page, from its HTML and its address. Never raises."""
    if not html.strip():
        return PageStatus.EMPTY
    by_address = _by_address(url)
    if by_address is not None:
        return by_address
    if _TAG.search(html) is None:
        return PageStatus.UNKNOWN
    if _POST.search(html):
        return PageStatus.OK
    if _CAPTCHA.search(html):
        return PageStatus.CAPTCHA
    if _CONSENT.search(html):
        return PageStatus.CONSENT
    if _LOGIN.search(html):
        return PageStatus.LOGIN
    if _UNAVAILABLE.search(html):
        return PageStatus.UNAVAILABLE
    if len(html) < _SMALL and _ERROR.search(html):
        return PageStatus.ERROR
    if _APP.search(html):
        ok = place(url).kind not in (PageKind.HOME, PageKind.CHANNEL)
        return PageStatus.OK if ok else PageStatus.EMPTY
    return PageStatus.UNKNOWN if _TEXT.search(html) else PageStatus.EMPTY


def _by_address(url: str) -> PageStatus | None:
    parts = parts_of(url)
    if parts.scheme == "chrome-error":
        return PageStatus.ERROR
    path = parts.path.rstrip("/")
    if path.startswith("/checkpoint"):
        return PageStatus.CAPTCHA
    if path in ("/login", "/login.php") or path.startswith("/login/"):
        return PageStatus.LOGIN
    if path.startswith(("/cookie/consent", "/privacy/consent", "/consent")):
        return PageStatus.CONSENT
    return None
