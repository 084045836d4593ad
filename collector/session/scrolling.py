"""How a step moves down a page, and how its ledger row says how far it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.session.pacing import Reach


def scrolled(actions: Any, args: Mapping[str, Any], reach: Reach) -> Any:
    """How many items the list has once it was scrolled as the step's arguments say, or as far as
    ``reach`` lets it come. Raises what the actions raise."""
    every_s = args["every_s"] or 0
    if args["screens"] is not None:
        return actions.scroll_screens(args["screens"], every_s, heed=reach)
    if args["pixels"] is not None:
        return actions.scroll_pixels(args["pixels"], args["times"], every_s, heed=reach)
    return actions.scroll_until(args["until"], heed=reach)


def under(actions: Any, how_far: str) -> str:
    """``how_far`` a scroll came, and what was left over the page all the while."""
    over = getattr(actions, "lies_over", str)()
    return f"{how_far}, behind: {over}" if over else how_far
