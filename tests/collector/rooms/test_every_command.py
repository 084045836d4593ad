"""Every command on machines that are broken in one way each: one sentence, the fix, nothing lost.

The commands and their calls are made from what is declared (``every_command.py``), so that a new
one is swept by itself. What a broken thing is to a command stands in ``TOUCHES``; whatever does not
stand there must work as on a sound machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from broken_environments import ENVIRONMENTS
from every_command import LONG, Called, declared, every, set_stage
from places import ROOT, TOOLS

ALL = every()
#: What is broken → the commands that need it, beside those that are told where to write (``out``)
#: or which run to read (``run``), which the declarations say.
TOUCHES: dict[str, set[str]] = {
    "home": {
        "demo", "pack", "profiles", "profiles-clone", "profiles-export", "profiles-import",
        "profiles-lineage", "profiles-list", "profiles-new", "profiles-open",
        "profiles-reset", "profiles-show", "report",
    },
    "home-files": {
        "profiles-clone", "profiles-export", "profiles-import", "profiles-new", "profiles-open",
        "profiles-reset",
    },
    "bare-home": {"demo", "pack", "profiles-open", "profiles-show", "report"},
    "run-files": {"label-import", "submit"},
    "evidence": {"corpus-check", "corpus-heal", "pack", "reparse", "review", "submit"},
    "locks": {
        "demo", "doctor", "import-e18", "label-import", "profiles-clone", "profiles-export",
        "profiles-open", "profiles-reset", "repeat", "run", "submit",
    },
    "room": {"label-import", "profiles-open", "submit"},
    "net": {"doctor", "profiles-open", "run", "submit"},
}  # fmt: skip
#: What a command says on a sound machine of a stage that has nothing for it: exit code.
ENDS = {"replay": 2, "scenarios-check": 1, "unblind": 2}
#: Commands that do what can be done, say what was left out, and end with 1: their words for it.
LEFT_OUT = {
    "corpus-check": "lost",
    "corpus-heal": "unread",
    "reparse": "unread",
    "submit": "left, ",
}
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


@pytest.fixture(scope="module", name="stage")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return set_stage(tmp_path_factory.mktemp("stage") / "sound")


@pytest.fixture(scope="module", name="carried_out")
def _carried_out() -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    path = os.pathsep.join([str(ROOT), str(TOOLS)])
    server = subprocess.Popen(
        [sys.executable, str(TOOLS / "broken_environments.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"

    def carry_out(cell: dict[str, Any]) -> dict[str, Any]:
        print(json.dumps(cell), file=server.stdin, flush=True)
        return json.loads(server.stdout.readline())  # type: ignore[union-attr]

    yield carry_out
    server.stdin.close()
    server.wait()
    server.stdout.close()


def touched(called: Called, environment: str) -> set[str]:
    """What the command needs of what is broken."""
    needed = {what for what, names in TOUCHES.items() if str(called) in names}
    needed |= {"out", "room"} if called.writes else set()
    needed |= {"run"} if called.reads_run else set()
    return needed & ENVIRONMENTS[environment].breaks


def options(called: Called) -> set[str]:
    return {
        name
        for command in called.chain
        for one in command.params
        if isinstance(one, click.Option)
        for name in (*one.opts, *one.secondary_opts)
    }


def test_what_is_touched_names_commands() -> None:
    names = {str(each) for each in ALL}
    assert {each for some in TOUCHES.values() for each in some} | ENDS.keys() <= names


CELLS = [
    pytest.param(name, each, marks=pytest.mark.slow if each.names in LONG else (),
                 id=f"{name}-{each}")
    for name in ENVIRONMENTS
    for each in ALL
    if name != "nothing_listens" or str(each) in TOUCHES["net"]
]  # fmt: skip
SWEPT = [(name, called) for name, called in (cell.values for cell in CELLS)]


def test_no_command_is_left_out_of_any_environment() -> None:
    """As click lists them for ``--help``, which the sweep's own walk does not ask."""
    for environment in ENVIRONMENTS:
        found = {called for name, called in SWEPT if name == environment}
        if environment == "nothing_listens":
            assert {str(each) for each in found} == TOUCHES["net"]
        else:
            assert declared() - {each.names for each in found} == set(), environment


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "called"), CELLS)
def test_a_command_in_an_environment(
    environment: str,
    called: Called,
    stage: Path,
    tmp_path: Path,
    carried_out: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    here = tmp_path / "stage"
    shutil.copytree(stage, here)
    found = carried_out(
        {"environment": environment, "command": str(called), "stage": str(here)},
    )
    if "not_here" in found:
        pytest.skip(f"this machine cannot be broken so: {found['not_here']}")
    assert "broken" not in found, found["broken"]
    assert not found["traceback"], found["traceback"]
    broken = touched(called, environment)
    if not broken or (broken == {"room"} and found["code"] == 0):
        assert found["code"] == ENDS.get(str(called), 0), found["stderr"]
        return
    said = found["stderr"]
    if found["code"] == 1 and LEFT_OUT.get(str(called), "\0") in found["stdout"] + said:
        return
    assert found["code"] in (1, 2), (found["words"], said)
    assert said.count("error: ") == 1, said
    problem, _, fix = said.partition("error: ")[2].partition("\n  fix: ")
    assert "\n" not in problem, said
    assert fix.strip(), said
    assert re.search(r"/|HOME|127\.0\.0\.1", problem), f"no place: {problem}"
    own_words = re.sub(r"(collector|mockserver) .*", "", fix)  # of another command
    assert set(_OPTION.findall(own_words)) <= options(called), fix
    assert not found["changed"], found["changed"]
