"""The GData feeds as a face of the mock."""

from __future__ import annotations

import re

from flask import Flask

from mockserver.api.gdata import bp
from mockserver.api.gdata.openapi import DESCRIPTION
from mockserver.context import Mock
from mockserver.faces import Entry, Face, Link

_MOUNT = "/gdata"


def _install(app: Flask) -> None:
    app.register_blueprint(bp, url_prefix=_MOUNT)


def _entry(state: Mock, root: str) -> Entry:
    counts = state.world.counts()
    return Entry(
        "gdata",
        "GData",
        "YouTube’s feeds of 2007 as Atom, RSS, JSON and JSON-C: searches, standard feeds, users, "
        "comments, playlists.",
        "docs/api-gdata.md",
        {name: counts[name] for name in ("videos", "users", "playlists")},
        [
            f"curl '{root}feeds/videos?vq=cat&max-results=5'",
            f"curl '{root}feeds/users/liz/uploads?alt=rss'",
            f"curl '{root}feeds/api/standardfeeds/most_viewed?v=2&alt=jsonc'",
        ],
        [Link("/feeds/standardfeeds/most_viewed?alt=rss", "most viewed, as RSS")],
    )


FACE = Face(
    key="gdata",
    order=60,
    install=_install,
    mount=_MOUNT,
    hosts=("gdata.youtube.com",),
    root=(re.compile(r"/schemas/2007/.*"),),
    shared=(re.compile(r"/feeds(?:/.*)?"),),
    entry=_entry,
    description=lambda app: DESCRIPTION,
    undescribed={
        "gdata.elsewhere": "404 of every other path",
        "gdata.categories": "XML",
        "gdata.feeds": "one rule for all feeds, which are described one by one",
    },
)
