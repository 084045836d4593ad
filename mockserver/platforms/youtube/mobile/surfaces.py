"""Pages of the mobile site for lists that no recommender ranks: feeds, tags, playlists, the player
of short videos, and a channel's tabs. They are there in every year of the markup.

Which list stands at an address is decided by the same functions as on the other site
(:mod:`..plain`, :mod:`..channeltabs`), and logged by them.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from markupsafe import Markup

from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus, Surface
from mockserver.platforms.youtube import channeltabs, innertube, plain, queues, watch
from mockserver.platforms.youtube.cards import make_card
from mockserver.platforms.youtube.innertube import ITEMS, Json
from mockserver.platforms.youtube.lists import Rendered
from mockserver.platforms.youtube.mobile import data, pages
from mockserver.platforms.youtube.mobile.lists import Form, render
from mockserver.platforms.youtube.mobile.pages import NOTHING, channel_page, grid_of, part
from mockserver.platforms.youtube.pages import Page
from mockserver.platforms.youtube.plain import Feed
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.model import Channel, Entry, Post, Video

#: What says in ``ytInitialData`` that there is nothing.
_EMPTY: Json = {"messageRenderer": {"text": {"simpleText": "-"}}}


def build(visit: Visit, target: str, load: str, *, gone: bool = False) -> Page:
    """The mobile page at ``target``, of whatever kind; see :func:`.pages.build`."""
    parts = parts_of(target)
    path = parts.path.rstrip("/")
    made: Page | None = None
    if (video := plain.short_at(visit, path)) is not None:
        made = _shorts(visit, load, video, gone)
    elif (feed := plain.feed_at(visit, path)) is not None:
        made = _feed(visit, load, path, feed)
    elif path == "/playlist":
        made = _playlist(visit, load, parse_qs(parts.query).get("list", [""])[0])
    elif (tab := plain.channel_tab(visit, path)) is not None:
        made = _tab(visit, load, path, *tab)
    elif (told := channeltabs.tab_at(visit, path)) is not None:
        made = (_about if told[1] == "about" else _posts)(visit, load, path, told[0])
    return made or pages.build(visit, target, load, gone=gone)


def _status(visit: Visit, listed: bool) -> PageStatus:
    return PageStatus.EMPTY if visit.consented and not listed else pages.status_of(visit)


def _rows(visit: Visit, made: Rendered, said: str = "") -> Rendered:
    """Rows in their section, or that there are none.

    :param said: in their place; without it that nothing was found"""
    inner = made.html
    if visit.consented and not inner:
        inner = part(visit, "nothing", said or visit.look.t("no_results"))
    return Rendered(part(visit, "sections", inner), made.data)


def _around(visit: Visit, made: Rendered) -> Json:
    """What holds rows in ``ytInitialData``, or says that there are none."""
    return data.sections(_EMPTY if visit.consented and not made.data else ITEMS)


def _feed(visit: Visit, load: str, path: str, feed: Feed) -> Page:
    """Tiles or rows; who follows nobody is shown none of the channels that he follows."""
    entries: tuple[Entry, ...] = ()
    if visit.consented:
        entries = plain.served(visit, load, feed.surface, feed.context)
    form = Form.COMPACT if feed.surface is Surface.HISTORY else Form.WIDE
    made = render(entries, visit.look, Surface.HOME if feed.grid else Surface.SEARCH, form=form)
    tiles = feed.grid and bool(entries)
    said = plain.said_instead(visit, feed)
    held = grid_of(visit, made) if tiles else _rows(visit, made, said)
    buttons = Markup("")
    if feed.surface is Surface.HISTORY and visit.consented:
        buttons = part(visit, "history", visit.viewer.paused)
    html = pages.render(
        visit, "browse", subtype=feed.subtype, content=buttons + held.html,
        header=part(visit, "header", feed.title),
    )  # fmt: skip
    more: dict[str, Json] = {}
    if feed.surface is Surface.HASHTAG:
        tag = {"hashtag": {"simpleText": feed.title}}
        more["header"] = {"hashtagHeaderRenderer": tag}
    content = data.GRID if tiles else _around(visit, made)
    json = data.browse(made.data, feed.ident, content, **more)
    title = f"{feed.title} - YouTube"
    status = _status(visit, bool(entries))
    return Page(PageKind.OTHER, status, path, title, load, html, json)


def _playlist(visit: Visit, load: str, ident: str) -> Page | None:
    about = queues.named(visit, ident)
    if about is None or ident.startswith("RD"):
        return None
    made = NOTHING
    if visit.consented:
        made = queues.rows(visit, plain.served(visit, load, Surface.PLAYLIST, ident), ident)
    html = pages.render(
        visit, "browse", subtype="playlist", content=part(visit, "playlist", made.html),
        header=part(visit, "header", about.title, about.owner),
    )  # fmt: skip
    rows: Json = {"playlistVideoListRenderer": {"playlistId": ident, "contents": [ITEMS]}}
    json = data.browse(made.data, "", data.sections(rows))
    url, title = f"/playlist?list={ident}", f"{about.title} - YouTube"
    status = _status(visit, bool(made.data))
    return Page(PageKind.OTHER, status, url, title, load, html, json)


def _shorts(visit: Visit, load: str, video: Video, gone: bool) -> Page:
    """The player of short videos: told as on the page of any other video where it is not there."""
    struck = visit.world.fault("unavailable", visit.visitor, f"{load}/{video.id}")
    if gone or struck or not visit.consented:
        return pages.watch_page(visit, load, video.id, gone)
    found = plain.screens(visit, load, video)
    facts = watch.facts(visit, video)
    drawn = (part(visit, "screen", card, number == 0, facts) for number, card in enumerate(found))
    html = part(visit, "shorts", Markup("").join(drawn))
    return Page(
        PageKind.OTHER, PageStatus.OK, f"/shorts/{video.id}", f"{video.title} - YouTube", load,
        html, innertube.dumps(plain.sequence(found)), watch.player_config(visit, video, load),
        innertube.dumps(watch.player_response(facts, visit.look)),
    )  # fmt: skip


def _tab(visit: Visit, load: str, path: str, channel: Channel, name: str) -> Page:
    """A tab of a channel beside its uploads: tiles; playlists are rows."""
    entries: tuple[Entry, ...] = ()
    if visit.consented:
        entries = plain.served_tab(visit, load, channel, name)
    tiles = name != "playlists" and bool(entries)
    form = Form.SHORT if name == "shorts" else Form.WIDE
    made = render(entries, visit.look, Surface.CHANNEL if tiles else Surface.SEARCH, form=form)
    held = grid_of(visit, made) if tiles else _rows(visit, made)
    content = data.GRID if tiles else _around(visit, made)
    status = _status(visit, bool(entries))
    return channel_page(visit, load, channel, path, held, content, status)


def _posts(visit: Visit, load: str, path: str, channel: Channel) -> Page:
    posts = channeltabs.posts_of(visit, load, channel) if visit.consented else []
    made = [_post(visit, post, channel) for post in posts]
    inner = Markup("").join(one.html for one in made)
    held = _rows(visit, Rendered(inner, ",".join(one.data for one in made)))
    status = _status(visit, bool(made))
    return channel_page(visit, load, channel, path, held, _around(visit, held), status)


def _post(visit: Visit, post: Post, channel: Channel) -> Rendered:
    look = visit.look
    entry = channeltabs.shown_in(post, look)
    shown, attached = Markup(""), None
    if entry is not None:
        shown = render([entry], look, Surface.SEARCH, form=Form.COMPACT).html
        attached = data.item(make_card(entry, look, Surface.SEARCH), look, compact=True)
    view = channeltabs.view_of(post, channel, look, shown)
    return Rendered(part(visit, "post", view), channeltabs.post_json(view, channel, attached))


def _about(visit: Visit, load: str, path: str, channel: Channel) -> Page:
    """What a channel says about itself; it lists nothing."""
    look = visit.look
    views, joined = channeltabs.said_about(visit, channel)
    html = part(visit, "about", channel, look.channel_href(channel), views, joined)
    held = Rendered(part(visit, "sections", html), "")
    content = {"sectionListRenderer": {"contents": [channeltabs.about_json(channel, views)]}}
    return channel_page(visit, load, channel, path, held, content, PageStatus.UNKNOWN)
