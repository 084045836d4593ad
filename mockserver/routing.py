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

from mockserver.mounted import FACES

#: Host name -> the mount of the site that owns its root.
SITES = {host: face.mount for face in FACES if face.is_site for host in face.hosts}

#: Historical host name -> the mount of the API that answered there.
API_HOSTS = {host: face.mount for face in FACES if not face.is_site for host in face.hosts}

#: Paths at the root of the API host, first match wins: what one API alone has, then the rest.
ROOT_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    *((pattern, face.mount) for face in FACES for pattern in face.root),
    *((pattern, face.mount) for face in FACES for pattern in face.shared),
)

#: Paths as documents print them -> what they stand for, and the mount of that API.
_SPELLINGS = tuple((*each, face.mount) for face in FACES for each in face.spellings)

#: Headers by which a submission to a shared path is an API's -> its mount.
_SUBMISSIONS = {face.submission_header: face.mount for face in FACES if face.submission_header}

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
    >>> mounted_path("youtube.tracking.exposed", "/v1/last")
    '/yttrex/api/v1/last'
    """
    name = re.sub(r":\d+$", "", host).lower().rstrip(".")
    if name in SITES:
        return SITES[name] + path
    if path.startswith("/_site/"):
        return None
    for pattern, meant, mount in _SPELLINGS:
        if API_HOSTS.get(name, mount) == mount and pattern.fullmatch(path):
            path = pattern.sub(meant, path)
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
            and target.endswith(public)
            and _EVENTS.fullmatch(public)
            and environ.get("HTTP_HOST", "").partition(":")[0].lower() not in API_HOSTS
        ):
            for header in _SUBMISSIONS.keys() & environ.keys():
                target = f"{_SUBMISSIONS[header]}{public}"
        environ["mock.public_path"] = public
        environ["PATH_INFO"] = target if target is not None else "/_nowhere"
        return self.app(environ, start_response)
