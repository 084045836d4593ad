"""Parts of a timeline as markup, logged as served the moment they are made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from markupsafe import Markup

from mockserver.platforms.facebook.posts import told, view
from mockserver.platforms.facebook.rendering import macro
from mockserver.platforms.facebook.visits import Visit


@dataclass(frozen=True)
class Part:
    """Some places of a timeline."""

    html: Markup
    next: int | None
    """Where the next part begins (0-based); ``None`` at the end."""


def part(visit: Visit, load: str, start: int = 0) -> Part:
    """The places of one load from ``start`` on."""
    social, viewer = visit.social, visit.viewer
    stories = social.timeline(viewer, load, start=start)
    template = f"{visit.look.name}/unit.html"
    html = Markup("").join(
        macro(
            visit.language.tag, visit.look.name, template, "unit", view(visit, story, load), visit
        )
        for story in stories
    )
    social.served(
        viewer,
        load,
        stories,
        {story.slot: told(visit, story) for story in stories},
        visit.language.tag,
    )
    end = start + len(stories)
    more = bool(stories) and bool(social.timeline(viewer, load, start=end, count=1))
    return Part(html, end if more else None)


def seal(visit: Visit, load: str, start: int) -> str:
    """A cursor that only this visitor's page can use."""
    return f"{load}:{start}:{_proof(visit, load, start)}"


class BadCursor(ValueError):
    """Not a cursor of this visitor."""


def unseal(visit: Visit, cursor: str) -> tuple[str, int]:
    """Load and start of a cursor.

    :raises BadCursor: it is none, or another visitor's
    """
    load, _, rest = cursor.partition(":")
    start, _, proof = rest.partition(":")
    if not (start.isascii() and start.isdigit() and len(start) < 6):
        raise BadCursor(cursor)
    if proof != _proof(visit, load, int(start)):
        raise BadCursor(cursor)
    return load, int(start)


def _proof(visit: Visit, load: str, start: int) -> str:
    text = f"cursor/{visit.world.seed}/{visit.visitor}/{load}/{start}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
