"""Takes people out of a post before it is stored: names, portraits, captions that name somebody.

Who is a person is read from the markup: a hover card of a user, a numeric profile, a member of a
group, somebody who comments. Their names are then replaced wherever they stand, also in posts in
which nothing tells that they are people's. Pages keep their names: they are what is studied. Of a
private post nothing is kept, so its audience label, which names a friend, goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape

from bs4 import BeautifulSoup
from bs4.element import Tag

from collector.platforms.facebook.parse.pictures import unnamed

NAME = "scrubbed-name"

_PERSON = re.compile(
    r"hovercard/user\.php|/profile\.php\?(?:[^\"]*&)?id=\d|/people/|/groups/[^/]+/user/"
)
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


def people(html: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the people in a fragment, and addresses of their portraits."""
    tree = BeautifulSoup(html, "lxml")
    names: set[str] = set()
    portraits: set[str] = set()
    for link in tree.find_all("a", href=True):
        if not _is_person(link):
            continue
        labels = [link.get_text(" ", strip=True), str(link.get("aria-label") or "")]
        for picture in link.find_all(["img", "image"]):
            labels += [str(picture.get(name) or "") for name in ("aria-label", "alt")]
            portraits |= {str(picture[key]) for key in ("src", "href", "xlink:href")
                          if picture.get(key)}  # fmt: skip
        names |= {" ".join(label.split()) for label in labels}
    for comment in tree.select("form [aria-label], [data-comment] [aria-label]"):
        portrait = comment.find("img")
        if portrait is not None and portrait.get("alt") in names:
            portraits.add(str(portrait.get("src") or ""))
    return (
        frozenset(name for name in names if len(name) >= _LEAST),
        frozenset(address for address in portraits if address),
    )


def without_people(html: str, names: Iterable[str], portraits: Iterable[str] = ()) -> str:
    """The fragment with every name replaced, portraits emptied and captions cut.

    Idempotent; everything else stays byte for byte.
    """
    known = sorted(names, key=lambda name: (-len(name), name))

    def caption(found: re.Match[str]) -> str:
        text = unescape(found[2][1:-1])
        cut = NAME if text in known or text == NAME else unnamed(text, known)
        return found[0] if cut == text else f'{found[1]}"{escape(cut)}"'

    html = _ALT.sub(caption, html)
    for address in portraits:
        html = html.replace(f'"{escape(address)}"', '""').replace(f'"{address}"', '""')
    for name in known:
        for spelling in dict.fromkeys((name, escape(name), escape(name, quote=False))):
            html = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", NAME, html)
    return html
