"""The site's own navigation: what the guide, the chips and the account menu list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockserver.platforms.youtube.look import Look
from mockserver.world.model import Channel


@dataclass(frozen=True)
class Link:
    """One entry of the navigation; ``icon`` names its drawing."""

    text: str
    href: str
    icon: str


@dataclass(frozen=True)
class Account:
    """The signed-in viewer, as the masthead and the inline JSON show them."""

    name: str
    email: str
    avatar: str
    datasync: str


def account_of(look: Look) -> Account | None:
    """The account that the ``LOGIN_INFO`` cookie names: ``name`` or ``name|e-mail``."""
    if look.account is None:
        return None
    name, _, email = look.account.partition("|")
    slug = re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".") or "viewer"
    return Account(
        name=name,
        email=email or f"{slug}@mail.example",
        avatar=f"/ytc/account-{slug}=s88-c-k-c0x00ffffff-no-rj",
        datasync=str(int.from_bytes(name.encode()[:12].ljust(12, b"#"), "big")),
    )


def guide_sections(look: Look, subscriptions: list[Channel]) -> list[tuple[str, list[Link]]]:
    """(title, links) of the guide; an empty title for the first section."""
    t = look.t
    yours = [
        Link(t("history"), "/feed/history", "history"),
        Link(t("your_videos"), "/feed/my_videos", "create"),
        Link(t("watch_later"), "/feed/watch_later", "clock"),
        Link(t("liked_videos"), "/feed/liked", "like"),
        Link(t("downloads"), "/feed/downloads", "download"),
    ]
    explore = [
        Link(t("music"), "/feed/music", "note"),
        Link(t("live"), "/feed/live", "broadcast"),
        Link(t("gaming"), "/feed/gaming", "play"),
        Link(t("news"), "/feed/news", "flag"),
        Link(t("sports"), "/feed/sports", "user"),
        Link(t("learning"), "/feed/learning", "library"),
    ]
    followed = [Link(c.name, look.channel_href(c), "user") for c in subscriptions[:8]]
    more = [
        Link(t("settings"), "/feed/settings", "gear"),
        Link(t("help"), "/feed/help", "minus"),
        Link(t("send_feedback"), "/feed/feedback", "flag"),
    ]
    sections = [
        ("", mini_guide(look)[:3]),
        (t("you" if look.modern else "library"), yours),
        (t("subscriptions"), followed),
        (t("explore"), explore),
        ("", more),
    ]
    return [(title, links) for title, links in sections if links]


def mini_guide(look: Look) -> list[Link]:
    """List the narrow guide at the side of a page."""
    t = look.t
    last = Link(t("you" if look.modern else "library"), "/feed/you", "library")
    return [
        Link(t("home"), "/", "home"),
        Link(t("shorts"), "/shorts/", "shorts"),
        Link(t("subscriptions"), "/feed/subscriptions", "subscriptions"),
        last,
    ]


def home_chips(look: Look) -> list[str]:
    """List the labels of the chips above the home page."""
    keys = ("all", "music", "gaming", "news", "live", "sports", "learning", "recently_uploaded")
    return [look.t(key) for key in (*keys, "watched")]


def watch_chips(look: Look, channel: Channel) -> list[str]:
    """List the labels of the chips above what is recommended beside a video of ``channel``."""
    t = look.t
    return [t("all"), t("from_channel", name=channel.name), t("related"), t("for_you"),
            t("recently_uploaded"), t("watched")]  # fmt: skip
