"""What the site's tests share: a server in the process, a visitor, and counting by renderer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.common.model import ItemKind
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.world import World

SITE = "http://youtube.localhost"
MOBILE = "http://m.youtube.localhost"

#: Accept-Language headers of the interface's languages.
HEADERS = {
    "en": "en-US,en;q=0.9", "fr": "fr-FR,fr;q=0.9", "es": "es-ES,es;q=0.9", "es-419": "es-MX",
    "de": "de-DE", "it": "it-IT", "pt": "pt-BR", "tr": "tr-TR", "zh-TW": "zh-TW", "ja": "ja",
    "ar": "ar",
}  # fmt: skip

ERAS = ("2026", "2022")

#: What stands for one entry of a list; those inside another are not counted.
ENTRIES = (
    "ytd-rich-item-renderer", "yt-lockup-view-model", "ytd-video-renderer",
    "ytd-compact-video-renderer", "ytd-compact-radio-renderer", "ytd-compact-playlist-renderer",
    "ytd-radio-renderer", "ytd-playlist-renderer", "ytd-grid-video-renderer",
    "ytm-shorts-lockup-view-model-v2", "ytd-reel-item-renderer", "ytd-ad-slot-renderer",
    "ytd-compact-promoted-video-renderer", "ytd-promoted-sparkles-text-search-renderer",
)  # fmt: skip


@lru_cache(maxsize=4)
def shared_app(era: str) -> Flask:
    """One server an era for tests that only look; their visitors are their own."""
    return create_app(MockConfig(seed=11, era=era))


@dataclass
class Visitor:
    """A browser without a browser."""

    app: Flask
    name: str
    lang: str = "en"
    consented: bool = True
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.set_cookie("VISITOR_INFO1_LIVE", self.name, domain="youtube.localhost")
        if self.consented:
            self.client.set_cookie("SOCS", "CAI", domain="youtube.localhost")

    @property
    def world(self) -> World:
        mock: Mock = self.app.extensions["mock"]
        return mock.world

    def get(self, path: str) -> TestResponse:
        headers = {"Accept-Language": HEADERS[self.lang]}
        return self.client.get(path, base_url=SITE, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        sent = {"Accept-Language": HEADERS[self.lang], **headers}
        return self.client.post(path, base_url=SITE, json=body, headers=sent)

    def html(self, path: str) -> str:
        """The page at ``path``, which must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def soup(self, path: str) -> BeautifulSoup:
        return BeautifulSoup(self.html(path), "lxml")

    def truth(self, **where: str) -> list[dict[str, Any]]:
        """The impressions logged for this visitor."""
        return self.world.truth.impressions(visitor=self.name, **where)


@dataclass
class MobileVisitor(Visitor):
    """A browser without a browser, at the mobile host."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for cookie, value in (("VISITOR_INFO1_LIVE", self.name), ("SOCS", "CAI")):
            if cookie != "SOCS" or self.consented:
                self.client.set_cookie(cookie, value, domain="m.youtube.localhost")

    def get(self, path: str, **headers: str) -> TestResponse:
        sent = {"Accept-Language": HEADERS[self.lang], **headers}
        return self.client.get(path, base_url=MOBILE, headers=sent)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        sent = {"Accept-Language": HEADERS[self.lang], **headers}
        return self.client.post(path, base_url=MOBILE, json=body, headers=sent)


def entries(root: Tag) -> list[Tag]:
    """The elements that stand for entries, outermost ones, in order."""
    found = root.find_all(ENTRIES)
    inside = {id(node) for outer in found for node in outer.find_all(ENTRIES)}
    return [node for node in found if id(node) not in inside]


def item_id(entry: Tag) -> str:
    """What an entry's links lead to: a list, a video, or an ad."""
    hrefs = [str(link["href"]) for link in entry.find_all("a", href=True)]
    for mark in ("list=", "adurl=", "/shorts/", "v="):
        for href in hrefs:
            if mark in href:
                return href.partition(mark)[2].partition("&")[0]
    raise AssertionError(f"no link in {entry.name}")


def pages_of(world: World) -> dict[str, str]:
    """One address of each kind of page with a list."""
    counted: dict[str, int] = {}
    for video in world.videos.values():
        counted[video.channel_id] = counted.get(video.channel_id, 0) + 1
    busiest = max(counted, key=lambda channel: (counted[channel], channel))
    return {
        "home": "/",
        "related": "/watch?v=dQw4w9WgXcQ",
        "search": "/results?search_query=pasta",
        "channel": world.channels[busiest].path,
    }


def address(visitor: Visitor, surface: str) -> str:
    """Path of a page of the visitor's world with a list of this surface."""
    world = visitor.world
    lists = [p for p in world.playlists.values() if len(p.video_ids) > 3]
    short = next(v.id for v in world.videos.values() if v.kind is ItemKind.SHORT)
    return {
        "trending": "/feed/trending",
        "history": "/feed/history",
        "subscriptions": "/feed/subscriptions",
        "hashtag": "/hashtag/cooking",
        "playlist": f"/playlist?list={lists[0].id}",
        "queue": f"/watch?v={lists[0].video_ids[1]}&list={lists[0].id}",
        "shorts": f"/shorts/{short}",
    }[surface]


#: Steps of a puppet that watches, subscribes, and looks at the lists that are the site's own.
GOES_ROUND: list[Any] = [
    {"visit": {"url": "home", "capture": False}},
    {"consent": "accept"},
    {"follow": {"rank": 1}},
    {"watch": "5s"},
    {"subscribe": True},
    *({"visit": f"/feed/{name}"} for name in ("history", "subscriptions", "trending")),
    {"visit": "/hashtag/cooking"},
]
