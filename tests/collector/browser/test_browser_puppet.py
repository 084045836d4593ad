"""A puppet's browser: its persona as a page sees it, its network, its captures."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from browser_bench import Bench, Persona, puppet
from playwright.sync_api import Playwright

from collector.browser import NavigationFailed, ProfileLocked
from collector.browser.launch import isolation_args
from collector.browser.running import PuppetBrowser

pytestmark = pytest.mark.browser

PERSONA = Persona(
    locale="it-IT",
    timezone="Europe/Rome",
    geolocation=(45.07, 7.69),
    viewport=(900, 600),
    color_scheme="dark",
)


@pytest.fixture(scope="module")
def mine(
    bench: Bench, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PuppetBrowser]:
    folder = tmp_path_factory.mktemp("puppet")
    with puppet(folder, bench, persona=PERSONA, playwright=playwright) as one:
        yield one


def test_a_page_sees_the_persona(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.page("/persona", "<p>hello"))
    seen = mine.evaluate(
        """async () => {
          const place = await new Promise((ok, no) =>
            navigator.geolocation.getCurrentPosition((p) => ok(p.coords), no));
          return {
            language: navigator.language,
            zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            size: [innerWidth, innerHeight],
            dark: matchMedia("(prefers-color-scheme: dark)").matches,
            place: [place.latitude, place.longitude],
          };
        }"""
    )
    assert seen == {
        "language": "it-IT",
        "zone": "Europe/Rome",
        "size": [900, 600],
        "dark": True,
        "place": [45.07, 7.69],
    }


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://www.youtube.com/", "http://192.0.2.1/", "http://8.8.8.8/"],
)
def test_nothing_but_loopback_is_reached(mine: PuppetBrowser, url: str) -> None:
    with pytest.raises(NavigationFailed, match="ERR_PROXY_CONNECTION_FAILED"):
        mine.goto(url)


def test_a_page_cannot_reach_out_either(bench: Bench, mine: PuppetBrowser) -> None:
    """Not even this machine by its own outer address, where a listener would notice."""
    outer = _outer_address()
    with socket.create_server((outer, 0)) as listener:
        reached = threading.Event()
        thread = threading.Thread(target=_accept, args=(listener, reached), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        mine.goto(bench.page("/out", "<p>out"))
        answers = mine.evaluate(
            """async (at) => [
              await fetch(`http://${at}/`, { mode: "no-cors" }).then(() => "reached", () => "no"),
              await new Promise((done) => {
                const socket = new WebSocket(`ws://${at}/`);
                socket.onopen = () => done("reached");
                socket.onerror = () => done("no");
              }),
              await new Promise((done) => {
                const image = new Image();
                image.onload = image.onerror = () => done("no");
                image.src = `http://${at}/a.png`;
              }),
            ]""",
            f"{outer}:{port}",
        )
        assert answers == ["no", "no", "no"]
        assert not reached.is_set()
        socket.create_connection((outer, port)).close()  # the listener does notice
        thread.join(60)
        assert reached.is_set()


def _outer_address() -> str:
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family == socket.AF_INET and not each.address.startswith("127."):
                return each.address
    pytest.skip("this machine has no address but loopback")


def _accept(listener: socket.socket, reached: threading.Event) -> None:
    connection, _ = listener.accept()
    reached.set()
    connection.close()


def test_every_name_below_localhost_is_this_machine(bench: Bench, mine: PuppetBrowser) -> None:
    bench.page("/name", "<p>name")
    for host in ("127.0.0.1", "localhost", "facebook.localhost"):
        assert mine.goto(f"http://{host}:{bench.port}/name") == 200


def test_a_named_site_is_let_through() -> None:
    args = isolation_args(("www.youtube.com", "youtube.localhost:8000"))
    assert "EXCLUDE www.youtube.com" in args[0]
    assert "www.youtube.com" in args[2].split("=", 1)[1].split(";")
    assert "8000" not in "".join(args)


@pytest.mark.parametrize("host", ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:8000"])
def test_a_site_that_is_an_ipv6_address_is_let_through(host: str) -> None:
    """The resolver's rules know it without brackets, those of the proxy with them."""
    args = isolation_args((host,))
    assert {"EXCLUDE ::1", "EXCLUDE 2001:db8::1"} <= set(args[0].split(" , "))
    assert "[2001:db8::1]" in args[2].split("=", 1)[1].split(";")
    assert "8000" not in "".join(args)


def test_a_failed_page_does_not_spoil_the_next(bench: Bench, mine: PuppetBrowser) -> None:
    url = bench.page("/next", "<p>next")
    for _ in range(3):
        with pytest.raises(NavigationFailed):
            mine.goto("http://nowhere.example/")
        assert mine.goto(url) == 200
    assert mine.goto(bench.origin + "/missing") == 404


def test_a_capture_is_the_visible_page_to_the_letter(bench: Bench, mine: PuppetBrowser) -> None:
    url = bench.page(
        "/capture",
        """<!DOCTYPE html><html lang="it"><head><title>T</title></head><body data-a='1 < 2 & "3"'>
        text &amp; more<!-- a comment -->
        <ytd-page-manager id="page-manager" title="a&nbsp;b">
          <ytd-browse hidden><p>the home page that was left</p></ytd-browse>
          <ytd-search hidden=""><p>a search that was left</p></ytd-search>
          <ytd-watch-flexy><p>日本語 — what is seen</p><svg viewBox="0 0 1 1"><path d="M0 0"/></svg>
            <template><b>in a template</b></template></ytd-watch-flexy>
        </ytd-page-manager>
        <script>
          window.ytcfg = { data_: { EVENT_ID: "load-7" } };
          if (1 < 2 && true) document.title = "as run";
          customElements.define("ytd-watch-flexy", class extends HTMLElement {
            constructor() { super(); window.made = (window.made || 0) + 1; }
          });
        </script></body></html>""",
    )
    mine.goto(url)
    before = datetime.now(UTC)
    page = mine.capture()
    whole = mine.capture(drop=())

    assert "the home page that was left" not in page.html
    assert "a search that was left" not in page.html
    assert "日本語 — what is seen" in page.html
    expected = mine.evaluate(
        """() => {
          for (const left of document.querySelectorAll("ytd-browse, ytd-search")) left.remove();
          return "<!DOCTYPE html>" + document.documentElement.outerHTML;
        }"""
    )
    assert page.html == expected
    assert "the home page that was left" in whole.html
    assert mine.evaluate("() => window.made") == 1, "capturing ran the page's own code"

    assert page.url == url
    assert page.event == "load-7"
    assert page.viewport == (900, 600)
    assert page.languages[0] == "it-IT"
    assert "Chrome/" in page.user_agent
    assert abs((page.client_time - before).total_seconds()) < 5
    assert page.saved_time.microsecond % 1000 == 0
    assert page.saved_time.tzinfo is UTC


def test_a_large_page_comes_through_whole(bench: Bench, mine: PuppetBrowser) -> None:
    body = "".join(f"<p class=c{n}>{n} € 💡</p>" for n in range(30_000))
    mine.goto(bench.page("/large", f"<!DOCTYPE html><html><body>{body}</body></html>"))
    html = mine.capture().html
    assert len(html) > 800_000
    assert html == "<!DOCTYPE html>" + mine.evaluate("document.documentElement.outerHTML")


def test_the_profile_is_private_and_locked_while_open(
    bench: Bench, mine: PuppetBrowser, playwright: Playwright, tmp_path: Path
) -> None:
    with puppet(tmp_path, bench, playwright=playwright):
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
        with (
            pytest.raises(ProfileLocked, match="in use by process"),
            puppet(tmp_path, bench, playwright=playwright),
        ):
            pytest.fail("the profile was opened twice")


def test_what_the_console_complains_of_is_kept(bench: Bench, mine: PuppetBrowser) -> None:
    mine.console_errors.clear()
    mine.goto(bench.page("/bad", "<script>console.error('first'); throw new Error('no')</script>"))
    mine.wait_for("document.readyState === 'complete'")
    assert mine.console_errors[0] == "first"
    assert any("no" in each for each in mine.console_errors)


def test_a_wait_that_does_not_come_true_ends(bench: Bench, mine: PuppetBrowser) -> None:
    mine.goto(bench.page("/wait", "<script>setTimeout(() => { window.there = 1 }, 50)</script>"))
    mine.wait_for("window.there === 1")
    with pytest.raises(TimeoutError, match=r"window\.never"):
        mine.wait_for("window.never", timeout_s=0.2)
