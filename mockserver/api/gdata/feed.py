"""A feed or a single entry as an Atom tree, from which every other form is made."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from mockserver.api.gdata.build import Element, add, category, link, qualified, root, stamp
from mockserver.api.gdata.names import GD, KIND_SCHEME, LOGO, SITE, kind
from mockserver.api.gdata.query import LAST_ITEM
from mockserver.api.gdata.request_context import RequestContext
from mockserver.world import User


class Item(Protocol):
    """Something that is an entry."""

    @property
    def key(self) -> Hashable:
        """What tells this entry from all others of the world; ``None``: it is always made anew."""
        ...

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last."""
        ...

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry``."""
        ...

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """The compact form.

        :raises FeedError: 400, this kind of entry has none
        """
        ...


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of entries with all that its feed says about itself, in neither dialect yet."""

    path: tuple[str, ...]
    tag: str
    """The second dialect's id."""
    kind: str
    titles: tuple[str, str]
    """The title in the first dialect and in the second."""
    alternate: str
    items: Sequence[Item]
    """The entries of this page."""
    total: int
    owner: User | None = None
    """Whose feed it is; nobody's is the service's own."""
    subtitle: str | None = None
    related: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    """Further categories: (scheme, term)."""
    category_path: tuple[str, ...] = ()
    """Segments after ``/-/``, as they were sent."""
    playlist: str | None = None
    """Id, when the feed is a playlist."""
    compact: dict[str, Any] = field(default_factory=dict)
    """What the compact form says beside the entries."""

    def address(self, here: RequestContext) -> str:
        """The feed's URL, categories included, without a query."""
        base = here.url(*self.path)
        if not self.category_path:
            return base
        return f"{base}/-/{'/'.join(quote(part, safe='') for part in self.category_path)}"

    def page(self, here: RequestContext, start: int, size: int) -> str:
        """The URL of another page of this feed."""
        numbers = (("start-index", str(start)), ("max-results", str(size)))
        return f"{self.address(here)}?{urlencode((*here.query.others, *numbers))}"


def etag(*parts: object) -> str:
    """A weak entity tag, a function of ``parts``."""
    text = "\x1f".join(map(str, parts))
    return f'W/"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}."'


def feed_etag(feed: Feed, here: RequestContext) -> str:
    """Make the entity tag of a page of a feed: a function of its URL, the number of entries in
    all, and the dialect."""
    query = here.query
    return etag(feed.page(here, query.start, query.size), feed.total, query.version)


def item_etag(item: Item, here: RequestContext) -> str:
    """Make the entity tag of an entry: a function of what it shows, when it last changed, and
    the dialect."""
    known = repr(item) if item.key is None else item.key
    return etag(known, item.updated(), here.query.version)


def feed_head(feed: Feed, here: RequestContext) -> Element:
    """The element ``feed`` with everything in it but its entries."""
    query = here.query
    tree = root("feed", query.version)
    text = here.text_type()
    if here.second:
        tree.set(qualified("gd:etag"), feed_etag(feed, here))
    add(tree, "id", here.ident(feed.path, feed.tag))
    add(tree, "updated", stamp(feed_updated(feed, here)))
    for scheme, term in feed.tags:
        category(tree, scheme, term)
    category(tree, KIND_SCHEME, kind(feed.kind))
    add(tree, "title", feed.titles[here.second], text)
    if feed.subtitle is not None:
        add(tree, "subtitle", feed.subtitle, text)
    add(tree, "logo", LOGO)
    link(tree, "alternate", feed.alternate, page=True)
    if feed.related is not None:
        link(tree, "related", feed.related)
    link(tree, f"{GD}#feed", feed.address(here))
    link(tree, "self", feed.page(here, query.start, query.size))
    _neighbours(tree, feed, here)
    if feed.owner is not None:
        here.author(tree, feed.owner)
    else:
        author = add(tree, "author")
        add(author, "name", "YouTube")
        add(author, "uri", f"{SITE}/")
    add(tree, "generator", "YouTube data API", {
        "version": "2.1" if here.second else "beta", "uri": "http://gdata.youtube.com/",
    })  # fmt: skip
    prefix = f"os{query.version.value}"
    add(tree, f"{prefix}:totalResults", feed.total)
    add(tree, f"{prefix}:startIndex", query.start)
    add(tree, f"{prefix}:itemsPerPage", query.size)
    if feed.playlist is not None:
        _playlist(tree, feed, here)
    return tree


def feed_updated(feed: Feed, here: RequestContext) -> datetime:
    """When the newest entry of the page changed; of an empty page, when the world began."""
    return max((item.updated() for item in feed.items), default=here.world.clock.start)


def _neighbours(tree: Element, feed: Feed, here: RequestContext) -> None:
    start, size = here.query.start, here.query.size
    if not size:
        return
    if start > 1:
        link(tree, "previous", feed.page(here, max(1, start - size), size))
    if start + size <= min(feed.total, LAST_ITEM):
        # The last page before the limit is shorter, so that following the links never fails.
        link(tree, "next", feed.page(here, start + size, min(size, LAST_ITEM + 1 - start - size)))


def _playlist(tree: Element, feed: Feed, here: RequestContext) -> None:
    group = add(tree, "media:group")
    add(group, "media:title", feed.titles[0], {"type": "plain"})
    add(group, "media:description", feed.subtitle or "", {"type": "plain"})
    add(group, "media:content", attributes={
        "url": f"{SITE}/ep.swf?id={feed.playlist}", "type": "application/x-shockwave-flash",
        "yt:format": 5,
    })  # fmt: skip
    if here.second:
        add(tree, "yt:playlistId", feed.playlist)


def entry_tree(item: Item, here: RequestContext) -> Element:
    """A single entry."""
    tree = root("entry", here.query.version)
    if here.second:
        tree.set(qualified("gd:etag"), item_etag(item, here))
    item.atom(tree, here)
    return tree
