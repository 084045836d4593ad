"""The lists of planted changes and of measured rooms fit today's code; their runners judge right.

Code that a planted change no longer fits is seen here, not first by ``make mutate``.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from places import TESTS

FOLDER = TESTS / "mutations"


@pytest.fixture(name="planted")
def _planted(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("planted")


@pytest.fixture(name="modules")
def _modules(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("modules")


def test_every_planted_change_fits(planted: ModuleType) -> None:
    """Its text stands in its file exactly once, its tests exist, and it changes something."""
    found = planted.changes()
    assert [change.id for change in found][:23] == [f"M{number:02}" for number in range(1, 24)]
    for change in found:
        assert change.old != change.new
        assert change.tests
        assert len(change.why) > 20


def test_a_stale_entry_is_an_error_that_names_it(
    planted: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = tmp_path / "planted.toml"
    entry = (
        '[[change]]\nid = "X1"\nfile = "pyproject.toml"\nold = "no such text"\nnew = ""\n'
        'tests = ["tests/conftest.py"]\nwhy = "w"\n'
    )
    data.write_text(entry + entry.replace("X1", "X2").replace("pyproject.toml", "no.toml"))
    monkeypatch.setattr(planted, "DATA", data)
    with pytest.raises(SystemExit) as caught:
        planted.changes()
    said = str(caught.value)
    assert "X1: its old text stands 0 times in pyproject.toml" in said
    assert "X2: there is no file no.toml" in said


CODE = "def double(number):\n    return number * 2\n"
SEES = "import code_of\n\n\ndef test_it():\n    assert code_of.double(3) == 6\n"
BLIND = "import code_of\n\n\ndef test_it():\n    assert code_of.double(0) == 0\n"
BROKEN = "def test_it():\n    assert False\n"


@pytest.mark.parametrize(
    ("test", "fate"), [(SEES, "killed"), (BLIND, "survived"), (BROKEN, "unproven")]
)
def test_a_change_is_killed_survives_or_is_unproven(
    planted: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, test: str, fate: str
) -> None:
    """A test that fails without the change too proves nothing; the tree itself is not touched."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/code_of.py").write_text(CODE)
    (tmp_path / "tests/test_it.py").write_text(test)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    monkeypatch.setattr(sys.modules["copies"], "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    change = planted.Change(
        "X", "tests/code_of.py", "number * 2", "number * 3", ("tests/test_it.py",), "why"
    )
    planted.proven.cache_clear()
    assert planted.fate(change) == fate
    assert (tmp_path / "tests/code_of.py").read_text() == CODE


def test_every_room_has_its_files_and_tests(modules: ModuleType) -> None:
    """The rooms that carry the claim are all measured."""
    found = {room.name: room for room in modules.rooms()}
    assert found.keys() >= {
        "recommender", "feeds", "leases", "recovery", "submit", "locale", "receipts", "status",
        "scrub",
    }  # fmt: skip
    assert len({file for room in found.values() for file in room.files}) == sum(
        len(room.files) for room in found.values()
    )


def test_no_module_is_forgotten(modules: ModuleType) -> None:
    """Of the folders that are measured whole each module is in a room, or said to be in none."""
    told = tomllib.loads((modules.HERE / "modules.toml").read_text("utf-8"))
    measured = {file for room in modules.rooms() for file in room.files}
    entries = told.get("left", [])
    left = {file for entry in entries for file in entry["files"]}
    assert all(len(entry["why"]) > 20 for entry in entries)
    assert not measured & left
    there = {
        str(path.relative_to(modules.ROOT))
        for folder in told["whole"]
        for path in (modules.ROOT / folder).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert left <= there
    assert there == left | {file for file in measured if file in there}


def test_a_score_leaves_out_what_is_equivalent(modules: ModuleType) -> None:
    one = modules.Survivor("f.py", "f", "--- f\n+++ f\n@@ x @@\n a\n-    b = 1\n+    b = 2", "x")
    assert one.lines == (("b = 1",), ("b = 2",))
    score = modules.Score("f.py", 200, 100, 80, 3, 10, (one,) * 10)
    assert score.share == pytest.approx(80 / 90)
    none = modules.Score("g.py", 0, 0, 0, 0, 0, ())
    assert none.share is None
    assert modules.table([score, none]).splitlines()[2:] == [
        "| f.py | 200 | 100 | 80 | 3 | 10 | 10 | 88.9 % |",
        "| g.py | 0 | 0 | 0 | 0 | 0 | 0 | – |",
    ]


def test_so_many_of_each_module_are_drawn_and_the_same_ones_again(modules: ModuleType) -> None:
    """A module's draw is its own: neither another module nor the order of names changes it."""
    big = [f"big{number}" for number in range(50)]
    few = ["few0", "few1"]
    drawn = modules.draw({"big.py": big, "few.py": few, "none.py": []}, 5)
    assert drawn == sorted(drawn)
    assert len(drawn) == 7
    assert {*few} <= {*drawn} <= {*big, *few}
    assert modules.draw({"big.py": big[::-1]}, 5) == drawn[:5]
    assert modules.draw({"other.py": big}, 5) != drawn[:5]
    assert modules.draw({"big.py": big, "few.py": few}, None) == sorted([*big, *few])


@pytest.mark.parametrize(("killed", "code", "said"), [(17, 0, ""), (16, 1, "below 85%: b.py\n")])
def test_every_module_has_to_reach_the_share_not_its_room(
    modules: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    killed: int,
    code: int,
    said: str,
) -> None:
    def measured(room: object, per_module: int | None) -> list[object]:
        assert per_module == 7
        good = modules.Score("a.py", 900, 900, 900, 0, 0, ())
        return [good, modules.Score("b.py", 20, 20, killed, 0, 0, ())]

    monkeypatch.setattr(modules, "measure", measured)
    monkeypatch.setattr(sys, "argv", ["modules.py", "--per-module", "7", "feeds"])
    assert modules.main() == code
    out, err = capsys.readouterr()
    assert out.endswith(modules.table(measured(None, 7)) + "\n")
    assert err == said


def test_what_is_equivalent_says_why(modules: ModuleType) -> None:
    """Statements of SQL in the other case; any other change of a text is a change."""
    known = modules.equivalents()
    assert all(len(why) > 20 for why in known.mutants.values())

    def one(old: str, new: str) -> str | None:
        return known.reason(modules.Survivor("f.py", "f", f"- {old}\n+ {new}", "survived"))

    several = [r for r in modules.rows_of_equivalents("mutant") if isinstance(r["new"], list)]
    row = several[0]
    for new in row["new"]:  # a list: each of them
        diff = "\n".join([f"-{row['old']}", f"+{new}"])
        assert known.reason(modules.Survivor(row["file"], row["function"], diff, "x")) == row["why"]
    assert one('"SELECT a FROM b WHERE c = ?",', '"select a from b where c = ?",')
    assert one('"SELECT a FROM b",', '"SELECT a FROM c",') is None
    assert one('"some words",', '"SOME WORDS",') is None


@pytest.mark.parametrize(
    ("script", "argument"), [("planted.py", "M99"), ("modules.py", "no-such-room")]
)
def test_an_unknown_name_is_refused(script: str, argument: str) -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), argument], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert argument in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_said_to_change_nothing_is_still_there(modules: ModuleType) -> None:
    """A row whose text is gone speaks of nothing: it goes, or says what stands there now."""
    told = modules.rows_of_equivalents("mutant")
    assert told
    gone = [
        (row["file"], row["old"])
        for row in told
        if row["old"].splitlines()[0].strip() not in (modules.ROOT / row["file"]).read_text("utf-8")
    ]
    assert gone == []
