"""Who asks: session cookie first, then the token header; refusals in the original's words.

Protects the rule that a refusal is 403 and says which of its reasons it is: a client tells its user
"invalid token" by the body alone.
"""

from __future__ import annotations

import secrets
from typing import NoReturn

from flask import Response, request

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.envelope import refuse
from mockserver.api.tubearchivist.users import User

SESSION = "sessionid"
CSRF = "csrftoken"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_DAY_S = 86_400
SESSION_S = 2 * _DAY_S
REMEMBERED_S = 365 * _DAY_S


def caller(archive: Archive) -> User:
    """The user of this request. Raises :class:`Refused` 403."""
    user = archive.users.session(request.cookies.get(SESSION, ""), archive.now())
    if user is not None:
        if request.method not in _SAFE:
            check_csrf()
        return user
    # Only ASCII spaces part a header.
    parts = request.headers.get("Authorization", "").replace("\t", " ").split(" ")
    parts = [part for part in parts if part]
    if not parts or parts[0].lower() != "token":
        _refuse("Authentication credentials were not provided.")
    if len(parts) == 1:
        _refuse("Invalid token header. No credentials provided.")
    if len(parts) > 2:
        _refuse("Invalid token header. Token string should not contain spaces.")
    found = archive.users.by_token(parts[1])
    if found is None:
        _refuse("Invalid token.")
    return found


def check_csrf(given: str | None = None) -> None:
    """``given``: what a form carries; otherwise the header counts. Raises :class:`Refused` 403."""
    cookie = request.cookies.get(CSRF, "")
    if not cookie:
        _refuse("CSRF Failed: CSRF cookie not set.")
    header = request.headers.get("X-CSRFToken")
    sent = given or header
    if not sent:
        _refuse("CSRF Failed: CSRF token missing.")
    if not secrets.compare_digest(
        sent.encode("utf-8", "replace"), cookie.encode("utf-8", "replace")
    ):
        _refuse("CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.")


def check_admin(user: User) -> None:
    """Let the administrator pass.

    :raises Refused: 403, anybody else
    """
    if not user.admin:
        _refuse("You do not have permission to perform this action.")


def _refuse(detail: str) -> NoReturn:
    refuse(403, {"detail": detail})


def begin_session(archive: Archive, user: User, response: Response, remember: bool) -> None:
    """Give the client its two cookies."""
    length_s = REMEMBERED_S if remember else SESSION_S
    cookie = archive.users.begin(user, archive.now() + length_s)
    response.set_cookie(SESSION, cookie, max_age=length_s, httponly=True, samesite="Lax")
    give_csrf(response)


def give_csrf(response: Response) -> str:
    """Give the client a token for unsafe requests; returns it."""
    token = secrets.token_hex(16)
    response.set_cookie(CSRF, token, max_age=REMEMBERED_S, samesite="Lax")
    return token
