"""The social site's visitors and items, as the world knows them."""

from __future__ import annotations

from typing import Any

from mockserver.platforms.facebook.language import BY_TAG
from mockserver.platforms.visited import Visited
from mockserver.world.social.viewers import FeedViewer


def _told(reader: FeedViewer) -> dict[str, Any]:
    return {
        "lang": reader.lang,
        "consented": reader.consented,
        "loads": reader.loads,
        "follows": len(reader.follows),
        "likes": len(reader.likes),
        "hidden": len(reader.hidden),
        "seen": sum(reader.seen.values()),
    }


VISITED = Visited(
    items="posts and pages",
    everybody=lambda world: world.social.viewers(),
    viewer=lambda world, visitor: world.social.viewer(visitor),
    told=_told,
    labels=lambda world: world.mislabelled(world.social.labels()),
    speaks=lambda locale: locale.partition("-")[0].lower() in BY_TAG,
)
