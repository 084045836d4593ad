"""What a page shows of an entry: the mock's own markup, read by the parser of real pages.

Rendering and reading take a millisecond an item, so each item is read once for each list and
language; a page is then made of items that are known. What a card shows of a single viewer (how
much of a video was watched already) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from markupsafe import Markup

from collector.common.model import ItemKind, Surface
from collector.datasets.records import Values, values_of
from collector.platforms.youtube import parse_page
from collector.store.rows import from_impression
from mockserver.platforms.youtube.channeltabs import post_card
from mockserver.platforms.youtube.i18n import Language
from mockserver.platforms.youtube.lists import render_entries
from mockserver.platforms.youtube.look import Look
from mockserver.world import Entry, World

ORIGIN = "http://youtube.localhost"

#: A page around a list: its address, and the elements that the list stands in.
_PAGES = {
    Surface.HOME: ("/", "ytd-browse", "ytd-rich-grid-renderer"),
    Surface.RELATED: (
        "/watch?v=dQw4w9WgXcQ",
        "ytd-watch-flexy",
        "ytd-watch-next-secondary-results-renderer",
    ),
    Surface.SEARCH: ("/results?search_query=x", "ytd-search", "ytd-section-list-renderer"),
    Surface.CHANNEL: ("/channel/UC", "ytd-browse", "ytd-rich-grid-renderer"),
}

#: Without a title of its own a watch page is none.
_TITLE = '<ytd-watch-metadata><h1 title="x">x</h1></ytd-watch-metadata>'

Key = tuple[str, Surface, str, str, bool, str | None]

#: Kind, topic, title, and what else the truth log says, as JSON.
OfTruth = tuple[str, str | None, str, str]


class NotReadable(RuntimeError):
    """The parser does not read the mock's own markup back (a defect of the program)."""


class Shown:
    """Rows of ``impressions`` for the entries of one world; ``capture`` and ``position`` empty."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Key, Values] = {}
        self._truth: dict[tuple[str, str | None, str | None], OfTruth] = {}
        plain = next(video for video in world.videos.values() if video.kind is ItemKind.VIDEO)
        #: Stands below what is read: adverts alone make no page.
        self._below = Entry(slot=0, kind=plain.kind, item_id=plain.id, video=plain)

    def rows(
        self, entries: Sequence[Entry], surface: Surface, language: Language, country: str
    ) -> list[Values]:
        """One row an entry, in order."""
        keys = [self._key(entry, surface, language) for entry in entries]
        new = [
            (key, entry) for key, entry in zip(keys, entries, strict=True) if key not in self._known
        ]
        if new:
            read = self._read([entry for _, entry in new], surface, language, country)
            self._known.update(zip((key for key, _ in new), read, strict=True))
        return [self._known[key] for key in keys]

    def of_truth(self, entry: Entry) -> OfTruth:
        """What the truth log says of an entry wherever it stands."""
        key = (entry.item_id, entry.section, entry.shelf)
        found = self._truth.get(key)
        if found is None:
            video = entry.video.id if entry.video else None
            extra = {"section": entry.section, "shelf": entry.shelf, "video_id": video}
            text = orjson.dumps(extra, option=orjson.OPT_SORT_KEYS).decode()
            found = (str(entry.kind), entry.topic, entry.title, text)
            self._truth[key] = found
        return found

    @staticmethod
    def _key(entry: Entry, surface: Surface, language: Language) -> Key:
        kind, shelved = str(entry.kind), entry.shelf is not None
        return (language.tag, surface, kind, entry.item_id, shelved, entry.section)

    def _read(
        self, entries: Sequence[Entry], surface: Surface, language: Language, country: str
    ) -> list[Values]:
        world = self._world
        look = Look(
            world=world,
            language=language,
            country=country,
            era="2022" if world.era == "2022" else "2026",
            now=world.now(),
        )
        path, page, around = _PAGES[surface]
        title = _TITLE if surface is Surface.RELATED else ""
        entries_html = self._html(entries, look, surface)
        html = (
            f'<html lang="{language.tag}"><body><ytd-app><{page}>{title}<{around}>'
            f'<div id="contents">{entries_html}'
            f"</div></{around}></{page}></ytd-app></body></html>"
        )
        read = parse_page(html, ORIGIN + path, client_time=world.now(), languages=[language.tag])
        found = [(each.kind, each.item_id) for each in read.impressions]
        if found[:-1] != [(each.kind, each.item_id) for each in entries]:
            raise NotReadable(f"{surface}: {read.status}, {found}")
        return [
            values_of("impressions", from_impression("", each)) for each in read.impressions[:-1]
        ]

    def _html(self, entries: Sequence[Entry], look: Look, surface: Surface) -> Markup:
        """Their cards, and below them one that is not read."""
        said = [entry.post for entry in entries if entry.post is not None]
        channels = self._world.channels
        posts = (post_card(post, channels[post.channel_id], look).html for post in said)
        drawn = [entry for entry in entries if entry.post is None]
        cards = render_entries([*drawn, self._below], look, surface, keep=False).html
        return Markup("").join(posts) + cards
