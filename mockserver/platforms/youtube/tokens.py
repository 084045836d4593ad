"""Continuation tokens: what to go on with, sealed so that a page cannot make up its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class More(StrEnum):
    """What a continuation brings."""

    LIST = "list"
    COMMENTS = "comments"
    REPLIES = "replies"


@dataclass(frozen=True)
class Continuation:
    """What follows in a list; ``surface`` and ``context`` are as in ``World.feed``.

    Of replies, ``context`` is ``video/comment``.
    """

    what: More
    load: str
    surface: str
    context: str | None
    start: int


class BadToken(Exception):
    """A continuation that this site did not make."""


def _seal(seed: int, visitor: str, body: bytes) -> str:
    key = f"continuation/{seed}/{visitor}".encode()
    return hmac.new(key, body, hashlib.sha256).hexdigest()[:20]


def seal(continuation: Continuation, *, seed: int, visitor: str) -> str:
    """The token that a page carries."""
    body = base64.urlsafe_b64encode(json.dumps(asdict(continuation)).encode())
    return f"4q{body.decode()}.{_seal(seed, visitor, body)}"


def unseal(token: str, *, seed: int, visitor: str) -> Continuation:
    """The continuation of a token made for this visitor.

    :raises BadToken: it is not one of ours
    """
    body, _, mark = token.removeprefix("4q").partition(".")
    raw = body.encode()
    if not hmac.compare_digest(mark.encode(), _seal(seed, visitor, raw).encode()):
        raise BadToken("continuation is not of this site or not of this visitor")
    values = json.loads(base64.urlsafe_b64decode(raw))
    return Continuation(**{**values, "what": More(values["what"])})
