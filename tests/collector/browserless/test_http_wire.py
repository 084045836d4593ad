"""A puppet without a browser talks to mocks only, and remembers what a browser would remember."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from collector.adapters.youtube.browserless import HttpYouTubeActions
from collector.browser.errors import NavigationFailed, ProfileLocked
from collector.browserless.puppet import NeedsBrowser, open_http_puppet
from collector.browserless.state import NAME, State, StateUnreadable, load, save
from collector.browserless.wire import MARK, MARK_VALUE, NotAMock, Wire, check_mock
from collector.profile.persona import Persona


class Site(ThreadingHTTPServer):
    """A server that answers ``answers`` and notes the headers it was sent."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append({name.lower(): value for name, value in self.headers.items()})
                status, headers = site.answers.get(self.path, (200, {}))
                self.send_response(status)
                for name, value in {**site.always, **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[dict[str, str]] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.always: dict[str, str] = {MARK: MARK_VALUE}

    @property
    def origin(self) -> str:
        return f"http://youtube.localhost:{self.server_address[1]}"


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wire(site: Site) -> Iterator[Wire]:
    opened = Wire(site.origin, cookies={"V": "me"}, language="fr-FR", user_agent="agent")
    yield opened
    opened.close()


def test_the_persona_is_in_the_headers(site: Site, wire: Wire) -> None:
    wire.get("/")
    (seen,) = site.seen
    assert seen["host"] == site.origin.removeprefix("http://")
    assert (seen["accept-language"], seen["user-agent"]) == ("fr-FR", "agent")
    assert seen["cookie"] == "V=me"


def test_headers_stand_in_the_order_in_which_they_always_stood(site: Site, wire: Wire) -> None:
    wire.get("/")
    assert list(site.seen[0]) == [
        "host", "accept", "connection", "user-agent", "accept-language", "accept-encoding", "cookie"
    ]  # fmt: skip
    assert (site.seen[0]["accept"], site.seen[0]["accept-encoding"]) == ("*/*", "identity")


def test_an_answer_that_is_packed_is_refused(site: Site, wire: Wire) -> None:
    site.answers["/"] = (200, {"Content-Encoding": "gzip"})
    with pytest.raises(NavigationFailed):
        wire.get("/")


def test_cookies_are_kept_and_dropped_as_told(site: Site, wire: Wire) -> None:
    site.answers["/"] = (200, {"Set-Cookie": "A=1; Path=/; Max-Age=100"})
    site.answers["/out"] = (200, {"Set-Cookie": "V=; Max-Age=0"})
    for path in ("/", "/out", "/"):
        wire.get(path)
    assert wire.cookies == {"A": "1"}
    assert [seen.get("cookie") for seen in site.seen] == ["V=me", "V=me; A=1", "A=1"]


def test_redirects_are_followed_on_the_site_only(site: Site, wire: Wire) -> None:
    site.answers["/a"] = (302, {"Location": "/b?c=1"})
    assert wire.get("/a").url == f"{site.origin}/b?c=1"
    site.answers["/a"] = (302, {"Location": "http://127.0.0.1:9/b"})
    with pytest.raises(NavigationFailed, match="not on the mock"):
        wire.get("/a")


def test_a_site_that_does_not_say_it_is_a_mock_is_left_alone(site: Site) -> None:
    check_mock(site.origin)
    site.always = {}
    with pytest.raises(NotAMock, match="does not say"):
        check_mock(site.origin)


@pytest.mark.parametrize("site", ["https://www.youtube.com", "http://192.0.2.1", "http://x.org"])
def test_a_site_elsewhere_is_not_even_asked(site: str) -> None:
    with pytest.raises(NotAMock, match="not on this machine"):
        check_mock(site)


def test_a_server_that_is_gone_is_a_failed_navigation(site: Site) -> None:
    origin = site.origin
    site.server_close()
    wire = Wire(origin, cookies={}, language="en-US", user_agent="agent", timeout_s=60)
    with pytest.raises(NavigationFailed):
        wire.get("/")
    wire.close()


def test_cookies_and_clock_outlive_the_puppet(site: Site, tmp_path: Path) -> None:
    site.answers["/"] = (200, {"Set-Cookie": "A=1"})
    state_dir, start = tmp_path / "state", datetime(2031, 5, 1, tzinfo=UTC)
    with open_http_puppet(
        state_dir=state_dir, persona=Persona(), site=site.origin, cookies={"V": "me"}, start=start
    ) as puppet:
        puppet.wire.get("/")
        puppet.let_pass(90)
    assert stat.S_IMODE((state_dir / NAME).stat().st_mode) == 0o600
    assert load(state_dir) == State({"A": "1", "V": "me"}, start + timedelta(seconds=90))
    with open_http_puppet(
        state_dir=state_dir, persona=Persona(), site=site.origin, cookies={}
    ) as puppet:
        assert puppet.context.cookies()[0]["name"] == "A"
        assert puppet.clock == start + timedelta(seconds=90)
        with (
            pytest.raises(ProfileLocked),
            open_http_puppet(state_dir=state_dir, persona=Persona(), site=site.origin, cookies={}),
        ):
            pass


def test_what_a_killed_puppet_knew_is_on_disk(site: Site, tmp_path: Path) -> None:
    site.answers["/"] = (200, {"Set-Cookie": "A=1"})
    with open_http_puppet(
        state_dir=tmp_path, persona=Persona(), site=site.origin, cookies={"V": "me"}
    ) as puppet:
        HttpYouTubeActions(puppet, site.origin).visit("home")
        assert load(tmp_path) == State({"A": "1", "V": "me"}, puppet.clock)


def test_a_state_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    save(tmp_path, State({"A": "1"}))
    (tmp_path / NAME).write_text("{", "utf-8")
    with pytest.raises(StateUnreadable, match="restore a snapshot"):
        load(tmp_path)


def test_what_needs_a_page_is_refused(site: Site, tmp_path: Path) -> None:
    with open_http_puppet(
        state_dir=tmp_path / "state", persona=Persona(), site=site.origin, cookies={}
    ) as puppet:
        with pytest.raises(NeedsBrowser, match="needs a browser"):
            puppet.evaluate("() => 1")
        with pytest.raises(NeedsBrowser, match="picture"):
            puppet.screenshot(tmp_path / "a.png")
