"""What one process compiled of a template the next one need not, and takes only what it would make
itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from mockserver.platforms.compiled import Shared, place_of


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one template, and nothing compiled."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("{% if true %}\n<p>{{ word }}</p>\n{% endif %}", "utf-8")
    return tmp_path


def drawn(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> tuple[str, int]:
    """The page as another process draws it, and how many templates that compiled."""
    compiled: list[Any] = []
    original = Environment.compile

    def compile_it(self: Any, *args: Any, **more: Any) -> Any:
        compiled.append(args)
        return original(self, *args, **more)

    environment = Environment(
        loader=FileSystemLoader(folder), bytecode_cache=Shared(), autoescape=True, **settings
    )
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", compile_it)
        page = environment.get_template("page.html").render(word="<b>")
    return page, len(compiled)


def test_the_next_process_compiles_nothing(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, made = drawn(templates, monkeypatch)
    assert (first, made) == ("\n<p>&lt;b&gt;</p>\n", 1)
    assert drawn(templates, monkeypatch) == (first, 0)
    assert [path.name for path in (templates / "__pycache__").iterdir()] == [
        place_of(str(templates / "page.html")).name
    ]


def test_another_way_of_compiling_makes_its_own(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(templates, monkeypatch)
    page, made = drawn(templates, monkeypatch, trim_blocks=True)
    assert (page, made) == ("<p>&lt;b&gt;</p>\n", 1)


def test_another_source_is_compiled(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(templates, monkeypatch)
    (templates / "page.html").write_text("<i>{{ word }}</i>", "utf-8")
    assert drawn(templates, monkeypatch) == ("<i>&lt;b&gt;</i>", 1)


@pytest.mark.parametrize("left", [0, 10, 40, 80, -1])
def test_what_was_not_kept_whole_is_made_again(
    templates: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    whole, _ = drawn(templates, monkeypatch)
    kept = place_of(str(templates / "page.html"))
    kept.write_bytes(kept.read_bytes()[:left])
    assert drawn(templates, monkeypatch) == (whole, 1)


def test_nothing_is_kept_where_python_may_keep_nothing(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert drawn(templates, monkeypatch)[1] == 1
    assert not (templates / "__pycache__").exists()
    assert drawn(templates, monkeypatch)[1] == 1


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (templates / "__pycache__").write_text("a file stands where the folder should be", "utf-8")
    assert drawn(templates, monkeypatch)[1] == 1
    assert drawn(templates, monkeypatch)[1] == 1
