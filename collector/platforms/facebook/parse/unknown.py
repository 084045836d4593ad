"""What looks like a post and is of no markup that is known.

Protects the rule that nothing is lost in silence: articles and list entries with words, and the
largest element around each link to a post that no known post holds. What it says is not read:
nobody knows for whom it was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bs4.element import Tag

from collector.platforms.facebook.parse.reading import attr, is_hidden, select, visible_text
from collector.platforms.facebook.urls import PostLink, post_link

_MIXED = ""
#: Kinds of links that lead to what stands in a feed; beside known posts fewer: trays of reels and
#: albums stand there too.
_POSTS = frozenset(("posts", "groups", "notes", "donate"))
_ANY = _POSTS | {"videos", "photo", "announcement"}
_BESIDE = frozenset(("navigation", "banner", "complementary", "dialog", "menu"))
_MOST_LINKS = 5000


def unread(tree: Tag, roots: Sequence[Tag]) -> list[Tag]:
    """The elements that look like posts and are in none of ``roots``, in reading order."""
    named = [] if roots else _articles(tree)
    return named or _around_links(tree, roots)


def _articles(tree: Tag) -> list[Tag]:
    """Articles and list entries with words, the outermost. Beside known posts such are others'
    (stories, people to know)."""
    found = [
        tag
        for tag in select(tree, "[role='article'], [aria-posinset], article")
        if visible_text(tag) and not any(is_hidden(parent) for parent in (tag, *tag.parents))
    ]
    known = {id(tag) for tag in found}
    return [tag for tag in found if not any(id(parent) in known for parent in tag.parents)]


def _around_links(tree: Tag, roots: Sequence[Tag]) -> list[Tag]:
    kinds = _POSTS if roots else _ANY
    known = {id(root) for root in roots}
    claims = [(tag, link.post_id or "") for tag, link in _links(tree, known) if link.kind in kinds]
    about: dict[int, str] = {id(tree): _MIXED}
    for root in roots:
        _mark(root, _MIXED, about)
    for tag, key in claims:
        _mark(tag, key, about)
    out: dict[int, Tag] = {}
    for tag, key in claims:
        card, parent = tag, tag.parent
        while parent is not None and parent.name != "body" and about.get(id(parent)) == key:
            card, parent = parent, parent.parent
        out.setdefault(id(card), card)
    return [card for card in out.values() if visible_text(card)]


def _links(tree: Tag, known: set[int]) -> Iterator[tuple[Tag, PostLink]]:
    """Links to posts outside of known ones and of what stands around a feed."""
    for tag in select(tree, "a[href]")[:_MOST_LINKS]:
        href = attr(tag, "href")
        link = post_link(href)
        if link is None or link.post_id is None or "notif" in href or "comment_id" in href:
            continue
        around = (tag, *tag.parents)
        if any(id(one) in known or is_hidden(one) or _is_beside(one) for one in around):
            continue
        yield tag, link


def _is_beside(tag: Tag) -> bool:
    return tag.name in ("nav", "footer") or attr(tag, "role") in _BESIDE


def _mark(tag: Tag, key: str, about: dict[int, str]) -> None:
    """Tells all elements around one what it is about; two things make them about nothing."""
    for current in (tag, *tag.parents):
        now = about.get(id(current))
        if now == _MIXED or (now == key and current is not tag):
            return
        about[id(current)] = key if now in (None, key) else _MIXED
