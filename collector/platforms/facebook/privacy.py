"""Takes people out of a post before it is stored: names, numbers, portraits, telling captions.

Who is a person is read from the markup: a hover card of a user, a numeric profile, a member of a
group, somebody who comments. Their names are then replaced wherever they stand, also in posts in
which nothing tells that they are people's. Pages keep their names: they are what is studied. Of a
private post nothing is kept, so its audience label, which names a friend, goes with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from bs4 import BeautifulSoup
from bs4.element import Tag

from collector.platforms.facebook.parse.pictures import unnamed

NAME = "scrubbed-name"
#: Stands for the number of a person's account.
NUMBER = "100000000000000"

_PERSON = re.compile(
    r"hovercard/user\.php|/profile\.php\?(?:[^\"]*&)?id=\d|/people/|/groups/[^/]+/user/"
)
_NUMBER = re.compile(r"(?:[?&]id=|/people/[^/]+/|/user/)(\d{5,20})(?!\d)")
_ALT = re.compile(r"(\balt=)(\"[^\"]*\"|'[^']*')")
#: Names shorter than this are not replaced elsewhere: too many words would be hit.
_LEAST = 3


def _is_person(link: Tag) -> bool:
    for attribute in ("data-hovercard", "href"):
        value = link.get(attribute)
        if isinstance(value, str) and value:
            if attribute == "data-hovercard" and "page.php" in value:
                return False
            if _PERSON.search(value):
                return True
    return False


@dataclass(frozen=True, slots=True)
class People:
    """What tells of people in a fragment."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    portraits: frozenset[str] = frozenset()
    """Addresses of pictures."""

    def __or__(self, other: People) -> People:
        return People(
            self.names | other.names,
            self.numbers | other.numbers,
            self.portraits | other.portraits,
        )


def people(html: str) -> People:
    """The people whom a fragment links to."""
    tree = BeautifulSoup(html, "lxml")
    names: set[str] = set()
    numbers: set[str] = set()
    portraits: set[str] = set()
    for link in tree.find_all("a", href=True):
        if not _is_person(link):
            continue
        labels = [link.get_text(" ", strip=True), str(link.get("aria-label") or "")]
        for attribute in ("href", "data-hovercard"):
            numbers |= set(_NUMBER.findall(str(link.get(attribute) or "")))
        for picture in link.find_all(["img", "image"]):
            labels += [str(picture.get(name) or "") for name in ("aria-label", "alt")]
            addresses = [picture.get(name) for name in ("src", "href", "xlink:href")]
            portraits |= {str(address) for address in addresses if address}
        names |= {" ".join(label.split()) for label in labels}
    for comment in tree.select("form [aria-label], [data-comment] [aria-label]"):
        portrait = comment.find("img")
        if portrait is not None and portrait.get("alt") in names and portrait.get("src"):
            portraits.add(str(portrait["src"]))
    return People(
        frozenset(name for name in names if len(name) >= _LEAST and name != NAME),
        frozenset(numbers - {NUMBER}),
        frozenset(portraits),
    )


def without_people(html: str, known: People) -> str:
    """The fragment with every name and number replaced, portraits emptied and captions cut.

    Idempotent; everything else stays byte for byte.
    """
    names = sorted(known.names, key=lambda name: (-len(name), name))

    def caption(found: re.Match[str]) -> str:
        text = unescape(found[2][1:-1])
        cut = NAME if text in names or text == NAME else unnamed(text, names)
        return found[0] if cut == text else f'{found[1]}"{escape(cut)}"'

    html = _ALT.sub(caption, html)
    for address in known.portraits:
        html = html.replace(f'"{escape(address)}"', '""').replace(f'"{address}"', '""')
    for number in known.numbers:
        html = re.sub(rf"(?<!\d){number}(?!\d)", NUMBER, html)
    for name in names:
        for spelling in dict.fromkeys((name, escape(name), escape(name, quote=False))):
            html = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", NAME, html)
    return html
