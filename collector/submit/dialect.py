"""What the sender asks of a kind of server: how an item, a request and an answer look.

The outbox and the sender know no server; whatever differs between two of them is a dialect.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import httpx

from collector.adapters.youtube import yttrex
from collector.adapters.youtube.yttrex import Answer
from collector.common.identity import KeyPair
from collector.submit.rows import Waiting


class Dialect(Protocol):
    """One kind of server."""

    @property
    def body_limit(self) -> int:
        """The largest body that the server takes, bytes."""

    @property
    def events_path(self) -> str:
        """Where batches go, below the API's root."""

    def item_json(self, row: Waiting, html_of: Callable[[str], str]) -> str:
        """One item as JSON text; ``html_of(content_hash)`` is the stored page."""

    def headers(self, body: bytes, keys: KeyPair, first: Waiting) -> dict[str, str]:
        """The signed request's headers; ``first`` is the batch's first item."""

    def greeting(self, keys: KeyPair, first: Waiting) -> tuple[str, bytes, dict[str, str]]:
        """Path, body and headers of the handshake."""

    def token_in(self, response: httpx.Response) -> str | None:
        """The read token that the handshake's answer gives, if it gives one."""

    def judge(self, response: httpx.Response, *, sent: int, now: datetime) -> Answer:
        """What an answer to ``sent`` items means for them."""


class YtTrex:
    """ytTREX, whose token comes with the answer to evidence; of some servers, to the handshake."""

    body_limit = yttrex.BODY_LIMIT
    events_path = yttrex.EVENTS

    def item_json(self, row: Waiting, html_of: Callable[[str], str]) -> str:
        return yttrex.item_json(row.fields, html_of(row.content_hash))

    def headers(self, body: bytes, keys: KeyPair, first: Waiting) -> dict[str, str]:
        return yttrex.headers(
            body, keys, languages=first.languages, research_tag=first.research_tag
        )

    def greeting(self, keys: KeyPair, first: Waiting) -> tuple[str, bytes, dict[str, str]]:
        body = yttrex.handshake_body(
            keys.public_key, href=first.fields["href"], research_tag=first.research_tag
        )
        sent = yttrex.headers(body, keys, research_tag=first.research_tag)
        return yttrex.HANDSHAKE, body, sent

    def token_in(self, response: httpx.Response) -> str | None:
        return yttrex.token_in(response)

    def judge(self, response: httpx.Response, *, sent: int, now: datetime) -> Answer:
        return yttrex.judge(response, sent=sent, now=now)


YTTREX: Dialect = YtTrex()
