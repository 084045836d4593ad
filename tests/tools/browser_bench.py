"""A page with the mock's player and nothing else, for tests of the browser room and the player."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

import mockserver.platforms.youtube as site
from collector.browser.puppet import PuppetBrowser, open_puppet
from mockserver.platforms.youtube import beacons
from mockserver.world import World

VISITOR = "bench-visitor"
_numbers = itertools.count(1)
STATIC = Path(site.__file__).parent / "static"


@dataclass(frozen=True)
class Persona:
    locale: str = "en-US"
    timezone: str = "UTC"
    geolocation: tuple[float, float] | None = None
    viewport: tuple[int, int] = (1000, 700)
    user_agent: str | None = None
    color_scheme: str = "light"


@cache
def world() -> World:
    return World.build(seed=1, size="small", era="2026", clock="real")


@dataclass
class Bench:
    """``add`` publishes a watch page for a player configuration; ``url`` is where it is."""

    port: int
    world: World
    pages: dict[str, str] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    answered: threading.Condition = field(default_factory=threading.Condition)

    @property
    def origin(self) -> str:
        return f"http://youtube.localhost:{self.port}"

    def page(self, path: str, html: str) -> str:
        self.pages[path] = html
        return self.origin + path

    @property
    def video_id(self) -> str:
        """A long video that the world knows."""
        videos = self.world.videos.values()
        return next(v.id for v in videos if v.seconds and v.seconds > 600)

    def watch_page(self, seconds: float | None = 20, **cfg: Any) -> str:
        """A watch page with its own load id and the player's ``cfg``; returns its URL."""
        load = f"load-{next(_numbers)}"
        whole = {
            "videoId": self.video_id, "seconds": seconds, "load": load, "ad": None,
            "fault": None, "next": None, "autoplay": False, "clip": "/_media/clip.webm", **cfg,
        }  # fmt: skip
        html = f"""<!DOCTYPE html><html><head><title>w</title></head><body style="margin:0">
            <div id="movie_player" class="html5-video-player" style="width:640px;height:360px">
            <video class="video-stream html5-main-video"></video></div>
            <script src="/static/player.js"></script>
            <script>
              window.moves = [];
              window.siteNavigate = (path) => {{
                moves.push(path);
                history.pushState({{}}, "", path + "&bench=1");
                document.dispatchEvent(new Event("yt-navigate-finish"));
              }};
              MockPlayer.load({json.dumps(whole)});
            </script></body></html>"""
        self.served(whole["load"], whole["videoId"])
        return self.page(f"/watch/{whole['load']}", html) + f"?v={whole['videoId']}"

    def served(self, load: str, video: str) -> None:
        """Have the truth log know that a load served a video: of another nothing is believed."""
        self.world.truth.page(
            VISITOR, load=load, path=f"/watch?v={video}", kind="video", status="ok", lang="en"
        )

    def truth(self, url: str) -> dict[str, Any] | None:
        """What the truth log has of the watch page at ``url``."""
        load = url.rpartition("/")[2].partition("?")[0]
        rows, _ = self.world.truth.rows("watches", visitor=VISITOR)
        return next((row for row in rows if row["load"] == load), None)

    def heard_of(self, url: str, seconds: float) -> None:
        """Wait until the server was told of so many seconds of ``url``, to the millisecond."""

        def told() -> bool:
            row = self.truth(url)
            return row is not None and row["seconds"] >= seconds - 0.001

        with self.answered:
            assert seconds == 0 or self.answered.wait_for(told, timeout=120)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


@contextlib.contextmanager
def serving() -> Iterator[Bench]:
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    one = world()
    app.extensions["mock"] = SimpleNamespace(world=one)
    bp = Blueprint("bench", __name__)
    beacons.register(bp)
    app.register_blueprint(bp)
    bench = Bench(0, one)

    @app.after_request
    def answered(response: Response) -> Response:
        with bench.answered:
            bench.answered.notify_all()
        return response

    @app.get("/<path:path>")
    def page(path: str) -> Response:
        bench.hits.append(request.full_path)
        found = bench.pages.get(f"/{path}")
        return Response(found or "nothing here", status=200 if found else 404, mimetype="text/html")

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    bench.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bench
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def puppet(folder: Path, bench: Bench, **options: Any) -> Iterator[PuppetBrowser]:
    """A puppet with the bench's visitor cookie."""
    cookie = {"name": "VISITOR_INFO1_LIVE", "value": VISITOR, "url": bench.origin}
    options.setdefault("persona", Persona())
    with open_puppet(state_dir=folder / "state", cookies=[cookie], **options) as browser:
        yield browser


NEXT = "dQw4w9WgXcQ"


def advert(bench: Bench, seconds: float) -> dict[str, Any]:
    ad = next(iter(bench.world.ads.values()))
    return {"id": ad.id, "seconds": seconds, "title": ad.title, "sponsor": "S", "site": ad.site}
