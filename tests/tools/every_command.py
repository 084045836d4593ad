"""Every command as it is declared, and a whole call of each: what a sweep over all of them runs.

The commands are walked, and their calls made of the names of their arguments, so that a new one is
swept without being named anywhere. An argument of a new name needs a row of ``ARGUMENTS``.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import one_visit
import pytest
from click.testing import CliRunner

from collector.cli import main as collector
from mockserver.cli import main as mockserver

SCENARIO = f"{one_visit.SCENARIO}  b: {{twins: 1, steps: [{{search: live concert}}]}}\n"

#: Argument, or option that has to be given → what lies there, below the stage; ``{out}``: the place
#: to write to; ``=`` before what is no path.
ARGUMENTS = {
    "archive": "bob.tar.zst",
    "baseline": "before.jsonl",
    "dest": "{out}",
    "file": "e18.json",
    "first": "run",
    "folder": "run",
    "law": "=dsa40",
    "like": "one.yaml",
    "name": "=ada",
    "names": "one.yaml",
    "new_name": "=eve",
    "out": "{out}",
    "pack_file": "run.zip",
    "paths": "run",
    "report": "report.html",
    "rows": "=40",
    "run": "run",
    "run_dir": "run",
    "scenario": "one.yaml",
    "second": "other",
    "sheets": "sheets/coder-A.csv",
    "shell": "=bash",
    "site": "={site}",
    "source": "run",
    "submit_to": "={api}",
}
#: Command → what its arguments are instead.
INSTEAD: dict[tuple[str, ...], dict[str, str]] = {
    ("calibrate",): {"scenario": "=calibration"},
    ("dataset", "check"): {"folder": "dataset"},
    ("notebook",): {"out": "{out}.ipynb"},
    ("power",): {"scenario": "=calibration"},
    ("prereg",): {"out": "{out}.md"},
    ("profiles", "export"): {"dest": "{out}.tar.zst"},
    ("profiles", "new"): {"name": "=eve"},
    ("scenarios", "copy"): {"name": "=quick", "dest": "{out}.yaml"},
    ("scenarios", "show"): {"name": "=quick"},
}
#: Command → what is added, for the sake of time or of a free port.
ADDED: dict[tuple[str, ...], str] = {
    ("calibrate",): "--n 20 --truth null --twins 3 --processes 1",
    ("label", "page"): "--sheet sheets/coder-A.csv --port 0",
    ("ledger", "serve"): "--port 0 --token-file token",
    ("power",): "--runs 20 --points 10 --twins 3 --processes 1",
    ("profiles", "open"): "--page",
    ("profiles", "reset"): "--yes",
    ("run",): "--driver http --submit-to none",
    ("serve",): "--port 0 --db {out}.db",
    ("view",): "--port 0",
}
#: What may follow ``{out}``.
SUFFIXES = ("", ".ipynb", ".md", ".tar.zst", ".yaml", ".db")
#: What needs a browser, or takes many seconds: not in ``make test``.
LONG = {("demo",), ("doctor",), ("calibrate",), ("power",), ("repeat",), ("profiles", "open")}
#: Commands that answer until they are told to end.
SERVES = {("serve",), ("view",), ("label", "page"), ("ledger", "serve")}
#: Commands that wait until a person has closed the browser, on a page of this machine.
BY_HAND = {("profiles", "open")}


@dataclass(frozen=True)
class Called:
    """A command of a group, by its names."""

    group: click.Group
    names: tuple[str, ...]

    def __str__(self) -> str:
        return "-".join(self.names)

    @property
    def chain(self) -> list[click.Command]:
        """The groups that lead to it, and it."""
        out: list[click.Command] = [self.group]
        for name in self.names:
            here = out[-1]
            assert isinstance(here, click.Group)
            out.append(here.commands[name])
        return out

    @property
    def given(self) -> dict[str, str]:
        """Its arguments, the options that it must have, and where it writes, with their values."""
        told = {}
        for one in self.chain[-1].params:
            assert one.name is not None
            if isinstance(one, click.Argument) or one.required or one.name == "out":
                told[one.name] = INSTEAD.get(self.names, {}).get(one.name) or ARGUMENTS[one.name]
        return told

    @property
    def writes(self) -> bool:
        """Whether it is given a place to write to."""
        return "{out}" in f"{self.given} {ADDED.get(self.names)}"

    @property
    def reads_run(self) -> bool:
        """Whether it is given the folder of a run."""
        return any(value.partition("/")[0] == "run" for value in self.given.values())

    def words(self, stage: Path, out: Path, **told: str) -> list[str]:
        """A whole call on a stage; ``told``: addresses by their names in braces."""
        words = list(self.names)
        for one in self.chain[-1].params:
            if one.name not in self.given:
                continue
            value = self.given[one.name].format(out=out, **told)
            value = value[1:] if value.startswith("=") else str(stage / value)
            words += [one.opts[0], value] if isinstance(one, click.Option) else [value]
        return words + [each.format(out=out) for each in ADDED.get(self.names, "").split()]


def _walked(group: click.Group, below: click.Group, *before: str) -> Iterator[Called]:
    for name in sorted(below.commands):
        command = below.commands[name]
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield Called(group, (*before, name))
            yield from _walked(group, command, *before, name)
        else:
            yield Called(group, (*before, name))


def every() -> list[Called]:
    """All commands of both programs, those groups too that do something by themselves."""
    return [*_walked(collector, collector), *_walked(mockserver, mockserver)]


def declared() -> set[tuple[str, ...]]:
    """The names of all commands as click lists them for ``--help``, by another way than the walk:
    a sweep that passes one over is caught by it."""

    def below(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
        if not isinstance(command, click.Group):
            yield names
            return
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from below(found, *names, name)

    return {*below(collector), *below(mockserver)}


def told(*words: str | Path) -> str:
    """What a command of the collector prints, which must succeed."""
    done = CliRunner().invoke(collector, [str(each) for each in words])
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.stdout


def set_stage(stage: Path) -> Path:
    """Make ``stage``, with what the calls need in it; its ``home`` is HOME while it is made."""
    stage.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("XDG_", "TWINWATCH_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(stage / "home"))
        _furnish(stage)
    return stage


def _furnish(stage: Path) -> None:
    for name in ("home", "out"):
        (stage / name).mkdir()
    scenario, run = stage / "one.yaml", stage / "run"
    scenario.write_text(SCENARIO)
    told("run", scenario, "--driver", "http", "--out", run)
    told("run", scenario, "--driver", "http", "--out", stage / "other")
    told("reparse", run, "--out", stage / "before.jsonl")
    told("report", run, "--out", stage / "report.html")
    told("label", "export", run, "--out", stage / "sheets")
    sheet = stage / "sheets" / "coder-A.csv"
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "label": "other"} for row in rows)
    told("pack", run, "--out", stage / "run.zip")
    for name in ("ada", "bob"):
        told("profiles", "new", name)
    told("profiles", "export", "bob", stage / "bob.tar.zst")
    shutil.rmtree(stage / "home/.local/share/twinwatch/profiles/bob")
    told("dataset", "new", "--like", scenario, "--rows", "40", "--out", stage / "dataset")
    (stage / "e18.json").write_text(
        '{"impressions": [{"profile": "Antonietta", "timelineId": "t", "impressionOrder": 1,'
        ' "postId": "1", "impressionTime": "2018-01-10T00:00:00.000Z"}]}'
    )
    (stage / "token").write_text("a-token-of-twenty-letters-and-more\n")
    (stage / "token").chmod(0o600)
