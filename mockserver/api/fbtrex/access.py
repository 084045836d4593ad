"""Who may read and delete: a user token opens its own supporter's data and nothing else."""

from __future__ import annotations

from flask import Response

from mockserver.api.fbtrex import tables
from mockserver.api.trex import envelope
from mockserver.api.trex.envelope import ApiError
from mockserver.context import mock

_LONGEST = 128


def reader(token: str, *, historical: int = 200) -> tables.Supporter:
    """The supporter of a token. Raises :class:`ApiError` 403 for one that opens nothing."""
    found = tables.reader(mock().db, token) if len(token) <= _LONGEST else None
    if found is None:
        raise ApiError(403, "error: Authentication failure", historical=historical)
    return found


def failure(error: ApiError) -> Response:
    """An error in this API's order of keys: ``{"error": true, "message": …}``."""
    error.body = {"error": True, **error.body}
    return envelope.failure(error)
