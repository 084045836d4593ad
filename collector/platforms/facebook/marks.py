"""What the text of a page tells before anything is read: ok, consent, captcha, login, unavailable,
error, empty.

Protects the rule that only an ``ok`` page is data. A consent dialog over a feed that is there is
``ok``: the feed was served. ``empty`` is said only on the site's own words that there are no posts:
a document without them was not drawn, which is ``unknown``.
"""

from __future__ import annotations

import re

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus
from collector.common.pagetext import text_of
from collector.platforms.facebook.urls import parse_url
from collector.platforms.facebook.words.nothing import NOTHING

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
#: ``statusReason`` of a page that shows neither posts nor a word that there are none.
NOT_DRAWN = "not-drawn"
_NOTHING = tuple(dict.fromkeys(phrase for row in NOTHING.values() for phrase in row))


def status_and_reason(html: str, url: str) -> tuple[PageStatus, str | None]:
    """What the text and the address of a captured page tell, with :data:`NOT_DRAWN` where that is
    why it is ``unknown``. Never raises."""
    if not html.strip():
        return PageStatus.UNKNOWN, NOT_DRAWN
    status = _by_address(url) or _by_its_marks(html)
    if status is not None:
        return status, None
    if _TAG.search(html) is None:
        return PageStatus.UNKNOWN, None
    if _APP.search(html):
        if parse_url(url).kind not in (PageKind.HOME, PageKind.CHANNEL):
            return PageStatus.OK, None
        if _says_that_there_is_nothing(html):
            return PageStatus.EMPTY, None
        return PageStatus.UNKNOWN, NOT_DRAWN
    return PageStatus.UNKNOWN, None if _TEXT.search(html) else NOT_DRAWN


def _by_its_marks(html: str) -> PageStatus | None:
    """What the first mark says that a page bears: a post's, else that of what is in the way."""
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
    return PageStatus.ERROR if len(html) < _SMALL and _ERROR.search(html) else None


def _says_that_there_is_nothing(html: str) -> bool:
    """True if the page's own words (not those of its scripts) say that there are no posts."""
    words = text_of(html).casefold().replace("’", "'")
    return any(phrase in words for phrase in _NOTHING)


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
