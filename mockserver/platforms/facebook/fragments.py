"""One post as markup, from facts alone: what the site's templates make of a post of no world.

For data that must exist before any world does (the demo supporter's timelines) and for tests. The
words of the interface come from the caller, so that every language is a table and not a branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from collector.common.model import AuthorKind
from mockserver.platforms.facebook.posts import (
    CLASSES,
    REACTION_TYPES,
    AuthorView,
    PostView,
    StoryView,
    paragraph,
)
from mockserver.platforms.facebook.rendering import macro
from mockserver.world.social import Card, Media, Post, Source

_SITE = "https://www.facebook.com"
_KINDS = {"page": AuthorKind.PAGE, "user": AuthorKind.PERSON, "group": AuthorKind.GROUP}


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post of no world."""

    name: str
    path: str
    """``/elpais/`` or ``/profile.php?id=1000…``."""
    id: str
    kind: str = "page"
    """``page``, ``user`` or ``group``: the word of the hover card."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One post as somebody is shown it: facts, and the texts that the interface makes of them."""

    author: Author
    post_id: str
    link: str
    """Path of the post; empty for an advertisement that has none."""
    second: int
    """Unix time of publication."""
    time_text: str
    """``3 hrs``, ``12 March at 14:05``."""
    audience: str
    """The label: ``Public``, ``Friends``."""
    paragraphs: tuple[str, ...] = ()
    action: str = ""
    """What follows the name above the post: ``added a new photo.``"""
    sponsored: str = ""
    """The word for "Sponsored", where the post is an advertisement."""
    card: Card | None = None
    pictures: tuple[tuple[str, str], ...] = ()
    """(address, description)."""
    video: bool = False
    autoplay: bool = False
    reactions: Mapping[str, str] = field(default_factory=dict)
    """Reaction → its whole label, such as ``471 Like``."""
    comments: str = ""
    """``13 Comments``"""
    shares: str = ""
    friend: Author | None = None
    """Because of whom it is shown."""
    friend_text: str = ""
    """What follows the friend's name: ``likes this.``"""
    suggested: str = ""
    """The heading of a suggested post."""
    shared: Shown | None = None
    replies: tuple[tuple[Author, str], ...] = ()
    """Comments below the post."""
    member: Author | None = None
    """Who wrote it, where the author is a group."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the templates ask of the one who looks."""

    account: str = "VIEWER"
    name: str = "Somebody"


def classic(post: Shown) -> str:
    """The post as ``div.userContentWrapper`` (2017–2020)."""
    return _rendered(post, "2019", 1)


def feed_unit(post: Shown, number: int = 1) -> str:
    """The post as ``div[data-pagelet^="FeedUnit"]`` (2020 and later)."""
    return _rendered(post, "2020", number)


def _rendered(post: Shown, markup: str, slot: int) -> str:
    story = StoryView(
        slot=slot,
        unit="0123456789abcdef01234567",
        post=_post(post, markup),
        reason=(post.friend_text if post.friend else post.suggested) or None,
        friend=_author(post.friend, markup) if post.friend else None,
        classes={name: f"x{number}" for number, name in enumerate(CLASSES)},
    )
    return str(macro("en", markup, f"{markup}/unit.html", "unit", story, Reader()))


def _author(author: Author, markup: str) -> AuthorView:
    mark = "&" if "?" in author.path else "?"
    trace = "fref=nf" if markup == "2019" else "__cft__[0]=AZX&__tn__=-UC%2CP-R"
    return AuthorView(
        Source(author.id, _KINDS[author.kind], author.name, None, "", ""),
        f"{_SITE}{author.path}{mark}{trace}",
        f"https://scontent.xx.fbcdn.net/v/t1.0-1/p50x50/1_{author.id}_n.png",
        f"/ajax/hovercard/{author.kind}.php?id={author.id}&extragetparams=x",
    )


def _post(shown: Shown, markup: str) -> PostView:
    mark = "&" if "?" in shown.link else "?"
    trace = "__xts__[0]=68.ARB" if markup == "2019" else "__cft__[0]=AZX"
    card = shown.card
    return PostView(
        post=Post(
            id=shown.post_id,
            source_id=shown.author.id,
            topic="",
            lang="",
            media=Media.STATUS,
            published=datetime.fromtimestamp(shown.second, UTC),
            texts=shown.paragraphs,
            reactions={},
            comments=0,
            shares=0,
            age_h=0.0,
            sponsored=bool(shown.sponsored),
            card=card,
            seconds=int(shown.video),
        ),
        author=_author(shown.author, markup),
        member=_author(shown.member, markup) if shown.member else None,
        suffix=shown.action,
        paragraphs=tuple(paragraph(text) for text in shown.paragraphs),
        href=f"{shown.link}{mark}{trace}&__tn__=%2CO%2CP-R" if shown.link else "#",
        time_text=shown.time_text,
        time_title=shown.time_text,
        epoch=shown.second,
        audience=shown.audience,
        audience_label=shown.audience,
        card_href=_shim(card.link) if card else None,
        pictures=shown.pictures,
        reactions=tuple(
            (name, REACTION_TYPES[name], label, label) for name, label in shown.reactions.items()
        ),
        reacted="",
        comments=shown.comments,
        shares=shown.shares,
        liked=False,
        replies=tuple((_author(author, markup), text) for author, text in shown.replies),
        sponsored=shown.sponsored,
        autoplay=shown.autoplay,
        original=_post(shown.shared, markup) if shown.shared else None,
        trace="0123456789abcdef",
    )


def _shim(url: str) -> str:
    """An address out of the site as the site writes it."""
    return f"https://l.facebook.com/l.php?u={quote(url, safe='')}%3Ffbclid%3DIwAR0x&h=AT1x9&enc=AZ0"


__all__ = ["Author", "Card", "Shown", "classic", "feed_unit"]
