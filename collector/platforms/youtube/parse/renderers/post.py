"""Posts of channels and games, among videos on home and channel pages."""

from __future__ import annotations

from collector.common.model import ItemKind
from collector.platforms.locale import find_age
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.identity import named_post
from collector.platforms.youtube.parse.payload import Json, dig, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.tree import Node, attr, first_text

TAGS = ("ytd-post-renderer", "ytd-backstage-post-thread-renderer", "ytd-backstage-post-renderer",
        "ytd-shared-post-renderer", "ytm-backstage-post-thread-renderer",
        "ytm-backstage-post-renderer", "ytm-post-renderer")  # fmt: skip
KEYS = ("backstagePostThreadRenderer", "backstagePostRenderer", "postRenderer",
        "sharedPostRenderer")  # fmt: skip

_TEXT = ("#content-text", "#post-text", "[class*='BackstagePostRendererHostContentText']",
         "yt-attributed-string")  # fmt: skip
_AUTHOR = ("#author-text", "#author", "yt-post-header .ytPostHeaderHostAuthor")
_TIME = ("#published-time-text", "yt-post-header x-a[href*='/post/']",
         "yt-post-header x-a[href*='lb=']")  # fmt: skip


def read(node: Node, reading: Reading) -> Card | None:
    """A post: id by its link, or by an attribute that leads to it, text, author. It holds its place
    even if it shows neither."""
    card = Card(ItemKind.POST, "", node.tag)
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        post = urls.post_id(href)
        if post and not card.item_id:
            card.item_id, card.href = post, href
        if card.channel_href is None and urls.is_channel_path(href):
            card.channel_href = href
    if not card.item_id:
        card.item_id, card.href = named_post(node)
    card.title = first_text(node, *_TEXT) or None
    card.channel_name = first_text(node, *_AUTHOR) or None
    card.set_age(find_age(first_text(node, *_TIME), reading.languages))
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same post as the server sent it."""
    for inner in ("post", "backstagePostRenderer", "sharedPostRenderer"):
        below = value.get(inner)
        if isinstance(below, dict):
            return read_sent(key, below, reading)
    post = value.get("postId")
    if not isinstance(post, str) or not post:
        return None
    card = Card(ItemKind.POST, post, key, f"/post/{post}")
    card.title = words(value.get("contentText")) or None
    sent.byline(value, card)
    url = dig(value, "authorEndpoint", "browseEndpoint", "canonicalBaseUrl")
    card.channel_href = card.channel_href or (url if isinstance(url, str) else None)
    card.set_age(find_age(words(value.get("publishedTimeText")), reading.languages))
    return card
