"""A puppet's browser in one's own: a page of this machine with a live picture that takes clicks and
keys, for machines without a display.

Protects the puppet. The page listens on loopback alone, under a loopback name, and everything but
the page itself wants a token that is made for this one time; whoever has it is the puppet.
"""

from __future__ import annotations

import base64
import hmac
import queue
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from flask import Flask, Response, request
from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

from collector.browser.running import PuppetBrowser
from collector.serving import answering

#: How long a question for the next picture is kept waiting, seconds.
_WAIT_S = 10.0
#: How often the browser is looked after, milliseconds.
_TURN_MS = 40
_QUALITY = 70
_MOST_TEXT = 10_000


@dataclass
class Screen:
    """The latest picture, and what was done to it."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    number: int = 0
    picture: bytes = b""
    address: str = ""
    closed: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)
    done: queue.Queue[Mapping[str, Any]] = field(default_factory=queue.Queue, repr=False)

    def show(self, picture: bytes, address: str) -> None:
        """Make an encoded picture of the page at ``address`` the latest, and wake who waits."""
        with self.changed:
            self.number, self.picture, self.address = self.number + 1, picture, address
            self.changed.notify_all()

    def close(self) -> None:
        """End the picture, and wake whoever waits for another."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def after(self, number: int, limit_s: float) -> tuple[int, bytes, str] | None:
        """The picture after ``number``; ``None``: none came in time."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.number > number, limit_s)
            return (self.number, self.picture, self.address) if self.number > number else None


def make_app(screen: Screen) -> Flask:
    """The page and its two addresses."""
    app = Flask("puppet", static_folder=None)

    @app.before_request
    def guard() -> Response | None:
        host = request.host if request.host.endswith("]") else request.host.rpartition(":")[0]
        if host not in ("127.0.0.1", "localhost", "[::1]"):
            return Response("this page answers under a loopback name only", 403)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if request.path == "/":
            scheme, given = "Bearer", request.args.get("token", "")
        known = hmac.compare_digest(given.encode(), screen.token.encode())
        if scheme != "Bearer" or not known:
            return Response("open the address that collector printed", 403)
        return None

    @app.get("/")
    def page() -> Response:
        html = (files("collector.browser") / "remote.html").read_text(encoding="utf-8")
        answer = Response(html, mimetype="text/html")
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.get("/picture")
    def picture() -> Response:
        after = request.args.get("after", "0")
        found = screen.after(int(after) if after.isdigit() else 0, _WAIT_S)
        if found is None:
            return Response(status=410 if screen.closed else 204)
        number, data, address = found
        answer = Response(data, mimetype="image/jpeg")
        answer.headers["X-Number"] = str(number)
        answer.headers["X-Address"] = address[:2000].encode("ascii", "replace").decode()
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.post("/input")
    def told() -> Response:
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or body.get("do") not in DEEDS:
            return Response(f"do is one of {', '.join(DEEDS)}", 400)
        screen.done.put(body)
        return Response(status=204)

    return app


def _at(told: Mapping[str, Any]) -> tuple[float, float]:
    return float(told.get("x", 0)), float(told.get("y", 0))


def _press(told: Mapping[str, Any]) -> dict[str, Any]:
    """Which button, and whether it is the first or second press of a double click."""
    return {"button": told.get("button", "left"), "click_count": min(int(told.get("clicks", 1)), 3)}


def _down(page: Page, told: Mapping[str, Any]) -> None:
    page.mouse.move(*_at(told))
    page.mouse.down(**_press(told))


def _up(page: Page, told: Mapping[str, Any]) -> None:
    page.mouse.move(*_at(told))
    page.mouse.up(**_press(told))


def _wheel(page: Page, told: Mapping[str, Any]) -> None:
    page.mouse.move(*_at(told))
    page.mouse.wheel(float(told.get("dx", 0)), float(told.get("dy", 0)))


def _shut(page: Page, told: Mapping[str, Any]) -> None:
    """Close a tab; the last one stays, as it is the browser."""
    if len(page.context.pages) > 1:
        page.close()


#: What can be done to the page, by its name.
DEEDS: Mapping[str, Callable[[Page, Mapping[str, Any]], Any]] = {
    "down": _down,
    "up": _up,
    "move": lambda page, told: page.mouse.move(*_at(told)),
    "wheel": _wheel,
    # Pages that listen to keys hear each of them; text is put in as if it were pasted.
    "type": lambda page, told: page.keyboard.type(str(told.get("text", ""))[:_MOST_TEXT]),
    "text": lambda page, told: page.keyboard.insert_text(str(told.get("text", ""))[:_MOST_TEXT]),
    "key": lambda page, told: page.keyboard.press(str(told.get("key", ""))[:40]),
    "go": lambda page, told: page.goto(str(told.get("url", ""))[:2000], wait_until="commit"),
    "back": lambda page, told: page.go_back(wait_until="commit"),
    "reload": lambda page, told: page.reload(wait_until="commit"),
    "shut": _shut,
    "close": lambda page, told: None,
}


class Picturing:
    """Sends the picture of whichever page of a browser was opened last to a screen."""

    def __init__(self, puppet: PuppetBrowser, screen: Screen) -> None:
        self._puppet = puppet
        self._screen = screen
        self._page: Page | None = None
        self._session: CDPSession | None = None

    def turn(self) -> bool:
        """Show what there is and do what was asked; false once the browser is to be closed."""
        pages = self._puppet.context.pages
        if not pages:
            return False
        if pages[-1] is not self._page:
            self._watch(pages[-1])
        page = pages[-1]
        while not self._screen.done.empty():
            told = self._screen.done.get()
            if told["do"] == "close":
                return False
            # A key that is none, a number that is none, a page that goes away.
            with suppress(PlaywrightError, ValueError, TypeError):
                DEEDS[told["do"]](page, told)
        with suppress(PlaywrightError):
            page.wait_for_timeout(_TURN_MS)
        return True

    def _watch(self, page: Page) -> None:
        with suppress(PlaywrightError):  # its page is gone
            if self._session is not None:
                self._session.detach()  # a page behind another sends no pictures
        self._page = page
        page.bring_to_front()
        self._session = session = self._puppet.context.new_cdp_session(page)

        def shown(frame: Mapping[str, Any]) -> None:
            self._screen.show(base64.b64decode(frame["data"]), page.url)
            with suppress(PlaywrightError):
                session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

        session.on("Page.screencastFrame", shown)
        session.send("Page.startScreencast", {"format": "jpeg", "quality": _QUALITY})


@contextmanager
def remote(screen: Screen) -> Iterator[str]:
    """The page is served while the block runs; answers its address, with the token."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        with answering(make_app(screen), bound, ident="puppet", threads=4, most_body_bytes=100_000):
            try:
                yield f"http://127.0.0.1:{port}/?token={screen.token}"
            finally:
                screen.close()
