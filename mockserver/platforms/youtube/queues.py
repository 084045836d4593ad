"""Videos of a playlist: the rows of its page, and the panel beside a video watched in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from collector.common.model import Surface
from mockserver.platforms.youtube.card_json import row_json
from mockserver.platforms.youtube.cards import Card, video_card
from mockserver.platforms.youtube.innertube import ITEMS, dumps, splice
from mockserver.platforms.youtube.lists import Rendered
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Entry
from mockserver.world.plainlists import plain_list


def _template(look: Look) -> str:
    return "mobile/playlist.html" if look.mobile else "full/playlist.html"


@dataclass(frozen=True)
class Named:
    """What a list is called, and by whom it is."""

    title: str
    owner: str


def named(visit: Visit, ident: str) -> Named | None:
    """A playlist or a mix; ``None``: there is none of this id."""
    world = visit.world
    playlist = world.playlists.get(ident)
    if playlist is not None:
        channel = world.channels.get(playlist.channel_id)
        return Named(playlist.title, channel.name if channel else "")
    video = world.videos.get(ident.removeprefix("RD")) if ident.startswith("RD") else None
    return Named(visit.look.t("mix", title=video.title), "YouTube") if video else None


def cards(visit: Visit, entries: tuple[Entry, ...], ident: str) -> list[Card]:
    """Entries as cards whose links stay in the list."""
    made = []
    for entry in entries:
        card = video_card(entry, visit.look, Surface.SEARCH)
        href = f"/watch?v={entry.item_id}&list={ident}&index={entry.slot}"
        made.append(replace(card, href=href))
    return made


def rows(visit: Visit, entries: tuple[Entry, ...], ident: str) -> Rendered:
    """The rows of a playlist's page."""
    look = visit.look
    found = cards(visit, entries, ident)
    html = Markup("").join(
        macro(look.language.tag, look.era, _template(look), "row", card, number)
        for number, card in enumerate(found, start=1)
    )
    data = ",".join(dumps({"playlistVideoRenderer": row_json(card, look)}) for card in found)
    return Rendered(html, data)


def panel(visit: Visit, load: str, ident: str, playing: str) -> Rendered:
    """The panel beside a video, logged as served; empty for a list that is not there."""
    about = named(visit, ident)
    entries = plain_list(visit.world, visit.viewer, Surface.QUEUE, ident)
    if about is None or not entries:
        return Rendered(Markup(""), "")
    look = visit.look
    visit.world.truth.served(
        visit.visitor, load=load, surface=Surface.QUEUE, context=ident, entries=entries,
        lang=look.language.tag,
    )  # fmt: skip
    found = cards(visit, entries, ident)
    tag, era, template = look.language.tag, look.era, _template(look)
    inner = Markup("").join(
        macro(tag, era, template, "queued", card, number, card.content_id == playing)
        for number, card in enumerate(found, start=1)
    )
    at = next((n for n, card in enumerate(found, start=1) if card.content_id == playing), 1)
    html = macro(tag, era, template, "panel", about.title, about.owner, inner, at, len(found))
    items = ",".join(dumps({"playlistPanelVideoRenderer": row_json(card, look)}) for card in found)
    body = {"playlist": {"title": about.title, "playlistId": ident, "contents": [ITEMS]}}
    return Rendered(html, splice(body, items))
