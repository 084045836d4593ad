"""Small hand-written answers of the site: cards as they are sent, and a page's own JSON."""

from __future__ import annotations

import json
from typing import Any


def lockup(video: str, title: str = "Title", badge: str = "12:29") -> dict[str, Any]:
    """A card of today as sent."""
    overlay = {"badges": [{"thumbnailBadgeViewModel": {"text": badge}}]}
    return {
        "lockupViewModel": {
            "contentId": video,
            "contentType": "LOCKUP_CONTENT_TYPE_VIDEO",
            "contentImage": {
                "thumbnailViewModel": {"overlays": [{"thumbnailBottomOverlayViewModel": overlay}]}
            },
            "metadata": {"lockupMetadataViewModel": {"title": {"content": title}}},
        }
    }


def script(contents: list[Any], *, video: str | None = None, player: Any = None) -> str:
    """Scripts of a page with this list, the video that it is about and the answer of the player."""
    data: dict[str, Any] = {"contents": {"list": contents}}
    if video is not None:
        data["currentVideoEndpoint"] = {"watchEndpoint": {"videoId": video}}
    text = f"<script>var ytInitialData = {json.dumps(data)};</script>"
    if player is not None:
        text += f"<script>var ytInitialPlayerResponse = {json.dumps(player)};</script>"
    return text
