"""HAR 1.2: the documents and the API's answers of a recorded visit."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from collector.addresses import parts_of, unarchived
from collector.platforms.registry import owner_of
from collector.saved.page import Saved, moment, text_of


def is_har(document: Mapping[str, Any]) -> bool:
    """True for a HAR's object."""
    log = document.get("log")
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def pages_of(
    document: Mapping[str, Any], body_of: Callable[[str], bytes] = lambda name: b""
) -> Iterator[Saved]:
    """The pages in the order they came. ``body_of`` gives bodies that lie beside the archive."""
    for entry in document["log"]["entries"]:
        if not isinstance(entry, dict):
            continue
        request, response = entry.get("request"), entry.get("response")
        if not isinstance(request, dict) or not isinstance(response, dict):
            continue
        url = str(request.get("url") or "")
        content = response.get("content")
        if not isinstance(content, dict) or response.get("status") not in (200, 206, 203):
            continue
        page = page_of(
            url, str(content.get("mimeType") or ""), _body(content, body_of),
        )  # fmt: skip
        if page is not None:
            yield Saved(
                html=page.html,
                answer=page.answer,
                href=page.href,
                client_time=moment(entry.get("startedDateTime")),
            )


def page_of(url: str, mime: str, body: bytes) -> Saved | None:
    """An answer as a page: a platform's document, or an answer of the API that holds a list."""
    url = unarchived(url)
    owner = owner_of(parts_of(url).host) if body else None
    if owner is None:
        return None
    lists = owner.answers is not None and owner.answers.lists.search(url) is not None
    if "json" in mime and lists:
        try:
            return Saved(answer=orjson.loads(body.removeprefix(b")]}'").lstrip()))
        except orjson.JSONDecodeError:
            return None
    if "html" in mime and not lists:
        charset = mime.partition("charset=")[2].strip(" \"'") or None
        return Saved(html=text_of(body, charset), href=url)
    return None


def _body(content: Mapping[str, Any], body_of: Callable[[str], bytes]) -> bytes:
    attached = content.get("_file")
    if isinstance(attached, str):
        return body_of(attached)
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    if content.get("encoding") == "base64":
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            return b""
    return text.encode("utf-8", "replace")
