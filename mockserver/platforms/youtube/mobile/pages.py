"""What an address shows on the mobile site: home, results, a video, a channel's uploads.

The lists are those of the other site, asked of the world and written to the truth log by the same
function. An address that has no mobile page here is not found.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote_plus

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus, Surface
from mockserver.platforms.youtube import innertube, watch
from mockserver.platforms.youtube.cards import avatar_url
from mockserver.platforms.youtube.lists import Rendered
from mockserver.platforms.youtube.mobile import data
from mockserver.platforms.youtube.pages import VIDEO_ID, Page, asked_words, list_part, playable
from mockserver.platforms.youtube.rendering import page as render
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel

_CHANNEL = re.compile(r"/(?:@[^/]+|(?:channel|user|c)/[^/]+)(?:/(?:videos|featured))?/?\Z")
_NOTHING = Rendered(Markup(""), "")


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
        return _watch(visit, load, query["v"][0], gone)
    if _CHANNEL.match(path) and (channel := visit.world.channel_by_path(path)) is not None:
        return _channel(visit, load, channel, path)
    t = visit.look.t
    title, hint = t("not_found"), t("not_found_hint")
    html = _render(visit, "message", title=title, hint=hint)
    return Page(PageKind.OTHER, PageStatus.ERROR, target, "YouTube", load, html, "{}", http=404)


def _render(visit: Visit, name: str, **context: object) -> Markup:
    look = visit.look
    context |= {"look": look, "consented": visit.consented}
    return Markup(render(look.language.tag, look.era, f"mobile/{name}.html", **context))


def _listed(visit: Visit, surface: Surface, context: str | None, load: str) -> Rendered:
    """A list's first part; nothing is shown before the consent dialog is answered."""
    return list_part(visit, surface, context, load, 0) if visit.consented else _NOTHING


def _status(visit: Visit) -> PageStatus:
    return PageStatus.OK if visit.consented else PageStatus.CONSENT


def _home(visit: Visit, load: str) -> Page:
    grid = _listed(visit, Surface.HOME, None, load)
    html = _render(visit, "browse", subtype="home", header="", grid=grid.html)
    made = data.browse(grid.data, "FEwhat_to_watch")
    return Page(PageKind.HOME, _status(visit), "/", "YouTube", load, html, made)


def _results(visit: Visit, load: str, words: str) -> Page:
    results = _listed(visit, Surface.SEARCH, words, load)
    status = _status(visit)
    if visit.consented:
        visit.viewer.searched(words)
        status = PageStatus.OK if results.html else PageStatus.EMPTY
    html = _render(visit, "search", results=results.html)
    url = "/results?search_query=" + quote_plus(words)
    title = f"{words} - YouTube"
    return Page(PageKind.SEARCH, status, url, title, load, html, data.search(results.data))


def _channel(visit: Visit, load: str, channel: Channel, path: str) -> Page:
    look = visit.look
    grid = _listed(visit, Surface.CHANNEL, channel.id, load)
    header = _render(
        visit, "channel_header", channel=channel, avatar=avatar_url(channel.id),
        subscribers=look.language.subscribers(channel.subscribers, look.era),
        subscribed=channel.id in visit.viewer.subscriptions,
    )  # fmt: skip
    html = _render(visit, "browse", subtype="channels", header=header, grid=grid.html)
    about = {"title": channel.name, "externalId": channel.id}
    made = data.browse(grid.data, "videos", metadata={"channelMetadataRenderer": about})
    title = f"{channel.name} - YouTube"
    return Page(PageKind.CHANNEL, _status(visit), path, title, load, html, made)


def _watch(visit: Visit, load: str, video_id: str, gone: bool) -> Page:
    look, url = visit.look, f"/watch?v={video_id}"
    video = playable(visit, load, video_id, gone)
    if video is None:
        html = _render(visit, "unavailable")
        status = PageStatus.UNAVAILABLE if visit.consented else PageStatus.CONSENT
        refused = innertube.dumps(watch.unavailable_response(look))
        return Page(
            PageKind.VIDEO, status, url, "YouTube", load, html, "{}", None, refused
        )  # fmt: skip
    related = _listed(visit, Surface.RELATED, video.id, load)
    facts = watch.facts(visit, video)
    html = _render(visit, "watch", f=facts, related=related.html)
    return Page(
        PageKind.VIDEO, _status(visit), url, f"{video.title} - YouTube", load, html,
        data.watch(facts, related.data),
        watch.player_config(visit, video, load) if visit.consented else None,
        innertube.dumps(watch.player_response(facts, look)),
    )  # fmt: skip
