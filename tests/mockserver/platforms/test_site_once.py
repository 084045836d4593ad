"""Nothing is made twice for a page of the video site, and nothing is left to the first who asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from site_tools import Visitor

from mockserver.app import create_app
from mockserver.context import MockConfig
from mockserver.platforms.compiled import Shared
from mockserver.platforms.youtube import rendering
from mockserver.serve import serving
from mockserver.world.lists import Lists


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """Every call of a method from now on."""
    calls: list[Any] = []
    original = getattr(owner, name)

    def call(self: Any, *args: Any, **more: Any) -> Any:
        calls.append(args)
        return original(self, *args, **more)

    monkeypatch.setattr(owner, name, call)
    return calls


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No template has been asked for by this process, or by one before it."""

    def forget() -> None:
        rendering._environment.cache_clear()
        rendering._module.cache_clear()

    monkeypatch.setattr(rendering, "_shared", Shared())
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    forget()
    yield
    forget()


@pytest.mark.parametrize("era", ["2022", "2026"])
def test_the_first_page_compiles_nothing(
    uncompiled: None, monkeypatch: pytest.MonkeyPatch, era: str
) -> None:
    with serving(MockConfig(seed=11, era=era), demo=False) as server:
        compiled = counted(monkeypatch, Environment, "compile")
        for name, lang in (("first", "en"), ("second", "de")):
            visitor = Visitor(server.app, name, lang)
            for path in ("/", "/watch?v=dQw4w9WgXcQ", "/results?search_query=pasta"):
                assert visitor.get(path).status_code == 200
        assert compiled == []


def test_without_being_made_ready_the_first_page_compiles(
    uncompiled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = counted(monkeypatch, Environment, "compile")
    Visitor(create_app(MockConfig(seed=11)), "first").get("/")
    assert compiled


def test_a_request_makes_its_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(create_app(MockConfig(seed=11)), "once")
    made = counted(monkeypatch, Lists, "make")
    for number, path in enumerate(("/", "/", "/watch?v=dQw4w9WgXcQ"), 1):
        assert visitor.get(path).status_code == 200
        assert len(made) == number
