"""From a story of the timeline to what its markup shows, and to what a reader of it can know.

:func:`view` makes the strings of a post once; the templates of the looks only place them.
:func:`told` says the same as facts, under the names of ``common.model.Post``: what the truth log
holds and a parser must find again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from collector.common.model import AuthorKind
from mockserver.platforms.facebook.visits import Visit
from mockserver.world.social import Media, Picture, Post, Source, Story
from mockserver.world.truthlog import iso

SITE = "https://www.facebook.com"

REACTION_TYPES = {"LIKE": 1, "LOVE": 2, "WOW": 3, "HAHA": 4, "SAD": 7, "ANGRY": 8, "CARE": 16}

_HASHTAG = re.compile(r"#(\w+)")


@dataclass(frozen=True)
class AuthorView:
    """The author of a post as the templates place it: links and pictures as addresses."""

    source: Source
    href: str
    avatar: str
    hovercard: str


@dataclass(frozen=True)
class PostView:
    """The strings of one post."""

    post: Post
    author: AuthorView
    suffix: str
    paragraphs: tuple[Markup, ...]
    href: str | None
    """Link behind the time, trackers and all."""
    time_text: str
    time_title: str
    epoch: int
    audience: str
    audience_label: str
    card_href: str | None
    pictures: tuple[tuple[str, str], ...]
    """Address and description of each picture."""
    reactions: tuple[tuple[str, int, str, str], ...]
    """Name, type number, name with its count, label of the newer markup."""
    reacted: str
    comments: str
    shares: str
    liked: bool
    replies: tuple[tuple[AuthorView, str], ...] = ()
    """Who commented and what, where comments are shown."""
    sponsored: str = ""
    """The word for it, on advertisements."""
    autoplay: bool = False
    member: AuthorView | None = None
    """Who wrote it, where the author is a group."""
    original: PostView | None = None
    trace: str = ""


@dataclass(frozen=True)
class StoryView:
    """One unit of the feed: a post with the reason for showing it."""

    slot: int
    unit: str
    post: PostView
    reason: str | None
    friend: AuthorView | None
    classes: dict[str, str] = field(default_factory=dict)


def _hash(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


_CARDS = {AuthorKind.PERSON: "user", AuthorKind.PAGE: "page", AuthorKind.GROUP: "group"}


def author_view(visit: Visit, source: Source, *, group: str | None = None) -> AuthorView:
    """Make the strings of an author's links in the look of the visit.

    :param group: id of the group as whose member a look without hover cards links to ``source``.
    """
    path, look = source.path, visit.look
    if group is not None and not look.hover_cards:
        path = f"/groups/{group}/user/{source.id}/"
    mark = "&" if "?" in path else "?"
    tail = look.author_tail.format(trace=_hash(source.id)[:20])
    if look.hover_cards:  # then links to people and pages had the whole address
        path = visit.origin + path
    return AuthorView(
        source,
        f"{path}{mark}{tail}",
        f"/_pic/p50x50/{source.id}.svg",
        f"/ajax/hovercard/{_CARDS[source.kind]}.php?id={source.id}"
        "&extragetparams=%7B%22fref%22%3A%22nf%22%7D",
    )


def paragraph(text: str) -> Markup:
    """A paragraph with its hashtags as links."""
    made, end = Markup(), 0
    for found in _HASHTAG.finditer(text):
        made += escape(text[end : found.start()])
        made += Markup('<a href="/hashtag/{0}" role="link">#{0}</a>').format(found[1])
        end = found.end()
    return made + escape(text[end:])


def suffix_of(visit: Visit, post: Post) -> str:
    """What the heading adds to the name."""
    t = visit.language.t
    match post.media:
        case Media.SHARE:
            return t("shared_post")
        case Media.EVENT:
            return t("added_event")
        case Media.PHOTO if visit.look.full_headings and len(post.pictures) == 1:
            return t("added_photo")
        case Media.PHOTO if len(post.pictures) > 1:
            return t("added_photos", n=visit.language.count(len(post.pictures)))
        case Media.NOTE if visit.look.full_headings:
            return t("published_note")
    return ""


def caption(visit: Visit, picture: Picture, *, names: bool = True) -> str:
    """What the site's machine says is on a picture; without ``names``, of things alone."""
    t = visit.language.t
    people = [visit.social.source(one).name for one in picture.people] if names else []
    parts = [*people, *(t(f"thing_{thing}") for thing in picture.things)]
    return f"{t(f'image_{visit.look.captions}')}: {', '.join(parts)}"


def _card_href(post: Post) -> str | None:
    if post.card is None:
        return None
    tagged = f"{post.card.link}?fbclid=IwAR{_hash('fbclid', post.id)[:24]}"
    proof = _hash("h", post.id)[:32]
    return f"https://l.facebook.com/l.php?u={quote(tagged, safe='')}&h=AT{proof}&s=1"


def _href(visit: Visit, post: Post) -> str | None:
    if post.permalink is None:
        return None
    path, _, query = post.permalink.partition("?")
    tail = visit.look.photo_tail if post.media is Media.PHOTO else ""
    extra = (tail or visit.look.post_tail).format(trace=_hash(post.id)[:20])
    return f"{path}?{query}&{extra}" if query else f"{path}?{extra}"


def _audience(visit: Visit, post: Post, author: Source) -> tuple[str, str]:
    t = visit.language.t
    if author.kind is AuthorKind.GROUP:
        whom = t("public_group") if post.public else t("members_of", name=author.name)
    else:
        whom = t("public") if post.public else t("friends_of", name=author.name)
    return whom, f"{t('shared_with')}{visit.look.joint}{whom}"


def _replies(visit: Visit, post: Post) -> tuple[tuple[AuthorView, str], ...]:
    """Every eighth post shows a comment of one of the viewer's friends."""
    if int(_hash("comment", post.id)[:4], 16) % 8 or post.sponsored:
        return ()
    friends = visit.social.friends(visit.viewer)
    if not friends:
        return ()
    friend = friends[int(_hash("who", post.id)[:4], 16) % len(friends)]
    own = visit.social.posts_of(friend)[0]
    return ((author_view(visit, friend), own.texts[0] if own.texts else "👍"),)


def _when(visit: Visit, published: datetime) -> tuple[str, timedelta]:
    """How the time of a post is written, and how exactly that tells it."""
    language, now = visit.language, visit.now
    if not visit.look.clocked:
        return language.brief(published, now)
    if (now.date() - published.date()).days == 1:
        return language.t("yesterday_at", t=language.clock(published)), timedelta(minutes=1)
    if (now - published).total_seconds() < 86400:
        return language.brief(published, now)
    return language.written(published, now), timedelta(minutes=1)


def _member(visit: Visit, post: Post) -> AuthorView | None:
    if post.member_id is None:
        return None
    return author_view(visit, visit.social.source(post.member_id), group=post.source_id)


def post_view(visit: Visit, post: Post, *, nested: bool = False) -> PostView:
    """Make the strings of a post.

    :param nested: it stands inside a post that shares it, and so without reactions of its own and
    without what it shares
    """
    language, t = visit.language, visit.language.t
    author = visit.social.source(post.source_id)
    liked = post.id in visit.viewer.likes
    whom, label = _audience(visit, post, author)
    original = visit.social.post(post.shared_id) if post.shared_id and not nested else None
    shown = {} if nested else dict(post.reactions)
    return PostView(
        post=post,
        author=author_view(visit, author),
        suffix="" if nested else suffix_of(visit, post),
        paragraphs=tuple(paragraph(text) for text in post.texts),
        href=_href(visit, post),
        time_text=_when(visit, post.published)[0],
        time_title=language.written(post.published, visit.now),
        epoch=int(post.published.timestamp()),
        audience=whom,
        audience_label=label,
        card_href=_card_href(post),
        pictures=tuple(
            (f"/_pic/p526x296/{one.seed}.svg", caption(visit, one)) for one in post.pictures
        ),
        reactions=tuple(
            (
                name,
                REACTION_TYPES[name],
                f"{language.count(count)} {t(name)}",
                f"{t(name)}: {t('people_n', n=language.count(count))}",
            )
            for name, count in shown.items()
        ),
        reacted=language.count(sum(shown.values())) if shown else "",
        comments=language.counted("comment", post.comments) if post.comments else "",
        shares=language.counted("share", post.shares) if post.shares else "",
        liked=liked,
        replies=() if nested else _replies(visit, post),
        sponsored=t("sponsored") if post.sponsored else "",
        member=_member(visit, post),
        original=post_view(visit, original, nested=True) if original is not None else None,
        trace=_hash(post.id, visit.visitor)[:16],
    )


def view(visit: Visit, story: Story, load: str) -> StoryView:
    """The strings of one story."""
    friend = visit.social.source(story.people[0]) if story.people else None
    reason = visit.language.t("suggested") if story.reason and friend is None else None
    if friend is not None:
        reason = visit.language.t("liked_this")
    unit = _hash("unit", load, story.slot)
    return StoryView(
        slot=story.slot,
        unit=unit,
        post=post_view(visit, story.post),
        reason=reason,
        friend=author_view(visit, friend) if friend is not None else None,
        classes={name: _obfuscated(load, name) for name in CLASSES},
    )


#: What the newer markup's classes stand for; the page's style sheet is written with these.
CLASSES = ("unit", "head", "avatar", "body", "card", "foot", "bar", "act", "pics", "quiet", "box")


def _obfuscated(load: str, name: str) -> str:
    """A class name without a meaning, another one in every load."""
    digest = _hash("class", load, name)
    return " ".join(f"{chr(97 + int(digest[i], 16))}{digest[i + 1 : i + 8]}" for i in (0, 8))


def told(visit: Visit, story: Story) -> dict[str, Any]:
    """What the page says of a story: fields of ``collector.common.model.Post``, JSON-ready.

    ``people`` are those on it who are people, name by number, ``addresses`` the names that they
    have in addresses; ``precision_s`` is how exactly the page tells when the post was published (0:
    to the second).
    """
    persons = list(_people(visit, story))
    named = {
        "people": {one.id: one.name for one in persons},
        "addresses": sorted({one.vanity for one in persons if one.vanity}),
    }
    look = visit.look
    if not story.post.public:
        return {"visibility": "private", "markup": look.markup, **named}
    reason = story.reason.value if story.reason else None
    return {**_facts(visit, story.post), "reason": reason, **named}


def _people(visit: Visit, story: Story) -> Iterator[Source]:
    """Everybody on it who is a person."""
    social, post = visit.social, story.post
    pictured = [one for picture in post.pictures for one in picture.people]
    writers = [post.source_id, *([post.member_id] if post.member_id else [])]
    for one in (*writers, *story.people, *pictured):
        if social.source(one).kind is AuthorKind.PERSON:
            yield social.source(one)
    for author, _ in _replies(visit, post):
        yield author.source


def _facts(visit: Visit, post: Post, *, nested: bool = False) -> dict[str, Any]:
    author = visit.social.source(post.source_id)
    original = visit.social.post(post.shared_id) if post.shared_id and not nested else None
    suffix = "" if nested else suffix_of(visit, post)
    shared = _facts(visit, original, nested=True) if original is not None else None
    card = _card(post) or (shared["opengraph"] if shared else None)
    texts = [*post.texts, *((post.card.title, post.card.description) if post.card else ())]
    captions = [caption(visit, one, names=False) for one in post.pictures]
    # Those of a post that it shares lie in its fragment, and count.
    captions += shared["captions"] if shared else []
    pictures = len(post.pictures) + (post.card is not None) + (shared["images"] if shared else 0)
    dated = not post.sponsored
    precise = 0.0 if visit.look.seconds else _when(visit, post.published)[1].total_seconds()
    return {
        "visibility": "public",
        "markup": visit.look.markup,
        "nature": "sponsored" if post.sponsored else "organic",
        "post_id": post.id if dated else None,
        "permalink": post.permalink,
        "link_type": post.link_type,
        "published": iso(post.published) if dated else None,
        "precision_s": precise if dated else 0.0,
        "source": author.name,
        "source_link": SITE
        + author.path
        + ("" if author.path.endswith("/") or "?" in author.path else "/"),
        "display_source": f"{_headed(visit, post)} {suffix}".strip(),
        "author": author.kind.value,
        "reason": None,
        "texts": list(dict.fromkeys(texts)),
        "images": pictures,
        "captions": list(dict.fromkeys(captions)),
        "autoplay": False if post.media is Media.VIDEO else None,
        "opengraph": card,
        "reactions": {} if nested else dict(post.reactions),
        "comments": (post.comments or None) if not nested else None,
        "shares": (post.shares or None) if not nested else None,
        "shared": shared,
        **visit.look.untold,
    }


def _card(post: Post) -> dict[str, Any] | None:
    """The reference's ``opengraph`` object."""
    if post.card is None:
        return None
    return {
        "fblinktype": "external",
        "link": post.card.link,
        "isValid": True,
        "siteName": post.card.site.removeprefix("www."),
        "title": post.card.title,
        "description": post.card.description,
    }


def _headed(visit: Visit, post: Post) -> str:
    """Who stands in the heading; full ones have a group's member before the group."""
    author = visit.social.source(post.source_id).name
    if post.member_id is None or not visit.look.full_headings:
        return author
    return f"{visit.social.source(post.member_id).name} ▸ {author}"
