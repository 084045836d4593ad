"""What an address of the site shows: the page element, its title, its data, its player.

:func:`build` serves a first request and an in-page navigation alike. Lists are asked of the world,
rendered in slot order and written to the truth log, each entry as it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote_plus

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus, Surface
from collector.platforms.youtube.urls import parse_url
from mockserver.platforms.youtube import fullness, innertube, queues, watch
from mockserver.platforms.youtube.cards import avatar_url
from mockserver.platforms.youtube.guide import home_chips
from mockserver.platforms.youtube.innertube import Json
from mockserver.platforms.youtube.lists import Rendered, render_entries
from mockserver.platforms.youtube.mobile import lists as mobile
from mockserver.platforms.youtube.rendering import macro, page
from mockserver.platforms.youtube.tokens import Continuation, More, seal
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel, Entry, Video
from mockserver.world.truths import Hit

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}\Z")
_CHANNEL_PATH = re.compile(r"/(@[^/]+|(?:channel|user|c)/[^/]+)(?:/(\w+))?/?\Z")

_GRID: Json = {"richGridRenderer": {"contents": [innertube.ITEMS]}}

#: Characters of a search that are looked at.
_LONGEST_QUERY = 200


@dataclass(frozen=True)
class Page:
    """One page, ready to be put into a document or into the answer to an in-page navigation."""

    kind: PageKind
    status: PageStatus
    url: str
    """The address that it has, path and query."""
    title: str
    load: str
    html: Markup
    data: str
    """``ytInitialData``, JSON that can stand in a script."""
    player: dict[str, Any] | None = None
    """What the player is told."""
    response: str = "null"
    """``ytInitialPlayerResponse``."""
    http: int = 200


def _title(visit: Visit, text: str) -> str:
    return f"{text} - YouTube" if text else "YouTube"


def list_part(
    visit: Visit, surface: Surface, context: str | None, load: str, start: int
) -> Rendered:
    """One page of a list: rendered, logged as served, with a continuation if there is more."""
    world, viewer, look = visit.world, visit.viewer, visit.look
    entries = world.feed(surface, viewer, context=context, start=start, load=load)
    hits = _hits(visit, surface, load, entries)
    made = (mobile.render if look.mobile else render_entries)(entries, look, surface, hits)
    world.truth.served(
        visit.visitor, load=load, surface=surface, context=context, entries=entries,
        lang=look.language.tag, hits=hits, at_s=viewer.clock_s if world.ruling else None,
    )  # fmt: skip
    end = start + len(entries)
    if not entries or not world.feed(
        surface, viewer, context=context, start=end, count=1, load=load
    ):
        return made
    token = seal(
        Continuation(More.LIST, load, surface.value, context, end),
        seed=world.seed, visitor=visit.visitor,
    )  # fmt: skip
    data = ",".join(part for part in (made.data, innertube.continuation_json(token)) if part)
    if look.mobile:
        return Rendered(made.html + mobile.more(look, token), data)
    parent = {
        Surface.HOME: "ytd-rich-grid-renderer",
        Surface.RELATED: "ytd-watch-next-secondary-results-renderer",
        Surface.SEARCH: "ytd-section-list-renderer",
    }.get(surface, "ytd-rich-grid-renderer")
    more = macro(look.language.tag, look.era, "parts/continuation.html", "card", token, parent)
    return Rendered(made.html + more, data)


def _hits(visit: Visit, surface: Surface, load: str, entries: Sequence[Entry]) -> dict[int, Hit]:
    """Slot → what a truth does to the entry's markup."""
    ruling, clock_s = visit.world.ruling, visit.viewer.clock_s
    if not ruling:
        return {}
    found = {e.slot: ruling.hit(visit.visitor, clock_s, surface, load, e.slot) for e in entries}
    return {slot: hit[1] for slot, hit in found.items() if hit is not None}


def _render(visit: Visit, template: str, **context: object) -> Markup:
    look = visit.look
    return Markup(page(look.language.tag, look.era, template, look=look, **context))


def _home(visit: Visit, load: str) -> Page:
    grid = Rendered(Markup(""), "")
    if visit.consented:
        grid = list_part(visit, Surface.HOME, None, load, 0)
    html = _render(visit, "pages/home.html", grid=grid.html, chips=home_chips(visit.look))
    tab = {"selected": True, "tabIdentifier": "FEwhat_to_watch", "content": _GRID}
    tabs = {"tabs": [{"tabRenderer": tab}]}
    data = innertube.splice({"contents": {"twoColumnBrowseResultsRenderer": tabs}}, grid.data)
    return Page(PageKind.HOME, _status(visit), "/", _title(visit, ""), load, html, data)


def _status(visit: Visit) -> PageStatus:
    return PageStatus.OK if visit.consented else PageStatus.CONSENT


def _search(visit: Visit, load: str, query: str) -> Page:
    results = Rendered(Markup(""), "")
    if visit.consented:
        results = list_part(visit, Surface.SEARCH, query, load, 0)
        visit.viewer.searched(query)
    status = _status(visit)
    if visit.consented and not results.html:
        status = PageStatus.EMPTY
    html = _render(
        visit, "pages/search.html", results=results.html, query=query, consented=visit.consented
    )
    section = {"itemSectionRenderer": {"contents": [innertube.ITEMS]}}
    primary = {"primaryContents": {"sectionListRenderer": {"contents": [section]}}}
    data = innertube.splice({"contents": {"twoColumnSearchResultsRenderer": primary}}, results.data)
    url = "/results?search_query=" + quote_plus(query)
    return Page(PageKind.SEARCH, status, url, _title(visit, query), load, html, data)


def channel_page(
    visit: Visit,
    load: str,
    channel: Channel,
    path: str,
    held: Rendered | None = None,
    *,
    tab: str = "",
    content: Json = _GRID,
    status: PageStatus | None = None,
) -> Page:
    """A channel's page: its uploads, or what another tab holds.

    :param held: what the tab holds, where it is not the uploads
    :param tab: ``posts``, ``community`` or ``about``: a tab that is no grid of videos
    :param content: of the tab in ``ytInitialData``, around the items
    :param status: what the page is to be read as, where consent alone does not say it"""
    look = visit.look
    grid = held or Rendered(Markup(""), "")
    if visit.consented and held is None:
        grid = list_part(visit, Surface.CHANNEL, channel.id, load, 0)
    uploads = visit.world.feed(
        Surface.CHANNEL, visit.viewer, context=channel.id, count=10**9, load=load
    )
    html = _render(
        visit,
        "pages/channel.html",
        channel=channel,
        avatar=avatar_url(channel.id),
        subscribers=look.language.subscribers(channel.subscribers, look.era),
        videos=look.t("videos_count", n=look.language.number(len(uploads))),
        subscribed=channel.id in visit.viewer.subscriptions,
        grid=grid.html,
        consented=visit.consented,
        tab=tab,
    )
    metadata = {
        "channelMetadataRenderer": {
            "title": channel.name,
            "description": channel.description,
            "externalId": channel.id,
            "vanityChannelUrl": f"http://www.youtube.com/{channel.handle}",
        }
    }
    tabs = {"tabs": [{"tabRenderer": {"selected": True, "content": content}}]}
    contents = {"twoColumnBrowseResultsRenderer": tabs}
    data = innertube.splice({"contents": contents, "metadata": metadata}, grid.data)
    title = _title(visit, channel.name)
    status = status or _status(visit)
    return Page(PageKind.CHANNEL, status, path, title, load, html, data)


def playable(visit: Visit, load: str, video_id: str, gone: bool) -> Video | None:
    """The video of a watch page; ``None``: there is none, or something keeps it away.

    :param gone: a truth says that it is unavailable
    """
    struck = visit.world.fault("unavailable", visit.visitor, f"{load}/{video_id}")
    return None if gone or struck else visit.world.videos.get(video_id)


def _watch(visit: Visit, load: str, video_id: str, list_id: str, blocked: bool) -> Page:
    world, look = visit.world, visit.look
    url = f"/watch?v={video_id}" + (f"&list={list_id}" if list_id else "")
    video = playable(visit, load, video_id, blocked)
    if video is None:
        html = _render(visit, "pages/unavailable.html", video_id=video_id)
        status = PageStatus.UNAVAILABLE if visit.consented else PageStatus.CONSENT
        response = innertube.dumps(watch.unavailable_response(look))
        return Page(
            PageKind.VIDEO, status, url, _title(visit, ""), load, html, "{}", None, response
        )
    related = Rendered(Markup(""), "")
    player: dict[str, Any] | None = None
    if visit.consented:
        related = list_part(visit, Surface.RELATED, video.id, load, 0)
        player = watch.player_config(visit, video, load)
    facts = watch.facts(visit, video)
    token = seal(
        Continuation(More.COMMENTS, load, "comments", video.id, 0),
        seed=world.seed, visitor=visit.visitor,
    )  # fmt: skip
    queue = Rendered(Markup(""), "")
    if visit.look.full and visit.consented and list_id:
        queue = queues.panel(visit, load, list_id, video.id)
    html = _render(
        visit, "pages/watch.html", f=facts, related=related.html, consented=visit.consented,
        queue=queue.html,
        comments_token=token if visit.consented and video.comment_count else "",
    )  # fmt: skip
    data = watch.initial_data(facts, related.data, look)
    if queue.data:
        data = data.replace(
            '"secondaryResults":', f'"playlist":{queue.data},"secondaryResults":', 1
        )
    response = innertube.dumps(watch.player_response(facts, look))
    title = _title(visit, video.title)
    return Page(PageKind.VIDEO, _status(visit), url, title, load, html, data, player, response)


def _message(visit: Visit, load: str, url: str, *, status: PageStatus, title: str, hint: str,
             http: int, retry: bool = False) -> Page:  # fmt: skip
    html = _render(visit, "pages/message.html", title=title, hint=hint, retry=retry)
    return Page(PageKind.OTHER, status, url, _title(visit, ""), load, html, "{}", http=http)


def _history(visit: Visit, load: str, url: str) -> Page:
    """What can be done with what was watched; the list itself is not shown."""
    t, paused = visit.look.t, visit.viewer.paused
    html = _render(visit, "pages/history.html", title=t("history"), paused=paused)
    title = _title(visit, t("history"))
    return Page(PageKind.OTHER, PageStatus.OK, url, title, load, html, "{}", http=200)


def history_buttons(visit: Visit) -> Markup:
    """What can be done with what was watched."""
    tag, era = visit.look.language.tag, visit.look.era
    return macro(tag, era, "parts/history.html", "buttons", visit.viewer.paused)


def not_found(visit: Visit, load: str, url: str) -> Page:
    """There is nothing at this address."""
    t = visit.look.t
    return _message(
        visit, load, url, status=PageStatus.ERROR, title=t("not_found"), hint=t("not_found_hint"),
        http=404,
    )  # fmt: skip


def server_error(visit: Visit, load: str, url: str) -> Page:
    """Something went wrong on the way."""
    t = visit.look.t
    return _message(
        visit, load, url, status=PageStatus.ERROR, title=t("error"), hint="", http=500, retry=True
    )


def asked_words(query: Mapping[str, Sequence[str]]) -> str:
    """The words of a search in an address's query, as far as they are looked at."""
    text = query.get("search_query", query.get("q", [""]))[0]
    return " ".join(text.split())[:_LONGEST_QUERY]


def list_named(query: Mapping[str, Sequence[str]]) -> str:
    """The list in an address's query that a video is watched in; empty without one."""
    return re.sub(r"[^A-Za-z0-9_-]", "", query.get("list", [""])[0])[:64]


def list_at(target: str) -> tuple[Surface | None, str | None]:
    """The list of the page at ``target``, and its context; nothing where it has none."""
    parts = parts_of(target)
    query = parse_qs(parts.query)
    match parts.path or "/":
        case "/":
            return Surface.HOME, None
        case "/results":
            return Surface.SEARCH, asked_words(query)
        case "/watch":
            return Surface.RELATED, query.get("v", [""])[0]
    return None, None


def build(visit: Visit, target: str, load: str, *, gone: bool = False) -> Page:
    """The page at ``target`` (path and query); ids and paths are checked, nothing redirects.

    :param gone: a video there is unavailable"""
    parts = parts_of(target)
    path, query = parts.path or "/", parse_qs(parts.query)
    made: Page
    channel = _CHANNEL_PATH.match(path)
    short = re.match(r"/shorts/([A-Za-z0-9_-]{11})/?\Z", path)
    if path == "/":
        made = _home(visit, load)
    elif path == "/results":
        made = _search(visit, load, asked_words(query))
    elif path == "/watch" or short:
        video_id = short[1] if short else query.get("v", [""])[0]
        made = (
            _watch(visit, load, video_id, list_named(query), gone)
            if VIDEO_ID.match(video_id)
            else not_found(visit, load, target)
        )
    elif channel and (found := visit.world.channel_by_path(path)) is not None:
        made = channel_page(visit, load, found, path)
    elif path == "/feed/history":
        made = _history(visit, load, path)
    elif path.startswith("/feed/") or path == "/shorts/":
        t = visit.look.t
        made = _message(
            visit, load, path, status=PageStatus.EMPTY, title=t("sign_in"),
            hint=t("login_continue"), http=200,
        )  # fmt: skip
    else:
        made = not_found(visit, load, target)
    if visit.look.full and made.http == 200:
        video = visit.world.videos.get(parse_url(made.url).video_id or "")
        made = replace(made, html=fullness.page(made.html, made.kind, visit.look, video))
    visit.world.truth.page(
        visit.visitor, load=load, path=made.url, kind=made.kind.value, status=made.status.value,
        lang=visit.look.language.tag,
    )  # fmt: skip
    return made
