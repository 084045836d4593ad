"""Routes whose code for making addresses is compiled late make the addresses of any other route."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from mockserver.app import create_app
from mockserver.rules import SparingRule

PATHS = ("/", "/v/<int:rule>", "/<string(length=2):lang>/x", "/one/<two>/<three>")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("unknown", [True, False])
def test_addresses_are_those_of_any_route(path: str, unknown: bool) -> None:
    """Values named like parts of the machinery too."""
    values = {"rule": 7, "lang": "de", "two": "ä b", "three": "3", "more": "x"}
    made = []
    for kind in (Rule, SparingRule):
        route = kind(path, defaults={"three": "c"} if "three" in path else None, endpoint="e")
        Map([route])
        given = {k: v for k, v in values.items() if k in route.arguments or k == "more"}
        made.append(route.build(given, append_unknown=unknown))
    assert made[0] is not None
    assert made[0] == made[1]


def test_a_start_compiles_none(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Any] = []
    original = Rule._compile_builder

    def compile_it(self: Any, *args: Any) -> Any:
        compiled.append(self)
        return original(self, *args)

    monkeypatch.setattr(Rule, "_compile_builder", compile_it)
    app = create_app()
    assert compiled == []
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 300
    assert {type(rule) for rule in rules} == {SparingRule}
