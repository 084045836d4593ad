"""Tabs of a channel that hold no videos: what it posts, and what it says about itself.

Both are there in every year of the markup, under the addresses that the real site has or had. Posts
are a list, each entry in the truth log. The page about a channel lists nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from collector.common.model import PageStatus, Surface
from mockserver.platforms.youtube import pages
from mockserver.platforms.youtube.card_json import card_json
from mockserver.platforms.youtube.cards import avatar_url, video_card
from mockserver.platforms.youtube.innertube import ITEMS, Json, dumps
from mockserver.platforms.youtube.lists import Rendered, render_entry
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.pages import Page
from mockserver.platforms.youtube.rendering import macro
from mockserver.platforms.youtube.visits import Visit
from mockserver.world.channelposts import channel_posts, post_list
from mockserver.world.model import Channel, Entry, Post

_TEMPLATE = "parts/channel_tabs.html"
#: Channel, and its tab: ``community`` is what ``posts`` was called until 2025.
_TAB = re.compile(r"(/@[^/]+|/(?:channel|user|c)/[^/]+)/(posts|community|about)/?\Z")


@dataclass(frozen=True)
class PostView:
    """One post as its card shows it."""

    id: str
    author: str
    author_href: str
    avatar: str
    text: str
    ago: str
    href: str
    likes: str
    like_label: str
    attachment: Markup
    """The card of the video that it is about; empty without one."""


def tab_at(visit: Visit, path: str) -> tuple[Channel, str] | None:
    """Channel and name of such a tab; ``None``: the address is another one's, or of no channel."""
    found = _TAB.match(path)
    channel = visit.world.channel_by_path(found[1]) if found else None
    return None if found is None or channel is None else (channel, found[2])


def build(visit: Visit, path: str, load: str) -> Page | None:
    """The page of such a tab; ``None``: the address is another one's, or of no channel.

    :param path: of the address, without its query
    :param load: id of the page load, under which the posts are logged
    """
    found = tab_at(visit, path)
    if found is None:
        return None
    channel, name = found
    return _about(visit, path, load, channel) if name == "about" else _posts(
        visit, path, load, channel, name
    )  # fmt: skip


def _macro(look: Look, name: str, *args: object) -> Markup:
    return macro(look.language.tag, look.era, _TEMPLATE, name, *args)


def posts_of(visit: Visit, load: str, channel: Channel) -> list[Post]:
    """What a channel posts, logged as served."""
    world = visit.world
    posts = channel_posts(world.seed, channel, world.videos.values(), world.now())
    world.truth.served(
        visit.visitor, load=load, surface=Surface.CHANNEL, context=channel.id,
        entries=post_list(posts), lang=visit.look.language.tag,
    )  # fmt: skip
    return list(posts)


def _posts(visit: Visit, path: str, load: str, channel: Channel, spelled: str) -> Page:
    look = visit.look
    made = [post_card(post, channel, look) for post in posts_of(visit, load, channel)]
    inner = Markup("").join(one.html for one in made)
    if not made:
        inner = _macro(look, "nothing", look.t("no_results"))
    items = ",".join(one.data for one in made)
    grid = Rendered(_macro(look, "sections", inner), items)
    return pages.channel_page(
        visit, load, channel, path, grid, tab=spelled, content=_sections(listed(look, bool(made))),
        status=PageStatus.OK if made else PageStatus.EMPTY,
    )  # fmt: skip


def listed(look: Look, any_post: bool) -> Json:
    """What holds the posts in ``ytInitialData``, or says that there are none."""
    if any_post:
        return {"itemSectionRenderer": {"contents": [ITEMS]}}
    return {"messageRenderer": {"text": {"simpleText": look.t("no_results")}}}


def shown_in(post: Post, look: Look) -> Entry | None:
    """The video that a post is about, as an entry; ``None`` without one."""
    video = look.world.videos.get(post.video_id or "")
    return None if video is None else Entry(slot=0, kind=video.kind, item_id=video.id, video=video)


def post_card(post: Post, channel: Channel, look: Look) -> Rendered:
    """A post's card and its JSON."""
    entry = shown_in(post, look)
    shown: Rendered | None = None
    attached: Json | None = None
    if entry is not None:
        shown = render_entry(entry, look, Surface.SEARCH)
        attached = card_json(video_card(entry, look, Surface.SEARCH), look)
    view = view_of(post, channel, look, shown.html if shown else Markup(""))
    return Rendered(_macro(look, "post", view), post_json(view, channel, attached))


def view_of(post: Post, channel: Channel, look: Look, attachment: Markup) -> PostView:
    """A post as its card shows it, with the card of the video that it is about."""
    link = f"/post/{post.id}" if look.modern else f"{channel.path}/community?lb={post.id}"
    return PostView(
        id=post.id, author=channel.name, author_href=look.channel_href(channel),
        avatar=avatar_url(channel.id), text=post.text, ago=look.ago(post.published), href=link,
        likes=look.language.short(post.likes, era=look.era) if post.likes else "",
        like_label=look.t("like"), attachment=attachment,
    )  # fmt: skip


def post_json(view: PostView, channel: Channel, attached: Json | None) -> str:
    """The same post as JSON, with the object of the video that it is about."""
    browse = {"browseId": channel.id, "canonicalBaseUrl": view.author_href}
    endpoint = {"browseEndpoint": browse}
    body: Json = {
        "postId": view.id,
        "authorText": {"runs": [{"text": channel.name, "navigationEndpoint": endpoint}]},
        "authorEndpoint": endpoint,
        "contentText": {"runs": [{"text": view.text}]},
        "publishedTimeText": {"runs": [{"text": view.ago}]},
        "voteCount": {"simpleText": view.likes},
        **({"backstageAttachment": attached} if attached is not None else {}),
    }
    return dumps({"backstagePostThreadRenderer": {"post": {"backstagePostRenderer": body}}})


def said_about(visit: Visit, channel: Channel) -> tuple[str, str]:
    """How often a channel's videos were seen and when it joined, as its page says it."""
    videos = visit.world.videos.values()
    views = sum(v.views for v in videos if v.channel_id == channel.id)
    language = visit.look.language
    return language.views(views), language.date(channel.created)


def about_json(channel: Channel, views: str) -> Json:
    """What a channel says about itself in ``ytInitialData``."""
    body = {
        "channelId": channel.id,
        "description": {"simpleText": channel.description},
        "viewCountText": {"simpleText": views},
        "country": {"simpleText": channel.country},
    }
    return {"itemSectionRenderer": {"contents": [{"channelAboutFullMetadataRenderer": body}]}}


def _about(visit: Visit, path: str, load: str, channel: Channel) -> Page:
    look = visit.look
    shown, joined = said_about(visit, channel)
    html = _macro(look, "about", channel, look.channel_href(channel), shown, joined)
    return pages.channel_page(
        visit, load, channel, path, Rendered(_macro(look, "sections", html), ""), tab="about",
        content=_sections(about_json(channel, shown)), status=PageStatus.UNKNOWN,
    )  # fmt: skip


def _sections(listed: Json) -> Json:
    return {"sectionListRenderer": {"contents": [listed]}}
