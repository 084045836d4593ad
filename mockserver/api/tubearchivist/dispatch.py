"""One endpoint, all its methods: the checks in their order, then the handler.

Every endpoint answers OPTIONS and HEAD, names its methods in ``Allow``, and exists only in the
profiles that had it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from mockserver.api.tubearchivist import access
from mockserver.api.tubearchivist.archive import archive
from mockserver.api.tubearchivist.envelope import (
    Call,
    Refused,
    allow_origin,
    answer,
    body,
    check_accept,
    check_query,
    not_found,
    preflight,
)
from mockserver.api.tubearchivist.profile import PROFILES, V03, V04, V05, Profile
from mockserver.context import mock
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Operation

Handler = Callable[..., Any]
ALL: tuple[Profile, ...] = (V03, V04, V05)
OLD: tuple[Profile, ...] = (V03, V04)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Endpoint:
    """One path of the archive's API: what answers each method, who may, and in which profiles."""

    name: str
    """What OPTIONS calls it."""
    handlers: Mapping[str, Handler]
    """By method. A handler is given the :class:`Call` and the path's parts, and returns a body, a
    (body, status) pair, or a Response."""
    operations: Mapping[str, Operation] = field(default_factory=dict)
    """By method, what v0.4 is described to do."""
    admin: tuple[str, ...] | bool = ()
    """Methods that only the administrator may use; True: all."""
    open: bool = False
    """Anybody may ask."""
    since: Mapping[str, tuple[Profile, ...]] | None = None
    """Profiles in which a method exists, where not all have it."""
    needs_slash: bool = False
    """A change is made at the path with its slash only, also in the profile that serves both."""

    def methods(self, profile: Profile) -> list[str]:
        """List the methods that a profile has here, in the order in which OPTIONS tells them; HEAD
        goes with GET."""
        known = [
            method
            for method in _ORDER
            if method in self.handlers and profile in (self.since or {}).get(method, ALL)
        ]
        return [*known, *(["HEAD"] if "GET" in known else []), "OPTIONS"]


def profile_now() -> Profile:
    """The profile of this request: the server's, or that of the prefix it came by."""
    return PROFILES[current_app.extensions["tubearchivist.prefixes"][request.blueprints[0]]]


def route(
    bp: ApiBlueprint, path: str, endpoint: Endpoint, profiles: tuple[Profile, ...] = ALL
) -> None:
    """Add an endpoint.

    The default profile serves it without the slash at its end, too, as the oldest documents write
    paths. The others send the client to the path with the slash, as the original servers did.
    """

    def view(**parts: str) -> Response:
        profile = profile_now()
        if profile not in profiles:
            return not_found()
        methods = endpoint.methods(profile)
        if not request.path.endswith("/"):
            if profile is not V04:
                return _to_slash(301)
            if endpoint.needs_slash and request.method in _UNSAFE:
                return _to_slash(308)
        try:
            response = _serve(endpoint, profile, methods, parts)
        except Refused as refused:
            response = answer(refused.body, refused.status)
        except HTTPException as error:
            response = answer({"detail": error.description}, error.code or 400)
        response.headers["Allow"] = ", ".join(methods)
        if profile is V05:
            response.headers["X-Start-Timestamp"] = str(int(archive().started))
        return response

    bp.add_url_rule(
        path,
        endpoint=path.strip("/").translate(str.maketrans("/<>:-", "_____")),
        view_func=view,
        methods=_METHODS,
        provide_automatic_options=False,
        operation=endpoint.operations if V04 in profiles else None,
    )


def _to_slash(status: int) -> Response:
    """On to the path with its slash; after a 308 the client repeats method and body."""
    path = str(request.environ.get("mock.public_path", request.path))
    query = request.query_string.decode("latin-1")
    where = quote(path) + "/" + (f"?{query}" if query else "")
    response = answer({"message": f"continue at {where}"[:500]}, status)
    response.headers["Location"] = where
    return response


def _serve(
    endpoint: Endpoint, profile: Profile, methods: list[str], parts: Mapping[str, str]
) -> Response:
    state = archive()
    state.advance()
    check_accept()
    method = "GET" if request.method == "HEAD" else request.method
    if endpoint.open:
        user = state.users.admin
    else:
        user = access.caller(state)
        # Generations are doors to the same archive, so one rule holds for all; but a mock that is
        # asked to be v0.3 lets viewers do what they could do there.
        lends = profile is V03 and mock().config.tubearchivist_profile == profile.name
        if not lends and (endpoint.admin is True or (endpoint.admin and method in endpoint.admin)):
            access.check_admin(user)
    if method == "OPTIONS":
        return answer(_described(endpoint))
    if method not in methods:
        return answer({"detail": f'Method "{request.method}" not allowed.'}, 405)
    check_query(request.args)
    call = Call(profile, state, user, request.args)
    if method != "GET":
        call.data = body()
    with state.lock:
        found = endpoint.handlers[method](call, **parts)
    if isinstance(found, Response):
        return found
    if isinstance(found, tuple):
        return answer(*found)
    return answer(found)


def _described(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "description": "",
        "renders": ["application/json", "text/html"],
        "parses": [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ],
    }


def unknown(rest: str) -> Response:
    """Answer 404 as HTML, whatever was asked below the prefix."""
    return not_found()


def wire(bp: Blueprint) -> None:
    """What every request of the API passes through."""
    bp.add_url_rule(
        "/<anything:rest>",
        view_func=unknown,
        methods=_METHODS,
        provide_automatic_options=False,
    )
    bp.before_request(preflight)
    bp.after_request(allow_origin)
