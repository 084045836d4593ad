"""What a Facebook address names, and what it leads to once the trackers are cut away.

Only paths and the query keys that identify something count; the host may be the real site's or the
mock's. Protects two rules: ``profile.php?id=`` keeps its id, and what tells where a click came from
never becomes data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlunsplit

from collector.addresses import parts_of
from collector.common.model import PageKind

#: Where links of posts point when they are given an address of their own.
SITE = "https://www.facebook.com"

_HOST = re.compile(r"\A(?:[\w-]+\.)*facebook\.(?:com|localhost)\Z", re.IGNORECASE)
#: The site's own hosts and the mock's.
HOSTS = _HOST
#: Hosts that a scenario may name when it means "the site".
SITE_HOSTS = frozenset({"www.facebook.com", "facebook.com", "m.facebook.com", "web.facebook.com"})
_ID = re.compile(r"(?:\d{3,}|pfbid[0-9A-Za-z]{4,})\Z")
_FOREIGN_TRACKER = re.compile(r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid)\Z")
#: First segments that are places of the site, never names of people or pages.
_PLACES = frozenset(
    (
        "ads", "about", "ajax", "browse", "bookmarks", "business", "checkpoint", "cookie", "dialog",
        "donate", "events", "explore", "friends", "gaming", "groups", "hashtag", "help", "l.php",
        "login", "login.php", "marketplace", "media", "memories", "messages", "notes",
        "notifications", "pages", "permalink.php", "pg", "photo", "photo.php", "plugins",
        "policies", "privacy", "reel", "saved", "search", "settings", "share", "sharer",
        "shares", "stories", "story.php", "terms.php", "topic", "ufi", "watch", "consent",
        "recover", "reg",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostLink:
    """A link to one post: the reference's word for its kind, its id, and its clean address."""

    kind: str
    post_id: str | None
    path: str
    """Path and, where the identity lies there, query; begins with ``/``."""
    author: str | None = None
    """The segment or id that names whoever published it."""


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """What a page's own address asks for."""

    kind: PageKind
    name: str | None = None


def is_site(url: str) -> bool:
    """True for a relative address and for any host of the site but the link shim's."""
    host = _split(url)[0]
    return not host or (_HOST.match(host) is not None and not host.startswith(("l.", "lm.")))


def parse_url(url: str) -> ParsedUrl:
    """The kind of page: ``home`` is the feed, ``channel`` a profile, page or group."""
    _, path, query = _split(url)
    segments = _segments(path)
    if not segments or segments == ["home.php"]:
        return ParsedUrl(PageKind.HOME)
    if segments[0] == "profile.php" and _params(query).get("id"):
        return ParsedUrl(PageKind.CHANNEL, _params(query)["id"])
    if segments[0] == "groups" and len(segments) == 2:
        return ParsedUrl(PageKind.CHANNEL, segments[1])
    if segments[0] == "search":
        return ParsedUrl(PageKind.SEARCH, _params(query).get("q"))
    if len(segments) == 1 and segments[0] not in _PLACES:
        return ParsedUrl(PageKind.CHANNEL, segments[0])
    return ParsedUrl(PageKind.OTHER)


def is_feed(url: str) -> bool:
    """True for the address of the timeline, whatever its query (``/?ref=logo`` is the feed)."""
    return is_site(url) and parse_url(url).kind is PageKind.HOME


def post_link(href: str) -> PostLink | None:
    """The post that a link of the site leads to, or ``None`` if it leads to no post."""
    if not is_site(href):
        return None
    _, path, query = _split(href)
    segments, params = _segments(path), _params(query)
    if not segments:
        return None
    head = segments[0]
    story, owner = params.get("story_fbid"), params.get("id")
    named = head in ("permalink.php", "story.php", "profile.php") or (owner and _ID.match(owner))
    if story and _ID.match(story) and named:
        kept = {"story_fbid": story} | ({"id": owner} if owner else {})
        return PostLink("posts", story, f"/permalink.php?{urlencode(kept)}", owner)
    if head in ("photo.php", "photo") and _ID.match(params.get("fbid", "")):
        kept = {"fbid": params["fbid"]} | ({"set": params["set"]} if params.get("set") else {})
        return PostLink("photo", params["fbid"], f"/photo.php?{urlencode(kept)}")
    if head in ("watch", "video.php") and _ID.match(params.get("v", "")):
        return PostLink("videos", params["v"], f"/watch/?v={params['v']}")
    return _by_path(segments, params)


def _by_path(segments: list[str], params: dict[str, str]) -> PostLink | None:
    path = "/" + "/".join(quote(part, safe="@:,;!$&'()+*=~._-") for part in segments)
    match segments:
        case ["groups", group, "permalink" | "posts", post, *_] if _ID.match(post):
            return PostLink("groups", post, path, group)
        case ["groups", group, post] if _ID.match(post):
            return PostLink("groups", post, path, group)
        case ["events", event, "permalink", post, *_] if _ID.match(post):
            return PostLink("events", post, path, event)
        case ["events", event, *_] if _ID.match(event):
            return PostLink("events", event, f"/events/{event}")
        case ["notes", author, _, post] if _ID.match(post):
            return PostLink("notes", post, path, author)
        case ["donate", author, post, *_] if _ID.match(post):
            return PostLink("donate", post, path, author)
        case ["donate", post] if _ID.match(post):
            return PostLink("donate", post, path)
        case ["reel", post, *_] if _ID.match(post):
            return PostLink("videos", post, f"/reel/{post}")
        case ["media", "set", *_] if params.get("set", "").startswith("a."):
            album = params["set"].split(".")[1]
            return PostLink("album", album, f"/media/set/?set={quote(params['set'])}")
        case ["topic", *_]:
            return PostLink("topic", None, path)
        case [author, "posts", *_, post] if _ID.match(post) and author not in _PLACES:
            return PostLink("posts", post, path, author)
        case [author, "videos", *_, post] if _ID.match(post) and author not in _PLACES:
            return PostLink("videos", post, path, author)
        case [author, "photos", *_, post] if _ID.match(post) and author not in _PLACES:
            return PostLink("photo", post, path, author)
        case [author, "timeline", *_] if _ID.match(params.get("hash", "")):
            return PostLink("announcement", params["hash"], path, author)
    return None


def profile_link(href: str) -> str | None:
    """The address of a person, page or group without trackers; ``None`` if it is none.

    ``https://www.facebook.com/elpais/``, ``https://www.facebook.com/profile.php?id=1000123``.
    """
    if not is_site(href):
        return None
    _, path, query = _split(href)
    segments, params = _segments(path), _params(query)
    match segments:
        case ["profile.php"] if params.get("id", "").isdigit():
            return f"{SITE}/profile.php?id={params['id']}"
        case ["groups", group, "user", person, *_]:
            return f"{SITE}/groups/{quote(group)}/user/{quote(person)}/"
        case ["groups", group, *_]:
            return f"{SITE}/groups/{quote(group)}/"
        case ["pages", *names]:
            return f"{SITE}/pages/{'/'.join(quote(name) for name in names)}/" if names else None
        case ["pg", name, *_]:
            return f"{SITE}/{quote(name)}/"
        case ["people", name, number, *_]:
            return f"{SITE}/people/{quote(name)}/{quote(number)}/"
        case [name, *_] if name not in _PLACES and not name.endswith(".php"):
            return f"{SITE}/{quote(name)}/"
    return None


def external_link(href: str) -> str | None:
    """Where a link out of the site leads: the shim undone, trackers cut; else ``None``."""
    host, path, query = _split(href)
    shim = path.rstrip("/") in ("/l.php", "/flx/warn") and (not host or _HOST.match(host))
    if shim:
        target = _params(query).get("u", "")
        inner = _split(target)[0]
        return _clean(target) if inner and not _HOST.match(inner) else None
    if not host or _HOST.match(host) or host.endswith(".fbcdn.net"):
        return None
    return _clean(href)


def _clean(url: str) -> str | None:
    try:
        parts = parts_of(url.strip())
        if not parts.is_web:
            return None
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    kept = [(key, value) for key, value in pairs if not _FOREIGN_TRACKER.match(key)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def _split(url: str) -> tuple[str, str, str]:
    """Host (lower case), path and query; empty strings for a broken address."""
    parts = parts_of(url.strip())
    return parts.host, parts.path, parts.query


def _segments(path: str) -> list[str]:
    return [unquote(part) for part in path.split("/") if part]


def _params(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True))
    except ValueError:
        return {}
