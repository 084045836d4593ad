"""Games that play inside the site ("playables"), in shelves of the home page."""

from __future__ import annotations

from collector.common.model import ItemKind
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.identity import named_game
from collector.platforms.youtube.parse.payload import Json, find, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.tree import Node, attr, first_text

TAGS = ("ytd-mini-game-card-view-model", "mini-game-card-view-model", "ytd-game-card-renderer",
        "ytd-game-details-renderer")  # fmt: skip
KEYS = ("miniGameCardViewModel", "gameCardRenderer")


def read(node: Node, reading: Reading) -> Card | None:
    """A game, by its link where it has one, else by an attribute that leads to it."""
    href = attr(node.css_first("x-a[href]"), "href")
    ident, href = (_last(href), href) if href else named_game(node)
    card = Card(ItemKind.GAME, ident, node.tag, href)
    card.title = first_text(node, "h3", "#title", "[class*='Title']") or None
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same game as the server sent it."""
    url = find(value, "url")
    href = url if isinstance(url, str) else ""
    game = value.get("gameId")
    card = Card(ItemKind.GAME, game if isinstance(game, str) else _last(href), key, href)
    card.title = sent.title_of(value) or words(find(value, "title")) or None
    return card


def _last(href: str) -> str:
    return href.partition("?")[0].rstrip("/").rpartition("/")[2]
