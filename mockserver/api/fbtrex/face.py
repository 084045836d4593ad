"""fbTREX as a face of the mock."""

from __future__ import annotations

import re

from flask import Flask

from mockserver.api.fbtrex import bp, pages
from mockserver.api.fbtrex.demo import TOKEN, ensure
from mockserver.api.fbtrex.openapi import DESCRIPTION
from mockserver.context import Mock
from mockserver.faces import Entry, Face, Link

_MOUNT = "/fbtrex"

#: A path that only fbTREX has. What both have (events, mirror, statistics by name, unit and amount,
#: ad) stays with ytTREX.
_OWN = re.compile(
    r"/api/(?:"
    # Words after the token that ytTREX lacks. Both have csv: ytTREX next to the token in v1 and
    # after a kind of page in v2, fbTREX next to the token in v2.
    r"v[12]/personal/[^/]+/(?:summary|stats|enrich|exporter|remove|daily)(?:/[^/]*)?"
    r"|v2/personal/[^/]+/csv(?:/[^/]*)?"
    r"|v2/statistics/(?:counter|parsers)"
    r"|v[12]/userInfo"
    r"|v2/[a-z]{2}/(?:labels|semantics|enrich|loud|noogle|langinfo)(?:/.*)?"
    r"|v2/(?:languages|health|services|timedstats|adstats)"
    r"|v2/(?:keywords|unit|bysource|impressionStats|impressionlist)/[^/]+"
    r"|v2/timeline/[^/]+/csv"
    r"|v2/debug/.+"
    r")/?"
)


def _install(app: Flask) -> None:
    app.register_blueprint(bp, url_prefix=f"{_MOUNT}/api")
    app.register_blueprint(pages, url_prefix=_MOUNT)


def _entry(state: Mock, root: str) -> Entry:
    ensure(state.db)
    return Entry(
        "fbtrex",
        "fbTREX",
        "Timelines of Facebook (2016–2021): submission, one’s own data, what posts are about. The "
        "token is a demo supporter’s.",
        "docs/api-fbtrex.md",
        {
            "timelines stored": state.db.count("fbtrex_timelines"),
            "impressions": state.db.count("fbtrex_impressions"),
            "posts read": state.db.count("fbtrex_summaries"),
            "supporters": state.db.count("fbtrex_supporters"),
        },
        [
            f"curl {root}api/v2/personal/{TOKEN}/summary/3-0",
            f"curl {root}api/v2/statistics/counter",
            f"curl {root}api/v2/en/labels/5-0",
        ],
        [Link(f"/personal/{TOKEN}/data", "a demo supporter’s feed as a page")],
    )


FACE = Face(
    key="fbtrex",
    order=40,
    install=_install,
    mount=_MOUNT,
    hosts=("facebook.tracking.exposed",),
    # Its RSS feeds are numbered, GData's are named.
    root=(
        re.compile(r"/feeds/0/.*"),
        re.compile(r"/personal/[^/]+(?:/data)?/?"),
        _OWN,
    ),
    submission_header="HTTP_X_FBTREX_VERSION",
    entry=_entry,
    demo=ensure,
    description=lambda app: DESCRIPTION,
    undescribed={
        "fbtrex_pages.": "a page for people and RSS",
        "fbtrex.errors_unknown": "404 of every other path",
    },
)
