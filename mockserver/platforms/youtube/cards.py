"""One place of a list as strings: what its renderer's template shows.

The same :class:`Card` feeds the DOM and the inline JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from collector.common.model import ItemKind, Surface
from mockserver.platforms.youtube.look import Look, clock_text
from mockserver.world.model import Ad, Channel, Entry, Playlist, Video

#: Sub-lists of a card's own class names, by surface (today's markup).
_PARENTS = {
    Surface.HOME: "ytd-rich-item-renderer",
    Surface.CHANNEL: "ytd-rich-item-renderer",
    Surface.RELATED: "ytd-watch-next-secondary-results-renderer",
    Surface.SEARCH: "ytd-item-section-renderer",
}

_BADGES = {
    ItemKind.LIVE: "ytBadgeShapeThumbnailLive",
    ItemKind.SHORT: "ytBadgeShapeThumbnailDefault",
    ItemKind.UPCOMING: "ytBadgeShapeThumbnailDefault",
}


def thumbnail_url(video_id: str, *, tall: bool = False) -> str:
    """The picture of a video (see :mod:`.pictures`); shorts' shelves have tall ones."""
    return f"/vi/{video_id}/{'oardefault' if tall else 'hqdefault'}.jpg"


def avatar_url(channel_id: str) -> str:
    """Give the path of a channel's picture."""
    return f"/ytc/{channel_id}=s68-c-k-c0x00ffffff-no-rj"


def ad_url(ad: Ad) -> str:
    """Where a click on an ad goes: a page of this site that names the advertiser."""
    where = {"sa": "L", "site": ad.site, "adurl": ad.id}
    return "/pagead/aclk?" + urlencode(where)


@dataclass(frozen=True)
class Fact:
    """One piece of a card's metadata line; ``label`` is its long form for screen readers."""

    text: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class First:
    """One of the first videos of a list."""

    video_id: str
    title: str
    href: str
    length: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One place of a list as strings: what a renderer's template shows and what the inline JSON
    says. A field is empty where the kind or the era has none; ``progress`` is in per cent."""

    kind: ItemKind
    content_id: str
    href: str
    title: str
    thumbnail: str
    surface: Surface
    parent_class: str
    vertical: bool
    slim: bool = False
    byline: str = ""
    channel_name: str = ""
    channel_href: str = ""
    channel_id: str = ""
    channel_linked: bool = False
    verified: bool = False
    avatar: str = ""
    facts: tuple[Fact, ...] = ()
    views_short: str = ""
    views_exact: str = ""
    starts: int = 0
    """Start of an upcoming video, seconds since 1970."""
    age: str = ""
    badge: str = ""
    badge_label: str = ""
    badge_style: str = "DEFAULT"
    badge_class: str = "ytBadgeShapeThumbnailDefault"
    label: str = ""
    """2022's long label; also on today's search results."""
    link_label: str = ""
    """What the title's link is called: title and length today."""
    snippet: str = ""
    fresh: bool = False
    stacked: bool = False
    mix: bool = False
    progress: int = 0
    firsts: tuple[First, ...] = ()
    sponsor: str = ""
    site: str = ""
    layout: str = ""
    ad_badge: str = ""


def video_card(entry: Entry, look: Look, surface: Surface, *, slim: bool = False) -> Card:
    """A video, short, live stream or upcoming video."""
    video = entry.video
    if video is None:
        raise ValueError(f"entry {entry.slot} ({entry.kind}) has no video")
    channel = look.world.channels[video.channel_id]
    search = surface is Surface.SEARCH
    short = video.kind is ItemKind.SHORT
    length = look.length(video) if video.seconds is not None else ""
    age, views = look.card_age(video), look.card_views(video)
    facts = [Fact(text) for text in (views, age) if text]
    if video.kind is ItemKind.UPCOMING:
        facts = [Fact(views), Fact(age)]
    label = look.label(video, channel, search=search)
    if not look.modern:
        link_label = look.t("reel_label", title=video.title, duration=length) if short else label
    elif short:
        link_label = look.t("play_short", label=f"{video.title}, {look.views_short(video.views)}")
    else:
        link_label = f"{video.title} {length}".strip()
    return Card(
        kind=video.kind,
        content_id=video.id,
        href=f"/shorts/{video.id}" if short else f"/watch?v={video.id}",
        title=video.title,
        thumbnail=look.picture(thumbnail_url(video.id, tall=slim)),
        surface=surface,
        parent_class=_PARENTS[surface],
        vertical=surface in {Surface.HOME, Surface.CHANNEL},
        slim=slim,
        byline="" if surface is Surface.CHANNEL else channel.name,
        channel_name=channel.name,
        channel_href=look.channel_href(channel),
        channel_id=channel.id,
        channel_linked=surface in {Surface.HOME, Surface.SEARCH},
        verified=channel.verified,
        avatar="" if surface is Surface.CHANNEL else avatar_url(channel.id),
        facts=tuple(facts),
        views_short=look.views_short(video.views),
        views_exact=look.views(video),
        starts=int(video.published.timestamp()) if video.kind is ItemKind.UPCOMING else 0,
        age=age,
        badge=look.badge(video),
        badge_label=length if video.kind is ItemKind.VIDEO else look.badge(video),
        badge_style={
            ItemKind.LIVE: "LIVE",
            ItemKind.UPCOMING: "UPCOMING",
            ItemKind.SHORT: "SHORTS",
        }.get(video.kind, "DEFAULT"),
        badge_class=_BADGES.get(video.kind, "ytBadgeShapeThumbnailDefault"),
        label=label,
        link_label=link_label,
        snippet=video.description[:150],
        fresh=video.kind is ItemKind.VIDEO and look.age(video.published) < timedelta(days=7),
        progress=look.progress.get(video.id, 0),
    )


def _firsts(look: Look, video_ids: tuple[str, ...], list_id: str) -> tuple[First, ...]:
    found = []
    for video_id in video_ids[:2]:
        video = look.world.videos.get(video_id)
        if video is not None:
            href = f"/watch?v={video.id}&list={list_id}"
            found.append(First(video.id, video.title, href, clock_text(video.seconds or 0)))
    return tuple(found)


def mix_card(entry: Entry, look: Look, surface: Surface) -> Card:
    """An endless list that grows from one video."""
    video = entry.video
    if video is None:
        raise ValueError(f"mix {entry.item_id} has no video")
    channel = look.world.channels[video.channel_id]
    names = look.t("and_more", names=channel.name)
    return Card(
        kind=ItemKind.MIX,
        content_id=entry.item_id,
        href=f"/watch?v={video.id}&list={entry.item_id}&start_radio=1",
        title=look.t("mix", title=video.title),
        thumbnail=look.picture(thumbnail_url(video.id)),
        surface=surface,
        parent_class=_PARENTS[surface],
        vertical=surface in {Surface.HOME, Surface.CHANNEL},
        byline=names if look.modern else "YouTube",
        channel_name=names if look.modern else "YouTube",
        badge=look.t("mix_badge"),
        badge_label=look.t("mix_badge"),
        link_label=look.t("mix", title=video.title),
        stacked=True,
        mix=True,
        firsts=_firsts(look, (video.id,), entry.item_id),
    )


def playlist_card(entry: Entry, look: Look, surface: Surface) -> Card:
    """Somebody's list of videos."""
    playlist: Playlist | None = entry.playlist
    if playlist is None:
        raise ValueError(f"entry {entry.slot} has no playlist")
    channel: Channel | None = look.world.channels.get(playlist.channel_id)
    first = playlist.video_ids[0]
    count = look.t("videos_count", n=look.language.number(len(playlist.video_ids)))
    href = f"/watch?v={first}&list={playlist.id}"
    facts = (Fact(look.t("playlist")), Fact(look.t("view_playlist"), href=href))
    return Card(
        kind=ItemKind.PLAYLIST,
        content_id=playlist.id,
        href=href,
        title=playlist.title,
        thumbnail=look.picture(thumbnail_url(first)),
        surface=surface,
        parent_class=_PARENTS[surface],
        vertical=surface in {Surface.HOME, Surface.CHANNEL},
        byline=channel.name if channel else "",
        channel_name=channel.name if channel else "",
        channel_href=look.channel_href(channel) if channel else "",
        channel_linked=channel is not None and surface in {Surface.HOME, Surface.SEARCH},
        verified=False,
        facts=facts if look.modern else (),
        badge=count,
        badge_label=count,
        link_label=playlist.title,
        stacked=True,
        firsts=_firsts(look, playlist.video_ids, playlist.id),
    )


def ad_card(entry: Entry, look: Look, surface: Surface) -> Card:
    """An ad among the items."""
    ad = entry.ad
    if ad is None:
        raise ValueError(f"entry {entry.slot} has no ad")
    video: Video | None = entry.video
    parents = {Surface.HOME: "ytd-rich-item-renderer", Surface.SEARCH: "ytd-item-section-renderer"}
    return Card(
        kind=ItemKind.AD,
        content_id=ad.id,
        href=ad_url(ad),
        title=ad.title,
        thumbnail=look.picture(thumbnail_url(video.id) if video else f"/vi/{ad.id}/ad.jpg"),
        surface=surface,
        parent_class=parents.get(surface, "ytd-watch-next-secondary-results-renderer"),
        vertical=surface is Surface.HOME,
        avatar=avatar_url(ad.id),
        sponsor=ad.sponsor,
        site=ad.site,
        layout="vertical" if surface is Surface.HOME else "horizontal",
        ad_badge=look.t("sponsored" if look.modern else "ad"),
    )


def make_card(entry: Entry, look: Look, surface: Surface, *, slim: bool = False) -> Card:
    """The card of any entry."""
    if entry.kind is ItemKind.AD:
        return ad_card(entry, look, surface)
    if entry.kind is ItemKind.MIX:
        return mix_card(entry, look, surface)
    if entry.kind is ItemKind.PLAYLIST:
        return playlist_card(entry, look, surface)
    return video_card(entry, look, surface, slim=slim)
