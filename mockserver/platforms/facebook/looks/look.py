"""What a look of the site is: all in which one year's markup differs from another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look of the site. Its templates are ``unit.html`` and ``timeline.html`` in its folder.

    >>> Look(name="2030", markup="2030", author_tail="x", post_tail="y").joint
    ' '
    """

    name: str
    """Folder of its templates; ``m2019`` is then a class of the document."""
    markup: str
    """What a post that was read in it says of its markup (``common.model.Post``)."""
    eras: frozenset[str] = frozenset()
    """The eras of the world (``common.eras``) that have it."""
    kin: str = ""
    """The look whose style sheet it has, where it has no own."""
    styles: str = ""
    """Its own part of the style sheet, a file of ``static``."""
    script: str = ""
    """A script beside the site's, a file of ``static``."""

    author_tail: str
    """Query of a link to somebody; ``{trace}`` is made of whom it leads to."""
    post_tail: str
    """Query of a link to a post; ``{trace}`` is made of the post."""
    photo_tail: str = ""
    """The same of a post that is a photo, where it differs."""

    hover_cards: bool = False
    """Links to people and pages are whole addresses and say in a card who is which."""
    full_headings: bool = False
    """Headings tell of a single photo and of a note, and have a group's member before the group."""
    clocked: bool = False
    """Times of yesterday and before are written with the clock, not in whole days."""
    seconds: bool = False
    """Attributes tell when a post was published, to the second."""
    captions: str = "2020"
    """Which words begin a picture's description (``words.json``: ``image_…``)."""
    joint: str = " "
    """What stands between "Shared with" and whom."""
    untold: Mapping[str, object] = field(default_factory=dict)
    """Fields of a post that nobody can find in it, and what is found instead."""
