"""What the paths under ``videos/`` and ``standardfeeds/`` answer: a feed or an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote_plus

import numpy as np

from collector.common.model import ItemKind
from mockserver.api.gdata.columns import MOBILE
from mockserver.api.gdata.comments import CommentItem
from mockserver.api.gdata.errors import FeedError
from mockserver.api.gdata.feed import Feed, Item
from mockserver.api.gdata.names import CATEGORIES, CATEGORY_SCHEME, KEYWORD_SCHEME, SITE, watch_page
from mockserver.api.gdata.query import category_term
from mockserver.api.gdata.request_context import RequestContext
from mockserver.api.gdata.select import Base, Chosen, select
from mockserver.api.gdata.videos import VideoItem
from mockserver.world import User, Video

T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)

#: Most videos that are related to one.
MOST_RELATED = 100

#: How many videos the editors feature.
_FEATURED = 100


@dataclass(frozen=True, slots=True)
class Standard:
    """A list of the whole site: its title, its order, its page."""

    title: str
    order: str
    page: str
    second_title: str | None = None


STANDARD: dict[str, Standard] = {
    "most_viewed": Standard("Most Viewed", "viewCount", "mp"),
    "top_rated": Standard("Top Rated", "rating", "tr"),
    "recently_featured": Standard("Recently Featured", "published", "rf", "Spotlight Videos"),
    "watch_on_mobile": Standard("Watch On Mobile", "viewCount", "mobile"),
    "most_recent": Standard("Most Recent", "published", "mr"),
    "most_popular": Standard("Most Popular", "momentum", "pop"),
    "most_discussed": Standard("Most Discussed", "comments", "md"),
    "most_responded": Standard("Most Responded", "responses", "ms"),
    "most_linked": Standard("Most Linked", "listings", "mlk"),
    "top_favorites": Standard("Top Favorites", "favorites", "mf"),
}


def page_of(here: RequestContext, things: Sequence[T]) -> Sequence[T]:
    """The part of ``things`` that the query's page shows."""
    begin = here.query.start - 1
    return things[begin : begin + here.query.size]


def video_of(here: RequestContext, video_id: str) -> Video:
    """Find the video of an id. One that is yet to be broadcast is unknown to the feeds.

    :raises FeedError: 400 malformed id, 404 unknown
    """
    if not _ID.fullmatch(video_id):
        raise FeedError(400, "Invalid id")
    video = here.world.videos.get(video_id)
    if video is None or video.kind is ItemKind.UPCOMING:
        raise FeedError(404, "Video not found")
    return video


def items(here: RequestContext, chosen: Chosen, favorite_of: User | None = None) -> list[VideoItem]:
    """The page of a feed of videos."""
    rows = page_of(here, chosen.rows.tolist())
    return [VideoItem(here.index.videos[row], favorite_of) for row in rows]


def _tags(here: RequestContext) -> tuple[tuple[str, str], ...]:
    """The categories that a category search adds to its feed."""
    found = []
    for segment in here.query.segments:
        for term in segment:
            known = CATEGORY_SCHEME if term.term in CATEGORIES else KEYWORD_SCHEME
            if not term.negated:
                found.append((term.scheme or known, term.term))
    return tuple(found)


def search(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed:
    """Answer ``videos``: what matches the query, by relevance unless it asks for another order."""
    words = here.query.words
    base = Base("videos", None, "viewCount", searched=True, timed=True, public=True)
    found = select(here, base)
    titles = ("Videos", "YouTube Videos")
    if words:
        titles = (f"YouTube Videos matching query: {words}", f"Videos matching: {words}")
    alternate = f"{SITE}/results?search_query={quote_plus(words)}" if words else SITE
    return Feed(
        path, "videos", "video", titles, alternate, items(here, found), found.total,
        tags=_tags(here), category_path=terms,
    )  # fmt: skip


def standard(
    here: RequestContext,
    path: tuple[str, ...],
    terms: tuple[str, ...],
    name: str,
    region: str | None,
) -> Feed:
    """A standard feed, ``NAME`` or ``NAME_Category``, of the world or of a country.

    :raises FeedError: 404 unknown
    """
    stem, _, wanted = name.rpartition("_")
    category = wanted if stem in STANDARD and wanted in CATEGORIES else None
    known = STANDARD.get(stem if category else name)
    if known is None or (region is not None and not re.fullmatch("[A-Z]{2}", region)):
        raise FeedError(404, f"Standard feed not found; there are {', '.join(STANDARD)}.")
    index = here.index

    def rows() -> np.ndarray:
        kind = stem if category else name
        found = index.answered() if kind == "most_responded" else index.columns.everything
        if kind == "watch_on_mobile":
            found = found[(index.columns.formats[found] & MOBILE) != 0]
        elif kind == "recently_featured":
            found = index.first(found, "momentum", _FEATURED)
        if category:
            found = found[index.holding((category_term(category),))[found]]
        if region:
            found = found[index.columns.in_country(region)[found]]
        return found

    base = Base(f"standard {name} {region}", rows, known.order, timed=True, public=True)
    chosen = select(here, base)
    return Feed(
        path, f"standardfeed:{region or 'global'}:{name}", "video",
        (known.title, known.second_title or known.title), f"{SITE}/browse?s={known.page}",
        items(here, chosen), chosen.total, tags=_tags(here), category_path=terms,
    )  # fmt: skip


def about_video(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed:
    """``videos/ID/related``, ``responses``, ``comments``, ``ratings`` or ``complaints``."""
    video, what = video_of(here, path[1]), path[2]
    base = {
        "related": lambda: here.index.related(here.index.row[video.id], MOST_RELATED),
        "responses": lambda: here.index.rows(here.world.responses(video.id)),
    }.get(what)
    page = watch_page(video.id)
    if what == "responses":
        page = f"{SITE}/video_response_view_all?v={video.id}"
    title = f"Videos {what} to '{video.title}'"
    related = here.url("videos", video.id)
    if base is not None:
        chosen = select(here, Base(f"{what} {video.id}", base, public=what == "related"))
        return Feed(
            path, f"video:{video.id}:{what}", "video", (title, title), page, items(here, chosen),
            chosen.total, related=related, tags=_tags(here), category_path=terms,
        )  # fmt: skip
    found: list[Item] = [*comments(here, video)] if what == "comments" else []
    kind = {"comments": "comment", "ratings": "rating", "complaints": "complaint"}[what]
    first = f"{what.capitalize()} on '{video.title}'"
    return Feed(
        path, f"video:{video.id}:{what}", kind, (first, what.capitalize()), page,
        page_of(here, found), len(found), related=related,
    )  # fmt: skip


def comments(here: RequestContext, video: Video) -> list[CommentItem]:
    """The comments of a video, newest first."""
    found = []
    for comment in here.world.comments(video.id):
        author = here.accounts.find(comment.author)
        if author is not None:
            found.append(
                CommentItem(
                    comment.id, video, author, comment.text, comment.published, comment.parent_id
                )
            )
    found.sort(key=lambda each: (each.published, each.id), reverse=True)
    return found


def response(here: RequestContext, video_id: str, response_id: str) -> VideoItem:
    """Answer ``videos/ID/responses/ID``.

    :raises FeedError: 400 for a malformed id, 404 where there is no such response to that video
    """
    video, answer = video_of(here, video_id), video_of(here, response_id)
    if answer.id not in here.world.responses(video.id):
        raise FeedError(404, "Video not found")
    return VideoItem(answer)


def comment(here: RequestContext, video_id: str, comment_id: str) -> CommentItem:
    """Answer ``videos/ID/comments/ID``.

    :raises FeedError: 404, no such video, or no such comment on it
    """
    for found in comments(here, video_of(here, video_id)):
        if found.id == comment_id:
            return found
    raise FeedError(404, "Comment not found")
