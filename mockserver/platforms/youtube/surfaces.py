"""Pages of lists that no recommender ranks: playlists, history, subscriptions, tags, shorts.

They stand where pages are as full as real ones; earlier years of the markup know them not, and
:func:`build` answers as before. A channel's posts, and what it says about itself, are there in
every year.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import ItemKind, PageKind, PageStatus, Surface
from mockserver.platforms.youtube import channeltabs, fullness, innertube, pages, queues, watch
from mockserver.platforms.youtube.card_json import card_json
from mockserver.platforms.youtube.cards import video_card
from mockserver.platforms.youtube.lists import Rendered, render_entries
from mockserver.platforms.youtube.mobile import pages as mobile
from mockserver.platforms.youtube.pages import Page
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel, Entry
from mockserver.world.plainlists import plain_list, tab_list

_SHORT = re.compile(r"/shorts/([A-Za-z0-9_-]{11})/?\Z")
_HASHTAG = re.compile(r"/hashtag/([^/]{1,80})(?:/shorts)?/?\Z")
_TAB = re.compile(r"(/@[^/]+|/(?:channel|user|c)/[^/]+)/(shorts|streams|playlists)\Z")
_FEEDS = {
    "/feed/subscriptions": (Surface.SUBSCRIPTIONS, "subscriptions", "FEsubscriptions"),
    "/feed/history": (Surface.HISTORY, "history", "FEhistory"),
    "/feed/trending": (Surface.TRENDING, "trending", "FEtrending"),
}
#: Lists that are a grid of tiles, as the home page is; the others are rows, as search results.
_GRIDS = frozenset((Surface.SUBSCRIPTIONS, Surface.HASHTAG))


def build(visit: Visit, target: str, load: str, *, gone: bool = False) -> Page:
    """The page at ``target``, of whatever kind; see :func:`.pages.build`."""
    made: Page | None = None
    if visit.look.mobile:
        made = mobile.build(visit, target, load, gone=gone)
    elif visit.consented:
        made = channeltabs.build(visit, parts_of(target).path, load)
    full = visit.look.full and not visit.look.mobile
    if made is None and visit.consented and full:
        made = _made(visit, target, load, gone)
    if made is None:
        return pages.build(visit, target, load, gone=gone)
    if full:
        made = replace(made, html=fullness.page(made.html, made.kind, visit.look))
    visit.world.truth.page(
        visit.visitor, load=load, path=made.url, kind=made.kind.value, status=made.status.value,
        lang=visit.look.language.tag,
    )  # fmt: skip
    return made


def _made(visit: Visit, target: str, load: str, gone: bool) -> Page | None:
    parts = parts_of(target)
    path, t = parts.path.rstrip("/"), visit.look.t
    if short := _SHORT.match(path):
        # Told as on the page of any other video.
        gone = gone or visit.world.fault("unavailable", visit.visitor, f"{load}/{short[1]}")
        return None if gone else _shorts(visit, load, short[1])
    if tag := _HASHTAG.match(path):
        name = unquote(tag[1])
        return _feed(visit, load, path, Surface.HASHTAG, "hashtag-landing-page", "", name)
    if (tab := _TAB.match(path)) and (channel := visit.world.channel_by_path(tab[1])) is not None:
        grid = _tab(visit, load, channel, tab[2])
        return pages.channel_page(visit, load, channel, path, grid)
    if path == "/playlist":
        return _playlist(visit, load, parse_qs(parts.query).get("list", [""])[0])
    if path in _FEEDS:
        surface, subtype, ident = _FEEDS[path]
        if surface is Surface.SUBSCRIPTIONS and not visit.viewer.subscriptions:
            return None  # who follows nobody is asked to sign in, as before
        name = t(subtype) if subtype in visit.look.language.text else subtype.title()
        return _feed(visit, load, path, surface, subtype, ident, name)
    return None


def _served(visit: Visit, load: str, surface: Surface, context: str) -> tuple[Entry, ...]:
    """The entries of a list, logged."""
    entries = plain_list(visit.world, visit.viewer, surface, context)
    visit.world.truth.served(
        visit.visitor, load=load, surface=surface, context=context or None, entries=entries,
        lang=visit.look.language.tag,
    )  # fmt: skip
    return entries


def _macro(visit: Visit, template: str, name: str, *args: object) -> Markup:
    look = visit.look
    return macro(look.language.tag, look.era, template, name, *args)


def _feed(
    visit: Visit, load: str, path: str, surface: Surface, subtype: str, ident: str, name: str
) -> Page:
    """Tiles or rows."""
    grid = surface in _GRIDS
    entries = _served(visit, load, surface, name if surface is Surface.HASHTAG else "")
    like = Surface.HOME if grid else Surface.SEARCH
    made = render_entries(entries, visit.look, like)
    inner = made.html or _macro(visit, "full/browse.html", "nothing", visit.look.t("no_results"))
    title = f"#{name}" if surface is Surface.HASHTAG else name
    if grid:
        html = _macro(visit, "full/browse.html", "grid", subtype, title, inner)
        content: Any = {"richGridRenderer": {"contents": [innertube.ITEMS]}}
    else:
        aside = pages.history_buttons(visit) if surface is Surface.HISTORY else ""
        html = _macro(visit, "full/browse.html", "sections", subtype, title, inner, aside)
        content = _sections([innertube.ITEMS])
    if not entries:
        content = _sections([{"messageRenderer": {"text": {"simpleText": "-"}}}])
    tab = {"selected": True, "tabIdentifier": ident, "content": content}
    data: dict[str, Any] = {
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}}
    }
    if surface is Surface.HASHTAG:
        data["header"] = {"hashtagHeaderRenderer": {"hashtag": {"simpleText": title}}}
    return _page(visit, load, path, title, html, innertube.splice(data, made.data), bool(entries))


def _tab(visit: Visit, load: str, channel: Channel, name: str) -> Rendered:
    """What a tab of a channel holds beside its uploads, logged as served."""
    look, tag, era = visit.look, visit.look.language.tag, visit.look.era
    entries = tab_list(visit.world, channel.id, name)
    visit.world.truth.served(
        visit.visitor, load=load, surface=Surface.CHANNEL, context=channel.id, entries=entries,
        lang=tag,
    )  # fmt: skip
    if not entries:
        nothing = _macro(visit, "full/browse.html", "nothing", look.t("no_results"))
        return Rendered(nothing, "")
    if name != "shorts":
        return render_entries(entries, look, Surface.CHANNEL)
    html, data = Markup(""), []
    for entry in entries:
        card = video_card(entry, look, Surface.CHANNEL, slim=True)
        inner = macro(tag, era, "2026/shorts_lockup.html", "card", card)
        html += macro(tag, era, "2026/rich_item.html", "card", inner, 5, True)
        data.append(innertube.dumps({"richItemRenderer": {"content": card_json(card, look)}}))
    return Rendered(html, ",".join(data))


def _sections(items: list[Any]) -> dict[str, Any]:
    section = {"itemSectionRenderer": {"contents": items}}
    return {"sectionListRenderer": {"contents": [section]}}


def _playlist(visit: Visit, load: str, ident: str) -> Page | None:
    about = queues.named(visit, ident)
    if about is None or ident.startswith("RD"):
        return None
    made = queues.rows(visit, _served(visit, load, Surface.PLAYLIST, ident), ident)
    html = _macro(visit, "full/browse.html", "playlist", about.title, about.owner, made.html)
    rows = {"playlistVideoListRenderer": {"playlistId": ident, "contents": [innertube.ITEMS]}}
    tab = {"selected": True, "content": _sections([rows])}
    contents = {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}}
    data = innertube.splice({"contents": contents}, made.data)
    path = f"/playlist?list={ident}"
    return _page(visit, load, path, about.title, html, data, bool(made.data))


def _shorts(visit: Visit, load: str, video_id: str) -> Page | None:
    """The player of short videos. The screen that plays is served; what follows was sent only."""
    video = visit.world.videos.get(video_id)
    if video is None or video.kind is not ItemKind.SHORT:
        return None
    entries = plain_list(visit.world, visit.viewer, Surface.SHORTS, video_id)
    visit.world.truth.served(
        visit.visitor, load=load, surface=Surface.SHORTS, context=video_id, entries=entries[:1],
        lang=visit.look.language.tag,
    )  # fmt: skip
    found = [video_card(entry, visit.look, Surface.HOME, slim=True) for entry in entries]
    screens = Markup("").join(
        _macro(visit, "full/shorts.html", "screen", card, number, number == 0)
        for number, card in enumerate(found)
    )
    following = found[1].href if len(found) > 1 else ""
    html = _macro(visit, "full/shorts.html", "sequence", screens, following)
    commands = [
        {
            "command": {
                "reelWatchEndpoint": {
                    "videoId": card.content_id,
                    "overlay": {
                        "reelPlayerOverlayRenderer": {
                            "reelPlayerHeaderSupportedRenderers": {
                                "reelPlayerHeaderRenderer": {
                                    "reelTitleText": {"runs": [{"text": card.title}]},
                                    "channelTitleText": {"runs": [{"text": card.channel_name}]},
                                }
                            }
                        }
                    },
                }
            }
        }
        for card in found
    ]
    data = innertube.dumps(
        {
            "currentVideoEndpoint": {"reelWatchEndpoint": {"videoId": video_id}},
            "entries": commands,
        }
    )
    facts = watch.facts(visit, video)
    page = _page(visit, load, f"/shorts/{video_id}", video.title, html, data, True)
    return replace(
        page,
        player=watch.player_config(visit, video, load),
        response=innertube.dumps(watch.player_response(facts, visit.look)),
    )


def _page(
    visit: Visit, load: str, url: str, title: str, html: Markup, data: str, listed: bool
) -> Page:
    status = PageStatus.OK if listed else PageStatus.EMPTY
    return Page(PageKind.OTHER, status, url, f"{title} - YouTube", load, html, data)
