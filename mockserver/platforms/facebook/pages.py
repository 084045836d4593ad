"""Whole documents: the feed, a profile, the directory of pages, the gate before them, trouble."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from mockserver.platforms.facebook.feeds import Part
from mockserver.platforms.facebook.posts import _obfuscated, author_view, view
from mockserver.platforms.facebook.rendering import macro
from mockserver.platforms.facebook.rendering import page as render
from mockserver.platforms.facebook.visits import Visit
from mockserver.world.social import Post, Source, Story

STATIC = Path(__file__).parent / "static"

#: Posts on a profile.
POSTS = 8

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    'rx="7" fill="#3b5ba9"/><path d="M9 8h14v4H14v4h7v4h-7v6H9z" fill="#fff"/></svg>'
)


@lru_cache(maxsize=8)
def _css(own: str) -> Markup:
    """The site's style sheet, and the look's own part of it."""
    files = [STATIC / "site.css", *([STATIC / own] if own else [])]
    return Markup("".join(file.read_text(encoding="utf-8") for file in files))


def _document(visit: Visit, template: str, **context: object) -> str:
    language = visit.language
    followed = [visit.social.source(one) for one in list(visit.viewer.follows)]
    return render(
        language.tag,
        visit.look.name,
        template,
        visit=visit,
        css=_css(visit.look.styles),
        followed=[author_view(visit, source) for source in followed],
        **context,
    )


def timeline(visit: Visit, load: str, first: Part, cursor: str | None) -> Markup:
    """The part of the document that a refresh replaces."""
    args = (visit, load, first.html, cursor)
    name = visit.look.name
    return macro(visit.language.tag, name, f"{name}/timeline.html", "timeline", *args)


def feed(visit: Visit, load: str, first: Part, cursor: str | None) -> str:
    """Render the whole page of the news feed with its first part.

    :param load: id of this load of the feed
    :param cursor: where the next part begins; ``None`` where nothing follows
    """
    return _document(
        visit, "pages/feed.html", title=visit.language.t("news_feed"), load=load,
        timeline=timeline(visit, load, first, cursor),
    )  # fmt: skip


def shown_of(visit: Visit, source: Source) -> list[Post]:
    """Give the posts that a profile shows: public ones, the newest first."""
    posts = visit.social.posts_of(source)
    return [post for post in posts if post.public and not post.sponsored][:POSTS]


def profile(visit: Visit, load: str, source: Source) -> str:
    """A page or a person with its newest public posts; they are no timeline."""
    posts = shown_of(visit, source)
    template = f"{visit.look.name}/unit.html"
    html = Markup("").join(
        macro(
            visit.language.tag, visit.look.name, template, "unit",
            view(visit, Story(slot, post), load), visit,
        )
        for slot, post in enumerate(posts, 1)
    )  # fmt: skip
    return _document(
        visit, "pages/profile.html", title=source.name, load=load, source=source,
        author=author_view(visit, source), posts=html,
        following=source.id in visit.viewer.follows,
    )  # fmt: skip


def directory(visit: Visit, load: str) -> str:
    """The pages of the viewer's language, by topic."""
    by_topic: dict[str, list[Source]] = {}
    for page in visit.social.sources.pages:
        if page.lang == visit.viewer.lang:
            by_topic.setdefault(page.topic, []).append(page)
    return _document(
        visit, "pages/directory.html", title=visit.language.t("discover"), load=load,
        topics=[
            (topic, [author_view(visit, page) for page in found])
            for topic, found in sorted(by_topic.items())
        ],
    )  # fmt: skip


def gate(visit: Visit, *, consent: bool) -> str:
    """The log-in page, under the cookie dialog until that is answered."""
    return _document(
        visit, "pages/gate.html", title=visit.language.t("log_in"), load="", consent=consent
    )


def trouble(visit: Visit, kind: str) -> str:
    """``error``, ``captcha`` or ``unavailable``."""
    return _document(
        visit, "pages/trouble.html", title=visit.language.t(kind), load="", trouble=kind
    )


def account_number(name: str) -> str:
    """The numeric id of the account that logs in with this name."""
    return str(10**14 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:5]))


__all__ = ["ICON", "STATIC", "_obfuscated", "account_number", "directory", "feed", "gate",
           "profile", "shown_of", "timeline", "trouble"]  # fmt: skip
