"""The cookie with which the archive would fetch from the video site; here it is only looked at.

A cookie is valid when it is a cookie file in Netscape form.
"""

from __future__ import annotations

from typing import Any, NoReturn

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.described import REFUSED, ok
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import Call, bad, refuse
from mockserver.api.tubearchivist.profile import V04, V05, minute
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import Body, Operation


def register(bp: ApiBlueprint) -> None:
    """Route the cookie on ``bp``; v0.4 and v0.5 have it below ``/appsettings`` too, where only
    v0.5 deletes it."""
    # fmt: off
    operations = {
        "GET": Operation("Whether there is a cookie", ok({
            "cookie_enabled": "boolean", "status": "boolean", "validated?": "integer",
            "validated_str?": "string"})),
        "POST": Operation("Validate it", ok({"cookie_validated": "boolean"})),
        "PUT": Operation("Import one", {
            **ok({"cookie_import": "string", "cookie_validated": "boolean"}), 400: REFUSED},
            body=Body({"cookie": "string"}, {"cookie": "# Netscape HTTP Cookie File"})),
    }
    route(bp, "/cookie/", Endpoint(
        "Cookie", {"GET": show, "POST": validate, "PUT": put}, operations, admin=True), OLD)
    route(bp, "/appsettings/cookie/", Endpoint(
        "Cookie", {"GET": show, "POST": validate, "PUT": put, "DELETE": forget}, operations,
        admin=True, since={"DELETE": (V05,)}), (V04, V05))
    # fmt: on


def is_valid(cookie: str) -> bool:
    """
    >>> is_valid("abc"), is_valid("# Netscape HTTP Cookie File\\n")
    (False, True)
    """
    lines = [line for line in cookie.splitlines() if line.strip()]
    if lines and lines[0].strip() in {"# Netscape HTTP Cookie File", "# HTTP Cookie File"}:
        return True
    rows = [line for line in lines if not line.startswith("#") or line.startswith("#HttpOnly_")]
    return bool(rows) and all(len(row.split("\t")) == 7 for row in rows)


def _check(archive: Archive) -> bool:
    archive.cookie_valid = archive.cookie is not None and is_valid(archive.cookie)
    archive.cookie_checked = archive.now()
    return archive.cookie_valid


def show(call: Call) -> Any:
    """Answer whether there is a cookie, and when it was last checked and with what result."""
    archive = call.archive
    found: dict[str, Any] = {"cookie_enabled": archive.cookie is not None}
    if archive.cookie_checked is not None:
        found["status"] = archive.cookie_valid
        found["validated"] = int(archive.cookie_checked)
        found["validated_str"] = minute(archive.moment(archive.cookie_checked))
    elif not call.modern:
        found["status"] = False
    return found


def validate(call: Call) -> Any:
    """Check the stored cookie again. v0.5 answers as :func:`show` does."""
    valid = _check(call.archive)
    return show(call) if call.modern else {"cookie_validated": valid}


def put(call: Call) -> Any:
    """Store the cookie file sent as ``cookie``. An invalid one is forgotten again.

    :raises Refused: 400, no text was sent, or it is not a cookie file
    """
    given = call.fields().get("cookie")
    if not isinstance(given, str) or not given:
        if call.modern:
            refuse(400, {"cookie": ["This field is required."]})
        bad("missing cookie key in request data")
    call.archive.cookie = given
    if _check(call.archive):
        if call.modern:
            return show(call)
        return {"cookie_import": "done", "cookie_validated": True}
    forget(call)
    return _refused(call)


def _refused(call: Call) -> NoReturn:
    if call.modern:
        refuse(400, {"error": "[cookie]: import failed, not valid"})
    failed = {"cookie_import": "fail", "cookie_validated": False}
    # The documents show the bare form, the servers sent the wrapped one.
    refuse(400, {**failed, "message": failed} if call.profile is V04 else {"message": failed})


def forget(call: Call) -> Any:
    """Delete the cookie and what is known of it; 204 without a body."""
    call.archive.cookie = None
    call.archive.cookie_checked = None
    call.archive.cookie_valid = False
    return None, 204
