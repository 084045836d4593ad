"""The app's routes, which are many: those of two sites and four APIs, set up at every start.

A route can also make addresses, by code that is compiled for it. The mock makes few of them, so the
code is compiled when the first address is made; matching requests needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class SparingRule(Rule):
    """A route whose code for making addresses is compiled when the first is made."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        return build


class App(Flask):
    """A Flask app of such routes."""

    url_rule_class = SparingRule
