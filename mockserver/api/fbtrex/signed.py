"""The signed request of the browser extension: its headers, its key, and whose data it may touch.

Protects the rule that nothing is believed before its signature is verified. The account number in
the headers is only what somebody says of themselves: it never opens anything without the key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from collector.common import identity
from collector.common.identity import BadKey
from mockserver.api.trex.envelope import answer, compat, parse_json
from mockserver.context import mock

#: The original server's limit for a body, bytes.
BODY_LIMIT = 4 * 1024 * 1024

_HEADERS = (
    "X-Fbtrex-Build",
    "X-Fbtrex-Version",
    "X-Fbtrex-UserId",
    "X-Fbtrex-PublicKey",
    "X-Fbtrex-Signature",
)
_USER_ID = re.compile(r"[1-9]\d{0,19}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds."""

    public_key: str
    user_id: str
    version: str
    body: Any
    fresh: bool
    """This very signature was never seen before, at any address."""


class Refusal(Exception):
    """The answer to a request that is not believed."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def refusal(status: int, info: Any, *, historical: int = 200) -> Response:
    """An ingestion error: ``{status: "error", info}``."""
    return answer({"status": "error", "info": info}, historical if compat() else status)


def verified(body: bytes) -> Signed:
    """The request behind ``body``, verified over its bytes or over their canonical JSON.

    Raises :class:`Refusal`.
    """
    missing = [name for name in _HEADERS if not request.headers.get(name)]
    if missing:
        text = f"missing headers: {', '.join(missing)}"
        raise Refusal(refusal(400, text, historical=500))
    if request.mimetype != "application/json":
        raise Refusal(refusal(415, "Content-Type is not application/json"))
    public_key = request.headers["X-Fbtrex-PublicKey"]
    signature = request.headers["X-Fbtrex-Signature"]
    user_id = request.headers["X-Fbtrex-UserId"]
    try:
        identity.check_public_key(public_key)
        identity.check_signature(signature)
    except BadKey as error:
        raise Refusal(refusal(400, error.problem, historical=500)) from error
    if not _USER_ID.match(user_id):
        raise Refusal(refusal(400, "X-Fbtrex-UserId is not a positive number"))
    parsed = parse_json(body)
    if not identity.verify(public_key, signature, body):
        try:
            rewritten = identity.js_json(parsed).encode()
        except ValueError as error:
            raise Refusal(refusal(400, str(error))) from error
        if not identity.verify(public_key, signature, rewritten):
            raise Refusal(refusal(401, "Invalid signature"))
    version = request.headers["X-Fbtrex-Version"][:64]
    return Signed(public_key, user_id, version, parsed, mock().db.first_time(public_key, signature))
