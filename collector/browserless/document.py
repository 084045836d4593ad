"""A page of the video site as text, changed the way its scripts change the document.

Protects speed: a page is half a megabyte, and cutting it at its page element costs a hundredth of a
tree. Only what a parser can read is changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Self

#: What a document's page stands in, on the site and on its mobile one.
_MANAGER = re.compile(r'<ytd-page-manager\b[^<>]*>|<div class="page-container">')
_PAGE = re.compile(r"\s{0,40}(?:<!--[^<>]{0,200}-->\s{0,40}){0,4}<(yt[dm]-[a-z-]+)")
_EVENT = re.compile(r'"EVENT_ID":"([^"\\]+)"')
_TITLE = re.compile(r"<title>[^<]*</title>")


def element(name: str) -> re.Pattern[str]:
    """An element of a name that holds none of that name; its attributes are group 1.

    It is looked for up to the next opening of that name: however many there are, and none closed,
    a page is read once.
    """
    return re.compile(rf"<{name}\b([^<>]*)>(?:(?!<{name}\b).)*?</{name}>", re.DOTALL)


_CONSENT = element("ytd-consent-bump-v2-lightbox")
_ASKS = ("<ytd-consent-bump-v2-lightbox", "<ytm-consent-bump-v2-renderer")
_MORE = element("yt[dm]-continuation-item-renderer")
_TOKEN = re.compile(r'\sdata-continuation="([^"]*)"')
_ATTRIBUTE = '\\s{name}="[^"]*"'


@dataclass(frozen=True, slots=True)
class More:
    """A place in the page where a list can grow: ``start`` to ``end`` of its element."""

    token: str
    start: int
    end: int
    comments: bool
    """It brings comments, not items of the page's list."""


@dataclass(slots=True)
class Document:
    """A document around one page element (``page``); of a page outside the site's application
    everything is in ``head``."""

    head: str
    page: str
    tail: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Take a page's text apart at its page element; without one all of it is ``head``."""
        manager = _MANAGER.search(text)
        start = manager.end() if manager else 0
        found = _PAGE.match(text, start) if start else None
        if found is None:
            return cls(text, "", "")
        close = f"</{found[1]}>"
        end = text.find(close, found.end())
        if end < 0:
            return cls(text, "", "")
        end += len(close)
        return cls(text[:start], text[start:end], text[end:])

    @property
    def html(self) -> str:
        """Return the whole text, its parts put together again."""
        return self.head + self.page + self.tail

    @property
    def root(self) -> str:
        """The tag of the page element; empty without one."""
        found = _PAGE.match(self.page)
        return found[1] if found else ""

    @property
    def mobile(self) -> bool:
        """It is of the mobile site, whose every page is a document of its own."""
        return "<ytm-app" in self.head

    @property
    def event(self) -> str | None:
        """The id of the load that brought the document."""
        found = _EVENT.search(self.head)
        return found[1] if found else None

    # ---- what scripts do to it

    def show(self, page: str, title: str) -> None:
        """In-page navigation: another page element in the place of this one."""
        self.page = page
        self.head = _TITLE.sub(lambda _: f"<title>{escape(title, quote=False)}</title>", self.head)

    def consented(self) -> None:
        """The consent dialog was answered."""
        self.head = self.head.replace('<ytd-app consent-pending="">', "<ytd-app>", 1)
        self.tail = _CONSENT.sub("", self.tail, count=1)

    @property
    def asks_consent(self) -> bool:
        """Return whether the dialog about cookies is in the document."""
        return any(dialog in self.tail for dialog in _ASKS)

    def more(self) -> list[More]:
        """Where the page can grow, in document order."""
        found = []
        comments = self.page.find("<ytd-comments")
        comments_end = self.page.find("</ytd-comments>", comments) if comments >= 0 else -1
        for match in _MORE.finditer(self.page):
            token = _TOKEN.search(match[1])
            if token is not None:
                inside = comments <= match.start() < comments_end
                found.append(More(unescape(token[1]), match.start(), match.end(), inside))
        return found

    def grow(self, at: More, html: str) -> None:
        """Put what a continuation brought in the place of the element that asked for it."""
        self.page = self.page[: at.start] + html + self.page[at.end :]


def set_attribute(tag: str, name: str, value: str | None) -> str:
    """An opening tag with an attribute set, or taken away (``None``)."""
    bare = re.sub(_ATTRIBUTE.format(name=re.escape(name)), "", tag, count=1)
    if value is None:
        return bare
    if bare != tag:
        new = f' {name}="{escape(value)}"'
        return re.sub(_ATTRIBUTE.format(name=re.escape(name)), lambda _: new, tag, count=1)
    return f'{bare[:-1]} {name}="{escape(value)}">'


def attribute(tag: str, name: str) -> str | None:
    """The value of an attribute in an opening tag."""
    found = re.search(f'\\s{re.escape(name)}="([^"]*)"', tag)
    return unescape(found[1]) if found else None
