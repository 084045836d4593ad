"""Templates, compiled once for each language and look."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mockserver.platforms.compiled import Shared
from mockserver.platforms.facebook.language import BY_TAG
from mockserver.platforms.facebook.looks import LOOKS

TEMPLATES = Path(__file__).parent / "templates"

_shared = Shared()
_lock = threading.Lock()


@lru_cache(maxsize=64)
def _environment(tag: str, look: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_shared,
        cache_size=100,
    )
    made.globals.update(t=BY_TAG[tag].t, language=BY_TAG[tag], look=LOOKS[look])
    return made


@lru_cache(maxsize=512)
def _module(tag: str, look: str, template: str) -> Any:
    with _lock:
        return _environment(tag, look).get_template(template).module


def macro(tag: str, look: str, template: str, name: str, *args: object) -> Markup:
    """The output of one macro of a template file."""
    return Markup(getattr(_module(tag, look, template), name)(*args))


def page(tag: str, look: str, template: str, **context: object) -> str:
    """A whole template."""
    with _lock:
        found = _environment(tag, look).get_template(template)
    return found.render(**context)
