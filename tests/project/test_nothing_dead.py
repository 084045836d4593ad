"""What stands at the top of a module is used by something that is installed, not by tests alone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from places import ROOT

_WORD = re.compile(r"[A-Za-z_]\w*")
_HOOK = re.compile(r": pytest_\w+\Z")
#: Where names are spoken of besides modules: references of entry points, recipes for users.
BESIDE = ("pyproject.toml", "twinwatch.py", "docs/**/*.md", "examples/*")


def defined(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of the functions, classes and values at the top of a module. Those with a
    decorator are somebody's who registers them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not node.decorator_list or ast.unparse(node.decorator_list[0]).startswith("data"):
                yield node.lineno, node.name
        elif isinstance(node, ast.Assign):
            yield from (
                (node.lineno, each.id) for each in node.targets if isinstance(each, ast.Name)
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.lineno, node.target.id


def used(tree: ast.Module) -> Iterator[str]:
    """Names that a module reads, imports, or has in a string that is no docstring."""
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        ):
            yield from _WORD.findall(node.value)


def dead(modules: Iterable[Path], beside: str) -> list[str]:
    """Names of the modules that none of them uses, and that nothing beside them speaks of."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in modules}
    spoken = Counter(name for tree in trees.values() for name in used(tree))
    spoken.update(_WORD.findall(beside))
    return [
        f"{path}:{line}: {name}"
        for path, tree in sorted(trees.items())
        for line, name in defined(tree)
        if not spoken[name] and not name.startswith("__")
    ]


def test_every_name_at_the_top_of_a_module_is_used() -> None:
    paths = [path for top in ("collector", "mockserver") for path in (ROOT / top).rglob("*.py")]
    beside = "\n".join(
        path.read_text("utf-8", "replace")
        for pattern in BESIDE
        for path in ROOT.glob(pattern)
        if path.is_file()
    )
    # pytest finds its hooks by their names.
    assert [each for each in dead(paths, beside) if not _HOOK.search(each)] == []


def test_a_name_that_only_a_docstring_knows_is_dead(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        '"""left_over is spoken of here."""\n'
        "import b\n"
        "_UNUSED = 1\n"
        "def left_over(): ...\n"
        "def kept(): return b.asked()\n"
        "REFERENCE = 'b:named'\n"
        "print(f'{kept()} {REFERENCE}')\n"
    )
    (tmp_path / "b.py").write_text("def asked(): ...\ndef named(): ...\ndef told(): ...\n")
    found = [each.rpartition(" ")[2] for each in dead(tmp_path.glob("*.py"), "as told in a page")]
    assert found == ["_UNUSED", "left_over"]
