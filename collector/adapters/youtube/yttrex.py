"""The ytTREX dialect: what an evidence item, its signature and the server's answers look like.

An item is a whole page, or one advert of it (a leaf): the two share a counter. The signed bytes are
the posted bytes, and they are what ``JSON.stringify`` would have written: a server may verify
either. How the servers answer is in :mod:`collector.adapters.trex`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from collector import __version__
from collector.adapters.trex import BUILD, accept_language, body_of, judge, wire_time
from collector.adapters.youtube.element import app_element
from collector.common.identity import KeyPair, html_hash, js_json, utf16_length
from collector.common.model import Capture, PageKind, PageStatus, Platform
from collector.platforms.youtube.leaves import find_leaves
from collector.platforms.youtube.markup import Cut
from collector.submit.answers import Answer
from collector.submit.dialect import Dialect
from collector.submit.rows import Waiting

#: The servers' body limit, bytes.
BODY_LIMIT = 10 * 1024 * 1024
EVENTS, HANDSHAKE = "/v2/events", "/v2/handshake"

_KINDS = frozenset({PageKind.HOME, PageKind.VIDEO, PageKind.SEARCH, PageKind.CHANNEL})


def submittable(capture: Capture) -> bool:
    """Only good pages of kinds that the servers know are sent."""
    return (
        capture.platform is Platform.YOUTUBE
        and capture.status in (PageStatus.OK, PageStatus.PARTIAL)
        and capture.kind in _KINDS
    )


def feed_id(page_uuid: str) -> str:
    """A page load's id in the wire's form, ``<n>—<fraction>-<0..255>`` (em dash after the count).

    Derived from our own id, so that all captures of one page carry the same.
    """
    if "—" in page_uuid:
        return page_uuid
    digest = hashlib.sha256(page_uuid.encode()).digest()
    fraction = int.from_bytes(digest[:8]) >> 11
    return f"{digest[9]}—{js_json(fraction / 2**53)}-{digest[8]}"


def item_fields(
    capture: Capture, *, research_tag: str | None = None, experiment_id: str | None = None
) -> dict[str, Any]:
    """Everything of an evidence item but the page itself; small enough to be queued."""
    fields: dict[str, Any] = {
        "href": capture.url,
        "randomUUID": feed_id(capture.page_uuid),
        "incremental": capture.seq,
        "clientTime": wire_time(capture.client_time),
    }
    if research_tag:
        fields["researchTag"] = research_tag
    if experiment_id:
        fields["experimentId"] = experiment_id
    return fields


def item_json(fields: Mapping[str, Any], html: str) -> str:
    """One evidence item as JSON text, keys in the order that the browser extension wrote them."""
    element = app_element(html)
    item = {"type": "video", "element": element, "size": utf16_length(element), **fields}
    return js_json(item)


#: Where an advert stands in the stored page; ours, never sent.
_CUT = "cut"


def parts_of(
    fields: Mapping[str, Any], html: str, earlier: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What is queued of a page: ``fields`` of the page, then those of each advert in it.

    Each has a number of its own. An advert with the same markup is sent once a page load, however
    often that page is captured; on another page it is sent again.

    :param earlier: the adverts of the captures before in the session.
    """
    number = fields["incremental"] + len(earlier)
    load = fields["randomUUID"]
    parts = [{**fields, "incremental": number}]
    known = {each["hash"] for each in earlier if each["randomUUID"] == load}
    for leaf in find_leaves(html):
        code = html_hash(html[leaf.start : leaf.end])
        if code not in known:
            known.add(code)
            parts.append(_leaf_fields(fields, leaf, code, number + len(parts)))
    return parts


def _leaf_fields(fields: Mapping[str, Any], leaf: Cut, code: int, number: int) -> dict[str, Any]:
    """An advert's fields, keys in the extension's order; where it was drawn is not kept: 0."""
    tags = {key: fields[key] for key in ("researchTag", "experimentId") if key in fields}
    return {
        _CUT: [leaf.start, leaf.end],
        "hash": code,
        "offsetTop": 0,
        "offsetLeft": 0,
        "href": fields["href"],
        "selectorName": leaf.name,
        "randomUUID": fields["randomUUID"],
        "type": "leaf",
        "incremental": number,
        "clientTime": fields["clientTime"],
        **tags,
    }


def leaf_json(fields: Mapping[str, Any], html: str) -> str:
    """One advert as JSON text. Raises :class:`ValueError` where ``html`` is not its page."""
    start, end = fields[_CUT]
    element = html[start:end]
    if html_hash(element) != fields["hash"]:
        raise ValueError("the advert is not where it was")
    return js_json({"html": element, **{k: v for k, v in fields.items() if k != _CUT}})


def headers(
    body: bytes, keys: KeyPair, *, languages: Sequence[str] = (), research_tag: str | None = None
) -> dict[str, str]:
    """The signed request's headers. A research tag that no header can hold is left to the item."""
    sent = {
        "Content-Type": "application/json",
        "X-YTtrex-Version": __version__,
        "X-YTtrex-Build": BUILD,
        "X-YTtrex-PublicKey": keys.public_key,
        "X-YTtrex-Signature": keys.sign(body),
        "X-YTtrex-NonAuthCookieId": "",
    }
    if research_tag and research_tag.isascii() and research_tag.isprintable():
        sent["X-YTtrex-NonAuthCookieId"] = research_tag
    if language := accept_language(languages):
        sent["Accept-Language"] = language
    return sent


def handshake_body(public_key: str, *, href: str, research_tag: str | None) -> bytes:
    """The handshake that the browser extension sends before anything else.

    ``execount`` is a number of its own each time: a server that tells the token once a request
    knows this one from a copy of the last.
    """
    config: dict[str, Any] = {"publicKey": public_key, "execount": secrets.randbelow(2**52)}
    if research_tag:
        config["researchTag"] = research_tag
    return js_json({"config": config, "href": href}).encode()


def token_in(response: httpx.Response) -> str | None:
    """The user token in the answer to a handshake."""
    body = body_of(response)
    token = body.get("userToken") if isinstance(body, dict) else None
    return token if isinstance(token, str) and token else None


class YtTrex:
    """ytTREX, whose token comes with the answer to evidence; of some servers, to the handshake."""

    body_limit = BODY_LIMIT
    events_path = EVENTS

    def fields_of(
        self, capture: Capture, *, research_tag: str | None, experiment_id: str | None
    ) -> dict[str, Any] | None:
        """Return what is queued of a capture besides its page; ``None``: it is not submitted."""
        if not submittable(capture):
            return None
        return item_fields(capture, research_tag=research_tag, experiment_id=experiment_id)

    def parts_of(
        self,
        capture: Capture,
        fields: Mapping[str, Any],
        html: str,
        earlier: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        """Return ``fields`` of the page, then those of each advert in it not queued before."""
        return parts_of(fields, html, earlier)

    def item_json(self, row: Waiting, html_of: Callable[[str], str]) -> str:
        """Return a page, or an advert of one, as JSON text. Raises ValueError: no such advert."""
        if row.fields.get("type") == "leaf":
            return leaf_json(row.fields, html_of(row.content_hash))
        return item_json(row.fields, html_of(row.content_hash))

    def headers(self, body: bytes, keys: KeyPair, first: Waiting) -> dict[str, str]:
        """Return the headers of the request, ``body`` signed with ``keys``."""
        return headers(body, keys, languages=first.languages, research_tag=first.research_tag)

    def greeting(self, keys: KeyPair, first: Waiting) -> tuple[str, bytes, dict[str, str]]:
        """Return path, body and headers of the handshake that asks for the token of ``keys``."""
        body = handshake_body(
            keys.public_key, href=first.fields["href"], research_tag=first.research_tag
        )
        return HANDSHAKE, body, headers(body, keys, research_tag=first.research_tag)

    def token_in(self, response: httpx.Response) -> str | None:
        """Return the read token of the handshake's answer; ``None``: it has none."""
        return token_in(response)

    def judge(self, response: httpx.Response, *, sent: int, now: datetime) -> Answer:
        """Return what an answer to ``sent`` items means for them at the moment ``now``."""
        return judge(response, sent=sent, now=now)


YTTREX: Dialect = YtTrex()
