"""From submitted HTML to an observation, with the collector's own parsers.

A server that parses with other code than the instrument would measure the difference between two
parsers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector.common.model import PageKind, PageStatus
from collector.platforms.youtube import PARSER, parse_page
from collector.platforms.youtube.reference import to_metadata

log = logging.getLogger(__name__)

#: Kinds of pages that have observations.
_KINDS = frozenset({PageKind.HOME, PageKind.VIDEO, PageKind.SEARCH})


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the parser made of a page that was sent. ``problem`` says why there is no
    observation where one was to be expected."""

    status: PageStatus
    kind: PageKind
    parser: str
    doc: dict[str, Any] | None
    """The observation under the reference's names; ``None`` where the page is none."""
    problem: str | None = None


def observe(
    html: str,
    href: str,
    *,
    metadata_id: str,
    client_time: datetime,
    saving_time: datetime,
    blang: str | None,
    experiment_id: str | None,
    research_tag: str | None,
) -> Parsed:
    """Parse one page. Evidence outlives a parser's bug: the page is kept and the bug is logged."""
    try:
        seen = parse_page(html, href, client_time=client_time, languages=(blang,) if blang else ())
        doc = to_metadata(
            seen,
            id=metadata_id,
            client_time=client_time,
            saving_time=saving_time,
            blang=blang,
            experiment_id=experiment_id,
            research_tag=research_tag,
        )
    except Exception as error:
        log.exception("the parser failed on evidence of page %s", metadata_id)
        return Parsed(PageStatus.UNKNOWN, PageKind.OTHER, PARSER, None, f"crashed: {error!r}")
    if seen.status not in (PageStatus.OK, PageStatus.PARTIAL) or seen.kind not in _KINDS:
        return Parsed(seen.status, seen.kind, seen.parser, None, f"page is {seen.status}")
    doc.pop("publicKey", None)
    return Parsed(seen.status, seen.kind, seen.parser, doc)


def merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """A later capture of the same page over an earlier one.

    Home and search pages only grow, so the later list is the list. Beside a video, recommendations
    that the later capture no longer shows are kept after those it does, renumbered.
    """
    if "related" not in old or "related" not in new:
        return new
    shown = {_name(item) for item in new["related"]}
    gone = [dict(item) for item in old["related"] if _name(item) not in shown]
    last = max((item.get("index") or 0 for item in new["related"]), default=0)
    for place, item in enumerate(gone, start=last + 1):
        item["index"] = place
    return {**new, "related": [*new["related"], *gone]}


def _name(item: Mapping[str, Any]) -> tuple[Any, Any]:
    """What an entry recommends: an advertisement and a video may lead to the same place."""
    return (item.get("kind"), item.get("itemId") or item.get("videoId"))
