"""Posts of 2023–2025: ``div[aria-posinset]`` in a virtualised list, inside as those of 2020.

Of a long feed only the posts near the screen are in the document; ``data-virtualized="true"`` are
empty place holders of the others.
"""

from __future__ import annotations

from dataclasses import replace

from bs4.element import Tag

from collector.common.model import Post
from collector.platforms.facebook.parse.header import author_link
from collector.platforms.facebook.parse.reading import Reading, attr, is_hidden, select
from collector.platforms.facebook.parse.renderers import feedunit

MARKUP = "2023"
ROOT = "div[aria-posinset]"
_HEADINGS = ("h2", "h3", "h4")
#: Without a heading it is another list's entry.
SELECTOR = f"{ROOT}:has({', '.join(_HEADINGS)})"


def find_roots(tree: Tag) -> list[Tag]:
    """The outermost posts, in reading order: list entries headed by whoever published them."""
    return [
        tag
        for tag in select(tree, ROOT)
        if not any(attr(parent, "aria-posinset") or is_hidden(parent) for parent in tag.parents)
        and any(author_link(heading) is not None for heading in tag.find_all(_HEADINGS))
    ]


def read(root: Tag, reading: Reading) -> Post:
    """One post, as it was shown; a private one without anything."""
    post = feedunit.read(root, reading)
    unparsed = tuple(replace(note, renderer=MARKUP) for note in post.unparsed)
    return replace(post, markup=MARKUP, unparsed=unparsed)
