"""Takes people out of a post before it is stored: names, numbers, portraits, telling captions.

Who is a person is read from the links of the markup (``parse.header``): a hover card, a numeric
profile, a member of a group, an address as people have it. Their names are then replaced wherever
they stand, also in posts in which nothing tells that they are people's. Pages and groups keep their
names: they are what is studied. Of a private post nothing is kept, so its audience label, which
names a friend, goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape, unescape

from bs4 import BeautifulSoup

from collector.common.model import AuthorKind
from collector.platforms.facebook.parse.header import author_kind, certain_kind, own_name
from collector.platforms.facebook.parse.pictures import unnamed
from collector.platforms.facebook.urls import profile_link
from collector.platforms.locale.text import bounded

NAME = "scrubbed-name"
#: Stands for the number of a person's account.
NUMBER = "100000000000000"
#: Stands for a person's name in an address; still one that only a person has.
ADDRESS = "scrubbed.name"

_NUMBER = re.compile(r"(?:[?&]id=|/people/[^/]+/|/user/)(\d{5,20})(?!\d)")
_ALT = re.compile(r"(\balt=)(\"[^\"]*\"|'[^']*')")
#: A picture of the mobile site, its description, and the address of one.
_PAINTED = re.compile(r"<i\b(?=[^<>]*\bbackground-image:)[^<>]*>")
_LABEL = re.compile(r"(\baria-label=)(\"[^\"]*\"|'[^']*')")
_PAINT = re.compile(r"url\(['\"]?([^'\"()]+)")
#: Names shorter or longer than this are not replaced elsewhere: too many words would be hit.
_LEAST, _MOST = 2, 120
#: What may stand between the words of a name: blanks and the edges of elements.
_BETWEEN = r"(?:\s|&nbsp;|&#160;|<[^<>]{0,400}>){1,12}"


@dataclass(frozen=True, slots=True)
class People:
    """What tells of people in a fragment."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    portraits: frozenset[str] = frozenset()
    """Addresses of pictures."""
    addresses: frozenset[str] = frozenset()
    """Names in addresses: ``jane.doe``."""

    def __or__(self, other: People) -> People:
        return People(
            self.names | other.names,
            self.numbers | other.numbers,
            self.portraits | other.portraits,
            self.addresses | other.addresses,
        )


def people(html: str, *, pages: Collection[str | None] = ()) -> People:
    """The people whom a fragment links to.

    :param pages: addresses (``Post.source_link``) that are known to be pages', whatever their form.
    """
    return people_in(BeautifulSoup(html, "lxml"), pages=pages)


def people_in(tree: BeautifulSoup, *, pages: Collection[str | None] = ()) -> People:
    """The people whom a fragment links to that is a tree already."""
    names: set[str] = set()
    numbers: set[str] = set()
    portraits: set[str] = set()
    addresses: set[str] = set()
    for link in tree.find_all("a", href=True):
        if author_kind(link) is not AuthorKind.PERSON:
            continue
        if certain_kind(link) is None and profile_link(str(link["href"])) in pages:
            continue
        addresses.add((own_name(link) or ADDRESS).rstrip("/"))
        labels = [link.get_text(" ", strip=True), str(link.get("aria-label") or "")]
        for attribute in ("href", "data-hovercard"):
            numbers |= set(_NUMBER.findall(str(link.get(attribute) or "")))
        for picture in link.find_all(["img", "image", "i"]):
            labels += [str(picture.get(name) or "") for name in ("aria-label", "alt")]
            files = [picture.get(name) for name in ("src", "href", "xlink:href")]
            files += _PAINT.findall(str(picture.get("style") or ""))
            portraits |= {str(file) for file in files if file}
        names |= {" ".join(label.split()) for label in labels}
    for comment in tree.select("form [aria-label], [data-comment] [aria-label]"):
        portrait = comment.find("img")
        if portrait is not None and portrait.get("alt") in names and portrait.get("src"):
            portraits.add(str(portrait["src"]))
    return People(
        frozenset(name for name in names if _LEAST <= len(name) <= _MOST and name != NAME),
        frozenset(numbers - {NUMBER}),
        frozenset(portraits),
        frozenset(addresses - {ADDRESS}),
    )


def without_people(html: str, known: People) -> str:
    """The fragment with every name, number and address replaced, portraits emptied, captions cut.

    Idempotent; everything else stays byte for byte, the elements around a divided name too.
    """
    names = sorted(known.names, key=lambda name: (-len(name), name))

    def caption(found: re.Match[str]) -> str:
        text = unescape(found[2][1:-1])
        cut = NAME if text in names or text == NAME else unnamed(text, names)
        return found[0] if cut == text else f'{found[1]}"{escape(cut)}"'

    html = _ALT.sub(caption, html)
    html = _PAINTED.sub(lambda found: _LABEL.sub(caption, found[0]), html)
    for address in known.portraits:
        for quote in ("'", "&quot;", ""):
            html = html.replace(f"url({quote}{address}{quote})", "url()")
        html = html.replace(f'"{escape(address)}"', '""').replace(f'"{address}"', '""')
    folded = html.casefold()
    for address in known.addresses:
        if address.casefold() in folded:
            own = rf"(?i)(?:(?<=/)|(?<=%2F)){re.escape(address)}(?![\w-]|\.\w)"
            html = re.sub(own, ADDRESS, html)
    for number in known.numbers:
        if number in html:
            html = re.sub(rf"(?<!\d){number}(?!\d)", NUMBER, html)
    # Most posts name nobody: what a name begins with is looked for before the name is.
    here = [name for name in names if any(word in html for word in _spellings(name.split()[0]))]
    if here:
        anyone = "|".join(bounded(_spelt(name), name) for name in here)
        html = re.sub(anyone, lambda found: NAME + _edges(found[0]), html)
    return html


def _edges(text: str) -> str:
    """The elements that begin or end within a divided name, with the blanks between them."""
    return "".join(re.findall(r"(?<!\s)\s*+<[^<>]*+>", text))


def _spelt(name: str) -> str:
    """An expression for a name as markup may hold it: escaped, divided over elements."""
    words = ("|".join(map(re.escape, _spellings(word))) for word in name.split())
    return _BETWEEN.join(f"(?:{word})" for word in words)


def _spellings(word: str) -> list[str]:
    return list(dict.fromkeys((word, escape(word), escape(word, quote=False))))
