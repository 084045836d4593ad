"""The page as the reference collector saw it: whole document, hidden pages included, raw texts."""

from __future__ import annotations

import re
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from collector.platforms.symbols import symbols
from collector.platforms.youtube.parse.tree import Node, Places, attr, parse_tree

_BLANKS = re.compile(r"[\n\t] +")
_CLOCK = re.compile(r"\A\d+:\d+")
_PARENT_LIMIT = 9000
_SHORTEST_ELEMENT = len("<a></a>")
#: The names that the tree's elements have in the page.
_RENAMED = re.compile(r"(</?)x-(?=(?:a|button|p|form|nobr)[\s>])")


def historic_tree(html: str) -> LexborHTMLParser:
    """The tree of the text without line breaks that indentation follows."""
    return parse_tree(_BLANKS.sub("", html))


def raw(node: Node | None) -> str:
    """The text below a node exactly as it stands."""
    return "" if node is None else node.text() or ""


def markup_size(node: Node) -> int:
    """How long the markup of a node is, the node itself included, as the reference counted it."""
    return symbols(_RENAMED.sub(r"\1", node.html or ""))


def duration_pair(node: Node) -> tuple[str | None, str | None]:
    """(display text, long text) of a card's length: the first labelled clock in it or around it."""
    current: Node | None = node
    for _ in range(12):
        if current is None:
            return None, None
        for part in current.css("[aria-label]"):
            label = attr(part, "aria-label")
            if label[:1].isdigit():
                text = raw(part)
                if _CLOCK.match(text):  # from the first character: a blank before it hides it
                    return text.strip(), label.strip()
        current = current.parent
        if current is None or _longer_than(current, _PARENT_LIMIT):
            return None, None
    return None, None


def _longer_than(node: Node, limit: int) -> bool:
    """True if a node's markup has more characters; without writing out a whole page."""
    most = limit // _SHORTEST_ELEMENT
    if sum(1 for _ in islice(node.traverse(), most + 1)) > most:
        return True
    return len(node.html or "") > limit


def outermost(tree: LexborHTMLParser, tag: str) -> list[Node]:
    """Elements of a tag that are not inside another of that tag, in document order."""
    places = Places(tree.root, frozenset((tag,)), frozenset())
    return [node for node in tree.css(tag) if places.of(node).item == node.mem_id]


def clock_seconds(display: str) -> int:
    """Seconds of ``m:ss`` (4 characters), ``mm:ss`` (5) or ``h:mm:ss``."""
    parts = [int(part) for part in re.findall(r"\d+", display)]
    if len(display) in (4, 5) and len(parts) == 2:
        return parts[0] * 60 + parts[1]
    while len(parts) < 3:
        parts.append(0)
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def thumbnail(node: Node) -> str | None:
    """Address, without query, of the picture behind the first length overlay; ``None`` if lazy.

    The reference put ``https://`` before host and path, and wrote the host of an address that has
    none as ``null``.
    """
    overlay = node.css_first(".ytd-thumbnail-overlay-time-status-renderer")
    while overlay is not None and overlay.tag != "x-a":
        overlay = overlay.parent
    source = attr(overlay.css_first("img"), "src") if overlay is not None else ""
    source = re.split(r"[?#]", source)[0]
    if source.startswith("/"):
        return f"https://null{source}"
    scheme, _, rest = source.partition("://")
    return f"https://{rest}" if scheme in ("http", "https") else None


def login(tree: LexborHTMLParser) -> bool | None:
    """Account button without sign-in link: true; the reverse: false; else ``None``."""
    account = bool(tree.css("x-button#avatar-btn"))
    sign_in = bool(tree.css('[href^="https://accounts.google.com/ServiceLogin"]'))
    return account if account != sign_in else None


_BUTTON_LANGUAGES = {
    "Search": "en", "搜索": "zh-CH", "Введите запрос": "ru", "Cerca": "it",
    "Salta link di navigazione": "it", "Αναζήτηση": "el", "Pesquisar": "pt", "Szukaj": "pl",
    "Søk": "nn", "Rechercher": "fr", "Zoeken": "nl", "Søg": "de", "Buscar": "es", "Suchen": "de",
}  # fmt: skip


def button_language(tree: LexborHTMLParser) -> str | None:
    """The language that the text of the first button with a text stands for."""
    for button in outermost(tree, "x-button"):
        text = raw(button).strip()
        if text:
            return _BUTTON_LANGUAGES.get(text)
    return None
