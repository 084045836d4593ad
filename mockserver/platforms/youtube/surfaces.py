"""Pages of lists that no recommender ranks: playlists, history, subscriptions, tags, shorts.

They stand where pages are as full as real ones; earlier years of the markup know them not, and
:func:`build` answers as before. A channel's tabs, its posts, and what it says about itself, are
there in every year, as is all of the mobile site (:mod:`.mobile`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus, Surface
from mockserver.platforms.youtube import (
    channeltabs,
    fullness,
    innertube,
    pages,
    plain,
    queues,
    watch,
)
from mockserver.platforms.youtube.card_json import card_json
from mockserver.platforms.youtube.cards import video_card
from mockserver.platforms.youtube.lists import Rendered, render_entries
from mockserver.platforms.youtube.mobile import surfaces as mobile
from mockserver.platforms.youtube.pages import Page
from mockserver.platforms.youtube.plain import Feed
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Entry, Video


def build(visit: Visit, target: str, load: str, *, gone: bool = False) -> Page:
    """The page at ``target``, of whatever kind; see :func:`.pages.build`."""
    made: Page | None = None
    if visit.look.mobile:
        made = mobile.build(visit, target, load, gone=gone)
    elif visit.consented:
        made = channeltabs.build(visit, parts_of(target).path, load) or _channel(
            visit, parts_of(target).path.rstrip("/"), load
        )
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
    path = parts.path.rstrip("/")
    if (video := plain.short_at(visit, path)) is not None:
        # Told as on the page of any other video.
        gone = gone or visit.world.fault("unavailable", visit.visitor, f"{load}/{video.id}")
        return None if gone else _shorts(visit, load, video)
    if (feed := plain.feed_at(visit, path)) is not None:
        if feed.surface is Surface.SUBSCRIPTIONS and not visit.viewer.subscriptions:
            return None  # who follows nobody is asked to sign in, as before
        return _feed(visit, load, path, feed)
    if path == "/playlist":
        return _playlist(visit, load, parse_qs(parts.query).get("list", [""])[0])
    return None


def _macro(visit: Visit, template: str, name: str, *args: object) -> Markup:
    look = visit.look
    return macro(look.language.tag, look.era, template, name, *args)


def _feed(visit: Visit, load: str, path: str, feed: Feed) -> Page:
    """Tiles or rows."""
    entries = plain.served(visit, load, feed.surface, feed.context)
    like = Surface.HOME if feed.grid else Surface.SEARCH
    made = render_entries(entries, visit.look, like)
    said = plain.said_instead(visit, feed)
    inner = made.html or _macro(visit, "full/browse.html", "nothing", said)
    if feed.grid:
        html = _macro(visit, "full/browse.html", "grid", feed.subtype, feed.title, inner)
        content: Any = {"richGridRenderer": {"contents": [innertube.ITEMS]}}
    else:
        aside = pages.history_buttons(visit) if feed.surface is Surface.HISTORY else ""
        html = _macro(visit, "full/browse.html", "sections", feed.subtype, feed.title, inner, aside)
        content = _sections([innertube.ITEMS])
    if not entries:
        content = _sections([{"messageRenderer": {"text": {"simpleText": "-"}}}])
    tab = {"selected": True, "tabIdentifier": feed.ident, "content": content}
    data: dict[str, Any] = {
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}}
    }
    if feed.surface is Surface.HASHTAG:
        data["header"] = {"hashtagHeaderRenderer": {"hashtag": {"simpleText": feed.title}}}
    json = innertube.splice(data, made.data)
    return _page(visit, load, path, feed.title, html, json, bool(entries))


def _channel(visit: Visit, path: str, load: str) -> Page | None:
    """The page of a channel's tab beside its uploads; ``None``: the address is another one's."""
    tab = plain.channel_tab(visit, path)
    if tab is None:
        return None
    channel, name = tab
    entries = plain.served_tab(visit, load, channel, name)
    if entries:
        return pages.channel_page(visit, load, channel, path, _tab(visit, entries, name))
    look = visit.look
    nothing = Rendered(_macro(visit, "full/browse.html", "nothing", look.t("no_results")), "")
    content = {"sectionListRenderer": {"contents": [channeltabs.listed(look, False)]}}
    return pages.channel_page(
        visit, load, channel, path, nothing, content=content, status=PageStatus.EMPTY
    )


def _tab(visit: Visit, entries: tuple[Entry, ...], name: str) -> Rendered:
    """What a tab of a channel holds beside its uploads."""
    look, tag, era = visit.look, visit.look.language.tag, visit.look.era
    if name != "shorts":
        return render_entries(entries, look, Surface.CHANNEL)
    html, data = Markup(""), []
    for entry in entries:
        card = video_card(entry, look, Surface.CHANNEL, slim=True)
        if not look.modern:
            html += macro(tag, era, "2022/reel.html", "card", card)
            data.append(innertube.dumps(card_json(card, look)))
            continue
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
    made = queues.rows(visit, plain.served(visit, load, Surface.PLAYLIST, ident), ident)
    html = _macro(visit, "full/browse.html", "playlist", about.title, about.owner, made.html)
    rows = {"playlistVideoListRenderer": {"playlistId": ident, "contents": [innertube.ITEMS]}}
    tab = {"selected": True, "content": _sections([rows])}
    contents = {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}}
    data = innertube.splice({"contents": contents}, made.data)
    path = f"/playlist?list={ident}"
    return _page(visit, load, path, about.title, html, data, bool(made.data))


def _shorts(visit: Visit, load: str, video: Video) -> Page:
    """The player of short videos."""
    found = plain.screens(visit, load, video)
    facts = watch.facts(visit, video)
    screens = Markup("").join(
        _macro(visit, "full/shorts.html", "screen", card, number, number == 0, facts)
        for number, card in enumerate(found)
    )
    following = found[1].href if len(found) > 1 else ""
    html = _macro(visit, "full/shorts.html", "sequence", screens, following)
    data = innertube.dumps(plain.sequence(found))
    page = _page(visit, load, f"/shorts/{video.id}", video.title, html, data, True)
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
