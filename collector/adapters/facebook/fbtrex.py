"""The fbTREX dialect: timelines and impressions as events, their headers and the handshake.

The signed bytes are the posted bytes, and they are what ``JSON.stringify`` would have written: a
server may verify either. A private post brings its place and time and nothing else, in both
generations of the protocol: no fragment, no audience label, no kind.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx

from collector.adapters import trex
from collector.adapters.trex import BUILD, wire_time
from collector.common.errors import UserError
from collector.common.identity import KeyPair, js_json
from collector.common.model import Capture, FeedImpression, Nature, Timeline, Visibility
from collector.submit.answers import Answer
from collector.submit.dialect import Dialect
from collector.submit.outbox import Outbox
from collector.submit.rows import Waiting

#: The servers' body limit, bytes.
BODY_LIMIT = 4 * 1024 * 1024
#: Header of a request that says whose it is.
_SIGNER = "X-Fbtrex-PublicKey"
EVENTS, HANDSHAKE = "/v1/events", "/v1/userInfo"

#: Fields of a queued item that are headers of its request, not parts of it.
_USER, _VERSION = "@userId", "@version"


class Generation(StrEnum):
    """Which browser extension the submission speaks like; the value is the version it declares."""

    V1 = "1.4.99"
    """2017–2020: ``impressionTime``; fragments of ``userContentWrapper``."""
    V2 = "2.1.1"
    """2020 and later: ``startTime``, kind and offsets; fragments of ``FeedUnit``."""


class BadAccount(UserError):
    """An account number that no server takes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One event, ready to be queued."""

    key: str
    content_hash: str
    """Of the fragment; empty where the event has none."""
    fields: Mapping[str, Any]


def user_id_of(public_key: str) -> str:
    """An account number for a puppet that has none: made of its key, in the site's own form.

    Fifteen digits that begin as the site's do; the same key has the same number.
    """
    digest = hashlib.sha256(public_key.encode()).digest()
    return f"1000{int.from_bytes(digest[:8]) % 10**11:011d}"


def items(
    timeline: Timeline, *, user_id: str, generation: Generation = Generation.V1
) -> Iterator[Item]:
    """The events of a timeline: itself, then its impressions in their order.

    Raises :class:`BadAccount`.
    """
    if not (user_id.isascii() and user_id.isdigit() and 0 < int(user_id) < 10**20):
        raise BadAccount(
            f"{user_id!r} is not an account number",
            fix="give the digits of the account, or none: then they are made from the key",
        )
    own = {_USER: user_id, _VERSION: generation.value}
    event = {
        "id": timeline.id,
        "type": "timeline",
        "startTime": wire_time(timeline.started),
        "location": timeline.url,
    }
    yield Item(f"{timeline.id}/timeline", "", own | event)
    for seen in timeline.impressions:
        fields = _impression(timeline, seen, generation)
        yield Item(f"{timeline.id}/{seen.order}", seen.content_hash or "", own | fields)


def _impression(timeline: Timeline, seen: FeedImpression, generation: Generation) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": "impression",
        "visibility": seen.visibility.value,
        "impressionOrder": seen.order,
        "timelineId": timeline.id,
    }
    if generation is Generation.V1:
        return fields | {"impressionTime": wire_time(seen.time)}
    # These servers' own clients left the time out; ours says it under both names.
    fields |= {"startTime": wire_time(seen.time), "impressionTime": wire_time(seen.time)}
    if seen.visibility is Visibility.PUBLIC:
        paid = seen.post is not None and seen.post.nature is Nature.SPONSORED
        fields |= {"from": "standard", "kind": "ad" if paid else "post"}
    if seen.top is not None:
        fields["offsetTop"] = seen.top
    if seen.bottom is not None:
        fields["offsetBottom"] = seen.bottom
    return fields


def enqueue(
    outbox: Outbox,
    timeline: Timeline,
    *,
    puppet: str,
    target: str,
    public_key: str,
    user_id: str | None = None,
    generation: Generation = Generation.V1,
    languages: Sequence[str] = (),
) -> int:
    """Queue a timeline's events for ``target``; inside a transaction, part of it.

    Returns how many were new: the same timeline may be queued again when it has grown. Raises
    :class:`BadAccount`.
    """
    account = user_id or user_id_of(public_key)
    return sum(
        outbox.add(
            item.key,
            puppet=puppet,
            target=target,
            public_key=public_key,
            content_hash=item.content_hash,
            fields=dict(item.fields),
            languages=languages,
        )
        for item in items(timeline, user_id=account, generation=generation)
    )


class FbTrex:
    """fbTREX: one bad event refuses its whole batch; the token comes with the handshake."""

    body_limit = BODY_LIMIT
    events_path = EVENTS

    def fields_of(
        self, capture: Capture, *, research_tag: str | None, experiment_id: str | None
    ) -> dict[str, Any] | None:
        """``None``: a page is not an event; a timeline's events are queued by :func:`enqueue`."""
        return None

    def parts_of(
        self,
        capture: Capture,
        fields: Mapping[str, Any],
        html: str,
        earlier: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        """Return ``fields`` alone: no element is queued apart from the item itself."""
        return [dict(fields)]

    def item_json(self, row: Waiting, html_of: Callable[[str], str]) -> str:
        """Return one event as JSON text, with its stored markup as ``html`` where it has any."""
        event = {key: value for key, value in row.fields.items() if not key.startswith("@")}
        if row.content_hash:
            event["html"] = html_of(row.content_hash)
        return js_json(event)

    def headers(self, body: bytes, keys: KeyPair, first: Waiting) -> dict[str, str]:
        """Return the request's headers, ``body`` signed with ``keys``; ``first`` has the user."""
        sent = headers(body, keys, user_id=first.fields[_USER], version=first.fields[_VERSION])
        if language := trex.accept_language(first.languages):
            sent["Accept-Language"] = language
        return sent

    def greeting(self, keys: KeyPair, first: Waiting) -> tuple[str, bytes, dict[str, str]]:
        """Return path, body and headers of the handshake that asks for the token of ``keys``."""
        user_id, version = first.fields[_USER], first.fields[_VERSION]
        body = handshake_body(keys.public_key, user_id=user_id, version=version)
        return HANDSHAKE, body, headers(body, keys, user_id=user_id, version=version)

    def token_in(self, response: httpx.Response) -> str | None:
        """Return the read token of the handshake's answer; ``None``: it has none, or an error."""
        try:
            body = response.json()
        except ValueError:
            return None
        token = body.get("token") if isinstance(body, dict) else None
        return token if isinstance(token, str) and token != "error" else None

    def judge(self, response: httpx.Response, *, sent: int, now: datetime) -> Answer:
        """Return what an answer to ``sent`` events means for them at the moment ``now``."""
        taken = _taken(response, sent)
        return trex.judge(response, sent=sent, now=now, taken=taken, server="fbTREX")


FBTREX: Dialect = FbTrex()


def _taken(response: httpx.Response, sent: int) -> bool:
    """Whether an answer names what it took: as many as were sent, or whose they are by the key that
    signed the request (which is all that is said of a batch that was here already)."""
    try:
        body = response.json()
    except ValueError:
        return False
    info = body.get("info") if isinstance(body, dict) else None
    told = [one for one in info if isinstance(one, dict)] if isinstance(info, list) else []
    amounts = [one["amount"] for one in told if type(one.get("amount")) is int]
    signer = _signer(response)
    ours = signer is not None and any(one.get("publicKey") == signer for one in told)
    return ours or (min(amounts, default=0) > 0 and sum(amounts) >= sent)


def _signer(response: httpx.Response) -> str | None:
    """The key that the request was signed with; ``None`` where nothing was asked."""
    try:
        return response.request.headers.get(_SIGNER)
    except RuntimeError:
        return None


def headers(body: bytes, keys: KeyPair, *, user_id: str, version: str) -> dict[str, str]:
    """The signed request's headers; the content type is exactly what the servers sign against."""
    return {
        "Content-Type": "application/json",
        "X-Fbtrex-Build": BUILD,
        "X-Fbtrex-Version": version,
        "X-Fbtrex-UserId": user_id,
        _SIGNER: keys.public_key,
        "X-Fbtrex-Signature": keys.sign(body),
    }


def handshake_body(public_key: str, *, user_id: str, version: str) -> bytes:
    """The handshake that the browser extension sends before anything else.

    Its message is unlike any before, so that nobody who sends it again is told the token.
    """
    message = f"{BUILD} {public_key[:8]} {secrets.token_hex(8)}"
    return js_json(
        {
            "message": message,
            "userId": user_id,
            "version": version,
            "publicKey": public_key,
            "optin": True,
        }
    ).encode()
