"""Which recommendation a puppet follows: a pure choice among what was on the page.

Protects the rule that the same page, seed and history give the same choice. Ranks count only what a
puppet can watch: adverts, mixes, playlists, shorts and premieres to come are passed over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from collector.common.model import Impression, ItemKind, Surface
from collector.common.words import composed

#: Things that a puppet can follow and watch.
WATCHABLE = frozenset({ItemKind.VIDEO, ItemKind.LIVE})


#: What is picked where a step says no more: the first of the page's own list.
ANY: Mapping[str, Any] = {
    "by": "rank", "rank": 1, "top": None, "topics": (), "unseen": False, "from": None,
    "otherwise": "fail",
}  # fmt: skip


class NothingToFollow(Exception):
    """The page has nothing that the step asks for; the message says what was looked for."""


def candidates(
    shown: Sequence[Impression],
    surface: Surface,
    *,
    without: Collection[str] = (),
    kinds: Collection[ItemKind] = WATCHABLE,
) -> list[Impression]:
    """What can be picked on a surface, in page order; an item shown twice is one candidate."""
    found: dict[str, Impression] = {}
    for item in sorted(shown, key=lambda item: item.position):
        if item.surface is surface and item.kind in kinds and item.item_id not in without:
            found.setdefault(item.item_id, item)
    return list(found.values())


def choose(
    args: Mapping[str, Any],
    shown: Sequence[Impression],
    surface: Surface,
    *,
    seed: int,
    labels: Mapping[str, str],
    current: str | None,
    seen: Collection[str],
    gone: Collection[str] = (),
    kinds: Collection[ItemKind] = WATCHABLE,
    otherwise: Callable[[str], None] = lambda sought: None,
) -> Impression:
    """The impression that a ``follow`` step picks.

    :param args: the planned step's: ``by``, ``rank``, ``top``, ``topics``, ``title``, ``channel``,
        ``unseen``, ``otherwise``.
    :param labels: item id → topic.
    :param current: the video of this page, which is never its own successor.
    :param seen: videos that this puppet has had on a watch page.
    :param gone: items that the viewer has had taken off this page.
    :param kinds: of items that can be picked.
    :param otherwise: told what was sought in vain, where the step's ``otherwise`` takes another.
    :raises NothingToFollow: there is none, and the step names no way out.
    """
    without = {*gone, *([current] if current else [])}
    everything = candidates(shown, surface, without=without, kinds=kinds)
    pool = [item for item in everything if not (args["unseen"] and item.item_id in seen)]
    by, dice = args["by"], random.Random(seed)
    if by == "up_next":
        return _first(everything, f"nothing to follow in the list {surface}")
    top = pool[: args["top"]] if args.get("top") else pool
    match by:
        case "rank":
            picked = pool[args["rank"] - 1 : args["rank"]]
            sought = f"no item of rank {args['rank']} among {len(pool)}"
        case "random":
            picked = [dice.choice(top)] if top else []
            sought = "no item"
        case "title" | "channel":
            picked = [item for item in top if _said(item, by, args[by])][:1]
            sought = f"none of {len(top)} items has a {by} like {args[by]!r}"
        case _:
            wanted = set(args["topics"])
            picked = [item for item in top if labels.get(item.item_id) in wanted][:1]
            sought = f"none of {len(top)} items is about {' or '.join(args['topics'])}"
    if picked:
        return picked[0]
    unseen = " unseen" if args["unseen"] else ""
    match args["otherwise"]:
        case "first":
            picked = [_first(everything, f"{sought} in the list {surface}, and nothing else there")]
        case "random" if everything:
            picked = [dice.choice(everything)]
    if not picked:
        raise NothingToFollow(f"{sought}{unseen} in the list {surface}")
    otherwise(f"{sought}{unseen} in the list {surface}")
    return picked[0]


def _said(item: Impression, what: str, pattern: str) -> bool:
    """The pattern is found in the item's title or channel's name, in any case."""
    text = item.title if what == "title" else item.channel_name
    return re.search(composed(pattern), composed(text or ""), re.IGNORECASE) is not None


def _first(items: Sequence[Impression], otherwise: str) -> Impression:
    if not items:
        raise NothingToFollow(otherwise)
    return items[0]
