"""Statistics of a supporter's days: timelines, posts, minutes, organic and sponsored, sources.

A day is a calendar day in UTC on which a timeline began. The time spent is the sum over timelines
of the time between first and last impression, never the span of the day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from collector.common.identity import content_id_2019, parse_iso
from mockserver.api.trex.moments import humanize
from mockserver.db import Submissions


def days(db: Submissions, supporter: int, user_id: str, amount: int, skip: int) -> list[dict]:
    """``amount`` days with timelines, newest first, after the ``skip`` newest."""
    rows = db.rows(
        "SELECT substr(start_time, 1, 10) AS day, COUNT(*) AS n FROM fbtrex_timelines"
        " WHERE supporter = ? GROUP BY 1 ORDER BY 1 DESC LIMIT ? OFFSET ?",
        [supporter, amount, skip],
    )
    return [_day(db, supporter, user_id, row["day"], row["n"]) for row in rows]


def _day(db: Submissions, supporter: int, user_id: str, day: str, timelines: int) -> dict[str, Any]:
    of_day = (
        " JOIN fbtrex_timelines t ON t.supporter = x.supporter AND t.id = x.timeline_id"
        " WHERE x.supporter = ? AND substr(t.start_time, 1, 10) = ?"
    )
    posts = db.one(
        "SELECT COUNT(*) AS npost, COUNT(DISTINCT x.source) AS sources,"
        " SUM(x.nature = 'organic') AS organic, SUM(x.nature = 'sponsored') AS sponsored"
        f" FROM fbtrex_summaries x{of_day}",
        [supporter, day],
    )
    spans = db.rows(
        "SELECT MIN(x.impression_time) AS first, MAX(x.impression_time) AS last"
        f" FROM fbtrex_impressions x{of_day} GROUP BY x.timeline_id",
        [supporter, day],
    )
    seconds = sum((parse_iso(row["last"]) - parse_iso(row["first"]) for row in spans), timedelta())
    whole = round(seconds.total_seconds())
    return {
        "day": day,
        "dayTime": f"{day}T00:00:00.000Z",
        "id": content_id_2019(dayString=day, userId=user_id, frequency="daily"),
        "ntimelines": timelines,
        "npost": posts["npost"],
        "nature": {"organic": posts["organic"] or 0, "sponsored": posts["sponsored"] or 0},
        "totalSeconds": whole,
        "duration": humanize(timedelta(seconds=whole)),
        "sources": posts["sources"],
    }
