"""A notice board, as a package of somebody else brings it: a whole platform in one small file.

Its pages and their parser, what a puppet does there with and without a browser, and the spec that
the entry point ``twinwatch.platforms`` names. Its one verb, ``vote``, is in ``toyboard_steps``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from collector.common.model import (
    Impression,
    ItemKind,
    Observation,
    PageKind,
    PageStatus,
    Platform,
    Surface,
)
from collector.platforms.acting import (
    ActionFailed,
    Browser,
    Heed,
    Settled,
    SiteActions,
    Waited,
    to_the_end,
)
from collector.platforms.registry import Genre, PlatformSpec

NAME, PARSER = "toyboard", "toyboard/1"
NOTICES = ("cats", "dogs", "maps")

# ---- its pages


@contextmanager
def serving() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A board on this machine; answers its origin and the votes (visitor, notice) as they come."""
    votes: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: str = "", status: int = 200) -> None:
            self.send_response(status)
            # Puppets without a browser visit nothing that does not say that it is a mock.
            self.send_header("X-Mock-Server", "twinwatch")
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def visitor(self) -> str:
            found = re.search(r"board=([\w-]+)", self.headers.get("Cookie") or "")
            return found[1] if found else ""

        def do_GET(self) -> None:
            self.answer(page(votes), 200 if self.path == "/" else 404)

        def do_HEAD(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if voted := re.fullmatch(r"/vote/(\w+)", self.path):
                votes.append((self.visitor(), voted[1]))
            self.answer(status=200 if voted else 404)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{NAME}.localhost:{server.server_port}", votes
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page(votes: Sequence[tuple[str, str]]) -> str:
    """The board: what has the most votes stands first."""
    count = {name: sum(voted == name for _, voted in votes) for name in NOTICES}
    order = sorted(NOTICES, key=lambda name: (-count[name], name))
    rows = "".join(
        f'<li data-notice="{name}"><a href="/{name}">{escape(f"All about {name} & more")}</a>'
        f" <button onclick=\"fetch('/vote/{name}', {{method: 'POST'}}).then(() => "
        f"this.textContent = 'voted')\">{count[name]}</button></li>"
        for name in order
    )
    return f'<!DOCTYPE html><html lang="en"><body id="toyboard"><ol>{rows}</ol></body></html>'


# ---- its parser

_NOTICE = re.compile(r'<li data-notice="(\w+)"><a href="([^"]*)">([^<]*)</a>')


def kind_of(url: str) -> PageKind:
    return PageKind.HOME if re.fullmatch(r"https?://[^/]+/?|/|home", url) else PageKind.OTHER


def status_of(html: str, url: str) -> PageStatus:
    if 'id="toyboard"' not in html:
        return PageStatus.UNKNOWN
    return PageStatus.OK if _NOTICE.search(html) else PageStatus.EMPTY


def parse(
    html: str, url: str, *, client_time: datetime | None = None, languages: Sequence[str] = ()
) -> Observation:
    """The board as data: its notices in their order."""
    shown = tuple(
        Impression(number, Surface.HOME, ItemKind.POST, name, href, unescape(title))
        for number, (name, href, title) in enumerate(_NOTICE.findall(html), 1)
    )
    return Observation(
        Platform(NAME), kind_of(url), status_of(html, url), url, "en", None, PARSER,
        impressions=shown,
    )  # fmt: skip


# ---- what a puppet does there


class Waits:
    """The board has no scripts that bring anything: it is there when its document is."""

    def __init__(self, browser: Browser, page_timeout_s: float) -> None:
        self.browser = browser
        self.timeout_ms = page_timeout_s * 1000

    @property
    def url(self) -> str:
        return str(self.browser.evaluate("() => location.href"))

    def idle(self) -> int:
        self.browser.wait_for("() => document.readyState === 'complete'")
        return int(self.browser.evaluate("() => document.querySelectorAll('li').length"))


class BoardActions(SiteActions[Browser, Waits, Settled]):
    """In a browser."""

    def __init__(self, browser: Browser, base: str, *, page_timeout_s: float = 30) -> None:
        super().__init__(
            browser, base, Waits(browser, page_timeout_s), page_timeout_s=page_timeout_s
        )

    def address(self, target: str) -> str:
        return self.base + ("/" if target == "home" else target)

    def settle(self) -> Settled:
        return Settled(Waited.SETTLED, self.waits.idle())

    def consent_asked(self) -> bool:
        return False

    def vote(self, notice: Impression, shown: Sequence[Impression]) -> None:
        self.click(f'li[data-notice="{notice.item_id}"] button')
        self.browser.wait_for(
            "(name) => document.querySelector(`[data-notice=${name}] button`).textContent"
            " === 'voted'",
            arg=notice.item_id,
        )


class HttpBoardActions:
    """Without one."""

    def __init__(self, puppet: Any, base: str, *, page_timeout_s: float = 30) -> None:
        self.puppet, self.base = puppet, base

    @property
    def url(self) -> str:
        return str(self.puppet.url)

    def visit(self, target: str) -> Settled:
        answer = self.puppet.wire.get("/" if target == "home" else target)
        self.puppet.url = answer.url
        self.puppet.document = type(self.puppet.document).of(answer.text)
        return self.settle()

    def settle(self) -> Settled:
        self.puppet.let_pass(0.25)
        return Settled(Waited.SETTLED, len(_NOTICE.findall(self.puppet.document.html)))

    def consent_asked(self) -> bool:
        return False

    def scroll_until(self, items: int | None, *, heed: Heed = to_the_end) -> int:
        return self.settle().items

    def vote(self, notice: Impression, shown: Sequence[Impression]) -> None:
        if notice not in shown:
            raise ActionFailed(f"{notice.item_id} is not on the page")
        self.puppet.wire.post(f"/vote/{notice.item_id}", {})


PLATFORM = PlatformSpec(
    name=NAME,
    genre=Genre.PAGES,
    host=NAME,
    site="https://www.toyboard.example",
    hosts=re.compile(r"(?:[\w-]+\.)*toyboard\.example\Z"),
    marks=re.compile(r'id="toyboard"'),
    parser=PARSER,
    kind_of=kind_of,
    status_of=status_of,
    parse=parse,
    surface_of=lambda url: Surface.HOME if kind_of(url) is PageKind.HOME else None,
    runner="collector.session.steps:StepRunner",
    actions="toyboard:BoardActions",
    http_actions="toyboard:HttpBoardActions",
    cookies=lambda visitor: {"board": visitor},
)
