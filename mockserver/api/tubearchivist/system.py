"""Ping, health, logging in, tokens and a user's own settings."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from mockserver.api.tubearchivist import access
from mockserver.api.tubearchivist.archive import archive
from mockserver.api.tubearchivist.described import REFUSED, ok
from mockserver.api.tubearchivist.dispatch import OLD, Endpoint, route
from mockserver.api.tubearchivist.envelope import REQUIRED, Call, answer, config, refuse
from mockserver.api.tubearchivist.profile import V04, V05
from mockserver.api.tubearchivist.users import ADMIN, CHOICES, PASSWORD, SETTINGS
from mockserver.openapi.blueprint import ApiBlueprint
from mockserver.openapi.operations import NO_BODY, Body, Operation, json_of
from mockserver.openapi.shapes import Shape, Values

_BLANK = "This field may not be blank."
_MOST_PAGE = 200
_MOST_SETTING = 200


def register(bp: ApiBlueprint) -> None:
    """Route ping, health, log-in, tokens and settings on ``bp``."""
    # fmt: off
    credentials = Body({"username": "string", "password": "string"},
                       {"username": ADMIN, "password": PASSWORD})
    settings_: dict[str, Shape] = {"page_size?": "integer", "sort_by?": "string"}
    own_settings = ok({"user_id": "integer", **settings_})
    route(bp, "/ping/", Endpoint("Ping", {"GET": ping}, {
        "GET": Operation("Whether the token is right", ok(
            {"response": Values("pong"), "user": "integer", "version": "string"}))}))
    route(bp, "/login/", Endpoint("Login Api", {"POST": login}, {
        "POST": Operation("A user's token", {
            **ok({"token": "string", "user_id": "integer"}), 400: REFUSED},
            body=credentials, security=({},))}, open=True), OLD)
    route(bp, "/user/login/", Endpoint("Login Api", {"POST": begin}, {
        "POST": Operation("Begin a session", {204: NO_BODY, 400: REFUSED},
                          body=credentials, security=({},))}, open=True), (V04, V05))
    route(bp, "/user/logout/", Endpoint("Logout Api", {"POST": end}), (V05,))
    route(bp, "/health/", Endpoint("Health Check", {"GET": health}, open=True), (V05,))
    own = Endpoint("User Config", {"GET": settings, "POST": change}, {
        "GET": Operation("One's settings that were changed", own_settings),
        "POST": Operation("Change one's settings", {
            **own_settings, 400: json_of(("@ArchiveDetail", "@ArchiveMessage"))},
            body=Body(settings_, {"page_size": 20})),
    })
    route(bp, "/config/user/", own, (V04,))
    route(bp, "/user/me/", own, (V05,))
    route(bp, "/user/account/", Endpoint("User Account", {"GET": account}), (V05,))
    route(bp, "/appsettings/token/", Endpoint("Token", {"GET": token, "DELETE": revoke}, {
        "GET": Operation("One's token", ok({"token": "string"})),
    }, admin=True, since={"DELETE": (V05,)}), (V04, V05))
    route(bp, "/token/", Endpoint("Token", {"DELETE": revoke}, {
        "DELETE": Operation("Take back one's token and get another", ok("object")),
    }, admin=True), (V04,))
    route(bp, "/appsettings/config/", Endpoint("App Config", {"GET": app_config}), (V05,))
    # fmt: on


def ping(call: Call) -> Any:
    """Answer that the credentials are right, with the version that the profile has."""
    found: dict[str, Any] = {"response": "pong", "user": call.user.id}
    if call.profile.version is not None:
        found["version"] = call.profile.version
    if call.profile is V05:
        found["ta_update"] = None
    return found


def health(call: Call) -> Any:
    """Answer ``OK``, to anybody."""
    return "OK"


def _credentials(call: Call) -> tuple[str, str]:
    fields = call.fields()
    complaints: dict[str, list[str]] = {}
    for name in ("username", "password"):
        value = fields.get(name)
        if name not in fields:
            complaints[name] = [REQUIRED]
        elif value is None:
            complaints[name] = ["This field may not be null."]
        elif isinstance(value, (dict, list, bool)) or len(str(value)[:300]) > 256:
            complaints[name] = ["Not a valid string."]
        elif not str(value).strip():
            complaints[name] = [_BLANK]
    if complaints:
        refuse(400, complaints)
    return str(fields["username"]).strip(), str(fields["password"])


def login(call: Call) -> Any:
    """The user's token. No session begins."""
    user = archive().users.login(*_credentials(call))
    if user is None:
        refuse(400, {"non_field_errors": ["Unable to log in with provided credentials."]})
    return {"token": user.token, "user_id": user.id}


def begin(call: Call) -> Any:
    """A session: its cookie, and the token that unsafe requests must repeat."""
    user = archive().users.login(*_credentials(call))
    if user is None:
        refuse(400, {"error": "Invalid credentials"})
    response = answer(None, 204)
    access.begin_session(
        call.archive, user, response, call.fields().get("remember_me") in ("on", True)
    )
    return response


def end(call: Call) -> Response:
    """End the session of the cookie that was sent, and delete the cookie."""
    call.archive.users.end(request.cookies.get(access.SESSION, ""))
    response = answer(None, 204)
    response.delete_cookie(access.SESSION)
    return response


def token(call: Call) -> Any:
    """Answer the user's token."""
    return {"token": call.user.token}


def revoke(call: Call) -> Any:
    """The user's token is no longer good; the next one is given by the login or by GET."""
    call.archive.users.renew(call.user)
    return (None, 204) if call.modern else {"success": True}


def account(call: Call) -> Any:
    """Answer who the user is. Administrators are staff and superusers; there are no groups."""
    return {
        "id": call.user.id,
        "name": call.user.name,
        "is_superuser": call.user.admin,
        "is_staff": call.user.admin,
        "groups": [],
        "user_permissions": [],
        "last_login": None,
    }


def settings(call: Call) -> Any:
    """What was changed (v0.5: everything), with the user's id."""
    if call.modern:
        return {**SETTINGS, "page_size": call.profile.page_size, **call.user.settings}
    return {**call.user.settings, "user_id": call.user.id}


def change(call: Call) -> Any:
    """Store settings of one's own, all or none.

    :raises Refused: 400, an unknown setting or a value that does not fit it
    """
    fields = call.fields()
    for name, value in fields.items():
        if name not in SETTINGS:
            _refused(call, name, value, "there is no such setting")
        if not _fits(name, value):
            _refused(call, name, value, f"Invalid value for {name}: {str(value)[:100]}")
    call.user.settings.update(fields)
    return settings(call)


def _fits(name: str, value: Any) -> bool:
    known = CHOICES.get(name)
    if known is not None:
        return type(value) is type(SETTINGS[name]) and value in known
    if name == "page_size":
        return type(value) is int and 1 <= value <= _MOST_PAGE
    return type(value) is type(SETTINGS[name]) and len(str(value)) <= _MOST_SETTING


def _refused(call: Call, name: str, value: Any, reason: str) -> None:
    shown = name[:100]
    if call.modern:
        refuse(400, {shown: [reason]})
    message = f"failed updating {shown} to '{str(value)[:100]}', {reason}"
    refuse(400, {"status": "Bad Request", "message": message})


def app_config(call: Call) -> Any:
    """Answer the settings of the whole archive (v0.5). They are read only."""
    found = config(call.archive)
    return {
        "subscriptions": {
            "channel_size": 50,
            "live_channel_size": 50,
            "shorts_channel_size": 50,
            "playlist_size": 50,
            "auto_start": False,
        },
        "downloads": {key: value or None for key, value in found["downloads"].items()},
        "application": {"enable_snapshot": True, "enable_cast": False},
    }
