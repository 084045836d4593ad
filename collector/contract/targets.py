"""Where evidence goes: the address of an API as a person types it, made the root of its paths."""

from __future__ import annotations

from collector.addresses import (
    USER_IN_ADDRESS,
    names_a_user,
    origin_of,
    parts_of,
    shown,
    without_userinfo,
)
from collector.common.errors import UserError


class BadTarget(UserError):
    """An API address that cannot be one."""


def api_root(target: str) -> str:
    """The API's root of what a user typed; a bare host gets the customary ``/api``.

    Raises :class:`BadTarget` for what is not an address.

    >>> api_root("https://youtube.example/")
    'https://youtube.example/api'
    """
    if names_a_user(target):
        raise BadTarget(
            USER_IN_ADDRESS,
            place="--submit-to",
            fix=f"leave them out: {without_userinfo(target)}",
        )
    parts = parts_of(target)
    origin = origin_of(parts)
    if not origin or parts.query or parts.fragment:
        raise BadTarget(
            f"{shown(target)!r} is not the address of an API",
            place="--submit-to",
            fix="give its root, such as http://127.0.0.1:8000/api",
        )
    path = parts.path.rstrip("/") or "/api"
    return f"{origin}{path}"
