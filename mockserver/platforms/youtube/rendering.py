"""Templates, compiled once and shared by all languages and eras.

Macros see the globals ``t`` (words), ``icon`` and ``modern``; these differ per language and era, so
each pair has an environment of its own, and all of them share the compiled code.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mockserver.platforms.compiled import Shared, compile_all
from mockserver.platforms.youtube import icons
from mockserver.platforms.youtube.eras import era_of, spelled
from mockserver.platforms.youtube.i18n import LANGUAGES

TEMPLATES = Path(__file__).parent / "templates"


_shared = Shared()
_lock = threading.Lock()


@lru_cache(maxsize=64)
def _environment(tag: str, era: str) -> Environment:
    language = LANGUAGES[tag]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        bytecode_cache=_shared,
        cache_size=200,
    )
    environment.globals.update(
        t=language.t,
        icon=icons.modern if era_of(era).modern else icons.classic,
        modern=era_of(era).modern,
        era=era,
    )
    return environment


def ready() -> None:
    """Compile what pages are made of; each era draws some things as the other does."""
    with _lock:
        compile_all(_environment("en", "2026"))


@lru_cache(maxsize=4096)
def _module(tag: str, era: str, template: str) -> Any:
    with _lock:
        return _environment(tag, era).get_template(template).module


def macro(tag: str, era: str, template: str, name: str, *args: object, **kwargs: object) -> Markup:
    """The output of one macro of a template file."""
    made = str(getattr(_module(tag, era, template), name)(*args, **kwargs))
    return Markup(spelled(made, era_of(era)))


def page(tag: str, era: str, template: str, **context: object) -> str:
    """A whole template."""
    with _lock:
        found = _environment(tag, era).get_template(template)
    return spelled(found.render(**context), era_of(era))
