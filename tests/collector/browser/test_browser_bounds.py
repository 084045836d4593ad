"""A page that never ends costs a browser its limit of time or of memory, and no more."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest
from browser_bench import puppet, serving
from endless_tools import Answers, dripping, dripping_head, endless, large_bomb, server, silent
from playwright.sync_api import Playwright

from collector.browser import memory
from collector.browser.errors import BrowserError, BrowserTooBig, NavigationFailed
from collector.browser.limits import Limits
from collector.browser.options import BrowserOptions

pytestmark = pytest.mark.browser


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("answers", "ended"),
    [(dripping_head, NavigationFailed), (dripping, NavigationFailed),
     (endless, BrowserError), (large_bomb, BrowserError)],
)  # fmt: skip
def test_a_page_without_end_is_left(
    answers: Answers,
    ended: type[BrowserError],
    playwright: Playwright,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is an error of that page, after which nothing more of it is read; or, where much comes,
    the browser is ended, for its memory or because it does not answer any more."""
    monkeypatch.setattr(memory, "EVERY_S", 0.1)
    monkeypatch.setattr(BrowserOptions, "limits", Limits(hard_mb=900))
    left = threading.Event()

    def noted(connection: socket.socket, over: threading.Event) -> None:
        try:
            answers(connection, over)
        except OSError:
            left.set()
            raise

    options = BrowserOptions(memory_mb=300)
    with (
        serving() as bench,
        server(noted) as port,
        puppet(tmp_path, bench, playwright=playwright, options=options) as browser,
    ):
        begun = time.monotonic()
        with server(silent) as mute, pytest.raises(NavigationFailed):
            browser.goto(f"http://127.0.0.1:{mute}/", timeout_s=3)
        at_the_limit = time.monotonic() - begun  # 3 s, and what this machine adds
        begun = time.monotonic()
        with pytest.raises(ended) as caught:
            browser.goto(f"http://127.0.0.1:{port}/", timeout_s=3)
        assert time.monotonic() - begun < 12 * at_the_limit
        assert left.wait(60)
        if caught.type is NavigationFailed:
            # What much was read of may end the browser after the page, for its memory.
            with contextlib.suppress(*() if ended is NavigationFailed else (BrowserTooBig,)):
                assert browser.goto(bench.page("/here", "<p>here")) == 200
