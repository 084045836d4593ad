"""Page-level fields of a search: the query as asked and the site's correction of it."""

from __future__ import annotations

from typing import Any

from collector.platforms.youtube.parse.tree import Node, text_of
from collector.platforms.youtube.urls import Nature


def read_fields(root: Node, asked: Nature) -> dict[str, Any]:
    """``query`` and ``correction`` (texts of the correction's pieces, outermost first)."""
    box = root.css_first("yt-search-query-correction, yt-did-you-mean-renderer")
    pieces: list[str] = []
    if box is not None:
        pieces = [t for n in box.css("yt-formatted-string") if (t := text_of(n))]
    return {"query": asked.query, "correction": pieces}
