"""A small mock with the ytTREX API only, pages to submit to it, and a signing client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.common.identity import KeyPair, js_json, utf16_length
from mockserver.api import yttrex
from mockserver.context import Mock, MockConfig
from mockserver.db import Submissions
from mockserver.routing import HostRouter


class Clock:
    """A clock that stands still until it is turned; works for the mock and for the outbox."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or datetime(2026, 3, 4, 5, 6, 7, 891000, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds_s: float) -> None:
        self.slept.append(seconds_s)
        self.moment += timedelta(seconds=seconds_s)


@dataclass
class Bench:
    """An application with only this API, its database, clock and client."""

    app: Flask
    db: Submissions
    clock: Clock
    client: FlaskClient
    keys: KeyPair = field(default_factory=lambda: KeyPair.generate(b"bench"))

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(f"/api{path}", **kwargs)

    def post(self, items: Any, keys: KeyPair | None = None, **headers: str) -> TestResponse:
        """Sign and post a batch."""
        keys = keys or self.keys
        body = js_json(items).encode()
        return self.client.post("/api/v2/events", data=body, headers=signed(body, keys) | headers)

    def token(self, keys: KeyPair | None = None) -> str:
        # A token is told once a request, so each asks in words of its own.
        body = js_json({"config": {"execount": secrets.randbelow(2**52)}, "href": "x"}).encode()
        headers = signed(body, keys or self.keys)
        reply = self.client.post("/api/v2/handshake", data=body, headers=headers)
        return str(reply.get_json()["userToken"])


def bench(compat: str | None = None) -> Bench:
    """A fresh API with an empty world behind it."""
    app: Any = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    clock = Clock()
    db = Submissions()
    db.now = clock.now  # type: ignore[method-assign]
    db.started = clock.now()
    config = MockConfig(compat=compat)
    app.extensions["mock"] = Mock(config, None, db, "truth")  # type: ignore[arg-type]
    app.register_blueprint(yttrex.bp, url_prefix="/yttrex/api")
    app.wsgi_app = HostRouter(app.wsgi_app)
    return Bench(app, db, clock, app.test_client())


def signed(body: bytes, keys: KeyPair) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-YTtrex-Version": "2.8.5",
        "X-YTtrex-Build": "test",
        "X-YTtrex-PublicKey": keys.public_key,
        "X-YTtrex-Signature": keys.sign(body),
        "X-YTtrex-NonAuthCookieId": "",
        "Accept-Language": "en-US,en;q=0.9",
    }


def item(
    element: str | None = None,
    *,
    video: str = "SU31AEXDLrM",
    uuid: str = "1—0.5-7",
    seq: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """A page item as the extension wrote them."""
    element = watch_page(video) if element is None else element
    return {
        "type": "video",
        "element": element,
        "size": utf16_length(element),
        "href": f"https://www.youtube.com/watch?v={video}",
        "randomUUID": uuid,
        "incremental": seq,
        "clientTime": "2026-03-04T06:06:07+01:00",
        **more,
    }


def leaf(html: str = "<div id='ad'></div>", *, seq: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "html": html,
        "hash": -12345,
        "offsetTop": 10,
        "offsetLeft": 20.5,
        "href": "https://www.youtube.com/watch?v=SU31AEXDLrM",
        "selectorName": "adbadge",
        "randomUUID": "1—0.5-7",
        "type": "leaf",
        "incremental": seq,
        "clientTime": "2026-03-04T06:06:07+01:00",
        **more,
    }


def watch_page(video: str = "SU31AEXDLrM", related: tuple[str, ...] = ("SEXdt5HCnCI",)) -> str:
    """A watch page of 2022 as the extension sent it: only the application element."""
    cards = "".join(
        f"""<ytd-compact-video-renderer><div id="dismissible"><ytd-thumbnail>
<a id="thumbnail" href="/watch?v={name}"><img src="https://i.ytimg.com/vi/{name}/hq.jpg">
<ytd-thumbnail-overlay-time-status-renderer class="ytd-thumbnail-overlay-time-status-renderer">
<span id="text" class="style-scope ytd-thumbnail-overlay-time-status-renderer"
 aria-label="25 minutes, 33 seconds">25:33</span>
</ytd-thumbnail-overlay-time-status-renderer></a></ytd-thumbnail>
<div class="details"><div class="metadata"><a href="/watch?v={name}"><h3>
<span id="video-title" aria-label="Film {name} by Drumsy 5 months ago 25 minutes 1,113,926 views"
 title="Film {name}">Film {name}</span></h3>
<div class="secondary-metadata"><ytd-video-meta-block><div id="metadata"><div id="byline-container">
<ytd-channel-name id="channel-name"><div id="container"><div id="text-container">
<yt-formatted-string id="text">Drumsy</yt-formatted-string></div></div></ytd-channel-name></div>
<div id="metadata-line"><span>1.1M views</span><span>5 months ago</span></div></div>
</ytd-video-meta-block></div></a></div></div></div></ytd-compact-video-renderer>"""
        for name in related
    )
    return f"""<ytd-app><div id="content"><ytd-page-manager id="page-manager">
<ytd-watch-flexy video-id="{video}"><div id="columns"><div id="primary">
<div id="player"><div id="movie_player" class="html5-video-player playing-mode"></div></div>
<div id="info"><ytd-video-primary-info-renderer><h1 class="title">
<yt-formatted-string>I Placed Maximum Ads On This Video.</yt-formatted-string></h1>
<div id="info-text"><div id="count"><ytd-video-view-count-renderer>
<span class="view-count">1,608,156 views</span></ytd-video-view-count-renderer></div>
<div id="info-strings"><span id="dot">•</span>
<yt-formatted-string class="style-scope ytd-video-primary-info-renderer">Aug 15, 2021
</yt-formatted-string></div></div></ytd-video-primary-info-renderer></div>
<div id="meta"><ytd-video-secondary-info-renderer><ytd-video-owner-renderer>
<a class="yt-simple-endpoint style-scope ytd-video-owner-renderer"
 href="/channel/UCoUmahSj6YHyUb8kuGR-lwg"></a>
<div id="upload-info"><ytd-channel-name id="channel-name"><div id="text-container">
<yt-formatted-string id="text"><a class="yt-simple-endpoint yt-formatted-string"
 href="/channel/UCoUmahSj6YHyUb8kuGR-lwg">Drumsy</a></yt-formatted-string></div>
</ytd-channel-name></div></ytd-video-owner-renderer></ytd-video-secondary-info-renderer></div>
</div><div id="secondary"><div id="related"><ytd-watch-next-secondary-results-renderer>
<div id="items">{cards}</div></ytd-watch-next-secondary-results-renderer></div></div></div>
</ytd-watch-flexy></ytd-page-manager></div></ytd-app>"""
