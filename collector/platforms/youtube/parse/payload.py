"""The site's own JSON: ``ytInitialData`` and ``ytInitialPlayerResponse`` of a page, InnerTube
answers.

What a page's scripts assign is what the server sent with the document; after a navigation inside
the page it still describes the page that was left. Whoever uses it beside a document must first see
that it belongs to the visible page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from collector.platforms.locale.text import clean

Json = Mapping[str, Any]

_ASSIGNED = r"(?:var {0}|window\[[\"']{0}[\"']\]|window\.{0}|(?<![\w.$]){0})\s{{0,9}}=\s{{0,9}}"
_PATTERNS = {
    name: re.compile(_ASSIGNED.format(name))
    for name in ("ytInitialData", "ytInitialPlayerResponse")
}
_ELEMENTS = {
    name: re.compile(rf"<script\b[^<>]{{0,400}}\b{name}\b[^<>]{{0,400}}>\s{{0,99}}(?=\{{)")
    for name in _PATTERNS
}
_BEGINNING = '{"responseContext"'
#: Characters that may stand before the name in one of the patterns.
_BEFORE = tuple(map(len, ('window["', "window.", "var ", "")))
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_PARSED = re.compile(r"JSON\.parse\(\s{0,9}(?=['\"])")
_NOTHING = re.compile(r"null\b|undefined\b|\{\}|void 0")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
#: Parts of an answer that hold lists.
_LISTS = (
    "contents",
    "onResponseReceivedCommands",
    "onResponseReceivedActions",
    "onResponseReceivedEndpoints",
    "continuationContents",
)
#: Parts that only a page's or an endpoint's answer has.
_LISTED = (*_LISTS, "entries")
_ANSWER = ("playabilityStatus", "responseContext", "playerResponse")
#: Objects and lists around an answer that are looked into.
_MOST_WRAPPERS, _DEEPEST_WRAPPER = 2000, 4


class BadJson(ValueError):
    """The script is there and is not JSON."""


def load(html: str, name: str) -> Json | None:
    """The first object assigned to a name in a script, ``None`` if there is none.

    Mobile pages write it as a string in single quotes with ``\\x22`` escapes, and ``null`` before
    the real one.

    :raises BadJson: it cannot be read.
    """
    if html.startswith("<ytd-app"):
        return None  # the application's element alone holds no scripts
    if name not in html:
        return _unnamed(html) if name == "ytInitialData" else None
    bad = ""
    for found in _assigned(html, name):
        start = found.end()
        first = html[start : start + 1]
        if first == "{":
            end = html.find("</script>", start)
            text = html[start : end if end >= 0 else len(html)]
        elif first in ("'", '"'):
            text = _string(html, start)
        elif parsed := _PARSED.match(html, start):
            text = _string(html, parsed.end())
        else:
            if found[0].startswith("var") and not _NOTHING.match(html, start):
                bad = html[start : start + 60]
            continue
        value = _object(name, text)
        if value is not None:
            return value
    if bad:
        raise BadJson(f"{name}: not an object: {bad}")
    element = _ELEMENTS[name].search(html)
    if element is not None:
        return _object(name, html[element.end() : max(html.find("</script>", element.end()), 0)])
    return None


def _unnamed(html: str) -> Json | None:
    """The first object of a script that begins as the site's answers do, whatever its name."""
    at = html.find(_BEGINNING)
    while at >= 0:
        end = html.find("</script>", at)
        value = _object("script", html[at : end if end >= 0 else len(html)])
        if value is not None and any(value.get(part) for part in _LISTED):
            return value
        at = html.find(_BEGINNING, at + 1)
    return None


def _assigned(html: str, name: str) -> Iterator[re.Match[str]]:
    """Where something is assigned to a name. The name is looked for first: a pattern that begins
    with alternatives takes ten times as long for a page."""
    at = html.find(name)
    while at >= 0:
        for before in _BEFORE:
            if at >= before and (found := _PATTERNS[name].match(html, at - before)):
                yield found
                break
        at = html.find(name, at + 1)


def answer_of(value: Any) -> Json | None:
    """The answer inside a decoded JSON document, unwrapped (``pbj`` lists, batches, recorders'
    envelopes); ``None`` if it is none of the site's. Of several the first with a list."""
    queue: list[tuple[Any, int]] = [(value, 0)]
    bare: Json | None = None
    looked, outermost = 0, value
    while queue and looked < _MOST_WRAPPERS:
        value, depth = queue.pop(0)
        looked += 1
        if isinstance(value, list):
            queue[:0] = [(child, depth) for child in value[:50]]
        elif isinstance(value, dict):
            if any(isinstance(value.get(part), dict | list) for part in _LISTED):
                return value
            if bare is None and any(isinstance(value.get(part), dict | list) for part in _ANSWER):
                bare = value
                if _bears_models(value):
                    return value
            if depth < _DEEPEST_WRAPPER:
                inner = [v for v in value.values() if isinstance(v, dict | list)]
                queue.extend((child, depth + 1) for child in inner[:50])
    if bare is None and isinstance(outermost, dict) and _bears_models(outermost):
        return outermost
    return bare


def _bears_models(answer: Json) -> bool:
    """True for an answer whose lists have other names: objects of the site's kind are in it."""
    stack: list[Any] = [
        v for k, v in answer.items() if k not in ("responseContext", "adPlacements")
    ]
    most = 400
    while stack and most:
        most -= 1
        value = stack.pop()
        if isinstance(value, dict):
            if any(key.endswith(("Renderer", "ViewModel")) for key in value):
                return True
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return False


def player_of(value: Any) -> Json | None:
    """The player's part of an answer: itself, or ``playerResponse`` in or beside it."""
    queue: list[Any] = [value]
    while queue:
        value = queue.pop(0)
        if isinstance(value, list):
            queue.extend(value[:50])
        elif isinstance(value, dict):
            if isinstance(value.get("playabilityStatus"), dict):
                return value
            queue.extend(value[k] for k in ("playerResponse", "response", "data") if k in value)
    return None


def lists(answer: Json) -> Iterator[Any]:
    """The parts of an answer that hold the page's lists, in the order of the page."""
    entries = answer.get("entries")
    if isinstance(entries, list):  # the sequence of short videos: one command a screen
        screens = [found for entry in entries if (found := dig(entry, "command")) is not None]
        yield {"reelShelfRenderer": {"title": {"simpleText": "Shorts"}, "items": screens}}
    known = [answer[part] for part in _LISTS if isinstance(answer.get(part), dict | list)]
    if isinstance(entries, list) and not known:
        return
    yield from known


def whole(answer: Json) -> Json:
    """An answer whose parts have other names, without what is known to be no list."""
    return {key: value for key, value in answer.items() if key not in ("metadata", "microformat")}


def dig(value: Any, *path: str | int) -> Any:
    """The value at a path of keys and places, ``None`` where the path ends early."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def words(value: Any) -> str:
    """The text of one of the JSON's ways to write one."""
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, dict):
        return ""
    for key in ("simpleText", "content"):
        if isinstance(value.get(key), str):
            return clean(value[key])
    parts = [r["text"] for r in runs(value) if isinstance(r.get("text"), str)]
    return clean("".join(parts))


def runs(value: Any) -> list[Json]:
    """The pieces of a text."""
    found = value.get("runs") if isinstance(value, dict) else None
    return [r for r in found if isinstance(r, dict)] if isinstance(found, list) else []


def label(value: Any) -> str:
    """The accessible text of a JSON text."""
    found = dig(value, "accessibility", "accessibilityData", "label")
    return clean(found) if isinstance(found, str) else ""


def find(value: Any, key: str, most: int = 4000) -> Any:
    """The first value under a key anywhere below, in reading order; ``None`` if there is none."""
    stack: list[Any] = [value]
    while stack and most:
        most -= 1
        value = stack.pop()
        if isinstance(value, dict):
            if key in value:
                return value[key]
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return None


def channel_link(endpoint: Any) -> str | None:
    """The path of the channel that a command leads to."""
    browse = dig(endpoint, "browseEndpoint")
    base = dig(browse, "canonicalBaseUrl")
    if isinstance(base, str) and base.startswith("/") and not base.startswith("/post/"):
        return base
    ident = dig(browse, "browseId")
    return f"/channel/{ident}" if isinstance(ident, str) and ident.startswith("UC") else None


def _object(name: str, text: str) -> Json | None:
    text = text.strip().rstrip(";").rstrip()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        cut = _balanced(text)
        if cut is None or cut == len(text):
            raise BadJson(f"{name}: {error}") from error
        if text[cut:].lstrip()[:1] in ("}", "]"):
            raise BadJson(f"{name}: {error}") from error
        try:
            value = orjson.loads(text[:cut])
        except orjson.JSONDecodeError as again:
            raise BadJson(f"{name}: {again}") from again
    return value if isinstance(value, dict) else None


_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.|(?!))*+"?|[{}\[\]]', re.DOTALL)


def _balanced(text: str) -> int | None:
    """Where the first value ends in a script that says more after it."""
    depth = 0
    for found in _STRUCTURE.finditer(text):
        sign = found[0]
        if sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth <= 0:
                return found.end()
    return None


def _string(html: str, start: int) -> str:
    """The text of a JavaScript string literal."""
    quote = html[start]
    end = start + 1
    while True:
        end = html.find(quote, end)
        if end < 0:
            return ""
        before = end
        while html[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            break
        end += 1
    return _ESCAPED.sub(_unescaped, html[start + 1 : end])


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        return chr(int(code, 16))
    return _PLAIN.get(found[3], found[3])
