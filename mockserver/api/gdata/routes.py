"""The feeds and entries: the path of each, its view, and its operation in one statement.

The first path that fits is taken. A feed may be narrowed by categories (``/-/Comedy``), an entry
may not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.api.gdata import userviews, views
from mockserver.api.gdata.feed import Feed, Item
from mockserver.api.gdata.request_context import RequestContext
from mockserver.openapi.operations import Media, Operation, json_of

Parts = tuple[str, ...]
View = Callable[[RequestContext, Parts, Parts], Feed | Item]
"""Is given the path's parts, and the segments of categories."""


@dataclass(frozen=True, slots=True)
class FeedRoute:
    """A feed or an entry.

    >>> find(("videos", "dQw4w9WgXcQ"), ()).path
    '/videos/{video}'
    """

    path: str
    """Below ``/feeds``, its parts in braces."""
    view: View
    operation: Operation
    narrowed: bool
    """May be followed by categories."""

    def fits(self, parts: Parts, terms: Parts) -> bool:
        """Whether a request's path is this one."""
        own = self.path.strip("/").split("/")
        return (
            len(own) == len(parts)
            and (self.narrowed or not terms)
            and all(mine[:1] == "{" or mine == part for mine, part in zip(own, parts, strict=True))
        )


_OTHER: Media = {
    "application/atom+xml": None,
    "application/rss+xml": None,
    "text/javascript": None,
}
_PAGED = ("alt", "v", "start-index", "max-results")
_SEARCH = (*_PAGED, "vq", "author", "orderby", "time")
_STANDARD = (*_PAGED, "time")


def _examples(path: str) -> dict[str, str]:
    return {"video": "2cdgTWitj_o"} if "/comments" in path else {}


def _feed(path: str, about: str, view: View, query: Parts = _PAGED) -> FeedRoute:
    media = {**json_of(("@GdataFeedDocument", "@GdataCompactFeed")), **_OTHER}
    operation = Operation(about, {200: media}, query, examples=_examples(path))
    return FeedRoute(path, view, operation, narrowed=True)


def _entry(path: str, about: str, view: Callable[[RequestContext, Parts], Item]) -> FeedRoute:
    media = {**json_of(("@GdataEntryDocument", "@GdataCompactEntry")), **_OTHER}
    operation = Operation(about, {200: media}, ("alt", "v"), examples=_examples(path))
    return FeedRoute(path, lambda here, path, _: view(here, path), operation, narrowed=False)


def _video(here: RequestContext, path: Parts) -> Item:
    return views.VideoItem(views.video_of(here, path[1]))


def _of_user(what: str, about: str, one: str) -> tuple[FeedRoute, FeedRoute]:
    feed = f"/users/{{user}}/{what}"
    return (
        _feed(feed, about, userviews.user_feed),
        _entry(f"{feed}/{{{one}}}", "One of them", userviews.user_entry),
    )


# fmt: off
ROUTES: tuple[FeedRoute, ...] = (
    _feed("/videos", "Search", views.search, _SEARCH),
    _feed("/videos/-/{category}", "Search in categories", views.search, _SEARCH),
    _entry("/videos/{video}", "A video", _video),
    _feed("/videos/{video}/related", "Related videos", views.about_video),
    _feed("/videos/{video}/responses", "Video responses", views.about_video),
    _entry("/videos/{video}/responses/{response}", "A video response",
           lambda here, path: views.response(here, path[1], path[3])),
    _feed("/videos/{video}/comments", "Comments, newest first", views.about_video),
    _entry("/videos/{video}/comments/{comment}", "A comment",
           lambda here, path: views.comment(here, path[1], path[3])),
    _feed("/videos/{video}/ratings", "Empty: ratings were never public", views.about_video),
    _feed("/videos/{video}/complaints", "Empty, as ratings", views.about_video),
    _feed("/standardfeeds/{feed}", "A list of the whole site",
          lambda here, path, terms: views.standard(here, path, terms, path[1], None), _STANDARD),
    _feed("/standardfeeds/{country}/{feed}", "The same of a country",
          lambda here, path, terms: views.standard(here, path, terms, path[2], path[1]),
          _STANDARD),
    _entry("/users/{user}", "A profile", lambda here, path: userviews.profile(here, path[1])),
    *_of_user("uploads", "A user's videos", "upload"),
    *_of_user("favorites", "A user's favourites", "favorite"),
    *_of_user("playlists", "A user's playlists", "playlist"),
    *_of_user("subscriptions", "A user's subscriptions", "subscription"),
    *_of_user("contacts", "A user's contacts", "contact"),
    *_of_user("inbox", "A user's video messages", "message"),
    _feed("/playlists/snippets", "Search for playlists", userviews.search_playlists, _SEARCH),
    _feed("/playlists/{playlist}", "A playlist's videos", userviews.playlist_feed),
    _entry("/playlists/{playlist}/{entry}", "One of them", userviews.playlist_entry),
)
# fmt: on


def find(parts: Parts, terms: Parts) -> FeedRoute | None:
    """The route of a path, ``None`` where there is no such feed."""
    return next((each for each in ROUTES if each.fits(parts, terms)), None)
