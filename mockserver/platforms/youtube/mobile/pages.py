"""What an address shows on the mobile site where a recommender ranks: home, results, a video; and a
channel's uploads.

The lists are those of the other site, asked of the world and written to the truth log by the same
function. An address that has no mobile page here is not found.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote_plus

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus, Surface
from mockserver.platforms.youtube import innertube, queues, watch
from mockserver.platforms.youtube.cards import avatar_url
from mockserver.platforms.youtube.innertube import Json
from mockserver.platforms.youtube.lists import Rendered
from mockserver.platforms.youtube.mobile import data
from mockserver.platforms.youtube.pages import (
    VIDEO_ID,
    Page,
    asked_words,
    list_named,
    list_part,
    playable,
)
from mockserver.platforms.youtube.rendering import macro, page
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel

_CHANNEL = re.compile(r"/(?:@[^/]+|(?:channel|user|c)/[^/]+)(?:/(?:videos|featured))?/?\Z")
#: What a list shows before the consent dialog is answered.
NOTHING = Rendered(Markup(""), "")


def build(visit: Visit, target: str, load: str, *, gone: bool = False) -> Page:
    """The mobile page at ``target`` (path and query).

    :param gone: a video there is unavailable
    """
    parts = parts_of(target)
    path, query = parts.path or "/", parse_qs(parts.query)
    if path == "/":
        return _home(visit, load)
    if path == "/results":
        return _results(visit, load, asked_words(query))
    if path == "/watch" and VIDEO_ID.match(query.get("v", [""])[0]):
        return watch_page(visit, load, query["v"][0], gone, list_named(query))
    if _CHANNEL.match(path) and (channel := visit.world.channel_by_path(path)) is not None:
        grid = _listed(visit, Surface.CHANNEL, channel.id, load)
        return channel_page(visit, load, channel, path, grid_of(visit, grid))
    t = visit.look.t
    title, hint = t("not_found"), t("not_found_hint")
    html = render(visit, "message", title=title, hint=hint)
    return Page(PageKind.OTHER, PageStatus.ERROR, target, "YouTube", load, html, "{}", http=404)


def part(visit: Visit, name: str, *args: object) -> Markup:
    """A part of a page that is no card."""
    return macro(visit.look.language.tag, visit.look.era, "mobile/surfaces.html", name, *args)


def grid_of(visit: Visit, made: Rendered) -> Rendered:
    """Tiles in their grid."""
    return Rendered(part(visit, "grid", made.html), made.data)


def render(visit: Visit, name: str, **context: object) -> Markup:
    """A document of the mobile site from its template, in the visitor's language and era.

    :param name: of the template under ``mobile/``, without ``.html``.
    :param context: what the template is given besides the look and whether there was consent.
    """
    look = visit.look
    context |= {"look": look, "consented": visit.consented}
    return Markup(page(look.language.tag, look.era, f"mobile/{name}.html", **context))


def _listed(visit: Visit, surface: Surface, context: str | None, load: str) -> Rendered:
    """A list's first part; nothing is shown before the consent dialog is answered."""
    return list_part(visit, surface, context, load, 0) if visit.consented else NOTHING


def status_of(visit: Visit) -> PageStatus:
    """``ok``, or ``consent`` while the dialog is not answered."""
    return PageStatus.OK if visit.consented else PageStatus.CONSENT


def _home(visit: Visit, load: str) -> Page:
    grid = grid_of(visit, _listed(visit, Surface.HOME, None, load))
    html = render(visit, "browse", subtype="home", header="", content=grid.html)
    made = data.browse(grid.data, "FEwhat_to_watch")
    return Page(PageKind.HOME, status_of(visit), "/", "YouTube", load, html, made)


def _results(visit: Visit, load: str, words: str) -> Page:
    results = _listed(visit, Surface.SEARCH, words, load)
    status = status_of(visit)
    if visit.consented:
        visit.viewer.searched(words)
        status = PageStatus.OK if results.html else PageStatus.EMPTY
    html = render(visit, "search", results=results.html)
    url = "/results?search_query=" + quote_plus(words)
    title = f"{words} - YouTube"
    return Page(PageKind.SEARCH, status, url, title, load, html, data.search(results.data))


def channel_page(
    visit: Visit,
    load: str,
    channel: Channel,
    path: str,
    held: Rendered,
    content: Json = data.GRID,
    status: PageStatus | None = None,
) -> Page:
    """A channel's page around what its tab holds.

    :param content: of the tab in ``ytInitialData``, around the items
    :param status: what the page is to be read as, where consent alone does not say it"""
    look = visit.look
    header = render(
        visit, "channel_header", channel=channel, avatar=avatar_url(channel.id),
        subscribers=look.language.subscribers(channel.subscribers, look.era),
        subscribed=channel.id in visit.viewer.subscriptions,
    )  # fmt: skip
    html = render(visit, "browse", subtype="channels", header=header, content=held.html)
    about = {"title": channel.name, "externalId": channel.id}
    metadata = {"channelMetadataRenderer": about}
    made = data.browse(held.data, "videos", content, metadata=metadata)
    title = f"{channel.name} - YouTube"
    status = status_of(visit) if status is None or not visit.consented else status
    return Page(PageKind.CHANNEL, status, path, title, load, html, made)


def watch_page(visit: Visit, load: str, video_id: str, gone: bool, list_id: str = "") -> Page:
    """A video's page, or that it is not there.

    :param list_id: the list that it is watched in"""
    look = visit.look
    url = f"/watch?v={video_id}" + (f"&list={list_id}" if list_id else "")
    video = playable(visit, load, video_id, gone)
    if video is None:
        html = render(visit, "unavailable")
        status = PageStatus.UNAVAILABLE if visit.consented else PageStatus.CONSENT
        refused = innertube.dumps(watch.unavailable_response(look))
        return Page(
            PageKind.VIDEO, status, url, "YouTube", load, html, "{}", None, refused
        )  # fmt: skip
    related = _listed(visit, Surface.RELATED, video.id, load)
    queue = queues.panel(visit, load, list_id, video.id) if visit.consented and list_id else NOTHING
    facts = watch.facts(visit, video)
    html = render(visit, "watch", f=facts, related=related.html, queue=queue.html)
    return Page(
        PageKind.VIDEO, status_of(visit), url, f"{video.title} - YouTube", load, html,
        data.watch(facts, related.data, queue.data),
        watch.player_config(visit, video, load) if visit.consented else None,
        innertube.dumps(watch.player_response(facts, look)),
    )  # fmt: skip
