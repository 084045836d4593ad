"""Which lists the steps of a scenario will have captured: what can be an outcome.

Protects the rule that an outcome is measured on pages that came after the treatment: the linter
asks here whether a declared surface will have such a page at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collector.addresses import Address, parts_of
from collector.model import Platform, Surface
from collector.scenario.steps import (
    CaptureStep,
    Follow,
    Refresh,
    Repeat,
    Search,
    Step,
    Visit,
    Watch,
)

#: Surface → a step that opens a page of it.
OPENS = {
    Surface.HOME: "visit: home",
    Surface.RELATED: 'visit: "/watch?v=dQw4w9WgXcQ"',
    Surface.SEARCH: "search: WORDS",
    Surface.CHANNEL: 'visit: "/@NAME"',
    Surface.FEED: "visit: home",
}

_CHANNEL = re.compile(r"/(@|channel/|c/|user/)")


def surfaces_after(steps: Sequence[Step], platform: Platform) -> tuple[Surface, ...]:
    """The surfaces that ``steps`` capture, in their order; a capture of a page that was opened
    before these steps is not known and does not count."""
    found: list[Surface] = []
    here: Surface | None = None
    for step in _flat(steps):
        opened = _opened(step, platform)
        here = opened or here
        files = getattr(step, "capture", False) if opened else isinstance(step, CaptureStep)
        if here is not None and (files or platform is Platform.FACEBOOK):
            found.append(here)
    return tuple(dict.fromkeys(found))


def _flat(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Repeat):
            yield from _flat(step.steps)
        else:
            yield step


def _opened(step: Step, platform: Platform) -> Surface | None:
    """The list of the page that a step opens; ``None`` if it opens none that has one."""
    if platform is Platform.FACEBOOK:
        home = isinstance(step, Visit) and step.url in ("home", "/")
        return Surface.FEED if home or isinstance(step, Refresh) else None
    if isinstance(step, Search):
        return Surface.SEARCH
    if isinstance(step, Follow) or (isinstance(step, Watch) and step.video is not None):
        return Surface.RELATED
    return of_address(step.url) if isinstance(step, Visit) else None


def of_address(url: str) -> Surface | None:
    """The list that a page of a video site has at an address."""
    parts = parts_of(url)
    if url and parts == Address():
        return None
    path = parts.path if url != "home" else "/"
    if path in ("", "/"):
        return Surface.HOME
    if path == "/watch" or parts.host == "youtu.be":
        return Surface.RELATED
    if path == "/results":
        return Surface.SEARCH
    return Surface.CHANNEL if _CHANNEL.match(path) else None
