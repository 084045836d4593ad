"""Buttons of a watch page, as the site's script leaves them after an answer of the site.

Pure: an element's HTML in, its HTML out.
"""

from __future__ import annotations

import json
import re
from html import escape
from itertools import islice
from typing import Any

from collector.browserless.document import attribute, element, set_attribute

SUBSCRIBE = element("yt[dm]-subscribe-button-renderer")
_MODERN_VOTES = tuple(element(f"{name}-button-view-model") for name in ("like", "dislike"))
_CLASSIC_VOTE = element("ytd-toggle-button-renderer")
#: What stands before the count of the likes: in the button, or below it beside a short.
_COUNT = re.compile(
    r'(__button-text-content">|-with-label__label"[^<>]{0,500}><span[^<>]{0,500}>)[^<]*'
)
BUTTON = re.compile(r"<(?:button|tp-yt-paper-button)(?=[\s>])[^<>]*>")


def votes(page: str) -> list[re.Match[str]]:
    """The like and the dislike button of a watch page, in this order."""
    modern = [found for each in _MODERN_VOTES if (found := each.search(page))]
    bar = page.find('id="top-level-buttons-computed"')
    if modern or bar < 0:
        return modern
    return list(islice(_CLASSIC_VOTE.finditer(page, bar), 2))


def _pressed(element: str, on: bool) -> str:
    """A button after the site's answer: pressed or not."""
    button = BUTTON.search(element)
    if button is None or (attribute(button[0], "aria-pressed") == "true") is on:
        return element
    now = set_attribute(button[0], "aria-pressed", "true" if on else "false")
    new = element.replace(button[0], now, 1)
    if not element.startswith("<ytd-toggle"):
        return new
    off, active = "style-text", "style-default-active"
    host = new[: new.index(">") + 1]
    classes = (attribute(host, "class") or "").replace(active, "").replace(off, "").split()
    kept = " ".join([*classes, active if on else off])
    return set_attribute(host, "class", kept) + new[len(host) :]


def disliked(element: str, now: dict[str, Any]) -> str:
    """The dislike button after the site's answer: pressed or not."""
    return _pressed(element, bool(now["disliked"]))


def liked(element: str, now: dict[str, Any]) -> str:
    """The like button after the site's answer: pressed or not, with the new count."""
    new = _pressed(element, bool(now["liked"]))
    text = escape(str(now["text"]), quote=False)
    if element.startswith("<like-button"):
        return _COUNT.sub(lambda m: m[1] + text, new, count=1)
    label = re.search(r'<yt-formatted-string id="text"[^<>]*>', new)
    if label is None:
        return new
    tag = set_attribute(label[0], "aria-label", str(now["label"]))
    rest = new[label.end() :]
    return new[: label.start()] + tag + text + rest[rest.index("<") :]


def subscribed(element: str, host: str, on: bool) -> str:
    """The subscribe button after the site's answer."""
    labels = json.loads(attribute(host, "data-labels") or "[]")
    words = dict(zip(("subscribe", "subscribed", "to", "from"), labels, strict=True))
    new = set_attribute(host, "subscribed", "" if on else None) + element[len(host) :]
    button = BUTTON.search(new)
    if button is None:
        return new
    tag = button[0]
    if tag.startswith("<button"):
        tag = set_attribute(tag, "aria-pressed", "true" if on else "false")
    else:
        tag = set_attribute(tag, "subscribed", "" if on else None)
    tag = set_attribute(tag, "aria-label", words["from" if on else "to"])
    new = new[: button.start()] + tag + new[button.end() :]
    text = escape(words["subscribed" if on else "subscribe"], quote=False)
    return re.sub(
        r'((?:role="text">|<yt-formatted-string[^>]*>))[^<]*', lambda m: m[1] + text, new, count=1
    )
