"""A client of the feeds over a small world whose time stands still, and readers of what it gets."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask.testing import FlaskClient
from lxml import etree
from places import TESTS
from werkzeug.test import TestResponse

from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.world import World

SPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "m": "http://search.yahoo.com/mrss/",
    "y": "http://gdata.youtube.com/schemas/2007",
    "g": "http://schemas.google.com/g/2005",
    "o": "http://a9.com/-/spec/opensearchrss/1.0/",
}
YT = "http://gdata.youtube.com/schemas/2007"
GD = "http://schemas.google.com/g/2005"


@lru_cache(maxsize=1)
def _client() -> FlaskClient:
    return create_app(MockConfig(clock="0")).test_client()


def client() -> FlaskClient:
    return _client()


def world() -> World:
    found: World = _client().application.extensions["mock"].world
    return found


def get(path: str, **kwargs: Any) -> TestResponse:
    return client().get(path, **kwargs)


def xml(path: str, **kwargs: Any) -> Any:
    """The answer's root element; the answer must be a success."""
    reply = get(path, **kwargs)
    assert reply.status_code == 200, (path, reply.text)
    return etree.fromstring(reply.data)


def js(path: str) -> Any:
    reply = get(path)
    assert reply.status_code == 200, (path, reply.text)
    return json.loads(reply.data)


def find(element: Any, path: str) -> list[Any]:
    found: list[Any] = element.xpath(path, namespaces=SPACES)
    return found


def ids(feed: Any) -> list[str]:
    """The last part of every entry's id."""
    return [text.rpartition("/")[2] for text in find(feed, "a:entry/a:id/text()")]


def total(feed: Any) -> int:
    return int(find(feed, "o:totalResults/text()")[0])


def schema(name: str) -> Any:
    path = TESTS / "data" / f"gdata-{name}.rng"
    return etree.RelaxNG(etree.parse(str(path)))


#: One of every feed.
FEEDS = (
    "videos",
    "videos?vq=cat",
    "videos/-/Comedy/dog",
    "videos/ZTUVgYoeN_o/related",
    "videos/03YbknYlJK0/responses",
    "videos/2cdgTWitj_o/comments",
    "videos/2cdgTWitj_o/ratings",
    "videos/2cdgTWitj_o/complaints",
    "standardfeeds/most_viewed",
    "standardfeeds/top_rated?time=today",
    "standardfeeds/recently_featured",
    "standardfeeds/watch_on_mobile",
    "users/liz/uploads",
    "users/liz/favorites",
    "users/liz/playlists",
    "users/liz/subscriptions",
    "users/liz/contacts",
    "users/liz/inbox",
    "playlists/45C563323B344971",
)

#: One of every entry.
ENTRIES = (
    "videos/ZTUVgYoeN_o",
    "videos/dQw4w9WgXcQ",
    "videos/03YbknYlJK0/responses/ZTUVgYoeN_o",
    "videos/2cdgTWitj_o/comments/978A9E10911314AC",
    "users/darcy",
    "users/rickastley",
    "users/liz/uploads/ZTUVgYoeN_o",
    "users/liz/favorites/i2xMvKOLzYM",
    "users/liz/playlists/45C563323B344971",
    "users/liz/contacts/darcy",
    "users/liz/inbox/4C7A1E0D52B98F36",
    "playlists/45C563323B344971/f8bcc0d63a08ada4",
)
#: Those of them that the compact JSON has no form for.
NOT_COMPACT = ("comment", "subscription", "contact", "users/darcy", "users/rickastley")
