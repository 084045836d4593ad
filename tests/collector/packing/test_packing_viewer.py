"""A captured page of a pack is shown by ReplayWeb.page, in Chromium, from this machine alone.

The viewer is a package of npm, not of ours: `npm pack replaywebpage`, unpack it, and name the
folder with its `ui.js` and `sw.js` in the variable TWINWATCH_REPLAYWEBPAGE.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from registered_runs import call, make_run

from collector.browser.find import find_browser

PAGE = """<!doctype html><meta charset="utf-8"><script src="ui.js"></script>
<replay-web-page source="captures.wacz" replayBase="./replay/" embed="replayonly"
 url="{url}" ts="{ts}" style="height: 600px; display: block"></replay-web-page>"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.browser
def test_a_viewer_shows_the_title_of_a_captured_page(tmp_path: Path) -> None:
    """The document that the viewer replays has the title that the list of pages names."""
    viewer = os.environ.get("TWINWATCH_REPLAYWEBPAGE", "")
    if not viewer:
        pytest.skip("no viewer: name the unpacked npm package in TWINWATCH_REPLAYWEBPAGE")
    run = make_run(tmp_path)
    call("pack", run, "--out", tmp_path / "run.zip")
    site = tmp_path / "site"
    (site / "replay").mkdir(parents=True)
    shutil.copy(Path(viewer) / "ui.js", site / "ui.js")
    shutil.copy(Path(viewer) / "sw.js", site / "replay" / "sw.js")
    with zipfile.ZipFile(tmp_path / "run.zip") as pack:
        (site / "captures.wacz").write_bytes(pack.read("captures/conspiracy-2.wacz"))
    with zipfile.ZipFile(site / "captures.wacz") as archive:
        rows = archive.read("pages/pages.jsonl").decode().splitlines()[1:]
    wanted = json.loads(rows[1])
    stamp = "".join(sign for sign in wanted["ts"] if sign.isdigit())
    (site / "index.html").write_text(PAGE.format(url=escape(wanted["url"]), ts=stamp), "utf-8")
    with served(site) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser().path)
        try:
            page = browser.new_page()
            page.goto(f"{origin}/index.html")
            inner = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
            # The title of a document is never visible; that it is attached is what counts.
            inner.locator("head > title").first.wait_for(state="attached", timeout=120_000)
            shown = inner.locator("head > title").first.text_content()
        finally:
            browser.close()
    assert shown == wanted["title"]
