"""The ytTREX dialect: what an evidence item, its signature and the server's answers look like.

The signed bytes are the posted bytes, and they are what ``JSON.stringify`` would have written: a
server may verify either. Written against the 2022 servers, whose errors often come with status 200.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx

from collector import __version__
from collector.addresses import parts_of
from collector.errors import UserError
from collector.identity import KeyPair, js_json, utf16_length
from collector.model import Capture, PageKind, PageStatus, Platform
from collector.submit.element import app_element
from collector.submit.retry import retry_after_s

#: The servers' body limit, bytes.
BODY_LIMIT = 10 * 1024 * 1024
BUILD = f"twinwatch-{__version__}"
EVENTS, HANDSHAKE = "/v2/events", "/v2/handshake"

_KINDS = frozenset({PageKind.HOME, PageKind.VIDEO, PageKind.SEARCH, PageKind.CHANNEL})


class BadTarget(UserError):
    """An API address that cannot be one."""


def api_root(target: str) -> str:
    """The API's root of what a user typed; a bare host gets the customary ``/api``.

    >>> api_root("https://youtube.example/")
    'https://youtube.example/api'
    """
    parts = parts_of(target)
    if not parts.is_web or parts.query or parts.fragment:
        raise BadTarget(
            f"{target!r} is not the address of an API",
            place="--submit-to",
            fix="give its root, such as https://youtube.tracking.exposed/api",
        )
    path = parts.path.rstrip("/") or "/api"
    return f"{parts.scheme}://{parts.netloc}{path}"


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


def wire_time(moment: datetime) -> str:
    """The collector's own time with its offset and without milliseconds (the wire's form).

    The milliseconds stay in the capture: ``2022-03-24T17:06:33+01:00``.
    """
    return moment.isoformat(timespec="seconds")


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


def accept_language(languages: Sequence[str]) -> str:
    """The header of a browser with these languages.

    >>> accept_language(["it-IT", "it", "en"])
    'it-IT,it;q=0.9,en;q=0.8'
    """
    named = [tag for tag in languages if tag.isascii() and tag.replace("-", "").isalnum()]
    return ",".join(
        tag if i == 0 else f"{tag};q={max(0.1, 1 - i / 10):.1f}" for i, tag in enumerate(named)
    )


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


class Verdict(StrEnum):
    """What an answer means for the batch it answers."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For ever: sending the same again is no use."""
    DIVIDE = "divide"
    """Too much or something bad in it: nothing was kept, send the items one by one."""
    RETRY = "retry"
    STOP = "stop"
    """Nothing that a ytTREX API would say: the address is wrong, everything stays queued."""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    duplicate: bool = False
    refused: str | None = None
    id: str | None = None
    metadata_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    reason: str = ""
    wait_s: float | None = None
    """Seconds that the server asked us to wait."""
    items: tuple[ItemAnswer, ...] = ()
    """One for every item sent, in order; empty where the server says nothing about items."""
    user_token: str | None = None


def judge(
    response: httpx.Response, *, sent: int, now: datetime, taken: bool | None = None
) -> Answer:
    """Read an answer to ``sent`` items; understands error bodies with status 200.

    :param taken: whether the answer names what it took, for a dialect that says it otherwise.
    """
    status = response.status_code
    body = _body(response)
    reason = f"HTTP {status}: {_words(body) or response.reason_phrase or 'no explanation'}"
    if status in (408, 425, 429) or (status >= 500 and status not in (501, 505)):
        wait = retry_after_s(response.headers.get("Retry-After"), now)
        return Answer(Verdict.RETRY, reason, wait_s=wait)
    if 300 <= status < 400:
        where = response.headers.get("Location", "elsewhere")
        return Answer(Verdict.STOP, f"{reason}; the server points to {where}")
    if status in (404, 405, 410, 501, 505):
        return Answer(Verdict.STOP, f"{reason}; is this the root of a ytTREX API?")
    if status in (400, 413, 422):
        return Answer(Verdict.DIVIDE if sent > 1 else Verdict.REFUSED, reason)
    if status >= 400:
        return Answer(Verdict.REFUSED, reason)
    if not isinstance(body, dict):
        return Answer(Verdict.STOP, "the answer is not a ytTREX server's")
    if body.get("status") == "error" or body.get("error"):
        hopeless = sent == 1 or "signature" in reason.lower()
        return Answer(Verdict.REFUSED if hopeless else Verdict.DIVIDE, reason)
    if body.get("status") != "OK":
        return Answer(Verdict.STOP, "the answer is not a ytTREX server's")
    items = _items(body.get("results"), sent)
    htmls = body.get("htmls")
    if isinstance(htmls, dict) and htmls.get("error") is True:
        return Answer(Verdict.RETRY, f"the server could not store: {_words(htmls)}")
    if not items and not (_taken(body) >= sent if taken is None else taken):
        # A server that stored something says what; one that says nothing is not believed.
        return Answer(Verdict.STOP, f"the answer does not name the {sent} items as taken")
    supporter = body.get("supporter")
    token = supporter.get("userToken") if isinstance(supporter, dict) else None
    return Answer(
        Verdict.ACCEPTED,
        items=items,
        user_token=token if isinstance(token, str) else None,
    )


def _taken(body: Mapping[str, Any]) -> int:
    """How many items the original server's account names: ``{"htmls": {"success": n}}``."""
    found = 0
    for part in ("htmls", "leaves"):
        account = body.get(part)
        success = account.get("success") if isinstance(account, dict) else None
        if isinstance(success, int) and not isinstance(success, bool):
            found += max(success, 0)
    return found


def token_in(response: httpx.Response) -> str | None:
    """The user token in the answer to a handshake."""
    body = _body(response)
    token = body.get("userToken") if isinstance(body, dict) else None
    return token if isinstance(token, str) and token else None


def _items(results: Any, sent: int) -> tuple[ItemAnswer, ...]:
    if not isinstance(results, list) or len(results) != sent:
        return ()
    answers = []
    for result in results:
        if not isinstance(result, dict):
            return ()
        status = result.get("status") or ("stored" if result.get("error") is False else None)
        if status is None:
            return ()
        refused = status == "refused"
        answers.append(
            ItemAnswer(
                duplicate=status == "duplicate",
                refused=str(result.get("reason") or "refused") if refused else None,
                id=_text(result.get("id")),
                metadata_id=_text(result.get("metadataId")),
            )
        )
    return tuple(answers)


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text[:200]


def _words(body: Any) -> str:
    if isinstance(body, dict):
        for key in ("info", "message", "error", "name"):
            if isinstance(body.get(key), (str, list)) and body[key]:
                return str(body[key])[:200]
        return ""
    return " ".join(str(body).split())[:200] if body else ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
