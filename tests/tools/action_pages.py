"""Small hand-made pages for the actions of a puppet, and a browser tab that answers with them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Late

from collector.common.model import Impression, ItemKind, Surface
from collector.platforms.youtube.actions import YouTubeActions

SITE = "http://youtube.localhost:9"
Answers = dict[str, str]


class Tab:
    """A plain page in the part of a puppet's browser."""

    virtual = False

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: list[float] = []

    def goto(self, url: str, timeout_s: float = 60) -> None:
        self.page.goto(url, wait_until="domcontentloaded", timeout=timeout_s * 1000)

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        return self.page.evaluate(js, arg)

    def wait_for(self, js: str, timeout_s: float = 60, arg: Any = None) -> Any:
        try:
            found = self.page.wait_for_function(js, arg=arg, timeout=timeout_s * 1000)
        except Late:
            raise TimeoutError(js) from None
        return found.json_value()

    def check_loaded(self) -> None:
        pass

    def let_pass(self, seconds_s: float) -> None:
        self.passed.append(seconds_s)


def card(video: str, text: str = "title") -> str:
    return (
        '<ytd-rich-item-renderer style="display:block"><yt-lockup-view-model>'
        f'<a href="/watch?v={video}" tabindex="-1"><img alt="" width="90" height="50"></a>'
        f'<h3><a class="ytLockupMetadataViewModelTitle" href="/watch?v={video}">{text}</a></h3>'
        '<div class="ytLockupMetadataViewModelMenuButton"><button>menu</button></div>'
        "</yt-lockup-view-model></ytd-rich-item-renderer>"
    )


def home(inside: str, more: str = "") -> str:
    grid = f"<ytd-rich-grid-renderer><div id='contents'>{inside}</div></ytd-rich-grid-renderer>"
    return (
        '<!doctype html><title>t</title><ytd-app style="display:block">'
        f"<ytd-browse style='display:block'>{grid}</ytd-browse>{more}</ytd-app>"
    )


def watch(inside: str, more: str = "") -> str:
    return (
        '<!doctype html><ytd-app><ytd-watch-flexy style="display:block">'
        f"<div id='top'>{more}</div><div id='secondary'><div id='related'>{inside}</div></div>"
        "</ytd-watch-flexy></ytd-app>"
    )


A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"


def seen(position: int, video: str, surface: Surface = Surface.HOME) -> Impression:
    return Impression(position, surface, ItemKind.VIDEO, video)


def impatient(actions: YouTubeActions) -> None:
    """From here on what is waited for never comes: it is given up after a second.

    What does come is waited for as long as a user's puppet would, however slow the machine is.
    """
    actions.page_timeout_s = actions.waits.page_timeout_s = 1
