"""The video site's visitors and items, as the world knows them."""

from __future__ import annotations

from typing import Any

from mockserver.platforms.visited import Visited
from mockserver.platforms.youtube.i18n import choose
from mockserver.world import Viewer


def _told(viewer: Viewer) -> dict[str, Any]:
    return {
        "bucket": viewer.bucket,
        "lang": viewer.lang,
        "country": viewer.country,
        "consented": viewer.consented,
        "loads": viewer.loads,
        "events": len(viewer.events),
    }


def _speaks(locale: str) -> bool:
    language, _ = choose(locale)
    return language.tag != "en" or locale.partition("-")[0].lower() == "en"


VISITED = Visited(
    items="videos",
    everybody=lambda world: world.viewers(),
    viewer=lambda world, visitor: world.viewer(visitor),
    told=_told,
    labels=lambda world: world.labels(),
    speaks=_speaks,
    example={
        "lang": "en", "country": "US", "consented": "reject", "loads": 1,
        "events": [{"kind": "search", "target": "music", "seconds": 0, "fraction": 0,
                    "on": True, "load": ""}],
        "subscriptions": [], "likes": [], "dislikes": [], "hidden": [],
    },
)  # fmt: skip
