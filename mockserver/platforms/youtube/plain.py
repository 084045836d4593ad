"""Lists that no recommender ranks, by their addresses: the same on both sites.

What stands at an address is decided here once and logged as served; the sites draw it, each in its
own markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from collector.common.model import ItemKind, Surface
from mockserver.platforms.youtube.cards import Card, video_card
from mockserver.platforms.youtube.innertube import Json
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel, Entry, Video
from mockserver.world.plainlists import plain_list, tab_list

_SHORT = re.compile(r"/shorts/([A-Za-z0-9_-]{11})/?\Z")
_HASHTAG = re.compile(r"/hashtag/([^/]{1,80})(?:/shorts)?/?\Z")
#: Tabs of which the world has lists, and those of the real site that hold nothing here.
_TAB = re.compile(
    r"(/@[^/]+|/(?:channel|user|c)/[^/]+)/(shorts|streams|playlists|podcasts|courses|releases"
    r"|channels|store|membership)\Z"
)
_FEEDS = {
    "/feed/subscriptions": (Surface.SUBSCRIPTIONS, "subscriptions", "FEsubscriptions"),
    "/feed/history": (Surface.HISTORY, "history", "FEhistory"),
    "/feed/trending": (Surface.TRENDING, "trending", "FEtrending"),
}
#: Lists that are a grid of tiles, as the home page is; the others are rows, as search results.
_GRIDS = frozenset((Surface.SUBSCRIPTIONS, Surface.HASHTAG))


@dataclass(frozen=True)
class Feed:
    """A page that is one list: a feed, or what bears a tag."""

    surface: Surface
    subtype: str
    """What the page's own element says that it is."""
    ident: str
    """Of its tab in ``ytInitialData``."""
    name: str
    """Of the feed in the visitor's language; a tag without its mark."""

    @property
    def grid(self) -> bool:
        """Tiles; else rows."""
        return self.surface in _GRIDS

    @property
    def title(self) -> str:
        """Give what the page is called: the feed's name, a tag with its mark."""
        return f"#{self.name}" if self.surface is Surface.HASHTAG else self.name

    @property
    def context(self) -> str:
        """Give the context by which the world makes the list: the tag, or nothing."""
        return self.name if self.surface is Surface.HASHTAG else ""


def feed_at(visit: Visit, path: str) -> Feed | None:
    """The feed or tag at a path without a slash at its end; ``None``: there is none."""
    if tag := _HASHTAG.match(path):
        return Feed(Surface.HASHTAG, "hashtag-landing-page", "", unquote(tag[1]))
    if path not in _FEEDS:
        return None
    surface, subtype, ident = _FEEDS[path]
    look = visit.look
    name = look.t(subtype) if subtype in look.language.text else subtype.title()
    return Feed(surface, subtype, ident, name)


def said_instead(visit: Visit, feed: Feed) -> str:
    """What a feed says, in the visitor's language, where it holds nothing: who follows nobody is
    asked to sign in."""
    if feed.surface is Surface.SUBSCRIPTIONS and not visit.viewer.subscriptions:
        return visit.look.t("sign_in")
    own = feed.surface in (Surface.SUBSCRIPTIONS, Surface.HISTORY)
    return visit.look.t("no_videos" if own else "no_results")


def channel_tab(visit: Visit, path: str) -> tuple[Channel, str] | None:
    """Channel and name of the tab beside its uploads (``shorts``, ``podcasts``) at a path."""
    tab = _TAB.match(path)
    channel = visit.world.channel_by_path(tab[1]) if tab else None
    return None if tab is None or channel is None else (channel, tab[2])


def short_at(visit: Visit, path: str) -> Video | None:
    """The short whose player stands at a path."""
    found = _SHORT.match(path)
    video = visit.world.videos.get(found[1]) if found else None
    return video if video is not None and video.kind is ItemKind.SHORT else None


def served(visit: Visit, load: str, surface: Surface, context: str) -> tuple[Entry, ...]:
    """The entries of a list, logged; of the player of short videos only the screen that plays is
    served, and what follows was sent."""
    entries = plain_list(visit.world, visit.viewer, surface, context)
    shown = entries[:1] if surface is Surface.SHORTS else entries
    _log(visit, load, surface, context, shown)
    return entries


def served_tab(visit: Visit, load: str, channel: Channel, name: str) -> tuple[Entry, ...]:
    """What a tab of a channel holds beside its uploads, logged."""
    entries = tab_list(visit.world, channel.id, name)
    _log(visit, load, Surface.CHANNEL, channel.id, entries)
    return entries


def _log(
    visit: Visit, load: str, surface: Surface, context: str, entries: tuple[Entry, ...]
) -> None:
    visit.world.truth.served(
        visit.visitor, load=load, surface=surface, context=context or None, entries=entries,
        lang=visit.look.language.tag,
    )  # fmt: skip


def screens(visit: Visit, load: str, video: Video) -> list[Card]:
    """The screens of the player of short videos as cards, the one that plays first."""
    entries = served(visit, load, Surface.SHORTS, video.id)
    return [video_card(entry, visit.look, Surface.HOME, slim=True) for entry in entries]


def sequence(found: list[Card]) -> Json:
    """``ytInitialData`` of the player of short videos: one command a screen."""
    return {
        "currentVideoEndpoint": {"reelWatchEndpoint": {"videoId": found[0].content_id}},
        "entries": [{"command": {"reelWatchEndpoint": _screen(card)}} for card in found],
    }


def _screen(card: Card) -> Json:
    header: Json = {
        "reelTitleText": {"runs": [{"text": card.title}]},
        "channelTitleText": {"runs": [{"text": card.channel_name}]},
    }
    supported = {"reelPlayerHeaderRenderer": header}
    overlay = {"reelPlayerHeaderSupportedRenderers": supported}
    return {"videoId": card.content_id, "overlay": {"reelPlayerOverlayRenderer": overlay}}
