"""What came back: ok, partial, consent, captcha, login, unavailable, error, empty, unknown.

Protects the rule that only an ``ok`` page is data; anything else is a missing cell. ``look`` judges
the text without building a tree: a few milliseconds for a megabyte. Where the text alone does not
tell (an application in which no known card stands), ``parse.page`` reads the page and decides.

Three decisions. A consent dialog that lies over a page whose list is there is ``ok``: the list was
served (the parser notes the dialog); ``consent`` means that the dialog is all there is. A player
that shows an error on a watch page that has its list is ``ok`` too: what is beside the player was
served, and the watch receipt records the player's failure; ``unavailable`` means that the video's
page has nothing but the error. The check whether a viewer is a robot is ``captcha``, whatever list
came beside it. ``empty`` is said only on the site's own words that there is nothing: a document
without a word was not drawn, which is ``unknown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus
from collector.platforms.youtube.parse.registry import ITEM_TAGS
from collector.platforms.youtube.refusal import Reason, in_words
from collector.platforms.youtube.urls import HOSTS, parse_url


def _any_of(tags: Iterable[str]) -> str:
    """One of these elements' names. Names that begin alike share a branch: at most tags of a page
    one letter decides."""
    families: dict[str, list[str]] = {}
    for tag in sorted(tags):
        family, _, rest = tag.partition("-")
        families.setdefault(family, []).append(re.escape(rest))
    return "|".join(f"{family}-(?:{'|'.join(rest)})" for family, rest in families.items())


_ITEM = re.compile(rf"<(?:{_any_of(ITEM_TAGS)})[\s>]")
#: Where most pages of a kind have their first item: found ten times as fast as one of all.
_FIRST = {PageKind.HOME: "<ytd-rich-item-renderer ", PageKind.SEARCH: "<ytd-video-renderer "}
_WATCH_CONTENT = re.compile(r"<(?:ytd-watch-metadata|ytd-video-primary-info-renderer)\b[^<>]*>")
_WATCH_TITLE = re.compile(
    r"<h1\b[^<>]*\stitle=\"[^\"]|<h1\b[^<>]*>(?:\s{0,80}<(?!/h1)[^<>]{0,400}>){0,12}\s{0,80}[^<\s]"
)
_APP = re.compile(r"<yt[dm]-app\b", re.IGNORECASE)

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
_CONSENT_BUMP = re.compile(r"<yt[dm]-consent-bump(?:-v2)?-(?:lightbox|renderer)\b([^<>]*)>")
_PLAYER_ERROR = re.compile(
    r"<yt-player-error-message-renderer\b(?![^<>]*\shidden)[^<>]*>"
    r"|<(?:yt-playability-error-supported-renderers|div)\b(?![^<>]*\shidden)[^<>]*\bid=\"error-screen\""
    r"|<div\b[^<>]*\bclass=\"[^\"<>]*\bytp-error\b",
)
#: One of these stands in whatever the pattern above finds.
_ERROR_WORDS = ("yt-player-error-message-renderer", "error-screen", "ytp-error")
_ERROR_TITLE = re.compile(
    r"<(?:title|h1|h2)\b[^<>]*>\s{0,80}(?:error\s{1,9})?(?:4\d\d|5\d\d)\b|<title\b[^<>]*>[^<]*"
    r"(?:internal server error|bad gateway|service unavailable|gateway time-?out|not found|"
    r"too many requests)",
    re.IGNORECASE,
)
_BROWSER_ERROR = re.compile(r"id=\"main-frame-error\"|class=\"neterror\"")
_ERROR_PAGE = re.compile(r"<div\b[^<>]*\bid=\"error-page\"|<ytd-error-renderer\b(?![^<>]*\shidden)")
_PAYLOAD = re.compile(r"\bytInitial(?:Data|PlayerResponse)\b[\"'\]]{0,2}\s{0,9}=\s{0,9}[{'\"]")
_RESTRICTED = re.compile(
    r"class=\"[^\"<>]*\byt-(?:kids-)?restricted-access|access is restricted by your administrator"
)
_PROXY = re.compile(
    r"<(?:title|h1|h2)\b[^<>]*>[^<]{0,80}(?:\b407\b|proxy authentication required)"
    r"|ERR_(?:PROXY|TUNNEL)_[A-Z_]+",
    re.IGNORECASE,
)
_EMBED = re.compile(
    r"name=\"(?:player/embed|embed_client)\"|class=\"[^\"<>]*\bhtml5-video-player\b"
)
_GONE = re.compile(
    r"<(?:ytd-alert-renderer|yt-alert-renderer)\b(?=[^<>]*\stype=\"error\")", re.IGNORECASE
)
_NUDGE = re.compile(r"<ytd-feed-nudge-renderer\b(?![^<>]*\shidden)")
_NOTHING = re.compile(
    r"<(ytd-background-promo-renderer|ytd-message-renderer|ytd-no-results[a-z-]*"
    r"|ytm-(?:background-promo|message)-renderer)\b(?![^<>]*\shidden)[^<>]*>"
)
_SIGN_IN = 'href="https://accounts.google.com/ServiceLogin'
_TAGS = re.compile(r"<[^<>]*>")
_TAG = re.compile(r"<[a-zA-Z!/]")
_TEXT = re.compile(r">\s*[^<>\s]")
_OWN = re.compile(r"<yt[dm]?-[a-z]", re.IGNORECASE)
_CUSTOM = re.compile(r"<[a-z][a-z0-9]*-[a-z]", re.IGNORECASE)
_SITE_TITLE = re.compile(r"<title\b[^<>]*>[^<>]{0,400}\bYouTube\s{0,9}</title", re.IGNORECASE)
_FEW_LINKS = 6
#: Pages of these sizes are inspected whole for the marks of error pages; larger ones are not such.
_SMALL = 400_000


@dataclass(frozen=True, slots=True)
class Look:
    """What the text of a page tells. ``status`` is ``None`` where the page has to be read."""

    status: PageStatus | None
    reason: Reason | None = None


_READ = Look(None)
_NOT_DRAWN = Look(PageStatus.UNKNOWN, Reason.NOT_DRAWN)


def look(html: str, url: str, data: bytes = b"") -> Look:
    """The status of a captured page as far as its text and address tell. Never raises.

    :param data: the same page encoded, where it is at hand: a name is found there sooner.
    """
    if not html.strip():
        return _NOT_DRAWN
    by_address = _by_address(url)
    if by_address is not None:
        return Look(by_address)
    if _TAG.search(html) is None:
        return Look(PageStatus.UNKNOWN)
    app = "<ytd-app" in html or _APP.search(html) is not None
    if not app and _ITEM.search(html) is None:
        if _PAYLOAD.search(html) or '{"responseContext"' in html or _has_cards(html, url):
            return _READ
        told = _without_app(html, url)
        unread = told.status is PageStatus.UNKNOWN and _has_a_card(html, url)
        return _READ if unread else told
    return _with_app(html, parse_url(url).kind, data)


def _has_cards(html: str, url: str) -> bool:
    """True for a page of the site whose elements all have other names than today's: it leads to
    several videos."""
    links = html.count("/watch?v=") + html.count("/shorts/")
    if links < _FEW_LINKS:
        return False
    return HOSTS.match(parts_of(url).host) is not None or _OWN.search(html) is not None


def _has_a_card(html: str, url: str) -> bool:
    """True for a page that is the site's by its address or its title, is made of elements, whatever
    their names, and leads to a video."""
    if "/watch?v=" not in html and "/shorts/" not in html:
        return False
    known = HOSTS.match(parts_of(url).host) is not None or _SITE_TITLE.search(html) is not None
    return known and _CUSTOM.search(html) is not None


def _has(html: str, *words: str) -> bool:
    """A plain search for words costs a hundredth of one for marks around them."""
    return any(word in html for word in words)


def without_items(html: str, kind: PageKind) -> Look:
    """The status of a page of the application in which no item was found."""
    if _has(html, "captcha", "CAPTCHA", "/sorry/") and _CAPTCHA.search(html):
        return Look(PageStatus.CAPTCHA, Reason.BOT_CHECK)
    if has_consent_bump(html) or ("consent." in html and _CONSENT_FORM.search(html)):
        return Look(PageStatus.CONSENT)
    error = _player_error(html) if kind in (PageKind.VIDEO, PageKind.OTHER) else None
    if error is not None:
        named = in_words(_TAGS.sub(" ", html[error.start() : error.start() + 4000]))
        if named is Reason.BOT_CHECK:
            return Look(PageStatus.CAPTCHA, named)
        return Look(PageStatus.UNAVAILABLE, named or Reason.REFUSED)
    said = _said_instead(html)
    asks = _has(html, "<form", "<FORM", "identifier") and _LOGIN.search(html)
    if asks or any(_SIGN_IN in text for text in said):
        return Look(PageStatus.LOGIN, Reason.LOGIN_WALL)
    if "alert-renderer" in html and _GONE.search(html):
        return Look(PageStatus.UNAVAILABLE, Reason.REMOVED)
    broken = _has(html, "error-page", "<ytd-error-renderer") and _ERROR_PAGE.search(html)
    if broken or (len(html) < _SMALL and _ERROR_TITLE.search(html)):
        return Look(PageStatus.ERROR)
    if "<ytd-feed-nudge-renderer" in html and _NUDGE.search(html):
        return Look(PageStatus.OK, Reason.NEW_VISITOR)
    if said:
        return Look(PageStatus.EMPTY)
    return _NOT_DRAWN


def _player_error(html: str) -> re.Match[str] | None:
    """The first element that shows the player's error. Its words are looked for first: to look at
    every element of a page takes longer than to build its tree."""
    out: list[re.Match[str]] = []
    for word in _ERROR_WORDS:
        at = html.find(word)
        while at >= 0:
            found = _PLAYER_ERROR.match(html, max(html.rfind("<", 0, at), 0))
            if found is not None:
                out.append(found)
                break
            at = html.find(word, at + 1)
    return min(out, key=lambda found: found.start(), default=None)


def has_consent_bump(html: str) -> bool:
    """True if a consent dialog lies over the page."""
    found = _CONSENT_BUMP.search(html) if "-consent-bump" in html else None
    return found is not None and not re.search(r"\shidden\b|aria-hidden=\"true\"", found[1])


def _said_instead(html: str) -> list[str]:
    """What the site says in the place of a list, as markup."""
    out = []
    for found in islice(_NOTHING.finditer(html), 8):
        end = html.find(f"</{found[1]}>", found.end(), found.end() + 20_000)
        text = html[found.end() : end if end >= 0 else found.end() + 2000]
        if _TEXT.search(">" + text):
            out.append(text)
    return out


def _by_address(url: str) -> PageStatus | None:
    """Pages that are known by where the browser ended up."""
    parts = parts_of(url)
    host = parts.host
    if parts.scheme == "chrome-error":
        return PageStatus.ERROR
    if host.startswith("consent."):
        return PageStatus.CONSENT
    if parts.path.startswith("/sorry/"):
        return PageStatus.CAPTCHA
    if host.startswith("accounts.") or parts.path.startswith(("/ServiceLogin", "/signin")):
        return PageStatus.LOGIN
    return None


def _without_app(html: str, url: str) -> Look:
    """A page that is not the site's application at all."""
    if _CAPTCHA.search(html):
        return Look(PageStatus.CAPTCHA, Reason.BOT_CHECK)
    if _CONSENT_FORM.search(html) or has_consent_bump(html):
        return Look(PageStatus.CONSENT)
    if _LOGIN.search(html):
        return Look(PageStatus.LOGIN, Reason.LOGIN_WALL)
    if _RESTRICTED.search(html):
        return Look(PageStatus.UNAVAILABLE, Reason.RESTRICTED)
    if _PLAYER_ERROR.search(html):
        return Look(PageStatus.UNAVAILABLE, Reason.REFUSED)
    if len(html) < _SMALL:
        if _PROXY.search(html):
            return Look(PageStatus.ERROR, Reason.PROXY)
        if _ERROR_TITLE.search(html) or _BROWSER_ERROR.search(html) or _ERROR_PAGE.search(html):
            return Look(PageStatus.ERROR)
    if _EMBED.search(html) and "/embed/" in (url or html):
        return Look(PageStatus.OK)  # a player alone: nothing is listed there
    return Look(PageStatus.UNKNOWN) if _TEXT.search(html) else _NOT_DRAWN


def _with_app(html: str, kind: PageKind, data: bytes) -> Look:
    """The site's application: ok if it has what such a page is asked for."""
    if not html.startswith("<ytd-app") and '"LOGIN_REQUIRED"' in html:
        return _READ  # the check for robots refuses the player and serves the list
    if kind is PageKind.VIDEO:
        has_content = _WATCH_CONTENT.search(html) is not None and _has_watch_title(html)
    elif (first := _FIRST.get(kind)) and (first.encode() in data if data else first in html):
        has_content = True
    else:
        at = max(html.find("<ytd-page-manager"), 0)  # before it stand the guide's many elements
        has_content = bool(_ITEM.search(html, at) or (at and _ITEM.search(html, 0, at)))
    return Look(PageStatus.OK) if has_content else _READ


def _has_watch_title(html: str) -> bool:
    return _WATCH_TITLE.search(html) is not None
