"""A captured feed as an observation: every post that stands on the page, in reading order.

A private post keeps its place and nothing else, so that positions have no holes and nobody's words
are data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collector.common.model import (
    Impression,
    ItemKind,
    Nature,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Post,
    Surface,
    Unparsed,
    Visibility,
)
from collector.platforms.address import find_address
from collector.platforms.facebook.marks import status_and_reason
from collector.platforms.facebook.parse.post import read_root
from collector.platforms.facebook.parse.reading import attr, parse_tree
from collector.platforms.facebook.parse.registry import RENDERERS
from collector.platforms.facebook.parse.unknown import unread
from collector.platforms.facebook.parse.version import PARSER
from collector.platforms.facebook.reference import summary_fields
from collector.platforms.facebook.urls import HOSTS, ParsedUrl, parse_url


def parse_page(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
) -> Observation:
    """One captured page as data. Pure; never raises on the content of a page."""
    url = url.strip() or find_address(html, HOSTS)
    asked = parse_url(url) if url else ParsedUrl(PageKind.OTHER)
    status, reason = status_and_reason(html, url)
    lang: str | None = None
    impressions: list[Impression] = []
    unparsed: list[Unparsed] = []
    login: bool | None = None
    untold = False
    listed = status in (PageStatus.OK, PageStatus.EMPTY) or reason is not None
    if listed and html.strip():
        tree = parse_tree(html)
        lang = attr(tree.find("html"), "lang") or None
        hints = tuple(dict.fromkeys(tag for tag in (lang, *languages) if tag))
        login = tree.select_one("form[action*='login']") is None
        surface = Surface.FEED if asked.kind is PageKind.HOME else Surface.CHANNEL
        for renderer in RENDERERS:
            roots = renderer.find_roots(tree)
            for root in roots:
                post = read_root(root, renderer, when=client_time, languages=hints)
                unparsed += post.unparsed
                untold = untold or any(map(_untold, post.unparsed))
                impressions.append(impression_of(post, len(impressions) + 1, surface))
            if roots:
                break
        strange = unread(tree, roots)
        for tag in strange:
            name = attr(tag, "role") or tag.name
            unparsed.append(Unparsed(name, "", ParseError.UNKNOWN_RENDERER))
            # Nobody knows for whom it was meant: it holds its place and bears nothing.
            impressions.append(
                Impression(
                    len(impressions) + 1,
                    surface,
                    ItemKind.UNKNOWN,
                    "",
                    renderer=name,
                    extra={"visibility": Visibility.PRIVATE.value},
                )
            )
        if strange or untold:
            status = PageStatus.PARTIAL
        elif impressions:
            status = PageStatus.OK  # whatever begins a post is spelled otherwise
        elif status is PageStatus.OK and not impressions and surface is Surface.FEED:
            status = PageStatus.UNKNOWN  # what begins a post is there, and none can be told
    fields: dict[str, str] = {}
    if reason is not None and status is PageStatus.UNKNOWN:
        fields["statusReason"] = reason
        login = None  # what was not drawn tells nothing of the viewer
    return Observation(
        platform=Platform.FACEBOOK,
        kind=asked.kind,
        status=status,
        url=url,
        lang=lang,
        login=login,
        parser=PARSER,
        impressions=tuple(impressions),
        fields=fields,
        unparsed=tuple(unparsed),
    )


def _untold(note: Unparsed) -> bool:
    """True for a note by which a known post is not told: which one it is, of whom, or for whom."""
    told_by = ("audience", "permaLink", "source")
    return note.field in told_by or note.error is ParseError.CRASHED


def impression_of(post: Post, position: int, surface: Surface = Surface.FEED) -> Impression:
    """A post as one item of a list; ``extra`` holds the reference's summary fields.

    A post without an id is named by its link or its source; a private post has an empty id.
    """
    if post.visibility is Visibility.PRIVATE:
        return Impression(
            position, surface, ItemKind.POST, "", renderer=post.markup,
            extra={"visibility": Visibility.PRIVATE.value},
        )  # fmt: skip
    paid = post.nature is Nature.SPONSORED
    card = (post.opengraph or {}).get("link")
    return Impression(
        position=position,
        surface=surface,
        kind=ItemKind.AD if paid else ItemKind.POST,
        item_id=post.post_id or str(card or "") or post.source_link or "",
        href=post.permalink or "",
        title=post.texts[0][:200] if post.texts else None,
        channel_name=post.source,
        channel_href=post.source_link,
        label=post.display_source,
        renderer=post.markup,
        extra={"visibility": Visibility.PUBLIC.value, **summary_fields(post)},
    )
