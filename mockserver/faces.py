"""One face of the mock: a site to browse or an API, and all that the rest of the mock asks of it.

A face stands in ``face.py`` of its own package, where it is found; the app mounts it, the router
asks it, the page at the root shows it and ``/openapi.json`` describes it, each by going through
:data:`mockserver.mounted.FACES`. Nobody else names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask

from mockserver.context import Mock
from mockserver.db import Submissions
from mockserver.openapi.operations import Description


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go from the page at the root."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page at the root shows of a face."""

    key: str
    name: str
    about: str
    docs: str
    counts: dict[str, int]
    examples: list[str]
    """Commands to copy."""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A site or an API over the mock's world.

    >>> from mockserver.api.gdata.face import FACE
    >>> FACE.mount, FACE.hosts
    ('/gdata', ('gdata.youtube.com',))
    """

    key: str
    order: int = 100
    """Where it stands among all: the lower the earlier, then by :attr:`key`."""
    install: Callable[[Flask], None]
    """Registers its routes under :attr:`mount`."""
    mount: str
    """Where its paths begin inside the mock: ``/gdata``."""
    ready: Callable[[], None] | None = None
    """Makes what every first request would otherwise wait for; called before anybody is served."""
    hosts: tuple[str, ...] = ()
    """Host names that it owns, the best known first."""
    is_site: bool = False
    """A site owns the root of its hosts and is reached under no prefix."""
    root: tuple[re.Pattern[str], ...] = ()
    """Whole paths that only this API has: it answers them under any name of the mock."""
    shared: tuple[re.Pattern[str], ...] = ()
    """Whole paths that several APIs have; they go to the first face in order that lists them."""
    spellings: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Paths as its documents print them, and what they stand for."""
    submission_header: str = ""
    """A header, as WSGI spells it, by which submissions to a shared path are this API's."""
    entry: Callable[[Mock, str], Entry] | None = None
    """What the page at the root shows; is given the mock and the address of its root."""
    demo: Callable[[Submissions], None] | None = None
    """Makes the data of made-up people that its documents show, before anybody asks for them."""
    description: Callable[[Flask], Description] | None = None
    """Its part of ``/openapi.json``."""
    undescribed: Mapping[str, str] = field(default_factory=dict)
    """Beginnings of names of endpoints that no description has, and why."""

    @property
    def is_api(self) -> bool:
        """Return whether it is an API of the field: one that the page at the root shows."""
        return self.entry is not None and not self.is_site
