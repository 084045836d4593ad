"""The one list of what can be read. Adding a generation of markup is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bs4.element import Tag

from collector.common.model import Post
from collector.platforms.facebook.parse.reading import Reading
from collector.platforms.facebook.parse.renderers import classic, feedunit, mobile, virtual


@dataclass(frozen=True, slots=True)
class Renderer:
    """One markup of the feed: how its posts are found, and how each is read."""

    markup: str
    selector: str
    """Of its posts, for a browser."""
    find_roots: Callable[[Tag], list[Tag]]
    read: Callable[[Tag, Reading], Post]


RENDERERS: tuple[Renderer, ...] = tuple(
    Renderer(module.MARKUP, module.SELECTOR, module.find_roots, module.read)
    for module in (feedunit, classic, virtual, mobile)
)

#: Posts of each generation, in the order of asking: a page has those of one.
SELECTORS: tuple[str, ...] = tuple(renderer.selector for renderer in RENDERERS)
#: What a collector looks for on a page: the outermost elements that meet it are posts.
POST_SELECTOR = ", ".join(SELECTORS)
