"""What the two markups have in common: authors by their links, and the end of reading a post."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bs4.element import Tag

from collector.model import AuthorKind
from collector.platforms.facebook.parse.reading import attr
from collector.platforms.facebook.urls import profile_link

_CARD = re.compile(r"hovercard/(user|page|group)\.php")
_CARD_ID = re.compile(r"[?&]id=(\d+)")


def author_kind(link: Tag) -> AuthorKind | None:
    """Page, person or group, from the hover card of a link or from its address."""
    card = _CARD.search(attr(link, "data-hovercard"))
    if card is not None:
        return {
            "user": AuthorKind.PERSON, "page": AuthorKind.PAGE, "group": AuthorKind.GROUP,
        }[card[1]]  # fmt: skip
    href = attr(link, "href")
    address = profile_link(href)
    if address is None:
        return None
    path = urlsplit(address).path
    if path.startswith("/groups/"):
        return AuthorKind.PERSON if "/user/" in path else AuthorKind.GROUP
    if path.startswith("/pages/"):
        return AuthorKind.PAGE
    if path == "/profile.php" or path.startswith("/people/"):
        return AuthorKind.PERSON
    return None


def author_id(link: Tag) -> str | None:
    """The number of whoever a link leads to, where the link bears it."""
    found = _CARD_ID.search(attr(link, "data-hovercard"))
    return found[1] if found else None
