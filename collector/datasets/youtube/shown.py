"""What a page shows of an entry: the mock's own markup, read by the parser of real pages.

Rendering and reading take a millisecond an item, so each item is read once for each list and
language, many at a time; a page is then made of items that are known. Whoever simulates hands over
keys alone, and whoever writes reads what they stand for, so that no two processes read the same
item. What a card shows of a single viewer (how much of a video was watched already) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson
from markupsafe import Markup

from collector.common.model import ItemKind, Surface
from collector.datasets.records import Key, Session, Values, values_of
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

#: Items that are read together: what a page costs by itself is paid once for all of them.
_AT_ONCE = 100

#: Kind, topic, title, and what else the truth log says, as JSON.
OfTruth = tuple[str, str | None, str, str]


class NotReadable(RuntimeError):
    """The parser does not read the mock's own markup back (a defect of the program)."""


class Item(NamedTuple):
    """What a key stands for: an entry of a list, as a page of this language and country has it."""

    entry: Entry
    surface: Surface
    language: Language
    country: str


class Shown:
    """Rows of ``impressions`` for the entries of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._items: dict[Key, Item] = {}
        self._keys: dict[Key, Key] = {}
        self._known: dict[Key, Values] = {}
        self._truth: dict[tuple[str, str | None, str | None], OfTruth] = {}
        plain = next(video for video in world.videos.values() if video.kind is ItemKind.VIDEO)
        #: Stands below what is read: adverts alone make no page.
        self._below = Entry(slot=0, kind=plain.kind, item_id=plain.id, video=plain)

    def enter(
        self,
        made: Session,
        capture: str,
        entries: Sequence[Entry],
        surface: Surface,
        language: Language,
        country: str,
    ) -> None:
        """Put a list on record under a capture, as keys; :meth:`complete` makes rows of them."""
        keys, tag, on, told = [], language.tag, str(surface), self._keys
        for entry in entries:
            key = (tag, on, str(entry.kind), entry.item_id, entry.shelf is not None, entry.section)
            known = told.get(key)
            if known is None:
                known = told[key] = key
                self._items[key] = made.fresh[key] = Item(entry, surface, language, country)
            keys.append(known)
        made.listed.append((capture, tuple(keys)))

    def complete(self, sessions: Sequence[Session]) -> None:
        """Make rows of what sessions have listed, of this process or of another one that hands its
        sessions over in the order in which it made them."""
        for session in sessions:
            self._items.update(session.fresh)
        self._learn(key for each in sessions for _, keys in each.listed for key in keys)
        known = self._known
        for session in sessions:
            rows = session.tables["impressions"]
            for capture, keys in session.listed:
                # Capture, surface and position are the first three columns.
                rows += [(capture, key[1], place, *known[key]) for place, key in enumerate(keys, 1)]
            session.listed.clear()
            session.fresh.clear()

    def _learn(self, keys: Iterator[Key]) -> None:
        """Read the items of those keys that are not known, those of one list together."""
        new: dict[tuple[Surface, str, bool], list[Key]] = {}
        for key in dict.fromkeys(key for key in keys if key not in self._known):
            item = self._items[key]
            # Posts stand on pages of their own.
            page = (item.surface, item.language.tag, item.entry.post is not None)
            new.setdefault(page, []).append(key)
        for some in new.values():
            for batch in _batches(some, self._items):
                first = self._items[batch[0]]
                read = self._read([self._items[key].entry for key in batch], *first[1:])
                self._known.update(zip(batch, read, strict=True))

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
        found = [(each.surface, each.kind, each.item_id) for each in read.impressions]
        if found[:-1] != [(surface, each.kind, each.item_id) for each in entries]:
            raise NotReadable(f"{surface}: {read.status}, {found}")
        rows = [values_of("impressions", from_impression("", each)) for each in read.impressions]
        return [row[3:] for row in rows[:-1]]

    def _html(self, entries: Sequence[Entry], look: Look, surface: Surface) -> Markup:
        """Their cards, and below them one that is not read."""
        said = [entry.post for entry in entries if entry.post is not None]
        channels = self._world.channels
        posts = (post_card(post, channels[post.channel_id], look).html for post in said)
        drawn = [entry for entry in entries if entry.post is None]
        cards = render_entries([*drawn, self._below], look, surface, keep=False).html
        return Markup("").join(posts) + cards


def _batches(keys: Sequence[Key], items: Mapping[Key, Item]) -> Iterator[list[Key]]:
    """Keys that may stand on one page together: none has the id of another, as on a page."""
    left = list(keys)
    while left:
        batch: dict[str, Key] = {}
        later: list[Key] = []
        for key in left:
            item_id = items[key].entry.item_id
            if item_id in batch or len(batch) == _AT_ONCE:
                later.append(key)
            else:
                batch[item_id] = key
        yield list(batch.values())
        left = later
