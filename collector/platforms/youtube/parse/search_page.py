"""Page-level fields of a search: the query as asked and the site's correction of it."""

from __future__ import annotations

from typing import Any

from collector.platforms.youtube.parse.survey import Survey
from collector.platforms.youtube.parse.tree import text_of
from collector.platforms.youtube.urls import ParsedUrl


def read_fields(found: Survey, asked: ParsedUrl) -> dict[str, Any]:
    """``query`` and ``correction`` (texts of the correction's pieces, outermost first)."""
    pieces: list[str] = []
    for box in found.blocks("yt-search-query-correction", "yt-did-you-mean-renderer")[:1]:
        pieces = [text for node in box.css("yt-formatted-string") if (text := text_of(node))]
    return {"query": asked.query, "correction": pieces}
