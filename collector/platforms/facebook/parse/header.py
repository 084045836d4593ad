"""Who publishes, by the link to them: page, person or group, in both markups.

The older markup says it in hover cards. The newer one has none: there the form of the address
tells. A number without a name is a person's, ``/pages/`` and ``/groups/`` say what they are, and of
the names of one's own a page's ends in a slash (``/elpais/``) while a person's does not
(``/jane.doe``). In doubt somebody is a person: what may be a person's name is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4.element import Tag

from collector.addresses import parts_of
from collector.common.model import AuthorKind
from collector.platforms.facebook.parse.reading import attr, select, visible_text
from collector.platforms.facebook.urls import profile_link
from collector.platforms.locale.text import clean

_CARD = re.compile(r"hovercard/(user|page|group)\.php")
_NAME = re.compile(r"/((?!profile\.php)[A-Za-z0-9.]{2,75}/?)\Z")
_CARD_ID = re.compile(r"[?&]id=(\d+)")


def certain_kind(link: Tag) -> AuthorKind | None:
    """Page, person or group, where the hover card or the address leaves no doubt."""
    card = _CARD.search(attr(link, "data-hovercard"))
    if card is not None:
        return {
            "user": AuthorKind.PERSON, "page": AuthorKind.PAGE, "group": AuthorKind.GROUP,
        }[card[1]]  # fmt: skip
    href = attr(link, "href")
    address = profile_link(href)
    if address is None:
        return None
    path = parts_of(address).path
    if path.startswith("/groups/"):
        return AuthorKind.PERSON if "/user/" in path else AuthorKind.GROUP
    if path.startswith("/pages/"):
        return AuthorKind.PAGE
    if path == "/profile.php" or path.startswith("/people/"):
        return AuthorKind.PERSON
    return None


def author_kind(link: Tag) -> AuthorKind | None:
    """Page, person or group; by the form of a name of one's own where nothing else tells."""
    kind = certain_kind(link)
    if kind is None and (name := own_name(link)) is not None:
        kind = AuthorKind.PAGE if name.endswith("/") else AuthorKind.PERSON
    return kind


def own_name(link: Tag) -> str | None:
    """``elpais/`` or ``jane.doe``: the name in a link to a page or person, as it is written."""
    href = attr(link, "href")
    if profile_link(href) is None:
        return None
    found = _NAME.match(parts_of(href.strip()).path)
    return found[1] if found else None


def author_link(heading: Tag) -> Tag | None:
    """The link of a heading that names the author: the group, where a member writes in one."""
    named = [
        tag
        for tag in select(heading, "a[href]")
        if profile_link(attr(tag, "href")) is not None and visible_text(tag)
    ]
    groups = (tag for tag in named if certain_kind(tag) is AuthorKind.GROUP)
    return next(groups, named[0] if named else None)


def people_in(links: Iterable[Tag]) -> list[str]:
    """Names of the people that links lead to: they may stand in picture descriptions too."""
    return [
        name
        for tag in links
        if author_kind(tag) is AuthorKind.PERSON and (name := clean(visible_text(tag)))
    ]


def author_id(link: Tag) -> str | None:
    """The number of whoever a link leads to, where the link bears it."""
    found = _CARD_ID.search(attr(link, "data-hovercard"))
    return found[1] if found else None
