"""Private names of dependencies: where one is used, the dependency has an upper bound."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator

import playwright.sync_api
import pytest
from places import ROOT
from playwright._impl import _driver, network
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from werkzeug.routing import Rule

#: File → private names of Playwright and Werkzeug that it needs: nothing public does the same.
KNOWN = {
    "collector/browser/node.py": {"playwright._impl._driver"},
    "collector/recording/able.py": {"playwright.sync_api._generated"},
    "collector/recording/player.py": {"_impl_obj", "_sync"},
    "mockserver/rules.py": {"_compile_builder"},
}
#: File → what it needs of Waitress's servers and channels: no underscore, no word in its manual.
UNDOCUMENTED = {
    "collector/serving.py": {
        TcpWSGIServer: {"active_channels", "channel_class", "pull_trigger", "task_dispatcher"},
        HTTPChannel: {
            "close_when_flushed", "handle_close", "handle_write", "last_activity", "outbuf_lock",
            "request", "requests", "server", "total_outbufs_len", "will_close", "write_soon",
        },
    }
}  # fmt: skip
#: Not dependencies: our own packages, and Python's.
OWN = {"collector", "mockserver", "twinwatch", *sys.stdlib_module_names}
FILES = sorted(
    path for top in ("collector", "mockserver") for path in (ROOT / top).rglob("*.py")
)  # fmt: skip


#: An import that may be one: the trees of files without would cost seconds to walk.
MAY_BE = re.compile(r"(?m)^\s*(?:from\s[^(\n]*\([^)]*\b_[a-z]|(?:from|import)\s.*\b_[a-z])")


def private_imports(tree: ast.AST) -> Iterator[str]:
    """Modules of other packages in whose dotted name a part begins with one underscore."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] + [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] not in OWN and any(re.match(r"_[a-z]", part) for part in parts[1:]):
                yield name
                break


def test_private_modules_of_dependencies_are_those_that_are_known() -> None:
    found = {}
    for path in FILES:
        source = path.read_text("utf-8")
        if MAY_BE.search(source) and (names := set(private_imports(ast.parse(source)))):
            found[path.relative_to(ROOT).as_posix()] = names
    listed = {file: {n for n in names if "." in n} for file, names in KNOWN.items()}
    assert found == {file: names for file, names in listed.items() if names}


def test_the_known_private_names_are_still_used() -> None:
    """The list and the upper bound are dropped when nothing needs them any more."""
    for file, names in KNOWN.items():
        text = (ROOT / file).read_text("utf-8")
        assert all(name.rpartition(".")[2] in text for name in names), file


@pytest.mark.parametrize("package", ["playwright", "waitress", "werkzeug"])
def test_what_private_names_are_of_has_an_upper_bound(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (asked,) = [each for each in project["dependencies"] if each.startswith(package)]
    assert re.fullmatch(rf"{package}>=[\d.]+,<[\d.]+", asked)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (_driver, "compute_driver_executable"),
        (network.Route, "_redirect_navigation_request"),
        (playwright.sync_api.Route, "_sync"),
        (Rule, "_compile_builder"),
    ],
)
def test_the_installed_release_has_them(owner: object, name: str) -> None:
    """A release without them fails here, and not in the middle of a replay."""
    assert callable(inspect.getattr_static(owner, name))


@pytest.mark.parametrize("file", UNDOCUMENTED)
def test_the_installed_release_has_what_no_manual_speaks_of(file: str) -> None:
    """In the class, or set by its methods; and the file still asks for each."""
    text = (ROOT / file).read_text("utf-8")
    for owner, names in UNDOCUMENTED[file].items():
        source = "".join(inspect.getsource(each) for each in owner.__mro__[:-1])
        for name in names:
            assert hasattr(owner, name) or re.search(rf"\bself\.{name} = ", source), name
            assert re.search(rf"\.{name}\b", text), name
