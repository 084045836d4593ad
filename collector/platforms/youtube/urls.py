"""What a YouTube URL asks for, and the ids inside links.

A page is judged by its own address before anything on it is read: the address decides which lists
belong to it. Only paths and queries count; the host may be the real site's or the mock's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from collector.addresses import Address, parts_of, unarchived
from collector.common.model import PageKind, Surface

_VIDEO_ID = re.compile(r"[0-9A-Za-z_-]{11}\Z")
#: The site's own hosts and the mock's.
HOSTS = re.compile(r"\A(?:[\w-]+\.)*(?:youtube(?:-nocookie|kids)?\.(?:com|localhost)|youtu\.be)\Z")
#: Hosts that a scenario may name when it means "the site".
SITE_HOSTS = frozenset({"www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be"})
_PLAIN_WATCH = re.compile(r"/watch\?v=([0-9A-Za-z_-]{11})(?:&|\Z)")
#: How addresses begin that hold another.
_DETOUR = re.compile(
    r"(?:https?:)?(?://[^/?#]*)?/(?:web/\d|redirect\?|url\?|attribution_link\?)|[^?]{0,400}%3F"
)
_UPWARDS = re.compile(r"\A(?:\.{1,2}/)+")
_IN_AN_APP = re.compile(r"(?:vnd\.)?youtube:(?://)?([0-9A-Za-z_-]{11})\b")
_CHANNEL_ROOTS = ("channel", "user", "c")
_SURFACES = {
    PageKind.HOME: Surface.HOME,
    PageKind.VIDEO: Surface.RELATED,
    PageKind.SEARCH: Surface.SEARCH,
    PageKind.CHANNEL: Surface.CHANNEL,
}


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """What the address names. Fields that do not apply are ``None``.

    ``channel`` is the last path segment that names the channel (``UC…``, ``@handle``, ``name``) and
    ``channel_path`` the path it was reached by (``/channel/UC…``, ``/@handle``).
    """

    kind: PageKind
    video_id: str | None = None
    query: str | None = None
    channel: str | None = None
    channel_path: str | None = None
    hashtag: str | None = None

    def as_reference(self) -> dict[str, str] | None:
        """The wire's ``nature`` object (``type`` and one value), or ``None`` where it has none."""
        match self.kind:
            case PageKind.HOME:
                return {"type": "home"}
            case PageKind.VIDEO:
                return {"type": "video", "videoId": self.video_id or ""}
            case PageKind.SEARCH:
                return {"type": "search", "query": self.query or ""}
            case PageKind.CHANNEL:
                return {"type": "channel", "authorSource": self.channel or ""}
        return {"type": "hashtag", "hashtag": self.hashtag} if self.hashtag else None


def query_params(url: str) -> dict[str, str]:
    """All query parameters, in order; of a repeated one the last (as the reference does)."""
    return dict(parse_qsl(_split(url)[1], keep_blank_values=True))


def parse_url(url: str) -> ParsedUrl:
    """The kind of page an address asks for and what it names. Never raises."""
    path, query = _split(url)
    params = dict(parse_qsl(query, keep_blank_values=True))
    segments = [unquote(part) for part in path.split("/") if part]
    if not url.strip():
        return ParsedUrl(PageKind.OTHER)
    if not segments:
        return ParsedUrl(PageKind.HOME)
    head = segments[0]
    if head == "watch":
        named = params.get("v") or (segments[1] if len(segments) > 1 else None)
        return ParsedUrl(PageKind.VIDEO, video_id=named)
    if head == "results":
        return ParsedUrl(PageKind.SEARCH, query=params.get("search_query"))
    if head.startswith("@") and len(head) > 1:
        return ParsedUrl(PageKind.CHANNEL, channel=head, channel_path=f"/{head}")
    if head in _CHANNEL_ROOTS and len(segments) > 1:
        name = segments[1]
        return ParsedUrl(PageKind.CHANNEL, channel=name, channel_path=f"/{head}/{name}")
    if head == "hashtag" and len(segments) > 1:
        return ParsedUrl(PageKind.OTHER, hashtag=segments[-1])
    if head in ("shorts", "live", "embed") and len(segments) > 1:
        return ParsedUrl(PageKind.OTHER, video_id=segments[1])
    return ParsedUrl(PageKind.OTHER)


#: First segments of paths that name a video in the second.
_VIDEO_ROOTS = frozenset(("shorts", "live", "embed", "v", "watch", "video"))

_FEEDS = {
    "subscriptions": Surface.SUBSCRIPTIONS,
    "history": Surface.HISTORY,
    "trending": Surface.TRENDING,
}


def surface_of(url: str) -> Surface | None:
    """The list that a page of this address has; ``None`` where nothing is listed (a bare
    player)."""
    kind = parse_url(url).kind
    if kind in _SURFACES:
        return _SURFACES[kind]
    segments = [unquote(part) for part in _split(url)[0].split("/") if part]
    match segments:
        case ["playlist", *_]:
            return Surface.PLAYLIST
        case ["hashtag", _, *_]:
            return Surface.HASHTAG
        case ["shorts", *_]:
            return Surface.SHORTS
        case ["feed", name, *_]:
            return _FEEDS.get(name, Surface.OTHER)
        case ["embed", *_]:
            return None
    return Surface.OTHER


def video_id(href: str) -> str | None:
    """The 11 characters of a video that a link leads to (watch, shorts, live), else ``None``."""
    plain = _PLAIN_WATCH.match(href)
    if plain is not None:
        return plain[1]
    path, query = _split(href)
    candidate: str | None = None
    if parts_of(bare(href)).host == "youtu.be":
        candidate = path.strip("/")
    elif path.endswith("/watch") or path == "watch":
        candidate = dict(parse_qsl(query)).get("v")
    else:
        segments = path.strip("/").split("/")
        if len(segments) == 2 and segments[0] in _VIDEO_ROOTS:
            candidate = segments[1]
        elif in_an_app := _IN_AN_APP.match(href):
            candidate = in_an_app[1]
    return candidate if candidate and _VIDEO_ID.match(candidate) else None


def list_id(href: str) -> str | None:
    """The playlist or mix id that a link carries, else ``None``."""
    if "list" not in href:
        return None
    return dict(parse_qsl(_split(href)[1])).get("list") or None


def post_id(href: str) -> str | None:
    """The id of a channel's post that a link leads to, else ``None``."""
    path, query = _split(href)
    segments = path.strip("/").split("/")
    if len(segments) == 2 and segments[0] == "post":
        return segments[1] or None
    if segments[-1] in ("community", "posts"):
        return dict(parse_qsl(query)).get("lb") or None
    return None


def is_mix(playlist: str) -> bool:
    """True for lists that the site generates (mixes, radios): their ids begin with ``RD``."""
    return playlist.startswith("RD")


def is_short(href: str) -> bool:
    """True where a link leads to the short-video player."""
    return "/shorts/" in href


def is_channel_path(href: str) -> bool:
    """True for links to a channel: ``/channel/…``, ``/user/…``, ``/c/…``, ``/@handle``."""
    path = _split(href)[0]
    if path.startswith("/@"):
        return len(path) > 2
    if "//studio." in href:  # the viewer's own, where its owner works on it
        return False
    segments = path.strip("/").split("/")
    return len(segments) >= 2 and segments[0] in _CHANNEL_ROOTS


def bare(url: str) -> str:
    """The address of the site in one that leads there by a detour: an archive's copy, a counter of
    clicks, a mirrored file. Others as they are.

    >>> bare("https://web.archive.org/web/20240101000000/https://www.youtube.com/@maker")
    'https://www.youtube.com/@maker'
    >>> bare("/redirect?q=https%3A%2F%2Fyoutu.be%2FAAAAAAAAAAA")
    'https://youtu.be/AAAAAAAAAAA'
    >>> bare("./x/watch%3Fv=AAAAAAAAAAA.html")
    './x/watch?v=AAAAAAAAAAA'
    """
    if _DETOUR.match(url) is None:
        return url
    if (original := unarchived(url)) != url:
        return bare(original)
    if "?" not in url:
        return url.replace("%3F", "?").replace("%3D", "=").removesuffix(".html")
    params = dict(parse_qsl(url.partition("?")[2]))
    inner = next((params[name] for name in ("q", "u", "url") if name in params), "")
    known = inner.startswith("/") or HOSTS.match(parts_of(inner).host) is not None
    return bare(inner) if known and len(inner) < len(url) else url


def _split(url: str) -> tuple[str, str]:
    """Path and query of an absolute or relative address; empty strings for a broken one."""
    url = bare(url.strip())
    if url.startswith("."):
        url = _UPWARDS.sub("/", url)  # in a saved copy
    if url.startswith("/") and not url.startswith("//") and url.isprintable():
        path, _, query = url.partition("#")[0].partition("?")
        return path, query  # most links of a page
    parts = parts_of(url)
    return parts.path, parts.query


def is_about(url: str) -> bool:
    """True for the page on which a channel says who it is: the one tab that lists nothing.

    >>> is_about("https://www.youtube.com/@somebody/about"), is_about("/@somebody/posts")
    (True, False)
    """
    segments = [part for part in _split(url)[0].split("/") if part]
    return segments[-1:] == ["about"] and parse_url(url).kind is PageKind.CHANNEL


_CHANNEL = re.compile(r"/(@|channel/|c/|user/)")


def surface_opened(url: str) -> Surface | None:
    """The list of the page at an address as a scenario writes it; ``None``: it has none."""
    parts = parts_of(url)
    if url and parts == Address():
        return None
    path = parts.path if url != "home" else "/"
    if path in ("", "/"):
        return Surface.HOME
    if path == "/watch" or parts.host == "youtu.be":
        return Surface.RELATED
    if path == "/results":
        return Surface.SEARCH
    return Surface.CHANNEL if _CHANNEL.match(path) else None
