"""The reference's answers: what the ytTREX 2022 collector would have made of the same pages.

Kept apart from the parser, so that its known mistakes can be reproduced for comparison and never
leak into data: hidden earlier pages mixed in, labels decided by their last word, a whole watch page
lost to one label, positions with holes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector.common.model import PageKind
from collector.platforms.youtube.historic.home import read_home
from collector.platforms.youtube.historic.search import HistoricFailure, read_search
from collector.platforms.youtube.historic.times import iso
from collector.platforms.youtube.historic.video import merge, read_video
from collector.platforms.youtube.parse.depth import TooDeep
from collector.platforms.youtube.urls import parse_url

__all__ = ["HistoricFailure", "Source", "reference_answer"]


@dataclass(frozen=True, slots=True)
class Source:
    """One capture as the wire carried it."""

    html: str
    href: str
    blang: str | None
    client_time: datetime | None
    saving_time: datetime | None


def reference_answer(page_id: str, sources: Sequence[Source]) -> dict[str, Any]:
    """The metadata document of a page from its captures; ``{}`` where the reference fails.

    Captures of a watch page are taken from the latest to the earliest and merged; of other pages
    the last that can be read stands.
    """
    if not sources:
        return {}
    kind = parse_url(sources[0].href).kind
    if kind is PageKind.VIDEO:
        order = sorted(sources, key=lambda s: s.client_time or datetime.max, reverse=True)
    else:
        order = list(sources)
    answers: list[tuple[Source, dict[str, Any]]] = []
    for source in order:
        try:
            answers.append((source, _read(kind, source)))
        except (HistoricFailure, TooDeep):
            continue
    if not answers:
        return {}
    documents = [answer for _, answer in answers]
    document = merge(documents) if kind is PageKind.VIDEO else documents[-1]
    last = answers[-1][0]
    return {
        "id": page_id,
        **document,
        "href": last.href,
        "clientTime": iso(last.client_time) if last.client_time else None,
        "savingTime": iso(last.saving_time) if last.saving_time else None,
    }


def _read(kind: PageKind, source: Source) -> dict[str, Any]:
    if kind is PageKind.HOME:
        return read_home(source.html, source.client_time)
    if kind is PageKind.SEARCH:
        return {**read_search(source.html, source.href), "blang": source.blang}
    if kind is PageKind.VIDEO:
        return read_video(source.html, source.href, source.blang, source.client_time)
    raise HistoricFailure("no parser for this kind of page")
