"""The house stands: a room imports from lower floors only, and nothing goes in a circle.

The import graph is drawn from the source text of every module, imports inside functions and those
for types only included. An import of another room's module counts as one of that room's
``__init__`` too, which Python runs first.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from places import ROOT, TESTS

#: Room (a package or module in ``collector``) → its floor. A room imports from lower floors only.
#: A new room gets the lowest floor above everything that it imports.
FLOORS = {
    "common": 1, "addresses": 1, "posix": 0.5, "drafts": 0.75, "files": 1, "sqlite": 1,
    "streams": 0.5,
    "problems": 1.5, "surroundings": 1.9, "egress": 1.8,
    "platforms": 2, "environment": 2, "pathrefused": 2.5, "cells": 2, "bounded": 2, "truthtoken": 2,
    "serving": 2, "liveness": 2, "latecommands": 1, "outputs": 2.5,
    "manifestshape": 2,
    "certificates": 3, "labelpatterns": 2, "labelfile": 3,
    "scrub": 3, "store": 3, "evidence": 3, "yamlfile": 3, "coverage": 3, "saved": 3,
    "browser": 4, "profile": 4, "export": 4, "imports": 4, "analysis": 4,
    "browserless": 5, "recording": 5, "scenario": 5,
    "contract": 6, "ledger": 6, "coding": 6, "frames": 6,
    "submit": 7, "drivers": 7,
    "session": 8,
    "adapters": 9, "schedule": 9,
    "mock": 10, "fleet": 10,
    "run": 11, "reparse": 11, "mending": 12, "registration": 11,
    "replay": 12, "datasets": 12, "packing": 12, "view": 12, "calibration": 12.5,
    "cli": 13, "testing": 13, "start": 14,
    # Old names, for two releases.
    "model": 2, "errors": 2, "identity": 2, "dataset": 13,
}  # fmt: skip
#: Above an import: another of the same block, a blank line of it, or the comment.
BEFORE = re.compile(r"\s*(?:from .*|import .*|#.*)?$")
#: The mock stands beside the parsers: it shares words, addresses and parsers with the collector.
MOCK_FLOOR = 3
#: The only rooms that may know the mock from inside.
KNOW_THE_MOCK = {"mock", "datasets", "calibration", "testing"}


def modules() -> dict[str, Path]:
    """Dotted name → file, of everything that is installed."""
    found = {}
    for top in ("collector", "mockserver"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def trees() -> dict[str, ast.Module]:
    """Made when first asked for: every process that collects tests imports this file."""
    return {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def room_of(module: str) -> str:
    """``collector.store.leases`` → ``store``; the mock is one room."""
    parts = module.split(".")
    return "mockserver" if parts[0] == "mockserver" else parts[1] if len(parts) > 1 else ""


def floor_of(room: str) -> int:
    return MOCK_FLOOR if room == "mockserver" else FLOORS.get(room, 0)


def named_by(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules of ours that one statement imports."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        assert not node.level, "imports name their module in full"
        whole = f"{node.module}"
        names = [
            f"{whole}.{alias.name}" if f"{whole}.{alias.name}" in MODULES else whole
            for alias in node.names
        ]
    yield from (name for name in names if name in MODULES)


def imports_of(module: str) -> set[str]:
    """What a module imports, wherever the statement stands."""
    found: set[str] = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in named_by(node):
                found.add(name)
                if room_of(name) != room_of(module):
                    parts = name.split(".")
                    above = (".".join(parts[:n]) for n in range(2, len(parts)))
                    found.update(one for one in above if one in MODULES)
    return found - {module}


@cache
def graph() -> dict[str, set[str]]:
    return {module: imports_of(module) for module in MODULES}


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of modules that reach each other: what is left when all without a way on are taken
    away, again and again, from both ends."""
    left = {name: set(graph[name]) & set(graph) for name in graph}
    while True:
        wanted = set().union(*left.values()) if left else set()
        done = {name for name, to in left.items() if not to or name not in wanted}
        if not done:
            break
        left = {name: to - done for name, to in left.items() if name not in done}
    groups: dict[str, set[str]] = {}
    for name in left:
        groups[name] = {other for other in _reached(left, name) if name in _reached(left, other)}
    return sorted({tuple(sorted(group)) for group in groups.values() if group})  # type: ignore


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead.extend(graph[here])
    return found


def test_every_room_has_a_floor() -> None:
    """A room that is new gets a line in ``FLOORS``, and so a place in the house."""
    rooms = {room_of(module) for module in MODULES} - {"", "mockserver"}
    assert rooms - set(FLOORS) == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(graph()) == []


def test_no_import_goes_up_or_across() -> None:
    """A room knows the floors below it: none above, and no neighbour on its own."""
    wrong = {
        f"{room_of(module)} (floor {floor_of(room_of(module))}) -> "
        f"{room_of(other)} (floor {floor_of(room_of(other))}): {module} imports {other}"
        for module, others in graph().items()
        for other in others
        if room_of(module) not in ("", room_of(other))
        and room_of(other)
        and floor_of(room_of(other)) >= floor_of(room_of(module))
    }
    assert sorted(wrong) == []


def test_few_rooms_know_the_mock() -> None:
    wrong = {
        f"{module} imports {other}"
        for module, others in graph().items()
        if room_of(module) not in {*KNOW_THE_MOCK, "mockserver"}
        for other in others
        if room_of(other) == "mockserver"
    }
    assert sorted(wrong) == []


LATE = re.compile(r"(?m)^\s+(?:from\s+[\w.]+\s+import\s|import\s+[\w.]+(?:\s+as\s|\s*[,#]|$))")


def with_late_imports() -> list[str]:
    """Modules in which an import is indented: few, and the trees of all would be long to walk."""
    return [name for name, path in MODULES.items()
            if LATE.search(path.read_text("utf-8"))]  # fmt: skip


def test_an_import_inside_a_function_says_why() -> None:
    """Only of what is heavy and would be loaded for nothing, or comes with an extra; the comment
    beside or above it says what."""
    wrong = []
    for module in with_late_imports():
        lines = MODULES[module].read_text("utf-8").splitlines()
        for function in ast.walk(trees()[module]):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    at = node.lineno - 1
                    said = "#" in lines[at]
                    while not said and BEFORE.match(lines[at - 1]):
                        at -= 1
                        said = "#" in lines[at]
                    if not said:
                        wrong.append(f"{module}:{node.lineno}: {lines[node.lineno - 1].strip()}")
    assert sorted(set(wrong)) == []


def late_imports(tree: ast.Module) -> set[str]:
    """What of ours the functions of a module import."""
    return {
        name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in named_by(node)
    }


def test_own_modules_are_imported_at_the_top() -> None:
    """All of them: what takes long to load is a package of somebody else's, which the function that
    needs it imports. A command that needs much is a row of its group
    (``collector/latecommands.py``)."""
    found = {
        module: late for module in with_late_imports() if (late := late_imports(trees()[module]))
    }
    assert found == {}
    late = "class A:\n    async def b(self):\n        from collector.cli import main\n"
    assert late_imports(ast.parse(late)) == {"collector.cli"}
    assert LATE.search(late)


#: Modules that look up one of ours by a reference, ``"package.module:name"``, and what for.
#: References of adapters and drivers are the register of what they say of themselves.
REFER = {
    "collector.start": "signals are heard while the rest is loaded",
    "mockserver.start": "signals are heard while the rest is loaded",
    "collector.cli.data": "the analysis and Arrow, for --frames alone",
    "collector.cli.pack": "the report and all else that is packed, not for --verify",
    "collector.session.worker": "a word to end is heard while the rest is loaded",
    "collector.testing": "pytest loads its plugins before each run, whether or not one is used",
    "collector.drivers.choice": "drivers by name; one needs a browser",
    "collector.adapters.facebook": "a platform, of which a parser needs a part",
    "collector.adapters.youtube": "a platform, of which a parser needs a part",
}
REFERENCE = re.compile(r"((?:collector|mockserver)(?:\.\w+)+):(\w+)")


def references(module: str) -> set[tuple[str, str]]:
    """(module, name) of ours that a module refers to."""
    return {
        (found[1], found[2])
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (found := REFERENCE.fullmatch(node.value))
    }


def test_what_is_referred_to_is_there() -> None:
    """No checker follows a reference, so this does: each names something of ours."""
    found = {module: pairs for module in MODULES if (pairs := references(module))}
    assert set(found) == set(REFER)
    lost = [
        f"{module}: {where}:{name}"
        for module, pairs in found.items()
        for where, name in pairs
        if where not in MODULES or not hasattr(importlib.import_module(where), name)
    ]
    assert lost == []


def test_no_reference_closes_a_circle() -> None:
    """A reference counts as an import here, but for what a platform says of itself: its adapter is
    found by entry point and imported by nobody."""
    whole = {
        module: {*others, *(where for where, _ in references(module))}
        for module, others in graph().items()
        if not module.startswith("collector.adapters.")
    }
    assert circles(whole) == []


#: Lines that a module may have: what is longer holds more than one concern.
LONGEST = 400


def too_long(texts: Mapping[str, str]) -> list[str]:
    counts = {name: len(text.splitlines()) for name, text in texts.items()}
    return sorted(f"{name}: {lines} lines" for name, lines in counts.items() if lines > LONGEST)


def test_a_module_is_of_one_concern() -> None:
    """Of the packages and of the tests; a longer one is divided where a concern ends."""
    paths = [*MODULES.values(), *TESTS.rglob("*.py")]
    assert too_long({str(path): path.read_text("utf-8") for path in paths}) == []
    assert too_long({"a.py": "\n" * 400, "b.py": "\n" * 401}) == ["b.py: 401 lines"]


def test_the_graph_is_drawn_from_everything() -> None:
    """The tests above see circles, imports for types, and a room's own beginning."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == [
        ("a", "b", "c")
    ]
    assert "collector.browser.puppet" in graph()["collector.testing"], "for types only"
    assert "collector.store" in graph()["collector.ledger.lease"], "the room's own __init__"
    assert len(MODULES) > 500


#: Folders of tests that are of no package: single modules of the collector, the mock as an
#: application, and the project as a whole.
OF_NO_PACKAGE = {"collector/rooms", "mockserver/app", "project"}


def test_tests_stand_in_the_folder_of_what_they_test() -> None:
    folders = {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    packages = {path.parent.relative_to(ROOT).as_posix() for path in MODULES.values()}
    assert folders - OF_NO_PACKAGE - packages == set()
