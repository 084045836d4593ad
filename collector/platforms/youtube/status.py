"""What came back, before anything is read: ok, consent, captcha, login, unavailable, error, empty.

Protects the rule that only an ``ok`` page is data; anything else is a missing cell. It looks for
the marks of each kind in the text, without building a tree: a few milliseconds for a megabyte.

Two decisions. A consent dialog that lies over a page whose list is there is ``ok``: the list was
served (the parser notes the dialog); ``consent`` means that the dialog is all there is. A player
that shows an error on a watch page that has its title is ``ok`` too: what is beside the player was
served, and the watch receipt records the player's failure; ``unavailable`` means that the video's
page has nothing but the error.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from collector.model import PageKind, PageStatus
from collector.platforms.youtube.urls import nature

_ITEM = re.compile(
    r"<(?:ytd-rich-item-renderer|yt-lockup-view-model|ytd-video-renderer|ytd-compact-video-renderer"
    r"|ytd-grid-video-renderer|ytd-(?:compact-)?(?:radio|playlist)-renderer|ytd-channel-renderer"
    r"|ytm-shorts-lockup-view-model|ytd-reel-item-renderer|ytd-playlist-video-renderer)[\s>]"
)
_WATCH_CONTENT = re.compile(r"<(?:ytd-watch-metadata|ytd-video-primary-info-renderer)\b[^<>]*>")
_WATCH_TITLE = re.compile(
    r"<h1\b[^<>]*\stitle=\"[^\"]|<h1\b[^<>]*>(?:\s{0,80}<(?!/h1)[^<>]{0,400}>){0,12}\s{0,80}[^<\s]"
)
_APP = re.compile(r"<ytd-app\b", re.IGNORECASE)

_CAPTCHA = re.compile(
    r"<form\b[^<>]*(?:action=\"[^\"<>]*(?:/sorry/|/das_captcha)|id=\"captcha-form\")"
    r"|<(?:div|iframe)\b[^<>]*(?:class=\"[^\"<>]*\bg-recaptcha\b|src=\"[^\"<>]*recaptcha/(?:api2|enterprise)/anchor)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"<form\b[^<>]*action=\"[^\"<>]*(?:ServiceLogin|/signin/|accounts\.google\.com)"
    r"|<input\b[^<>]*(?:id|name)=\"(?:identifierId|identifier)\"",
    re.IGNORECASE,
)
_CONSENT_FORM = re.compile(r"<form\b[^<>]*action=\"[^\"<>]*consent\.[^\"<>]*\"", re.IGNORECASE)
_CONSENT_BUMP = re.compile(r"<ytd-consent-bump(?:-v2)?-(?:lightbox|renderer)\b([^<>]*)>")
_PLAYER_ERROR = re.compile(
    r"<yt-player-error-message-renderer\b(?![^<>]*\shidden)[^<>]*>"
    r"|<(?:yt-playability-error-supported-renderers|div)\b(?![^<>]*\shidden)[^<>]*\bid=\"error-screen\""
    r"|<div\b[^<>]*\bclass=\"[^\"<>]*\bytp-error\b",
)
_ERROR_TITLE = re.compile(
    r"<(?:title|h1|h2)\b[^<>]*>\s{0,80}(?:error\s{1,9})?(?:4\d\d|5\d\d)\b|<title\b[^<>]*>[^<]*"
    r"(?:internal server error|bad gateway|service unavailable|gateway time-?out|not found|"
    r"too many requests)",
    re.IGNORECASE,
)
_BROWSER_ERROR = re.compile(r"id=\"main-frame-error\"|class=\"neterror\"")
_ERROR_PAGE = re.compile(r"<div\b[^<>]*\bid=\"error-page\"|<ytd-error-renderer\b(?![^<>]*\shidden)")
_TAG = re.compile(r"<[a-zA-Z!/]")
_TEXT = re.compile(r">\s*[^<>\s]")
#: Pages of these sizes are inspected whole for the marks of error pages; larger ones are not such.
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
    if _APP.search(html) is None and _ITEM.search(html) is None:
        return _without_app(html)
    return _with_app(html, nature(url).kind)


def has_consent_bump(html: str) -> bool:
    """True if a consent dialog lies over the page."""
    found = _CONSENT_BUMP.search(html) if "ytd-consent-bump" in html else None
    return found is not None and not re.search(r"\shidden\b|aria-hidden=\"true\"", found[1])


def _by_address(url: str) -> PageStatus | None:
    """Pages that are known by where the browser ended up."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme == "chrome-error":
        return PageStatus.ERROR
    if host.startswith("consent."):
        return PageStatus.CONSENT
    if parts.path.startswith("/sorry/"):
        return PageStatus.CAPTCHA
    if host.startswith("accounts.") or parts.path.startswith(("/ServiceLogin", "/signin")):
        return PageStatus.LOGIN
    return None


def _without_app(html: str) -> PageStatus:
    """A page that is not the site's application at all."""
    if _CAPTCHA.search(html):
        return PageStatus.CAPTCHA
    if _CONSENT_FORM.search(html) or has_consent_bump(html):
        return PageStatus.CONSENT
    if _LOGIN.search(html):
        return PageStatus.LOGIN
    if _PLAYER_ERROR.search(html):
        return PageStatus.UNAVAILABLE
    if len(html) < _SMALL and (
        _ERROR_TITLE.search(html) or _BROWSER_ERROR.search(html) or _ERROR_PAGE.search(html)
    ):
        return PageStatus.ERROR
    return PageStatus.UNKNOWN if _TEXT.search(html) else PageStatus.EMPTY


def _with_app(html: str, kind: PageKind) -> PageStatus:
    """The site's application: ok if it has what such a page is asked for."""
    if kind is PageKind.VIDEO:
        has_content = _WATCH_CONTENT.search(html) is not None and _has_watch_title(html)
    else:
        has_content = _ITEM.search(html) is not None
    if has_content:
        return PageStatus.OK
    if _CAPTCHA.search(html):
        return PageStatus.CAPTCHA
    if has_consent_bump(html) or _CONSENT_FORM.search(html):
        return PageStatus.CONSENT
    if kind is PageKind.VIDEO and _PLAYER_ERROR.search(html):
        return PageStatus.UNAVAILABLE
    if _LOGIN.search(html):
        return PageStatus.LOGIN
    if _ERROR_PAGE.search(html) or (len(html) < _SMALL and _ERROR_TITLE.search(html)):
        return PageStatus.ERROR
    return PageStatus.EMPTY


def _has_watch_title(html: str) -> bool:
    return _WATCH_TITLE.search(html) is not None
