"""A mobile page's inline JSON: one column, and cards of its own around the same facts."""

from __future__ import annotations

from collector.common.model import ItemKind
from mockserver.platforms.youtube.card_json import card_json
from mockserver.platforms.youtube.cards import Card
from mockserver.platforms.youtube.innertube import ITEMS, Json, dumps, splice
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.watch import WatchFacts

#: What stands as it is inside a string in single quotes; the site writes all else as ``\\xHH``.
_PLAIN = frozenset("_.,: -+*=@!?;~%^$|()/" + "0123456789") | frozenset(
    letter for start in "aA" for letter in map(chr, range(ord(start), ord(start) + 26))
)

#: Stands for the queue's JSON.
_QUEUE = "\x00queue"


def quoted(text: str) -> str:
    r"""JSON as the mobile site assigns it: a string in single quotes, its marks escaped.

    >>> quoted('{"a":1}')
    "'\\x7b\\x22a\\x22:1\\x7d'"
    """
    marks = {ord(sign): f"\\x{ord(sign):02x}" for sign in set(text) - _PLAIN if ord(sign) < 0x80}
    return f"'{text.translate(marks)}'"


def _runs(text: str) -> Json:
    return {"runs": [{"text": text}]}


def _video(card: Card) -> Json:
    """``videoWithContextRenderer``."""
    short = card.href.startswith("/shorts/")
    endpoint: Json = {"url": card.href}
    endpoint |= {"reelWatchEndpoint" if short else "watchEndpoint": {"videoId": card.content_id}}
    browse = {"browseId": card.channel_id, "canonicalBaseUrl": card.channel_href}
    byline = {"text": card.channel_name, "navigationEndpoint": {"browseEndpoint": browse}}
    overlay = {"text": _runs(card.badge), "style": card.badge_style}
    made: Json = {
        "videoId": card.content_id,
        "headline": _runs(card.title),
        "thumbnail": {"thumbnails": [{"url": card.thumbnail, "width": 480, "height": 270}]},
        "shortBylineText": {"runs": [byline]},
        "navigationEndpoint": endpoint,
        "thumbnailOverlays": [{"thumbnailOverlayTimeStatusRenderer": overlay}],
    }
    if card.kind is ItemKind.UPCOMING:
        made["upcomingEventData"] = {"startTime": str(card.starts)}
    elif card.facts:
        made["shortViewCountText"] = _runs(card.facts[0].text)
    if card.kind in (ItemKind.VIDEO, ItemKind.SHORT):
        made["publishedTimeText"] = _runs(card.age)
    if card.kind is ItemKind.VIDEO:
        made["lengthText"] = _runs(card.badge)
    return made


def _list(card: Card) -> Json:
    """A mix or a playlist."""
    name = "compactRadioRenderer" if card.mix else "compactPlaylistRenderer"
    first = card.firsts[0].video_id if card.firsts else ""
    body: Json = {
        "playlistId": card.content_id,
        "title": _runs(card.title),
        "longBylineText": _runs(card.byline),
        "videoCountText": _runs(card.badge),
        "navigationEndpoint": {
            "url": card.href,
            "watchEndpoint": {"videoId": first, "playlistId": card.content_id},
        },
    }
    return {name: body}


def item(card: Card, look: Look, *, compact: bool = False) -> Json:
    """The object of one card, as its list holds it.

    :param card: adverts, and today's shorts of a shelf, are those of the other site
    :param compact: a video is drawn small
    """
    if card.kind is ItemKind.AD or (look.modern and card.kind is ItemKind.SHORT and card.slim):
        return card_json(card, look)
    if card.kind in (ItemKind.MIX, ItemKind.PLAYLIST):
        return _list(card)
    if compact:
        small = _video(card)
        return {"compactVideoRenderer": {"title": small.pop("headline"), **small}}
    return {"videoWithContextRenderer": _video(card)}


def shelf(title: str, items: str, *, shorts: bool, section: bool) -> str:
    """A titled run of items that are JSON already.

    :param section: it stands in the grid of a home page
    """
    body: Json = {"header": {"title": _runs(title)}, "title": _runs(title), "items": [ITEMS]}
    made: Json = {"reelShelfRenderer": body}
    if not shorts:
        content = {"verticalListRenderer": {"items": [ITEMS]}}
        made = {"shelfRenderer": {"title": _runs(title), "content": content}}
    return splice({"richSectionRenderer": {"content": made}} if section else made, items)


#: What a tab holds around its items.
GRID: Json = {"richGridRenderer": {"contents": [ITEMS]}}


def sections(*inside: Json | str) -> Json:
    """A tab's content as rows; ``inside`` are objects, or :data:`ITEMS`."""
    section = {"itemSectionRenderer": {"contents": list(inside)}}
    return {"sectionListRenderer": {"contents": [section]}}


def browse(items: str, ident: str, content: Json = GRID, **more: Json) -> str:
    """``ytInitialData`` of a page with a tab: the home page, a feed, a channel.

    :param ident: of the tab, ``FEwhat_to_watch`` on the home page
    :param content: of the tab, around the items
    """
    tab = {"tabRenderer": {"selected": True, "tabIdentifier": ident, "content": content}}
    whole = {"contents": {"singleColumnBrowseResultsRenderer": {"tabs": [tab]}}, **more}
    return splice(whole, items)


def search(items: str) -> str:
    """``ytInitialData`` of a page of results."""
    section = {"itemSectionRenderer": {"contents": [ITEMS]}}
    whole = {"contents": {"sectionListRenderer": {"contents": [section]}}, "estimatedResults": "-"}
    return splice(whole, items)


def watch(f: WatchFacts, items: str, queue: str = "") -> str:
    """``ytInitialData`` of a watch page around the related items' JSON and the queue's."""
    owner = {"slimOwnerRenderer": {"title": _runs(f.channel.name), "channelId": f.channel.id}}
    about = {"slimVideoInformationRenderer": {"title": _runs(f.video.title)}}
    video = {"slimVideoMetadataSectionRenderer": {"contents": [about, owner]}}
    related = {"contents": [ITEMS], "sectionIdentifier": "related-items"}
    contents = [video, {"itemSectionRenderer": related}]
    results: Json = {"results": {"results": {"contents": contents}}}
    if queue:
        results["playlist"] = _QUEUE
    whole = {
        "contents": {"singleColumnWatchNextResults": results},
        "currentVideoEndpoint": {"watchEndpoint": {"videoId": f.video.id}},
    }
    return splice(whole, items).replace(dumps(_QUEUE), queue, 1)


def script(data: str) -> str:
    """What stands behind ``ytInitialData =`` in the document."""
    return quoted(data) if data else dumps(None)
