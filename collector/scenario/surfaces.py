"""Which lists the steps of a scenario will have captured: what can be an outcome.

Protects the rule that an outcome is measured on pages that came after the treatment: the linter
asks here whether a declared surface will have such a page at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from collector.common.model import Platform, Surface
from collector.platforms.registry import Genre, spec_of
from collector.scenario.steps import Repeat, Step
from collector.scenario.verbs.keeping import CaptureStep
from collector.scenario.verbs.moving import Scroll
from collector.scenario.verbs.pages import Follow, Refresh, Search, Visit, Watch

#: Surface → a step that opens a page of it.
OPENS = {
    Surface.HOME: "visit: home",
    Surface.RELATED: 'visit: "/watch?v=dQw4w9WgXcQ"',
    Surface.SEARCH: "search: WORDS",
    Surface.CHANNEL: 'visit: "/@NAME"',
    Surface.FEED: "visit: home",
}


def surfaces_after(steps: Sequence[Step], platform: Platform) -> tuple[Surface, ...]:
    """The surfaces that ``steps`` capture, in their order; a capture of a page that was opened
    before these steps is not known and does not count."""
    spec = spec_of(platform)
    found: list[Surface] = []
    here: Surface | None = None
    for step in _flat(steps):
        opened = _opened(step, spec.surface_of)
        here = opened or here
        files = getattr(step, "capture", False) if opened else _files(step)
        if here is not None and (files or spec.genre is Genre.FEED):
            found.append(here)
    return tuple(dict.fromkeys(found))


def _files(step: Step) -> bool:
    """The page that is open is filed by this step."""
    to_the_end = isinstance(step, Scroll) and Scroll.files(step.arguments())
    return to_the_end or isinstance(step, CaptureStep)


def _flat(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Repeat):
            yield from _flat(step.steps)
        else:
            yield step


def _opened(step: Step, surface_of: Callable[[str], Surface | None]) -> Surface | None:
    """The list of the page that a step opens; ``None`` if it opens none that has one."""
    if isinstance(step, Refresh):
        return Surface.FEED
    if isinstance(step, Search):
        return Surface.SEARCH
    if isinstance(step, Follow) or (isinstance(step, Watch) and step.video is not None):
        return Surface.RELATED
    return surface_of(step.url) if isinstance(step, Visit) else None
