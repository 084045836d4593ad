"""Who may read: a user token opens its own supporter's evidence and nothing else."""

from __future__ import annotations

from mockserver.api.trex.envelope import ApiError, compat
from mockserver.api.yttrex import tables
from mockserver.context import mock

#: Shorter texts were never tokens (in any version of the original server).
_SHORTEST = 30
_LONGEST = 128


def reader(token: str) -> tables.Supporter:
    """The supporter of a user token. Raises :class:`ApiError` 400 (no token) or 404 (unknown).

    Under ``compat`` the public key reads too, as it did; it never deletes (see :func:`owner`).
    """
    return _find(token, by_key=compat())


def owner(token: str) -> tables.Supporter:
    """The supporter who may delete: only by the user token, whatever the compatibility."""
    return _find(token, by_key=False)


def _find(token: str, *, by_key: bool) -> tables.Supporter:
    if not _SHORTEST <= len(token) <= _LONGEST:
        raise ApiError(400, "Invalid publicKey" if compat() else "this is not a user token")
    supporter = tables.reader(mock().db, token, by_key=by_key)
    if supporter is None:
        raise ApiError(
            404,
            "publicKey do not match any user" if compat() else "no supporter has this user token",
        )
    return supporter
