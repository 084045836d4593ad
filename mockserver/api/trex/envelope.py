"""How every answer leaves: compact JSON in our key order, errors as JSON too, CORS for all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from collector.common.identity import js_json, js_loads
from mockserver.context import mock
from mockserver.openapi.operations import Operation

log = logging.getLogger(__name__)

View = Callable[..., Response]

#: Largest request body, bytes.
BODY_LIMIT = 10 * 1024 * 1024


def route(
    bp: Blueprint,
    rule: str,
    view: View,
    operation: Operation | None = None,
    *,
    methods: Iterable[str] = ("GET",),
    defaults: dict[str, str] | None = None,
) -> None:
    """Mount ``view`` under an endpoint name of its own: modules may use the same words.

    ``operation`` is what ``GET /openapi.json`` says of it; ``None``: it is a page for people.
    """
    endpoint = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
    described: dict[str, Any] = {} if operation is None else {"operation": operation}
    bp.add_url_rule(
        rule, endpoint, view, methods=list(methods), defaults=defaults or {}, **described
    )


def paged(
    bp: Blueprint,
    rule: str,
    view: View,
    operation: Operation,
    *,
    part: str = "paging",
    methods: Iterable[str] = ("GET",),
) -> None:
    """Mount ``view`` at ``rule``, and with a paging as one more part of the path."""
    route(bp, rule, view, operation, methods=methods, defaults={part: ""})
    route(bp, f"{rule}/<{part}>", view, operation, methods=methods)


class ApiError(Exception):
    """An answer that is an error. ``historical`` is the status that 2019's server gave instead."""

    def __init__(
        self, status: int, message: str, *, historical: int | None = 200, **body: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.historical = historical
        self.body = {"message": message, "error": True, **body}


def compat() -> bool:
    """Does this mock answer with the historical statuses?"""
    return mock().config.compat == "2019"


def answer(value: Any, status: int = 200) -> Response:
    """``value`` as compact JSON with a weak ETag."""
    response = Response(js_json(value), status, content_type="application/json; charset=utf-8")
    if status == 200 and request.method in ("GET", "HEAD"):
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response


def text(value: str, status: int = 200) -> Response:
    """Answer a text as HTML, as the original server sent its plain words."""
    return Response(value, status, content_type="text/html; charset=utf-8")


def failure(error: ApiError) -> Response:
    """Answer an :class:`ApiError`: with its historical status where the mock imitates 2019's
    server."""
    status = error.historical if compat() and error.historical else error.status
    return answer(error.body, status)


def crash(error: Exception) -> Response:
    """Anything else that was raised: HTTP errors as JSON, bugs as 500 with a log entry."""
    if isinstance(error, HTTPException):
        status = error.code or 500
        if error.response is not None and status < 400:
            return Response(status=status, headers=list(error.get_headers()))
        return answer({"message": error.name, "error": True, "status": status}, status)
    log.error("unexpected failure", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer({"message": "Software error", "error": True}, status)


def preflight() -> Response | None:
    """Answer OPTIONS before any route sees it."""
    if request.method != "OPTIONS":
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET,HEAD,PUT,PATCH,POST,DELETE"
    asked = request.headers.get("Access-Control-Request-Headers")
    if asked:
        response.headers["Access-Control-Allow-Headers"] = asked
    response.headers["Vary"] = "Access-Control-Request-Headers"
    return response


def allow_origin(response: Response) -> Response:
    """Let pages of every origin read the answer: collectors run inside other sites' pages."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def body_bytes() -> bytes:
    """The request's raw body. Raises :class:`ApiError` 413 beyond the limit."""
    request.max_content_length = BODY_LIMIT
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise ApiError(
            413,
            "request entity too large",
            historical=413,
            limit=BODY_LIMIT,
            length=request.content_length,
        ) from error


def parse_json(body: bytes) -> Any:
    """The body as JSON. Raises :class:`ApiError` 400."""
    try:
        return js_loads(body)
    except ValueError as error:
        raise ApiError(400, f"the body is not JSON: {error}", historical=400) from error
