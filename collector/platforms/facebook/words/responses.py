"""What stands beside the counts under a post: reactions, comments, shares."""

from __future__ import annotations

from collector.common.jsondata import load

_DATA = load(__package__, "responses.json")

#: Reactions as accessible labels name them.
REACTIONS: dict[str, tuple[str, ...]] = _DATA["reactions"]

#: ``reaction_type`` of links, and the name the reference gives it.
REACTION_TYPES: dict[int, str] = {
    1: "LIKE",
    2: "LOVE",
    3: "WOW",
    4: "HAHA",
    7: "SAD",
    8: "ANGRY",
    11: "THANKFUL",
    16: "CARE",
}

#: Beginnings of the nouns beside the counts under a post, in lower case.
COMMENTS: tuple[str, ...] = _DATA["comments"]
SHARES: tuple[str, ...] = _DATA["shares"]
