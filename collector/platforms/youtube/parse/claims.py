"""What an element says that it is of, before anybody knows how large the card around it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from collector.platforms.locale.clock import CLOCKS
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.registry import says_ad
from collector.platforms.youtube.parse.tree import Node, Place, text_of


@dataclass(frozen=True, slots=True)
class Claim:
    """An element that says what it is of; what is around it and of the same ``key`` is one card."""

    node: Node
    place: Place
    key: str
    ident: str
    href: str
    sure: bool
    """False where only the whole card tells whether it is a list or a video of it."""


def settled(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Claims of which those of a list are of its videos, where these are the cards."""
    played = _lists_of_videos(claims)
    for claim in claims:
        if claim.ident in played and (video := urls.video_id(claim.href)):
            claim = replace(claim, key=video, ident=video, sure=True)
        yield claim


def _lists_of_videos(claims: Sequence[Claim]) -> set[str]:
    """Lists whose videos are the cards, each with its length in its picture; the card of a list
    begins with a picture without one."""
    first: dict[str, Claim] = {}
    several: set[str] = set()
    for claim in claims:
        one = first.setdefault(claim.ident, claim)
        if claim.href != one.href and urls.video_id(claim.href) != urls.video_id(one.href):
            several.add(claim.ident)
    return {ident for ident in several if CLOCKS.search(text_of(first[ident].node))}


def advert_around(node: Node) -> str:
    """A name for the outermost element around a link that is an advert by its own name."""
    out = ""
    current = node.parent
    while current is not None:
        if says_ad(current.tag) or says_ad(f"-{current.id}"):
            out = f"ad {current.mem_id}"
        current = current.parent
    return out
