"""What is not found, not allowed or broken is still JSON, with CORS, inside this API."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from mockserver.api.trex.envelope import (
    ApiError,
    allow_origin,
    answer,
    crash,
    failure,
    preflight,
    route,
)

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class _Anything(BaseConverter):
    """The rest of a path whatever is in it (``path`` stops at line breaks)."""

    regex = r"[\s\S]+"
    part_isolating = False


def _know_anything(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["anything"] = _Anything


def register(bp: Blueprint) -> None:
    """Put the last route and the handlers of errors on ``bp``, so that whatever is asked below
    its prefix is answered as JSON with CORS. Register every other route first."""
    bp.record(_know_anything)
    route(bp, "/<anything:rest>", unknown, methods=_METHODS)
    bp.before_request(preflight)
    bp.after_request(allow_origin)
    bp.register_error_handler(ApiError, failure)
    bp.register_error_handler(Exception, crash)


def unknown(rest: str) -> Response:
    """404, or 405 with ``Allow`` where the path is known under another method."""
    adapter = current_app.url_map.bind("")
    allowed = []
    for method in _METHODS:
        try:
            endpoint, _ = adapter.match(request.path, method=method)
        except HTTPException:
            continue
        if endpoint != request.endpoint:
            allowed.append(method)
    if allowed:
        response = answer({"message": "method not allowed", "error": True, "allowed": allowed}, 405)
        response.headers["Allow"] = ", ".join(allowed)
        return response
    return answer({"message": "URL not found", "error": True}, 404)
