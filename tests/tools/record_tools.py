"""For the tests of recordings: raw entries as Playwright writes them, the rules of HAR 1.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.recording.clean import Cleaner
from collector.recording.har import Archive, archive

SITE = "http://youtube.localhost:8000"


def raw_entry(
    url: str = f"{SITE}/",
    body: bytes | None = b"<p>hello</p>",
    *,
    method: str = "GET",
    kind: str = "document",
    mime_type: str = "text/html; charset=utf-8",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
    posted: bytes | None = None,
    second: int = 0,
    **response: Any,
) -> dict[str, Any]:
    """One entry; bodies are named by their text, for :func:`made`."""
    content: dict[str, Any] = {"size": -1, "mimeType": mime_type, "compression": 0}
    if body is not None:
        content |= {"size": len(body), "_file": body.hex()}
    request: dict[str, Any] = {
        "method": method, "url": url, "httpVersion": "HTTP/1.1",
        "cookies": [{"name": "SID", "value": "s3cret-session-value"}],
        "headers": pairs(sent or {}), "queryString": [], "headersSize": 100, "bodySize": 0,
    }  # fmt: skip
    if posted is not None:
        request["postData"] = {
            "mimeType": "application/json", "text": "", "params": [], "_file": posted.hex(),
        }  # fmt: skip
    return {
        "startedDateTime": f"2026-03-01T10:00:{second:02d}.000Z",
        "time": 12.5,
        "request": request,
        "response": {
            "status": status, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": pairs(headers or {}), "content": content, "headersSize": 50,
            "bodySize": len(body or b"x"), "redirectURL": "", "_transferSize": 99, **response,
        },
        "cache": {},
        "timings": {"dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 7.5, "receive": -1},
        "_resourceType": kind,
        "_frameref": "frame@1",
        "serverIPAddress": "203.0.113.7",
    }  # fmt: skip


def pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def made(
    *entries: dict[str, Any],
    limit_bytes: int = 1_000_000,
    known: tuple[str, ...] = (),
    step: int = 0,
) -> Archive:
    return archive(
        {"log": {"entries": list(entries)}},
        bytes.fromhex,
        Cleaner(known),
        session="b01-a-1",
        step=step,
        limit_bytes=limit_bytes,
    )


# ---- the rules of HAR 1.2

_STR, _INT, _NUM, _LIST, _OBJ = (str,), (int,), (int, float), (list,), (dict,)
#: Object → field → types; a name with a question mark may be absent. ``_…`` fields are free.
_RULES: dict[str, dict[str, tuple[type, ...]]] = {
    "log": {"version": _STR, "creator": _OBJ, "browser?": _OBJ, "pages?": _LIST,
            "entries": _LIST, "comment?": _STR},
    "creator": {"name": _STR, "version": _STR, "comment?": _STR},
    "browser": {"name": _STR, "version": _STR, "comment?": _STR},
    "entry": {"pageref?": _STR, "startedDateTime": _STR, "time": _NUM, "request": _OBJ,
              "response": _OBJ, "cache": _OBJ, "timings": _OBJ, "serverIPAddress?": _STR,
              "connection?": _STR, "comment?": _STR},
    "request": {"method": _STR, "url": _STR, "httpVersion": _STR, "cookies": _LIST,
                "headers": _LIST, "queryString": _LIST, "postData?": _OBJ, "headersSize": _INT,
                "bodySize": _INT, "comment?": _STR},
    "response": {"status": _INT, "statusText": _STR, "httpVersion": _STR, "cookies": _LIST,
                 "headers": _LIST, "content": _OBJ, "redirectURL": _STR, "headersSize": _INT,
                 "bodySize": _INT, "comment?": _STR},
    "content": {"size": _INT, "compression?": _INT, "mimeType": _STR, "text?": _STR,
                "encoding?": _STR, "comment?": _STR},
    "postData": {"mimeType": _STR, "params": _LIST, "text": _STR, "comment?": _STR},
    "pair": {"name": _STR, "value": _STR, "comment?": _STR},
    "timings": {"blocked?": _NUM, "dns?": _NUM, "connect?": _NUM, "send": _NUM, "wait": _NUM,
                "receive": _NUM, "ssl?": _NUM, "comment?": _STR},
    "cache": {"beforeRequest?": _OBJ, "afterRequest?": _OBJ, "comment?": _STR},
}  # fmt: skip


def breaches(har: Mapping[str, Any]) -> list[str]:
    """What breaks the rules of HAR 1.2."""
    found: list[str] = []
    log = har.get("log")
    if set(har) != {"log"} or not isinstance(log, dict):
        return ["the archive is no object with a log"]
    _object(found, "log", log, "log")
    if log.get("version") != "1.2":
        found.append("log.version is not 1.2")
    _object(found, "creator", log["creator"], "log.creator")
    _object(found, "browser", log["browser"], "log.browser")
    for number, entry in enumerate(log["entries"]):
        at = f"entries[{number}]"
        _object(found, "entry", entry, at)
        _entry(found, entry, at)
    return found


def _entry(found: list[str], entry: Mapping[str, Any], at: str) -> None:
    for name in ("request", "response", "cache", "timings"):
        _object(found, name, entry[name], f"{at}.{name}")
    content = entry["response"]["content"]
    _object(found, "content", content, f"{at}.response.content")
    for name in ("request", "response"):
        for header in entry[name]["headers"]:
            _object(found, "pair", header, f"{at}.{name}.headers")
    for query in entry["request"]["queryString"]:
        _object(found, "pair", query, f"{at}.queryString")
    if "postData" in entry["request"]:
        _object(found, "postData", entry["request"]["postData"], f"{at}.postData")
        if entry["request"]["postData"]["params"] and entry["request"]["postData"]["text"]:
            found.append(f"{at}.postData: params and text exclude each other")
    moment = entry["startedDateTime"]
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)", moment):
        found.append(f"{at}.startedDateTime {moment}")
    elif datetime.fromisoformat(moment).tzinfo is None:
        found.append(f"{at}.startedDateTime has no zone")
    timings = entry["timings"]
    if any(timings[name] < 0 for name in ("send", "wait", "receive")):
        found.append(f"{at}.timings: send, wait and receive are no optional ones")
    parts = sum(v for k, v in timings.items() if k != "ssl" and v > 0)
    if abs(entry["time"] - parts) > 0.001:
        found.append(f"{at}.time {entry['time']} is not the sum {parts}")
    if content["size"] < 0:
        found.append(f"{at}.content.size {content['size']}")


def _object(found: list[str], kind: str, value: Mapping[str, Any], at: str) -> None:
    rules = _RULES[kind]
    for name, types in rules.items():
        plain = name.removesuffix("?")
        if plain not in value:
            if not name.endswith("?"):
                found.append(f"{at}.{plain} is missing")
        elif not isinstance(value[plain], types) or isinstance(value[plain], bool):
            found.append(f"{at}.{plain} is {value[plain]!r}")
    names = {name.removesuffix("?") for name in rules}
    found += [f"{at}.{name} is unknown" for name in value if name not in names and name[0] != "_"]
