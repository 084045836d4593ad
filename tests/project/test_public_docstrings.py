"""Every public name says what it does, takes, raises and counts in, and shows one example.

Public are the names of ``import twinwatch``, the objects that the entry points of
``docs/extending.md`` name, what packages of somebody else import (``tests/toy_*``), and the
fixtures of the pytest plugin.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from places import ROOT, TESTS

import twinwatch
from collector import testing
from collector.analysis.measures import Measure, Sight
from collector.export import Exporter
from collector.platforms.registry import Parse, PlatformSpec
from collector.scenario.verb import Step, verb
from collector.submit.dialect import Dialect
from mockserver.world.mechanisms import Ranker

#: Entry point group → what it names is documented at these.
GROUPS = {
    "twinwatch.platforms": (PlatformSpec, Parse, Dialect),
    "twinwatch.verbs": (Step, verb),
    "twinwatch.outcomes": (Measure, Sight),
    "twinwatch.recommenders": (Ranker,),
    "twinwatch.exporters": (Exporter,),
}


def imported(folders: str = "toy_*") -> Iterator[Any]:
    """What the example packages import of ours: classes and functions, each once, by name."""
    found: dict[str, Any] = {}
    for path in sorted(TESTS.glob(f"{folders}/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and f"{node.module}".startswith("collector"):
                module = importlib.import_module(f"{node.module}")
                found.update((alias.name, getattr(module, alias.name)) for alias in node.names)
    yield from (
        thing for _, thing in sorted(found.items())
        if inspect.isclass(thing) or inspect.isfunction(thing)
    )  # fmt: skip


FIXTURES = [value for value in vars(testing).values() if hasattr(value, "_fixture_function")]
PUBLIC: list[Any] = [
    *(value for name in twinwatch.__all__ if callable(value := getattr(twinwatch, name))),
    *(named := [thing for things in GROUPS.values() for thing in things]),
    *(thing for thing in imported() if thing not in named),
    *(each._fixture_function for each in FIXTURES),
    *(getattr(testing, name) for name in testing.__all__),
]
EXAMPLE = re.compile(r"^\s*>>> |::\n\n\s+\S|^::\n\n\s+\S", re.M)
#: How a docstring begins that does not begin with what is raised.
SENTENCE = re.compile(r"[^:]|:(?:class|func|data):")
#: Of a name → the words of the unit, one of which its description must have.
UNITS = {"_s": r"second|Seconds|\bs\b", "_bytes": "byte", "body_limit": "byte", "_mb": "MB|mega"}
#: Names of parameters that the fixtures' own machinery gives them.
MACHINERY = {"self", "cls", "request", "pytestconfig", "output_path", "tmp_path"}


def name_of(thing: Any) -> str:
    return str(thing.__qualname__)


def documented(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def tree_of(thing: Any) -> Any:
    """The definition of a class or function, from its source."""
    (found,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(thing))).body
    return found


def fields_of(cls: type) -> Iterator[tuple[str, str]]:
    """Names with a type in the body of a class, and the string after each."""
    body = tree_of(cls).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            said = after.value if isinstance(after, ast.Expr) else None
            yield node.target.id, str(said.value) if isinstance(said, ast.Constant) else ""


def methods_of(cls: type) -> Iterator[Any]:
    for name, value in vars(cls).items():
        found = value.fget if isinstance(value, property) else value
        found = getattr(found, "__func__", found)
        if inspect.isfunction(found) and not name.startswith("_"):
            yield found


def names_it(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<![A-Za-z]){re.escape(name.rstrip('_'))}(?![A-Za-z])", text))


@pytest.mark.parametrize("thing", PUBLIC, ids=name_of)
def test_it_has_a_docstring_with_an_example(thing: Any) -> None:
    text = documented(thing)
    assert len(text.split("\n\n")[0]) >= 20, f"{name_of(thing)}: say what it is"
    assert EXAMPLE.search(text), f"{name_of(thing)}: show one example (>>> or ::)"


@pytest.mark.parametrize(
    "thing", [each for each in PUBLIC if inspect.isfunction(each)], ids=name_of
)  # fmt: skip
def test_a_function_says_its_arguments_and_errors(thing: Any) -> None:
    text = documented(thing)
    fixtures = {each._fixture_function.__name__ for each in FIXTURES}
    for name in set(inspect.signature(thing).parameters) - MACHINERY - fixtures:
        assert names_it(name, text), f"{name_of(thing)}: the argument {name} is not described"
    if any(isinstance(node, ast.Raise) for node in ast.walk(tree_of(thing))):
        assert re.search(r"\braises\b", text, re.I), f"{name_of(thing)}: say what it raises"


@pytest.mark.parametrize("thing", [each for each in PUBLIC if inspect.isclass(each)], ids=name_of)
def test_a_class_says_its_fields_and_methods(thing: type) -> None:
    text = documented(thing)
    for name, said in fields_of(thing):
        if name in ("do", "model_config") or name.startswith("_"):
            continue
        assert said or names_it(f"``{name}``", text) or names_it(f"param {name}", text), (
            f"{name_of(thing)}.{name}: put a string with its meaning after it"
        )
        check_unit(f"{name_of(thing)}.{name}", name, said + text)
    for method in methods_of(thing):
        where = f"{method.__module__}.{method.__qualname__}"
        own = documented(method)
        assert own, f"{where}: it has no docstring"
        raises = any(isinstance(node, ast.Raise) for node in ast.walk(tree_of(method)))
        assert not raises or re.search(r"\braises\b", own + text, re.I), f"{where}: what it raises"
        check_unit(where, method.__name__, own)


def check_unit(where: str, name: str, text: str) -> None:
    for end, words in UNITS.items():
        if name.endswith(end):
            assert re.search(words, text), f"{where}: say the unit"


def test_what_is_neither_class_nor_function_is_in_the_head_of_twinwatch() -> None:
    for name in twinwatch.__all__:
        assert f"``{name}``" in str(twinwatch.__doc__), name


def test_every_group_is_in_the_document_and_here() -> None:
    """``docs/extending.md`` lists the groups; whoever adds one documents what it names."""
    document = (ROOT / "docs" / "extending.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(twinwatch\.\w+)`", document, re.M)) == set(GROUPS)
    sources = [p for top in ("collector", "mockserver") for p in (ROOT / top).rglob("*.py")]
    used = {
        found
        for path in sources
        for found in re.findall(r'= "(twinwatch\.[a-z]+)"$', path.read_text("utf-8"), re.M)
    }
    assert used == set(GROUPS)


def test_the_fixtures_are_those_of_the_plugins_head() -> None:
    listed = re.findall(r"``(\w+)``", str(testing.__doc__).split("Fixtures:")[1])
    assert sorted(listed) == sorted(each._fixture_function.__name__ for each in FIXTURES)


@pytest.mark.parametrize("thing", [twinwatch, *PUBLIC], ids=lambda each: each.__name__)
def test_its_examples_are_true(thing: Any) -> None:
    """Those with ``>>>`` run, but the ones that need a run's folder; the others are Python."""
    text = documented(thing)
    runner = doctest.DocTestRunner(verbose=False)
    here = vars(sys.modules[getattr(thing, "__module__", thing.__name__)])
    example = doctest.DocTestParser().get_doctest(
        text, {**here, "twinwatch": twinwatch, **vars(twinwatch)}, thing.__name__, None, None
    )
    assert runner.run(example).failed == 0
    for block in re.findall(r"::\n\n((?:(?:    .*)?\n?)+)", text + "\n"):
        ast.parse(inspect.cleandoc("\n" + block))


def test_examples_of_the_rooms_are_true() -> None:
    """Those with ``>>>`` of every module, whoever may call it: what stands below is what comes."""
    wrong = []
    for path in sorted(
        each for top in ("collector", "mockserver") for each in (ROOT / top).rglob("*.py")
    ):
        if ">>> " in path.read_text("utf-8"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found = doctest.testmod(importlib.import_module(name))
            wrong += [name] if found.failed else []
    assert wrong == []


def test_every_class_and_function_of_a_room_says_what_it_is() -> None:
    """At the top of a module of the collector or the mock, under a name without an underscore. A
    docstring begins with a sentence, not with what is raised."""
    wrong = []
    paths = [each for top in ("collector", "mockserver") for each in (ROOT / top).rglob("*.py")]
    for path in sorted(paths):
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            said = ast.get_docstring(node) or ""
            if not SENTENCE.match(said):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}")
    assert wrong == []


def undocumented(paths: Iterable[Path]) -> list[str]:
    """Public methods and properties, of every class under a name without an underscore, whose
    docstring is missing or does not begin with a sentence."""
    wrong = []
    for path in sorted(paths):
        for cls in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(cls, ast.ClassDef) or cls.name.startswith("_"):
                continue
            for node in cls.body:
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                said = ast.get_docstring(node) or ""
                if not node.name.startswith("_") and not SENTENCE.match(said):
                    wrong.append(f"{path}:{node.lineno}: {cls.name}.{node.name}")
    return wrong


def test_every_public_method_of_the_mock_says_what_it_does() -> None:
    """Properties, too, of every class under a name without an underscore. A docstring begins with a
    sentence, as at the top of a module."""
    assert undocumented((ROOT / "mockserver").rglob("*.py")) == []


def test_every_public_method_of_the_collector_says_what_it_does() -> None:
    """The rule of the mock, overridden methods and those of protocols among them."""
    assert undocumented((ROOT / "collector").rglob("*.py")) == []


def test_a_method_without_a_sentence_is_named(tmp_path: Path) -> None:
    """With file and line; what an underscore hides is not held to it."""
    path = tmp_path / "room.py"
    path.write_text(
        "class Door:\n"
        "    def open(self): ...\n"
        "    @property\n"
        "    def ajar(self):\n"
        '        """:raises Stuck:"""\n'
        "    def close(self):\n"
        '        """Close it."""\n'
        "    def _creak(self): ...\n"
        "class _Hinge:\n"
        "    def turn(self): ...\n",
        "utf-8",
    )
    assert undocumented([path]) == [f"{path}:2: Door.open", f"{path}:4: Door.ajar"]
