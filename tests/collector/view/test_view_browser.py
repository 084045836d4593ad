"""The page of a run in Chromium: by keyboard, following a run, closed to what a capture wants."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from synthetic_run import Made, build
from view_tools import HOSTILE, plant

from collector.store import Store
from collector.view import viewing

TITLE = "<img src=x onerror=\"alert('title')\"><script>alert(1)</script> v0"


class Watched:
    """A page with everything that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.problems: list[str] = []
        page.on("requestfinished", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: self.problems.append(dialog.message))

    def hosts(self) -> set[str]:
        """Hosts that were asked; what the page holds itself is none."""
        return {url.split("/")[2] for url in self.asked if not url.startswith("data:")}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = build(tmp_path / "run", Made(twins=3, watches=1, lost={"conspiracy-2": 4}))
    with Store(run / "store.db") as store:
        store.db.execute("UPDATE impressions SET title = ? WHERE item_id LIKE 'v%'", [TITLE])
    return run


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield Watched(page)
    page.close()


def test_by_keyboard_from_the_tiles_to_the_evidence(run: Path, watched: Watched) -> None:
    """Arrows go through the tiles, Enter opens, Tab reaches a page, arrows go to the next one; a
    hostile title is text, and nobody else is so much as connected to."""
    page = watched.page
    with closing(socket.create_server(("127.0.0.1", 0))) as evil, viewing(run) as address:
        plant(run, HOSTILE.replace("evil.example", f"127.0.0.1:{evil.getsockname()[1]}"))
        page.goto(address)
        names = page.locator(".tile .name").all_text_contents()
        focused = page.locator(":focus .name")
        page.keyboard.press("ArrowRight")
        expect(focused).to_have_text(names[0])
        page.keyboard.press("ArrowRight")
        expect(focused).to_have_text(names[1])
        page.keyboard.press("End")
        expect(focused).to_have_text(names[-1])
        page.keyboard.press("ArrowUp")
        row = page.evaluate(
            "[...document.querySelectorAll('.tile')].map(t => t.getBoundingClientRect().top)"
        )
        at = names.index(focused.inner_text())
        assert row[at] < row[-1]
        assert page.evaluate(
            "getComputedStyle(document.activeElement, '::after').outlineStyle"
        ) == "solid"  # fmt: skip
        page.locator('[data-puppet="neutral-1"] > a').focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("neutral-1")
        first = page.locator("tbody a").first
        for _ in range(40):
            page.keyboard.press("Tab")
            if first.evaluate("link => link === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.frame_locator("iframe").locator("p")).to_have_text("kept text")
        expect(page.locator(".read li span").first).to_have_text(TITLE)
        page.wait_for_load_state()
        page.keyboard.press("ArrowRight")
        expect(page.locator("dd").last).to_have_text("b01-neutral-1-1")
        page.wait_for_load_state()  # what listens to keys is loaded with the page
        page.keyboard.press("ArrowLeft")
        expect(page.locator("dd").last).to_have_text("b01-neutral-1-0")
        page.wait_for_load_state()
        page.keyboard.press("/")
        expect(page.locator("input[type=search]")).to_be_focused()
        page.keyboard.type("onerror")
        page.keyboard.press("Enter")
        expect(page.locator(".found b").first).to_have_text(TITLE)
        page.goto(f"{address}compare")
        expect(page.locator(".sides .item").first).to_contain_text("onerror")
        page.keyboard.press("c")
        expect(page.locator("select[name=by]")).to_have_value("shown")
        page.wait_for_load_state()
        slot = page.locator("select[name=slot]").input_value()
        page.keyboard.press("ArrowRight")
        expect(page.locator("select[name=slot]")).not_to_have_value(slot)
        assert watched.hosts() == {address.split("/")[2]}
        evil.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody knocked
            evil.accept()
    assert watched.problems == []


@pytest.mark.slow
def test_the_tile_that_the_keyboard_is_on_is_seen(run: Path, watched: Watched) -> None:
    """Its frame is drawn: two pixels or more all round the tile, and gone when it is left."""
    page = watched.page
    with viewing(run) as address:
        page.set_viewport_size({"width": 1280, "height": 2000})  # nothing scrolls
        page.goto(address)
        tile = page.locator(".tile").first
        tile.locator("a").focus()
        page.keyboard.press("End")
        expect(page.locator(".tile a").last).to_be_focused()
        plain = drawn(tile)
        page.keyboard.press("Home")
        expect(tile.locator("a")).to_be_focused()
        framed = drawn(tile)
        page.keyboard.press("End")
        expect(page.locator(".tile a").last).to_be_focused()
        left = drawn(tile)
        height, width, _ = framed.shape
        for other in (plain, left):
            changed = (framed != other).any(axis=2)
            assert changed.sum() >= 2 * 2 * (height + width) * 0.9


def drawn(tile: Locator) -> np.ndarray:
    """The picture of a tile: height × width × channels."""
    return np.asarray(Image.open(io.BytesIO(tile.screenshot())))


@pytest.mark.slow
def test_a_page_that_follows_shows_what_happens(run: Path, watched: Watched) -> None:
    """A puppet that begins to work comes to the front, without the page being loaded again and
    without the focus being lost."""
    page = watched.page
    with Store(run / "store.db") as store, viewing(run, live=True) as address:
        page.goto(address)
        expect(page.locator("#following")).to_contain_text("the run is finished")
        page.evaluate("window.sameDocument = true")
        page.locator('[data-puppet="neutral-3"] > a').focus()
        with store.transaction():
            store.update_session("b03-neutral-3", state="running")
            store.step_planned("b03-neutral-3", 90, kind="watch")
            store.step_started("b03-neutral-3", 90)
        front = page.locator(".tile").first
        expect(front.locator(".name")).to_have_text("neutral-3")
        expect(front.locator(".now")).to_contain_text("watch")
        expect(page.locator(":focus .name")).to_have_text("neutral-3")
        expect(page.locator("#totals")).to_contain_text("1 of 6")
        assert page.evaluate("window.sameDocument") is True
    assert watched.problems == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False), (320, True)])
def test_it_fits_every_width(run: Path, browser: Browser, width: int, dark: bool) -> None:
    """No page is wider than the window; what can be pressed has a name and is large enough."""
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    seen = Watched(page)
    with viewing(run) as address:
        for path in ("", "puppet/conspiracy-2", "compare", "receipts", "numbers",
                     "page/b01-neutral-1-0", "search?q=onerror"):  # fmt: skip
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            small = page.evaluate(
                "[...document.querySelectorAll('nav a, button, select, input')]"
                ".filter(e => e.getBoundingClientRect().height < 40).map(e => e.outerHTML)"
            )
            assert small == [], path
            unnamed = page.evaluate(
                "[...document.querySelectorAll('a, button, select, input, iframe, img, svg[role]')]"
                ".filter(e => !(e.textContent.trim() || e.title || e.alt ||"
                " e.getAttribute('aria-label') || (e.labels && e.labels.length)))"
                ".map(e => e.outerHTML)"
            )
            assert unnamed == [], path
        light = page.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
        )
        assert (light < 60) is dark
    page.close()
    assert seen.problems == []
