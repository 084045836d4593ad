"""The personal data page: what somebody's feed was, in a page that one can read, search and keep.

Protects two rules: the page needs nothing but itself (charts are tables, downloads are made in the
browser), and the token in its address goes nowhere: no referrer, no cache, no request to anybody.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, render_template

from collector.common.identity import js_json, parse_iso
from mockserver.api.fbtrex import access, daily, tables
from mockserver.api.fbtrex.csvs import COLUMNS, csv_text
from mockserver.api.fbtrex.summary import documented
from mockserver.api.trex.envelope import ApiError, route
from mockserver.api.trex.moments import humanize
from mockserver.context import mock

#: Timelines and days on one page.
MOST_TIMELINES = 40
MOST_DAYS = 31
_EXCERPT = 240


def register(bp: Blueprint) -> None:
    """Route the personal data page on ``bp``, with and without ``/data`` at its end."""
    route(bp, "/personal/<token>/data", page)
    route(bp, "/personal/<token>", page)


def page(token: str) -> Response:
    """Charts of one's days, then every timeline as a list."""
    try:
        supporter = access.reader(token)
    except ApiError:
        return _html("fbtrex/unknown.html", status=403)
    db, owner = mock().db, supporter.supporter
    rows = tables.timelines(db, owner, MOST_TIMELINES)
    found = [_timeline(owner, row) for row in rows]
    days = daily.days(db, owner, supporter.user_id, MOST_DAYS, 0)
    return _html(
        "fbtrex/reality.html",
        supporter=supporter,
        days=days,
        charts=_charts(days),
        timelines=found,
        stored=tables.count(db, "fbtrex_timelines", "supporter = ?", [owner]),
        posts=tables.count(db, "fbtrex_summaries", "supporter = ?", [owner]),
        columns=COLUMNS,
        files=_script_safe({t["id"]: t["file"] for t in found}),
        demo=bool(supporter.demo),
    )


def _html(template: str, status: int = 200, **context: Any) -> Response:
    nonce = secrets.token_urlsafe(12)
    response = Response(
        render_template(template, nonce=nonce, **context),
        status,
        content_type="text/html; charset=utf-8",
    )
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}';"
        " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _script_safe(value: Any) -> str:
    """JSON that can stand in a script element, whatever it says."""
    text = js_json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _timeline(owner: int, row: tables.Row) -> dict[str, Any]:
    db = mock().db
    posts = tables.summaries_of(db, owner, row["id"])
    seen = tables.impressions(db, owner, row["id"])
    start = parse_iso(row["start_time"])
    times = sorted(parse_iso(item["impression_time"]) for item in seen)
    entries = [_entry(item, posts.get(item["id"])) for item in seen]
    docs = [documented(posts[item["id"]]) for item in seen if item["id"] in posts]
    return {
        "id": row["id"],
        "day": f"{start:%A} {start.day} {start:%B %Y}",
        "clock": f"{start:%H:%M}",
        "iso": row["start_time"],
        "duration": humanize(times[-1] - times[0]) if times else "nothing seen",
        "entries": entries,
        "public": sum(1 for item in seen if item["visibility"] == "public"),
        "private": sum(1 for item in seen if item["visibility"] == "private"),
        "sponsored": sum(1 for doc in docs if doc.get("nature") == "sponsored"),
        "file": {
            "name": f"timeline-{start:%Y-%m-%d-%H%M}",
            "csv": csv_text(docs, historical=False),
            "json": docs,
        },
    }


def _entry(item: tables.Row, post: dict[str, Any] | None) -> dict[str, Any]:
    clock = f"{parse_iso(item['impression_time']):%H:%M:%S}"
    entry: dict[str, Any] = {"order": item["impression_order"], "clock": clock}
    if item["visibility"] == "private" or post is None:
        return entry | {"kind": "private" if item["visibility"] == "private" else "unread"}
    text = " ".join(post.get("texts", ()))
    link = post.get("permaLink")
    card = post.get("opengraph") or {}
    return entry | {
        "kind": post.get("nature") or "unclear",
        "source": post.get("source") or "somebody",
        "text": text[:_EXCERPT] + ("…" if len(text) > _EXCERPT else ""),
        "all": text.casefold(),
        "media": post.get("fblinktype"),
        "link": f"https://www.facebook.com{link}" if link else None,
        "site": card.get("siteName"),
        "published": (post.get("publicationTime") or "")[:16].replace("T", " "),
        "reactions": [
            (name.title(), post[name])
            for name in ("LIKE", "LOVE", "CARE", "HAHA", "WOW", "SAD", "ANGRY")
            if name in post
        ],
    }


def _charts(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bars in percent of the largest, one row a day, oldest first."""
    ordered = list(reversed(days))

    def bars(*values: str) -> list[dict[str, Any]]:
        def of(day: dict[str, Any], name: str) -> float:
            if name == "minutes":
                return float(round(day["totalSeconds"] / 60, 1))
            return float(day["nature"].get(name, day.get(name, 0)))

        most = max((sum(of(day, v) for v in values) for day in ordered), default=0) or 1
        return [
            {
                "day": day["day"],
                "parts": [
                    {"name": v, "value": of(day, v), "width": round(100 * of(day, v) / most, 2)}
                    for v in values
                ],
            }
            for day in ordered
        ]

    return [
        {"id": "posts", "title": "Posts a day", "unit": "posts",
         "names": ("organic", "sponsored"), "rows": bars("organic", "sponsored")},
        {"id": "minutes", "title": "Minutes a day", "unit": "min", "names": ("minutes",),
         "rows": bars("minutes")},
        {"id": "sources", "title": "Different sources a day", "unit": "sources",
         "names": ("sources",), "rows": bars("sources")},
    ]  # fmt: skip
