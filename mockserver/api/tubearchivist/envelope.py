"""Requests in, JSON out: bodies, content types, errors and cross-origin headers.

Protects two rules: whatever is sent, the answer is a 4xx with a reason and never a 500; and the
checks come in the original's order: accepted type, who asks, what they may, method, body.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from collector.common.jsjson import refuse_depth
from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.profile import V05, Profile
from mockserver.api.tubearchivist.users import User

#: Larger bodies are refused.
MOST_BODY_BYTES = 2_621_440
#: Longer texts are not ids, names or queries.
MOST_TEXT = 2_000

_NOT_FOUND = """<!doctype html>
<html lang="en">
<head><title>Not Found</title></head>
<body><h1>Not Found</h1><p>The requested resource was not found on this server.</p></body>
</html>
"""
_EXTENSION = re.compile(r"(?:chrome|moz)-extension://[\w.-]{1,100}\Z", re.ASCII)
_LOCAL = "http://localhost:3000"


class Refused(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def refuse(status: int, body: Any) -> NoReturn:
    """End the request with another answer than success.

    :param body: what is sent as JSON
    :raises Refused: always
    """
    raise Refused(status, body)


def bad(message: str) -> NoReturn:
    """400 with a message."""
    refuse(400, {"message": message})


@dataclass
class Call:
    """What a handler is given."""

    profile: Profile
    archive: Archive
    user: User
    """The administrator where nobody needs to be known (open endpoints)."""
    args: MultiDict[str, str]
    data: Any = None
    """The parsed body: JSON of any kind, or a dictionary of a form's texts; ``{}`` without one."""
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def modern(self) -> bool:
        """Tell whether the archive answers as v0.5 does."""
        return self.profile is V05

    def item(self, document: Any) -> Any:
        """An item in the profile's envelope."""
        if self.profile.enveloped:
            return {"data": document, "config": config(self.archive)}
        return document

    def missing(self, what: str) -> NoReturn:
        """404 of an item; ``what``: e.g. ``video not found``."""
        if self.profile.enveloped:
            refuse(404, {"data": False, "config": config(self.archive)})
        refuse(404, {"error": what})

    def fields(self) -> dict[str, Any]:
        """The body, which must be an object."""
        if isinstance(self.data, dict):
            return self.data
        if self.modern:
            kind = {list: "list", str: "str", int: "int", float: "float", bool: "bool"}.get(
                type(self.data), "null"
            )
            refuse(
                400,
                {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]},
            )
        bad("the body must be a JSON object")

    def rows(self) -> list[dict[str, Any]]:
        """``data`` of the body, a list of objects."""
        fields = self.fields()
        if "data" not in fields or (not fields["data"] and not isinstance(fields["data"], list)):
            raise KeyError("data")
        rows = fields["data"]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            if self.modern:
                refuse(400, {"data": ["Expected a list of items but got something else."]})
            bad("data must be a list of objects")
        return rows


def config(archive: Archive) -> dict[str, Any]:
    """The ``config`` key of an envelope."""
    return {
        "enable_cast": False,
        "downloads": {
            "limit_speed": False,
            "sleep_interval": 3,
            "autodelete_days": False,
            "format": False,
            "format_sort": False,
            "add_metadata": False,
            "add_thumbnail": False,
            "subtitle": False,
            "subtitle_source": False,
            "subtitle_index": False,
            "comment_max": False,
            "comment_sort": "top",
            "cookie_import": archive.cookie is not None,
            "throttledratelimit": False,
            "extractor_lang": False,
            "integrate_ryd": False,
            "integrate_sponsorblock": False,
        },
    }


def answer(body: Any, status: int = 200) -> Response:
    """Compact JSON, not escaped; ``None`` has no body."""
    if body is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
        return response
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:
        raw = json.dumps(body, separators=(",", ":")).encode("ascii")
    return Response(raw, status=status, content_type="application/json")


def not_found() -> Response:
    """The page of a path that does not exist."""
    return Response(_NOT_FOUND, status=404, content_type="text/html; charset=utf-8")


def check_accept() -> None:
    """Check that the client takes JSON or HTML; a missing ``Accept`` takes all.

    :raises Refused: the client accepts neither JSON nor HTML
    """
    given = request.headers.get("Accept", "")
    if not given.strip():
        return
    kinds = {part.partition(";")[0].strip().lower() for part in given.split(",")}
    if not kinds & {"*/*", "application/*", "application/json", "text/*", "text/html"}:
        refuse(406, {"detail": "Could not satisfy the request Accept header."})


def check_query(args: MultiDict[str, str]) -> None:
    """Check the length of names and values in a query.

    :raises Refused: a parameter is longer than any that means something
    """
    for name, value in args.items(multi=True):
        if len(name) > MOST_TEXT or len(value) > MOST_TEXT:
            bad(f"the parameter {name[:50]} is too long: at most {MOST_TEXT} characters")


def _constant(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")


def _number(written: str) -> float:
    """A number that an answer can repeat: ``1e999`` reads as infinity, which JSON cannot say."""
    found = float(written)
    if not math.isfinite(found):
        _constant(written[:50])
    return found


def body() -> Any:
    """The request's body: JSON, a form as a dictionary of texts, or ``{}``.

    :raises Refused: 400 not JSON, 413 too large, 415 of another type
    """
    length = request.content_length
    if length is not None and length > MOST_BODY_BYTES:
        refuse(413, {"detail": f"The body is larger than {MOST_BODY_BYTES} bytes."})
    # A body that does not tell its length is read no further than this either.
    request.max_content_length = MOST_BODY_BYTES
    kind = request.mimetype.lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            form = request.form
        except (HTTPException, ValueError) as error:
            refuse(400, {"detail": f"Form parse error - {error}"})
        return {key: form.getlist(key)[-1] for key in form}
    raw = request.get_data(cache=False, parse_form_data=False)
    if not raw:
        return {}
    if kind != "application/json":
        shown = request.content_type or "text/plain"
        refuse(415, {"detail": f'Unsupported media type "{shown[:200]}" in request.'})
    try:
        text = raw.decode("utf-8")
        refuse_depth(text)
        return json.loads(text, parse_constant=_constant, parse_float=_number)
    except ValueError as error:
        refuse(400, {"detail": f"JSON parse error - {str(error)[:200]}"})


def allowed_origin() -> str | None:
    """The request's origin, when its scripts may read the answer."""
    origin = request.headers.get("Origin", "")
    return origin if _EXTENSION.match(origin) or origin == _LOCAL else None


def preflight() -> Response | None:
    """The answer to a browser that asks first; ``None`` when this is no such request."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    response = Response(b"", content_type="text/html; charset=utf-8")
    if allowed_origin():
        response.headers["Access-Control-Allow-Headers"] = (
            "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with, mode"
        )
        response.headers["Access-Control-Allow-Methods"] = "DELETE, GET, OPTIONS, PATCH, POST, PUT"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def allow_origin(response: Response) -> Response:
    """Add what a browser's script needs to read the answer."""
    origin = allowed_origin()
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.vary.add("origin")
    return response


def text(value: Any, *, most: int = MOST_TEXT) -> str | None:
    """``value`` when it is a text of a sensible length."""
    return value if isinstance(value, str) and 0 < len(value) <= most else None


def truth(value: Any) -> bool | None:
    """A boolean out of JSON or a form; ``None`` when it is none."""
    if isinstance(value, bool):
        return value
    known = str(value).strip().lower() if isinstance(value, (str, int, float)) else ""
    if known in {"t", "y", "yes", "true", "on", "1", "1.0"}:
        return True
    if known in {"f", "n", "no", "false", "off", "0", "0.0"}:
        return False
    return None


REQUIRED = "This field is required."


def choice(value: Any) -> list[str]:
    """The complaint of v0.5 about a value that is none of the choices."""
    return [f'"{str(value)[:100]}" is not a valid choice.']
