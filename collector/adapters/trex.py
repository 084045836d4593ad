"""What the servers of the ytTREX family have in common: times, languages, and how they answer.

Written against the 2022 servers, whose errors often come with status 200.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from collector import __version__
from collector.submit.answers import Answer, ItemAnswer, Verdict
from collector.submit.retry import retry_after_s

BUILD = f"twinwatch-{__version__}"


def wire_time(moment: datetime) -> str:
    """The collector's own time with its offset and without milliseconds (the wire's form).

    The milliseconds stay in the capture: ``2022-03-24T17:06:33+01:00``.
    """
    return moment.isoformat(timespec="seconds")


def accept_language(languages: Sequence[str]) -> str:
    """The header of a browser with these languages.

    >>> accept_language(["it-IT", "it", "en"])
    'it-IT,it;q=0.9,en;q=0.8'
    """
    named = [tag for tag in languages if tag.isascii() and tag.replace("-", "").isalnum()]
    return ",".join(
        tag if i == 0 else f"{tag};q={max(0.1, 1 - i / 10):.1f}" for i, tag in enumerate(named)
    )


def judge(
    response: httpx.Response,
    *,
    sent: int,
    now: datetime,
    taken: bool | None = None,
    server: str = "ytTREX",
) -> Answer:
    """Read an answer to ``sent`` items; understands error bodies with status 200.

    :param taken: whether the answer names what it took, for a dialect that says it otherwise.
    :param server: what the server is called, in reasons.
    """
    status = response.status_code
    body = body_of(response)
    reason = f"HTTP {status}: {_words(body) or response.reason_phrase or 'no explanation'}"
    elsewhere = f"{reason}; is this the root of a {server} API, such as …/api?"
    if "missing header" in reason.lower():  # no item is at fault: another API's headers are wanted
        return Answer(Verdict.STOP, elsewhere)
    if status in (408, 425, 429) or (status >= 500 and status not in (501, 505)):
        wait = retry_after_s(response.headers.get("Retry-After"), now)
        return Answer(Verdict.RETRY, reason, wait_s=wait)
    if 300 <= status < 400:
        where = response.headers.get("Location", "elsewhere")
        return Answer(Verdict.STOP, f"{reason}; the server points to {where}")
    if status in (404, 405, 410, 501, 505):
        return Answer(Verdict.STOP, elsewhere)
    if status in (400, 413, 422):
        return Answer(Verdict.DIVIDE if sent > 1 else Verdict.REFUSED, reason)
    if status >= 400:
        return Answer(Verdict.REFUSED, reason)
    if not isinstance(body, dict):
        return Answer(Verdict.STOP, f"the answer is not a {server} server's")
    if body.get("status") == "error" or body.get("error"):
        hopeless = sent == 1 or "signature" in reason.lower()
        return Answer(Verdict.REFUSED if hopeless else Verdict.DIVIDE, reason)
    if body.get("status") != "OK":
        return Answer(Verdict.STOP, f"the answer is not a {server} server's")
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


def body_of(response: httpx.Response) -> Any:
    """The answer as JSON; the beginning of its text where it is none."""
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
