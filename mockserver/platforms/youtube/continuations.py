"""More of what a page began: the next part of a list, comments, replies."""

from __future__ import annotations

from collector.common.model import Surface
from mockserver.platforms.youtube.pages import list_part
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.tokens import Continuation, More, seal
from mockserver.platforms.youtube.visits import Visit
from mockserver.platforms.youtube.watch import comment_view
from mockserver.world.model import Video

#: Threads of comments that one continuation brings.
THREADS = 10

_COMMENTS = "parts/comments.html"


class UnknownVideo(Exception):
    """The continuation's video is not in the catalogue."""


def follow(visit: Visit, wanted: Continuation) -> tuple[str, str]:
    """Markup and JSON items of what follows; lists are logged as served.

    :raises UnknownVideo: comments of no video
    """
    if wanted.what is More.LIST:
        surface = Surface(wanted.surface)
        made = list_part(visit, surface, wanted.context, wanted.load, wanted.start)
        return str(made.html), made.data
    video_id, _, parent = (wanted.context or "").partition("/")
    video = visit.world.videos.get(video_id)
    if video is None:
        raise UnknownVideo(video_id)
    if wanted.what is More.REPLIES:
        return _replies(visit, video, parent), ""
    return _threads(visit, video, wanted), ""


def _macro(visit: Visit, template: str, name: str, *args: object) -> str:
    look = visit.look
    return str(macro(look.language.tag, look.era, template, name, *args))


def _replies(visit: Visit, video: Video, parent: str) -> str:
    views = [
        comment_view(comment, visit.look)
        for comment in visit.world.comments(video.id)
        if comment.parent_id == parent
    ]
    return _macro(visit, _COMMENTS, "replies", views)


def _threads(visit: Visit, video: Video, wanted: Continuation) -> str:
    """A page of threads; the first one brings the header with the count."""
    look, world = visit.look, visit.world
    comments = world.comments(video.id)
    replies: dict[str, int] = {}
    for comment in comments:
        if comment.parent_id:
            replies[comment.parent_id] = replies.get(comment.parent_id, 0) + 1

    def token(what: More, context: str, start: int) -> str:
        following = Continuation(what, wanted.load, wanted.surface, context, start)
        return seal(following, seed=world.seed, visitor=visit.visitor)

    threads = [comment for comment in comments if not comment.parent_id]
    end = wanted.start + THREADS
    views = [
        comment_view(
            comment,
            look,
            replies.get(comment.id, 0),
            token(More.REPLIES, f"{video.id}/{comment.id}", 0),
        )
        for comment in threads[wanted.start : end]
    ]
    html = "".join(_macro(visit, _COMMENTS, "thread", view) for view in views)
    if not wanted.start:
        key = "comments_1" if video.comment_count == 1 else "comments_count"
        count = look.t(key, n=look.language.number(video.comment_count))
        html = _macro(visit, _COMMENTS, "header", count) + html
    if end < len(threads):
        following = token(More.COMMENTS, video.id, end)
        html += _macro(
            visit, "parts/continuation.html", "card", following, "ytd-item-section-renderer"
        )
    return html
