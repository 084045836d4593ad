"""The ``summary`` of the API, key by key: one impression, in the documentation's order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.common.identity import iso_z
from collector.common.model import Post
from collector.platforms.facebook.reference import REACTIONS, summary_fields

#: The documentation's keys of a summary, in its order.
DOCUMENTED = (
    "impressionTime", "impressionOrder", "semanticId", "opengraph", "user", "timeline",
    "publicationTime", "postId", "permaLink", "fblinktype", "nature", "images", "videoautoplay",
    "displaySource", "source", "sourceLink", "texts", "textsize", *REACTIONS,
)  # fmt: skip


def to_summary(
    post: Post, *, time: datetime, order: int, html_id: str, user: str, timeline: str
) -> dict[str, Any]:
    """One impression as the API's ``summary``, with what only we know at the end.

    Keys that the documentation has come first and in its order (:data:`DOCUMENTED`).
    """
    fields = summary_fields(post)
    doc: dict[str, Any] = {"impressionTime": iso_z(time), "impressionOrder": order}
    for key in ("semanticId", "opengraph"):
        if (value := fields.pop(key)) is not None:
            doc[key] = value
    return doc | {"user": user, "timeline": timeline} | fields | {"id": html_id}


def documented(doc: Mapping[str, Any]) -> dict[str, Any]:
    """A summary with the documentation's keys only."""
    return {key: doc[key] for key in DOCUMENTED if key in doc}
