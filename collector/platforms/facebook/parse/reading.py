"""One fragment as it is being read: its tree, the order of its elements, and what was not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from collector.common.model import ParseError, Unparsed
from collector.platforms.locale.text import clean

_SAMPLE = 120
#: Not shown, or moved some lines away from where its letters would be read.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden"
    r"|position\s*:\s*absolute[^:]*;\s*top\s*:\s*-?[1-9][\d.]*em\b",
    re.IGNORECASE,
)
#: Elements whose end is the end of a line.
_BLOCKS = frozenset(("p", "div", "li", "ul", "ol", "br", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True)
class Reading:
    """The state of reading one post: when and in which languages it was seen."""

    when: datetime | None
    languages: tuple[str, ...]
    unparsed: list[Unparsed] = field(default_factory=list)

    def note(self, renderer: str, name: str, error: ParseError, sample: str = "") -> None:
        """Records something seen and not understood; never the text of a person's post."""
        self.unparsed.append(Unparsed(renderer, name, error, sample[:_SAMPLE]))


def parse_tree(html: str) -> BeautifulSoup:
    """The fragment's tree. Bytes that no text can hold are replaced first."""
    return BeautifulSoup(html.encode("utf-8", "replace").decode("utf-8").replace("\0", ""), "lxml")


def attr(tag: Tag | None, name: str) -> str:
    """An attribute's text; empty if the element or the attribute is missing."""
    if tag is None:
        return ""
    value = tag.get(name)
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def visible_text(tag: Tag | None, without: Iterable[Tag] = ()) -> str:
    """What a reader sees below an element, in lines; emoji images as the emoji they stand for."""
    if tag is None:
        return ""
    skip = {id(other) for other in without}
    parts: list[str] = []
    _collect(tag, skip, parts)
    lines = "".join(parts).split("\n")
    return "\n".join(line for line in (clean(line) for line in lines) if line)


def _collect(root: Tag, skip: set[int], parts: list[str]) -> None:
    # An own stack instead of recursion: hostile pages nest deeper than Python calls.
    stack: list[PageElement | str] = list(reversed(root.contents))
    while stack:
        node = stack.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            parts.append(node)
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                parts.append(str(node).replace("\n", " "))
        elif isinstance(node, Tag) and id(node) not in skip and not is_hidden(node):
            if node.name == "img":
                parts.append(emoji(node))
                continue
            if node.name in _BLOCKS:
                parts.append("\n")
                stack.append("\n")
            stack.extend(reversed(node.contents))


def is_hidden(tag: Tag) -> bool:
    """True for an element that the page itself hides."""
    if tag.name in ("script", "style", "template", "noscript"):
        return True
    if "hidden" in tag.attrs:
        return True
    style = tag.attrs.get("style")
    return bool(style) and _HIDDEN.search(str(style)) is not None


def emoji(img: Tag) -> str:
    """The character that an emoji image stands for; empty for a picture."""
    alt, src = attr(img, "alt"), attr(img, "src")
    return alt if "/emoji" in src and len(alt) <= 12 else ""


def order_of(root: Tag) -> dict[int, int]:
    """``id`` of every element below ``root`` → its number in reading order."""
    return {id(tag): number for number, tag in enumerate(root.find_all(True))}


def inside(tag: Tag, others: Iterable[Tag]) -> bool:
    """True where one of ``others`` is ``tag`` or stands around it."""
    known = {id(other) for other in others}
    if id(tag) in known:
        return True
    return any(id(parent) in known for parent in tag.parents)


_COMPOUND = re.compile(r"\A([a-z][a-z0-9]*)?((?:\.[\w-]+|\[[\w-]+(?:[*^$]?='[^']*')?\])*)\Z")
_PART = re.compile(r"\.([\w-]+)|\[([\w-]+)(?:([*^$]?)='([^']*)')?\]")
_Test = Callable[[Tag], bool]


@lru_cache(maxsize=256)
def _compiled(selector: str) -> tuple[_Test, ...] | None:
    """Tests for a list of simple selectors; ``None`` for one with combinators.

    A post is asked some thirty questions: the general matcher takes ten times as long for each.
    """
    found = []
    for compound in selector.split(", "):
        match = _COMPOUND.match(compound)
        if match is None:
            return None
        found.append(_test(match[1], tuple(m.groups() for m in _PART.finditer(match[2]))))
    return tuple(found)


def _test(name: str | None, parts: tuple[tuple[str | None, ...], ...]) -> _Test:
    def meets(tag: Tag) -> bool:
        if name is not None and tag.name != name:
            return False
        for class_name, attribute, operator, value in parts:
            if class_name is not None:
                if class_name not in (tag.attrs.get("class") or ()):
                    return False
                continue
            given = tag.attrs.get(attribute or "")
            if given is None:
                return False
            if value is None:
                continue
            text = " ".join(given) if isinstance(given, list) else str(given)
            if operator == "*":
                fits = bool(value) and value in text
            elif operator == "^":
                fits = bool(value) and text.startswith(value)
            elif operator == "$":
                fits = bool(value) and text.endswith(value)
            else:
                fits = text == value
            if not fits:
                return False
        return True

    return meets


def select(root: Tag, selector: str) -> list[Tag]:
    """Elements below ``root`` that meet a CSS selector, in reading order."""
    tests = _compiled(selector)
    if tests is None:
        return list(root.select(selector))
    if len(tests) == 1:
        return list(filter(tests[0], _tags(root)))
    return [tag for tag in _tags(root) if any(test(tag) for test in tests)]


def _tags(root: Tag) -> list[Tag]:
    """All elements below ``root``; listed once, as no reader ever changes a tree."""
    known: list[Tag] | None = root.__dict__.get("_twinwatch_tags")
    if known is None:
        known = [node for node in root.descendants if isinstance(node, Tag)]
        root.__dict__["_twinwatch_tags"] = known
    return known


def select_own(root: Tag, selector: str, without: Iterable[Tag] = ()) -> Iterator[Tag]:
    """Elements below ``root`` that meet ``selector`` and stand in none of ``without``."""
    others = list(without)
    for found in select(root, selector):
        if not others or not inside(found, others):
            yield found
