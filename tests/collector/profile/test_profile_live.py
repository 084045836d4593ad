"""The page with a puppet's live picture, used by a person's own browser: what is clicked, typed,
pasted, dragged and scrolled there arrives in the puppet's page as a person's doing would."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from page_server import answering
from playwright.sync_api import Page, Playwright

from collector.browser.find import find_browser
from collector.cli.opening import SNAPSHOTS, Closed, open_profile
from collector.profile import ProfileStore, persona_from

#: Tells everything that happens to it; the picture of it is shown smaller than it is.
PAGE = """<!doctype html><title>log in</title><body style="margin:0;height:5000px">
<style>body > * { position: absolute; box-sizing: border-box; width: 300px; height: 80px; }</style>
<input id="name" style="left:0;top:0">
<select id="list" style="left:0;top:100px"><option>one<option>two<option>three</select>
<a id="more" target="_blank" href="/popup" style="left:400px;top:0">more</a>
<div id="slider" style="left:400px;top:100px;background:#eef"></div>
<script>
const say = (...what) => fetch('/said?' + encodeURIComponent(JSON.stringify(what)));
for (const kind of ['mousedown', 'mouseup', 'dblclick', 'contextmenu'])
  document.addEventListener(kind, (e) => say(kind, e.target.id, e.clientX, e.clientY));
document.addEventListener('keydown', (e) => say('keydown', e.key));
for (const id of ['name', 'list'])
  document.getElementById(id).addEventListener('input', (e) => say('input', e.target.value));
document.getElementById('slider').addEventListener('mousemove', (e) => e.buttons && say('dragged'));
addEventListener('scroll', () => say('scrolled', scrollY), { once: true });
document.cookie = 'LOGIN_INFO=x; max-age=99999';
say('loaded');
</script>"""
POPUP = """<!doctype html><title>more</title><body style="margin:0;background:#fdd"><script>
fetch('/said?' + encodeURIComponent(JSON.stringify(['popup'])));
document.addEventListener('click', () => window.close());
</script>"""
#: How long anything may take on a busy machine, seconds.
LIMIT_S = 120


@contextmanager
def site(said: queue.Queue[list[Any]]) -> Iterator[str]:
    def page(path: str, query: str) -> str:
        if path == "/said":
            said.put(json.loads(unquote(query)))
        return POPUP if path == "/popup" else PAGE

    with answering(page) as origin:
        yield origin


@contextmanager
def person(playwright: Playwright) -> Iterator[Page]:
    """A browser of somebody else, with a clipboard."""
    browser = playwright.chromium.launch(executable_path=find_browser(None).path)
    context = browser.new_context(viewport={"width": 900, "height": 700})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    browser.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_person_acts_through_the_live_picture(playwright: Playwright, tmp_path: Path) -> None:
    profile = ProfileStore(tmp_path).new("anna", persona_from({}))
    said: queue.Queue[list[Any]] = queue.Queue()
    told: queue.Queue[str] = queue.Queue()
    done: queue.Queue[Closed | BaseException] = queue.Queue()

    def refuse(question: str) -> bool:
        raise AssertionError(question)

    def open_it(origin: str) -> None:
        try:
            done.put(open_profile(profile, origin, window=False, confirm=refuse, say=told.put))
        except BaseException as error:
            done.put(error)

    def happened(*what: Any, limit_s: float = LIMIT_S) -> list[Any]:
        """What the puppet's page told of next that begins so; what it told before is passed by."""
        while True:
            found = said.get(timeout=limit_s)
            if found[: len(what)] == list(what):
                return found

    with site(said) as origin, person(playwright) as page:
        threading.Thread(target=open_it, args=(origin,), daemon=True).start()
        page.goto(told.get(timeout=LIMIT_S).rpartition(" ")[2])
        happened("loaded")
        page.wait_for_function("document.getElementById('view').naturalWidth > 1")
        box = page.locator("#view").bounding_box()
        assert box is not None
        wide = profile.persona.viewport[0]
        scale = box["width"] / wide
        assert scale < 0.9, "a picture that is shown smaller is what is tried here"

        def at(x: float, y: float) -> tuple[float, float]:
            return box["x"] + x * scale, box["y"] + y * scale

        page.mouse.click(*at(100, 40))
        x, y = happened("mousedown", "name")[2:]
        assert (abs(x - 100), abs(y - 40)) <= (2, 2)
        page.keyboard.type("aB")
        assert happened("keydown", "a")
        assert happened("input", "aB")
        page.keyboard.insert_text("é漢")  # as an input method does
        assert happened("input", "aBé漢")
        page.evaluate("navigator.clipboard.writeText('pasted @')")
        page.keyboard.press("Control+a")
        page.keyboard.press("Control+v")
        assert happened("input", "pasted @")
        page.keyboard.press("Backspace")
        assert happened("input", "pasted ")
        page.mouse.dblclick(*at(100, 40))
        assert happened("dblclick", "name")
        page.mouse.click(*at(450, 140), button="right")
        assert happened("contextmenu", "slider")
        # Dragged out of the picture and let go there: no button stays down.
        page.mouse.move(*at(450, 140))
        page.mouse.down()
        page.mouse.move(*at(600, 150), steps=5)
        assert happened("dragged")
        page.mouse.move(box["x"] + box["width"] + 1, box["y"] + 20)
        page.mouse.up()
        assert happened("mouseup")
        page.mouse.click(*at(100, 140))
        assert happened("mouseup", "list")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert happened("input", "two")
        # A list that is still closing takes the next click, as it would a person's.
        closed_list = False
        while not closed_list:
            page.mouse.click(*at(750, 400))
            with suppress(queue.Empty):
                closed_list = bool(happened("mouseup", "", limit_s=5))
        # A second tab is what is seen as long as it is open, and what is clicked.
        for close in ("in it", "button"):
            page.mouse.click(*at(450, 40))
            happened("popup")
            shown = "document.getElementById('address').value"
            page.wait_for_function(f"{shown} === '{origin}/popup'")
            if close == "button":
                page.get_by_role("button", name="close this tab").click()
            else:
                page.mouse.click(*at(100, 40))
            page.wait_for_function(f"{shown} === '{origin}/'")
        page.mouse.move(*at(100, 300))
        page.mouse.wheel(0, 500)
        assert happened("scrolled")[1] > 0
        page.locator("#address").fill(f"{origin.partition('://')[2]}/popup")
        page.keyboard.press("Enter")
        happened("popup")
        page.get_by_role("button", name="back").click()
        page.wait_for_function(f"{shown} === '{origin}/'")
        page.get_by_role("button", name="close and keep").click()
        closed = done.get(timeout=LIMIT_S)
        page.get_by_text("The browser is closed").wait_for()
    assert isinstance(closed, Closed), closed
    assert closed.signed_in is True
    assert (profile.path / SNAPSHOTS / f"{closed.snapshot}.tar.zst").is_file()
