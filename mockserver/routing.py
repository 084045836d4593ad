"""Which part of the mock answers a request: decided by its Host name, then by its path.

Sites own the root of their host (``youtube.localhost``). The four APIs were separate hosts, and some
of their paths collide, so each is mounted under a prefix, answers to its historical host name, and
answers at the root too; where two collide there, the path's shape decides and ytTREX is the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

#: First label of the host -> the mount of the site that owns its root.
SITES = {"youtube.localhost": "/_site/youtube", "facebook.localhost": "/_site/facebook"}

#: Historical host names of the APIs.
API_HOSTS = {
    "youtube.tracking.exposed": "/yttrex",
    "facebook.tracking.exposed": "/fbtrex",
    "tubearchivist.local": "/tubearchivist",
    "tubearchivist.localhost": "/tubearchivist",
    "gdata.youtube.com": "/gdata",
}

#: Paths at the root of the API host, first match wins. fbTREX's tokens are 40 hex digits and its
#: paths have words that ytTREX's lack; the rest of /api/v0-3 is ytTREX's.
ROOT_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/feeds(/|$)"), "/gdata"),
    (
        re.compile(
            r"/api/v[12]/(personal/[^/]+/(summary|stats|enrich|exporter|remove|daily)"
            r"|personal/[0-9a-f]{40}/(csv/.*|custom/.*)"
            r"|statistics/counter|userInfo|semantics?|loud|noogle|langinfo|mirror/fb)(/|$)"
        ),
        "/fbtrex",
    ),
    (re.compile(r"/api/v[0-3](/|$)"), "/yttrex"),
    (re.compile(r"/api(/|$)"), "/tubearchivist"),
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
        if pattern.match(path):
            return mount + path
    return path


class HostRouter:
    """WSGI middleware that applies :func:`mounted_path`."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        target = mounted_path(environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", "/") or "/")
        environ["mock.public_path"] = environ.get("PATH_INFO", "/")
        environ["PATH_INFO"] = target if target is not None else "/_nowhere"
        return self.app(environ, start_response)
