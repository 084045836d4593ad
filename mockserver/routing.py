"""Which part of the mock answers a request: decided by its Host name, then by its path.

Sites own the root of their host (``youtube.localhost``). The four APIs were separate hosts, and
some of their paths collide, so each is mounted under a prefix, answers to its historical host
name, and answers at the root too; where two collide there, the path's shape decides and ytTREX is
the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

#: First label of the host -> the mount of the site that owns its root.
SITES = {
    "youtube.localhost": "/_site/youtube",
    "facebook.localhost": "/_site/facebook",
    # What feeds link to: a client whose proxy is the mock follows it.
    "www.youtube.com": "/_site/youtube",
    "img.youtube.com": "/_site/youtube",
}

#: Historical host names of the APIs.
API_HOSTS = {
    "youtube.tracking.exposed": "/yttrex",
    "facebook.tracking.exposed": "/fbtrex",
    "tubearchivist.local": "/tubearchivist",
    "tubearchivist.localhost": "/tubearchivist",
    "gdata.youtube.com": "/gdata",
}

#: A path that only fbTREX has. What both have (events, mirror, statistics by name, unit and amount,
#: ad) stays with ytTREX.
_FBTREX = re.compile(
    r"/api/(?:"
    # Words after the token that ytTREX lacks. Both have csv: ytTREX next to the token in v1 and
    # after a kind of page in v2, fbTREX next to the token in v2.
    r"v[12]/personal/[^/]+/(?:summary|stats|enrich|exporter|remove|daily)(?:/[^/]*)?"
    r"|v2/personal/[^/]+/csv(?:/[^/]*)?"
    r"|v2/statistics/(?:counter|parsers)"
    r"|v[12]/userInfo"
    r"|v2/[a-z]{2}/(?:labels|semantics|enrich|loud|noogle|langinfo)(?:/.*)?"
    r"|v2/(?:languages|health|services|timedstats|adstats)"
    r"|v2/(?:keywords|unit|bysource|impressionStats|impressionlist)/[^/]+"
    r"|v2/timeline/[^/]+/csv"
    r"|v2/debug/.+"
    r")/?"
)

#: Paths at the root of the API host, first match wins.
ROOT_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # fbTREX's RSS feeds are numbered, GData's are named.
    (re.compile(r"/feeds/0/.*"), "/fbtrex"),
    (re.compile(r"/feeds(?:/.*)?"), "/gdata"),
    (re.compile(r"/personal/[^/]+(?:/data)?/?"), "/fbtrex"),
    (re.compile(r"/schemas/2007/.*"), "/gdata"),
    (_FBTREX, "/fbtrex"),
    (re.compile(r"/api/v[0-3](?:/.*)?", re.DOTALL), "/yttrex"),
    (re.compile(r"/api(?:/.*)?", re.DOTALL), "/tubearchivist"),
    # What the archive's documents point at.
    (re.compile(r"/(?:cache|media|youtube)/.*|/(?:login|health)/?", re.DOTALL), "/tubearchivist"),
)

#: Where a submission may be fbTREX's by its headers alone.
_EVENTS = re.compile(r"/api/v\d+/events/?")

_NOT_HERE = (
    b'{"error":true,"message":"this mock answers to loopback names only; name others with'
    b' mockserver serve --allow-host NAME"}'
)

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def mounted_path(host: str, path: str) -> str | None:
    """The internal path that answers ``path`` on ``host`` (port ignored); ``None`` is a 404.

    >>> mounted_path("youtube.localhost:8000", "/watch")
    '/_site/youtube/watch'
    >>> mounted_path("127.0.0.1:8000", "/api/v1/last")
    '/yttrex/api/v1/last'
    """
    name = re.sub(r":\d+$", "", host).lower().rstrip(".")
    if name in SITES:
        return SITES[name] + path
    if path.startswith("/_site/"):
        return None
    if name in API_HOSTS:
        mount = API_HOSTS[name]
        return path if path.startswith(mount + "/") else mount + path
    for pattern, mount in ROOT_RULES:
        if pattern.fullmatch(path):
            return mount + path
    return path


class HostRouter:
    """WSGI middleware that applies :func:`mounted_path`, to requests under the mock's names only.

    :ivar answers_to: whether a ``Host`` is one of the mock's names; may be replaced once it is
        known where the mock listens. Without one, every name is.
    """

    def __init__(self, app: WsgiApp, answers_to: Callable[[str], bool] = lambda host: True) -> None:
        self.app = app
        self.answers_to = answers_to

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not self.answers_to(environ.get("HTTP_HOST", "")):
            start_response("403 Forbidden", [("Content-Type", "application/json"),
                                             ("Content-Length", str(len(_NOT_HERE))),
                                             ("X-Mock-Server", "twinwatch")])  # fmt: skip
            return [_NOT_HERE]
        target = mounted_path(environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", "/") or "/")
        public = environ.get("PATH_INFO", "/")
        if (
            target is not None
            and target == f"/yttrex{public}"
            and _EVENTS.fullmatch(public)
            and "HTTP_X_FBTREX_VERSION" in environ
            and environ.get("HTTP_HOST", "").partition(":")[0].lower() not in API_HOSTS
        ):
            target = f"/fbtrex{public}"
        environ["mock.public_path"] = public
        environ["PATH_INFO"] = target if target is not None else "/_nowhere"
        return self.app(environ, start_response)
