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


def build(visit: Visit, path: str, load: str) -> Page | None:
    """The page of such a tab; ``None``: the address is another one's, or of no channel.

    :param path: of the address, without its query
    :param load: id of the page load, under which the posts are logged
    """
    found = _TAB.match(path)
    channel = visit.world.channel_by_path(found[1]) if found else None
    if found is None or channel is None:
        return None
    return _about(visit, path, load, channel) if found[2] == "about" else _posts(
        visit, path, load, channel, found[2]
    )  # fmt: skip


def _macro(look: Look, name: str, *args: object) -> Markup:
    return macro(look.language.tag, look.era, _TEMPLATE, name, *args)


def _posts(visit: Visit, path: str, load: str, channel: Channel, spelled: str) -> Page:
    world, look = visit.world, visit.look
    posts = channel_posts(world.seed, channel, world.videos.values(), world.now())
    entries = post_list(posts)
    world.truth.served(
        visit.visitor, load=load, surface=Surface.CHANNEL, context=channel.id, entries=entries,
        lang=look.language.tag,
    )  # fmt: skip
    made = [_post(entry.post, channel, look) for entry in entries if entry.post is not None]
    inner = Markup("").join(one.html for one in made)
    if not made:
        inner = _macro(look, "nothing", look.t("no_results"))
    items = ",".join(one.data for one in made)
    listed: Json = {"itemSectionRenderer": {"contents": [ITEMS]}}
    if not made:
        listed = {"messageRenderer": {"text": {"simpleText": look.t("no_results")}}}
    grid = Rendered(_macro(look, "sections", inner), items)
    return pages.channel_page(
        visit, load, channel, path, grid, tab=spelled, content=_sections(listed),
        status=PageStatus.OK if made else PageStatus.EMPTY,
    )  # fmt: skip


def _post(post: Post, channel: Channel, look: Look) -> Rendered:
    """A post's card and its JSON."""
    video = look.world.videos.get(post.video_id or "")
    shown: Rendered | None = None
    attached: Json | None = None
    if video is not None:
        entry = Entry(slot=0, kind=video.kind, item_id=video.id, video=video)
        shown = render_entry(entry, look, Surface.SEARCH)
        attached = card_json(video_card(entry, look, Surface.SEARCH), look)
    href = look.channel_href(channel)
    link = f"/post/{post.id}" if look.modern else f"{channel.path}/community?lb={post.id}"
    likes = look.language.short(post.likes, era=look.era) if post.likes else ""
    view = PostView(
        id=post.id, author=channel.name, author_href=href, avatar=avatar_url(channel.id),
        text=post.text, ago=look.ago(post.published), href=link, likes=likes,
        like_label=look.t("like"), attachment=shown.html if shown else Markup(""),
    )  # fmt: skip
    endpoint = {"browseEndpoint": {"browseId": channel.id, "canonicalBaseUrl": href}}
    body: Json = {
        "postId": post.id,
        "authorText": {"runs": [{"text": channel.name, "navigationEndpoint": endpoint}]},
        "authorEndpoint": endpoint,
        "contentText": {"runs": [{"text": post.text}]},
        "publishedTimeText": {"runs": [{"text": view.ago}]},
        "voteCount": {"simpleText": likes},
        **({"backstageAttachment": attached} if attached is not None else {}),
    }
    thread = {"backstagePostThreadRenderer": {"post": {"backstagePostRenderer": body}}}
    return Rendered(_macro(look, "post", view), dumps(thread))


def _about(visit: Visit, path: str, load: str, channel: Channel) -> Page:
    look = visit.look
    views = sum(v.views for v in look.world.videos.values() if v.channel_id == channel.id)
    shown, joined = look.language.views(views), look.language.date(channel.created)
    html = _macro(look, "about", channel, look.channel_href(channel), shown, joined)
    body = {
        "channelId": channel.id,
        "description": {"simpleText": channel.description},
        "viewCountText": {"simpleText": shown},
        "country": {"simpleText": channel.country},
    }
    listed: Json = {
        "itemSectionRenderer": {"contents": [{"channelAboutFullMetadataRenderer": body}]}
    }
    return pages.channel_page(
        visit, load, channel, path, Rendered(_macro(look, "sections", html), ""), tab="about",
        content=_sections(listed), status=PageStatus.UNKNOWN,
    )  # fmt: skip


def _sections(listed: Json) -> Json:
    return {"sectionListRenderer": {"contents": [listed]}}
