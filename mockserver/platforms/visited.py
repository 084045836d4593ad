"""What the world knows of a site's visitors and items, for who asks for the truth of any site.

A site is a package beside this module; its ``visited.py`` says it in ``VISITED``. Nobody else names
one.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from collector.common.model import DEFAULT_PLATFORM
from mockserver import platforms
from mockserver.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One site, as the world has it.

    >>> visited()["facebook"].items
    'posts and pages'
    """

    items: str
    """What its labels are of, in a few words."""
    everybody: Callable[[World], tuple[Any, ...]]
    """Who visited it so far."""
    viewer: Callable[[World, str], Any]
    """The visitor of an id, made where there was none: has ``memory()`` and ``remember(…)``."""
    told: Callable[[Any], dict[str, Any]]
    """What the list of visitors tells of one, beside its id."""
    labels: Callable[[World], dict[str, str]]
    """Topic by item id."""
    speaks: Callable[[str], bool]
    """Whether it has the language of a locale (``de-DE``); otherwise it answers in English."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """What it may know of a visitor, for descriptions."""


@cache
def visited() -> Mapping[str, Visited]:
    """Every site by its platform's name, the one that is meant without a name first."""
    found: dict[str, Visited] = {}
    for package in pkgutil.iter_modules(platforms.__path__):
        module = f"{platforms.__name__}.{package.name}.visited"
        if package.ispkg and find_spec(module) is not None:
            found[package.name] = import_module(module).VISITED
    return dict(sorted(found.items(), key=lambda each: (each[0] != DEFAULT_PLATFORM, each[0])))


def of(platform: str | None) -> Visited:
    """The site of a platform; of one that has none, the one that is meant without a name."""
    sites = visited()
    return sites.get(platform or "", sites[DEFAULT_PLATFORM])
