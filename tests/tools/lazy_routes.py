"""An app of the mock in a third of the time: how its routes' addresses are built is compiled late.

Werkzeug compiles two functions a route that build its address, at once. The mock has 437 routes and
builds no address of its own, and the tests make some hundreds of apps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def install() -> None:
    """From now on a route's builders are compiled when an address is first asked of it."""
    at_once: Callable[..., Callable[..., Any]] = Rule._compile_builder

    def late(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        made: list[Callable[..., Any]] = []

        def build(bound: Rule, *values: Any, **named: Any) -> Any:
            if not made:
                made.append(at_once(rule, append_unknown))
            return made[0](bound, *values, **named)

        return build

    Rule._compile_builder = late  # type: ignore[method-assign,assignment]
