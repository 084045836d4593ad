"""A platform is named in its own folders: everybody else asks the register."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from places import ROOT

from collector.platforms.registry import platforms

PLATFORMS = re.compile("|".join(sorted(platforms())), re.IGNORECASE)
#: Folders of a face of the mock: an API is of the site that its servers were about.
FACES = re.compile(r"mockserver/api/")
#: File → why it names one all the same. A row that is not needed any more goes.
NAMED = {
    "collector/common/model.py": "the names that ship, and the one that is meant without any",
}


def said(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of names, attributes, modules and strings; docstrings and examples in them are
    for people."""
    for_people = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in for_people:
            if isinstance(node.value, str | bytes):
                yield node.lineno, str(node.value)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.alias):
            yield node.lineno, node.name


def own(path: Path) -> bool:
    """A file of a platform's own folders."""
    parts = path.relative_to(ROOT).parts
    return (
        len(parts) > 3
        and parts[1] in ("platforms", "adapters", "datasets")
        and parts[2] in platforms()
    )


def test_no_file_outside_a_platforms_folders_names_one() -> None:
    found: dict[str, list[str]] = {}
    for top in ("collector", "mockserver"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if own(path) or FACES.match(name):
                continue
            source = path.read_text("utf-8")
            if not PLATFORMS.search(source):  # most files, whose trees would cost seconds to walk
                continue
            for line, text in said(ast.parse(source)):
                if PLATFORMS.search(text):
                    found.setdefault(name, []).append(f"{name}:{line}: {text[:60]!r}")
    assert [each for name, places in found.items() if name not in NAMED for each in places] == []
    assert [name for name in NAMED if name not in found] == [], "these rows can go"


def test_a_name_is_seen_wherever_it_stands() -> None:
    """In a comparison, an import, a pattern; not in a docstring."""
    text = (
        '"""About youtube."""\n'
        "from collector.platforms.facebook import PARSER\n"
        "if platform is Platform.FACEBOOK or platform == 'youtube': pass\n"
        "HOSTS = rb'youtube[.]com'\n"
        "site = facebook()\n"
    )
    lines = [line for line, one in said(ast.parse(text)) if PLATFORMS.search(one)]
    assert sorted(lines) == [2, 3, 3, 4, 5]
