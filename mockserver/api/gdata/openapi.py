"""What the operations of the GData feeds share: the shapes of their JSON forms, and parameters.

The operations themselves stand at their routes.
All are served in other forms too (``alt``), whose content is XML and not described here.
"""

from __future__ import annotations

from mockserver.api.gdata.query import Alt
from mockserver.api.gdata.routes import ROUTES
from mockserver.openapi.operations import Description, Media, Param, Route, json_of, part
from mockserver.openapi.shapes import Shape, Values

_TEXT: Shape = {"$t": "string", "type?": "string"}
_NUMBER: Shape = {"$t": "integer"}
_ENTRY: dict[str, Shape] = {
    "id": _TEXT,
    "published?": _TEXT,
    "updated": _TEXT,
    "category": ["@GdataCategory"],
    "title": _TEXT,
    "content?": {"type?": "string"},
    "link": ["@GdataLink"],
    "author?": ["@GdataAuthor"],
    "media$group?": "object",
    "yt$statistics?": "object",
    "gd$rating?": {"min": "integer", "max": "integer", "average": "number", "numRaters": "integer"},
    "gd$comments?": "object",
    "gd$feedLink?": [{"rel": "string", "href": "string"}],
    "yt$position?": _NUMBER,
}
_DOCUMENT: dict[str, Shape] = {"version": Values("1.0"), "encoding": "string"}

SHAPES: dict[str, Shape] = {
    "GdataCategory": {"term": "string", "scheme?": "string", "label?": "string"},
    "GdataLink": {"rel": "string", "href": "string", "type?": "string"},
    "GdataAuthor": {"name": _TEXT, "uri?": _TEXT},
    "GdataEntry": _ENTRY,
    "GdataEntryDocument": {**_DOCUMENT, "entry": "@GdataEntry"},
    "GdataFeedDocument": {
        **_DOCUMENT,
        "feed": {
            "id": _TEXT,
            "updated": _TEXT,
            "category": ["@GdataCategory"],
            "title": _TEXT,
            "link": ["@GdataLink"],
            "openSearch$totalResults": _NUMBER,
            "openSearch$startIndex": _NUMBER,
            "openSearch$itemsPerPage": _NUMBER,
            "entry?": ["@GdataEntry"],
        },
    },
    "GdataCompactFeed": {
        "apiVersion": "string",
        "data": {
            "updated": "string",
            "totalItems": "integer",
            "startIndex": "integer",
            "itemsPerPage": "integer",
            "items?": [{"id": "string"}],
        },
    },
    "GdataCompactEntry": {"apiVersion": "string", "data": {"id": "string"}},
    "GdataError": {
        "apiVersion": "string",
        "error": {
            "code": "integer",
            "message": "string",
            "errors": [{"domain": "string", "code": "string", "internalReason": "string"}],
        },
    },
}

PARAMETERS = {
    "video": part("a video's id", "03YbknYlJK0"),
    "response": part("the id of a response to it", "ZTUVgYoeN_o"),
    "comment": part("a comment's id", "978A9E10911314AC"),
    "category": part("categories and keywords, as the protocol writes them", "Comedy"),
    "feed": part("a standard feed", "most_viewed"),
    "country": part("two letters of a country", "US"),
    "user": part("a user's name", "liz"),
    "upload": part("the id of one of the user's videos", "ZTUVgYoeN_o"),
    "favorite": part("the id of a favourite", "i2xMvKOLzYM"),
    "playlist": part("a playlist's id", "45C563323B344971"),
    "subscription": part("a subscription's id"),
    "contact": part("a contact's name", "darcy"),
    "message": part("a message's id", "4C7A1E0D52B98F36"),
    "entry": part("the id of a playlist's entry", "f8bcc0d63a08ada4"),
    "alt": Param(Values(*(str(alt) for alt in Alt)), "the form of the answer", "json"),
    "v": Param(Values("1", "2"), "the dialect"),
    "vq": Param("string", "words to search for"),
    "author": Param("string", "whose videos"),
    "orderby": Param(Values("relevance", "published", "updated", "viewCount", "rating"),
                     "the order"),
    "time": Param(Values("today", "this_week", "this_month", "all_time"), "of what period"),
    "start-index": Param("integer", "from 1"),
    "max-results": Param("integer", "0 to 50"),
}  # fmt: skip
_ERROR: Media = {
    **json_of("@GdataError"),
    "text/html": None,
    "application/vnd.google.gdata.error+xml": None,
}

DESCRIPTION = Description(
    "GData",
    "/gdata/feeds",
    "YouTube's feeds of 2007, here in JSON (alt=json, jsonc). Also under /feeds and /feeds/api at "
    "the root, and under the host name gdata.youtube.com. Writing anything is 403.",
    PARAMETERS,
    SHAPES,
    [Route("GET", each.path, each.operation) for each in ROUTES],
    with_parts={404: _ERROR},
    always={400: _ERROR, 401: _ERROR},
)
