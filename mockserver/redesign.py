"""The sites' markup, redesigned at random: for tests of what reads it.

Real redesigns are mostly new names: of a card's element (``ytd-video-renderer`` became
``yt-lockup-view-model`` in six places), of classes, of attributes. A redesign renames some
of each, the same on every page, and changes no text, no link and no order: whoever reads the pages
must find every item, or say aloud that he does not.

Scripts and styles stay as they are, so the page's own JSON still has the old names; the site's
scripts then no longer find their elements. It is for readers of pages, not for puppets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from flask import Flask, Response, request

#: Share of names that are changed, by what they name.
SHARES: Mapping[str, float] = {"element": 0.15, "class": 0.3, "attribute": 0.2}
#: Attributes with a meaning of their own in any browser.
_FIXED = frozenset(
    (
        "href", "src", "srcset", "class", "style", "hidden", "lang", "dir", "name", "value",
        "type", "content", "rel", "charset", "property", "action", "method", "for", "disabled",
        "checked", "selected", "controls", "alt", "width", "height", "http-equiv",
    )
)  # fmt: skip
#: A script or a style as a whole, a comment, or a tag with its attributes. What is opened and never
#: closed takes the rest, as in a browser.
_PIECE = re.compile(
    r"<(script|style|textarea|title)\b[^<>]*+>(?:[\s\S]*?</\1\s*+>|[\s\S]*+)"
    r"|<!--(?:[\s\S]*?-->|[\s\S]*+)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*+)(?P<rest>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+'|(?!))*+)>"
)
_ATTRIBUTE = re.compile(
    r"(?P<before>\s)(?P<name>[a-zA-Z][\w:-]*+)(?P<value>=\"[^\"]*+\"|='[^']*+')?"
)
_SYLLABLES = ("ba", "ce", "do", "fi", "gu", "la", "mo", "ne", "ri", "su", "ta", "vo")


class Redesign:
    """New names of a seed. The same seed gives the same names, on every page.

    >>> made = Redesign(3).of('<ytd-video-renderer class="card" id="x">T</ytd-video-renderer>')
    >>> made.count("T")
    1
    """

    def __init__(self, seed: int, shares: Mapping[str, float] = SHARES) -> None:
        """:param shares: kind of name → the share of them (0–1) that is changed."""
        self._seed = seed
        self._shares = shares
        self._known: dict[tuple[str, str], str] = {}

    def name(self, kind: str, old: str) -> str:
        """The new name of an element, a class or an attribute; the old one if it stays."""
        found = self._known.get((kind, old))
        if found is None:
            drawn = hashlib.sha256(f"{self._seed}/{kind}/{old}".encode()).digest()
            stays = int.from_bytes(drawn[:4]) / 2**32 >= self._shares.get(kind, 0.0)
            word = "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in drawn[4:8])
            new = {"element": f"yt-{word}-view-model", "class": f"yt{word.title()}Host"}
            found = old if stays else new.get(kind, f"data-{word}")
            self._known[(kind, old)] = found
        return found

    def of(self, html: str) -> str:
        """A document with the new names."""
        return _PIECE.sub(self._piece, html)

    def _piece(self, found: re.Match[str]) -> str:
        old = found["name"]
        if old is None:
            return found[0]
        custom = "-" in old
        name = self.name("element", old.lower()) if custom else old
        rest = _ATTRIBUTE.sub(self._attribute, found["rest"])
        return f"<{found['close']}{name}{rest}>"

    def _attribute(self, found: re.Match[str]) -> str:
        name, value = found["name"], found["value"] or ""
        if name == "class" and value:
            quote, tokens = value[1], value[2:-1].split()
            renamed = " ".join(self.name("class", token) for token in tokens)
            return f"{found['before']}class={quote}{renamed}{quote}"
        new = name if name.lower() in _FIXED else self.name("attribute", name)
        return f"{found['before']}{new}{value}"


def install(app: Flask, seed: int, blueprint: str) -> None:
    """From now on every document that a blueprint answers is redesigned."""
    redesign = Redesign(seed)

    def redesigned(response: Response) -> Response:
        if request.blueprint != blueprint:
            return response
        text = response.mimetype == "text/html" and not response.direct_passthrough
        if text and "<html" in (html := response.get_data(as_text=True)):
            response.set_data(redesign.of(html))
        return response

    app.after_request(redesigned)
