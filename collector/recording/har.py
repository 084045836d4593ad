"""One step as an HTTP archive (HAR 1.2): made anew from what Playwright recorded, cleaned, capped.

Only fields that are named here get in, so that nothing of the viewer slips through with a field
that a later browser adds. What is left out is said in the archive itself (``_twinwatch``).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from collector import __version__
from collector.addresses import parts_of
from collector.recording.clean import Cleaner, is_text

#: What is kept first where not everything fits; types that are not named come before images.
_RANKS = {"document": 0, "xhr": 1, "fetch": 1, "script": 2, "stylesheet": 3, "image": 5, "font": 6,
          "media": 7}  # fmt: skip
_NO_BODY = frozenset({101, 204, 205, 301, 302, 303, 304, 307, 308})
_UNSEEN = -1
_TIMINGS = ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of one step, and what is not in it."""

    har: dict[str, Any]
    left_out: list[dict[str, Any]] = field(default_factory=list)
    """Answers without their body: ``url``, ``bytes``, ``why``."""

    @property
    def entries(self) -> int:
        """Return how many requests the archive holds."""
        return len(self.har["log"]["entries"])


@dataclass(slots=True)
class _Answer:
    """A body on its way into the archive."""

    entry: dict[str, Any]
    data: bytes | None
    mime_type: str
    rank: int
    expected: bool


def archive(
    raw: Mapping[str, Any],
    read: Callable[[str], bytes],
    cleaner: Cleaner,
    *,
    session: str,
    step: int,
    limit_bytes: int,
    browser: str = "",
    notes: Sequence[str] = (),
) -> Archive:
    """The step's archive.

    :param raw: what Playwright wrote (``content: attach``).
    :param read: name of an attached body → its bytes.
    :param cleaner: knows the viewer, and learns of it here.
    :param limit_bytes: of all bodies together; beyond it they are left out, pictures first.
    :param notes: further reasons why the step is not all here.
    """
    found = [entry for entry in raw["log"]["entries"] if _kept(entry)]
    answers = [_answer(entry, read) for entry in found]
    for answer in answers:
        if answer.data is not None:
            cleaner.learn(_decoded(answer.data) or "", answer.mime_type)
    left_out = _cap(answers, limit_bytes)
    entries = [
        _entry(entry, answer, read, cleaner, left_out.get(number))
        for number, (entry, answer) in enumerate(zip(found, answers, strict=True))
    ]
    lost = [
        {"url": entries[number]["request"]["url"], "bytes": size, "why": why}
        for number, (size, why) in sorted(left_out.items())
    ]
    own = {
        "session": session,
        "step": step,
        "complete": not lost and not notes,
        "limit_bytes": limit_bytes,
        "left_out": lost,
        "notes": list(notes),
    }
    log = {
        "version": "1.2",
        "creator": {"name": "twinwatch", "version": __version__},
        "browser": {"name": "chromium", "version": browser},
        "entries": entries,
        "_twinwatch": own,
    }
    return Archive({"log": log}, lost)


def _kept(entry: Mapping[str, Any]) -> bool:
    """Frames of sockets are no answers; what a service worker fetched is in what it gave a page."""
    return (
        parts_of(entry["request"]["url"]).scheme in ("http", "https")
        and entry.get("_resourceType") != "websocket"
        and "_serviceWorkerRef" not in entry
    )


def _answer(entry: Mapping[str, Any], read: Callable[[str], bytes]) -> _Answer:
    content, status = entry["response"]["content"], entry["response"]["status"]
    kind = entry.get("_resourceType", "other")
    data = _body(content, read)
    expected = (
        data is None
        and status > 0
        and status not in _NO_BODY
        and entry["request"]["method"] != "HEAD"
        and kind != "ping"
        and entry["response"].get("bodySize", _UNSEEN) != 0
        and content.get("size", _UNSEEN) != 0
    )
    return _Answer(dict(entry), data, content.get("mimeType") or "", _RANKS.get(kind, 4), expected)


def _cap(answers: Sequence[_Answer], limit_bytes: int) -> dict[int, tuple[int, str]]:
    """Number of the answer → bytes and reason, for those whose body stays out."""
    left_out: dict[int, tuple[int, str]] = {}
    total = 0
    for number, answer in sorted(enumerate(answers), key=lambda one: (one[1].rank, one[0])):
        size = len(answer.data or b"")
        if answer.expected:
            left_out[number] = (
                max(0, int(answer.entry["response"].get("bodySize", 0))),
                "the browser no longer had it",
            )
        elif total + size > limit_bytes:
            left_out[number] = (size, f"beyond the step's limit of {limit_bytes} bytes")
        else:
            total += size
    return left_out


def _entry(
    raw: Mapping[str, Any],
    answer: _Answer,
    read: Callable[[str], bytes],
    cleaner: Cleaner,
    left_out: tuple[int, str] | None,
) -> dict[str, Any]:
    timings = {name: float(raw["timings"].get(name, -1)) for name in _TIMINGS}
    for needed in ("send", "wait", "receive"):
        timings[needed] = max(0.0, timings[needed])
    found: dict[str, Any] = {
        "startedDateTime": raw["startedDateTime"],
        "time": sum(value for name, value in timings.items() if value > 0 and name != "ssl"),
        "request": _request(raw["request"], read, cleaner),
        "response": _response(raw["response"], answer, cleaner, left_out),
        "cache": {},
        "timings": timings,
        "_resourceType": raw.get("_resourceType", "other"),
    }
    if failure := raw["response"].get("_failureText"):
        found["response"]["_error"] = failure
    elif raw["response"]["status"] <= 0:
        found["response"]["_error"] = "under way when the step ended"
    return found


def _request(
    raw: Mapping[str, Any], read: Callable[[str], bytes], cleaner: Cleaner
) -> dict[str, Any]:
    url = cleaner.address(raw["url"])
    found: dict[str, Any] = {
        "method": raw["method"],
        "url": url,
        "httpVersion": raw.get("httpVersion") or "",
        "cookies": [],
        "headers": cleaner.headers(raw["headers"]),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(parts_of(url).query, keep_blank_values=True)
        ],
        "headersSize": _size(raw.get("headersSize")),
        "bodySize": _size(raw.get("bodySize")),
    }
    if raw.get("postData"):
        data = _body(raw["postData"], read) or b""
        found["postData"] = {
            "mimeType": raw["postData"].get("mimeType") or "",
            "params": [],
            **posted(data, cleaner),
        }
    return found


def posted(data: bytes, cleaner: Cleaner) -> dict[str, str]:
    """A request's body as an archive writes it: ``text``, and how bytes are packed into it."""
    text = _decoded(data)
    if text is None:
        return {"text": base64.b64encode(data).decode("ascii"), "_encoding": "base64"}
    return {"text": cleaner.text(text)}


def _response(
    raw: Mapping[str, Any],
    answer: _Answer,
    cleaner: Cleaner,
    left_out: tuple[int, str] | None,
) -> dict[str, Any]:
    content: dict[str, Any] = {"size": len(answer.data or b""), "mimeType": answer.mime_type}
    if left_out is not None:
        content |= {"size": left_out[0], "comment": f"left out: {left_out[1]}", "_leftOut": True}
    elif answer.data:
        text = _decoded(answer.data) if is_text(answer.mime_type) else None
        if text is None:
            content["text"] = base64.b64encode(answer.data).decode("ascii")
            content["encoding"] = "base64"
        else:
            content["text"] = cleaner.body(text, answer.mime_type)
            content["size"] = len(content["text"].encode("utf-8"))
    return {
        "status": max(0, int(raw["status"])),
        "statusText": raw.get("statusText") or "",
        "httpVersion": raw.get("httpVersion") or "",
        "cookies": [],
        "headers": cleaner.headers(raw["headers"]),
        "content": content,
        "redirectURL": cleaner.address(raw.get("redirectURL") or ""),
        "headersSize": _size(raw.get("headersSize")),
        "bodySize": _size(raw.get("bodySize")),
    }


def _body(content: Mapping[str, Any], read: Callable[[str], bytes]) -> bytes | None:
    if name := content.get("_file"):
        return read(str(name))
    if "text" not in content:
        return None
    if content.get("encoding") == "base64":
        return base64.b64decode(content["text"])
    return str(content["text"]).encode("utf-8")


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _size(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and value >= 0 else -1
