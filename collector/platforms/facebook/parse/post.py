"""One fragment to one post. Pure; whatever a fragment holds, something comes back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bs4 import BeautifulSoup
from bs4.element import Tag

from collector.common.model import ParseError, Post, Unparsed, Visibility
from collector.platforms.facebook.parse.reading import Reading, parse_tree
from collector.platforms.facebook.parse.registry import RENDERERS, Renderer

log = logging.getLogger(__name__)

#: A fragment larger than this is no post.
MOST_BYTES = 8 * 1024 * 1024


def parse_post(
    html: str, *, when: datetime | None = None, languages: Sequence[str] = ()
) -> Post | None:
    """The post of a fragment of either markup; ``None`` where there is none in it.

    ``when`` is the moment of looking (aware): relative times are counted from it. ``languages`` are
    hints, best first (BCP 47); the labels on the post itself come next. Never raises on content.
    """
    if len(html) > MOST_BYTES:
        return None
    return post_in(parse_tree(html), when=when, languages=languages)


def post_in(
    tree: BeautifulSoup, *, when: datetime | None = None, languages: Sequence[str] = ()
) -> Post | None:
    """The post of a fragment that is a tree already, as :func:`parse_post` reads it."""
    for renderer in RENDERERS:
        roots = renderer.find_roots(tree)
        if roots:
            return read_root(roots[0], renderer, when=when, languages=languages)
    return None


def read_root(
    root: Tag, renderer: Renderer, *, when: datetime | None, languages: Sequence[str]
) -> Post:
    """The post at ``root``. A bug in a reader costs this post only, and is recorded."""
    reading = Reading(when, tuple(languages))
    try:
        post = renderer.read(root, reading)
    except Exception as error:
        log.exception("a post of markup %s could not be read", renderer.markup)
        crash = Unparsed(renderer.markup, "post", ParseError.CRASHED, type(error).__name__)
        return Post(Visibility.PRIVATE, markup=renderer.markup, unparsed=(crash,))
    if post.visibility is Visibility.PRIVATE:
        return post
    return replace(post, unparsed=tuple(reading.unparsed))
