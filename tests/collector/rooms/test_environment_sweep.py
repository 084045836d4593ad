"""Every command, with every path that it takes leading to a place that is broken.

The commands are walked as they are declared, so that a new one is swept without being named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from broken_environments import end_when_ready
from click.testing import CliRunner
from every_command import declared

from collector.cli import main
from mockserver.cli import main as mock_main

SCENARIO = """
name: one
site: mock
seed: 7
persona: marie-us
before: [{visit: home}]
arms:
  a: {twins: 1, steps: [{visit: home}]}
"""
#: Parameters that would start a server for good where the place turns out to be none of the worst
#: (test_environments.py has them), and the shell's own.
NOT_HERE = {(("serve",), "db"), (("ledger", "serve"), "token_file"), (("completion",), "shell")}
#: Arguments that are no path are given this; options that are none are left out.
_WORD = "nothing-of-this-name"


def a_file(path: Path) -> Path:
    (path / "file").touch()
    return path / "file" / "below"


def a_dangling_link(path: Path) -> Path:
    (path / "link").symlink_to(path / "nowhere" / "at" / "all")
    return path / "link"


def a_circle(path: Path) -> Path:
    (path / "circle").symlink_to(path / "circle")
    return path / "circle"


def unwritable(path: Path) -> Path:
    return Path("/proc/twinwatch/below")  # which not even root may make


def too_long(path: Path) -> Path:
    return path / ("n" * 300)


def no_text(path: Path) -> Path:
    return Path(f"{path}/o-\udcff\udcfe")


def garbage(path: Path) -> Path:
    (path / "garbage").write_bytes(b"\x00\xff\xfe garbage \x80" * 50)
    return path / "garbage"


PLACES: list[Callable[[Path], Path]] = [
    a_file, a_dangling_link, a_circle, unwritable, too_long, no_text, garbage,
]  # fmt: skip


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """The names of every command that is no group, or that works without a subcommand."""
    for name in sorted(group.commands):
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield (*before, name)


def found(group: click.Group, names: tuple[str, ...]) -> list[click.Command]:
    """The chain of groups to a command, and it."""
    chain: list[click.Command] = [group]
    for name in names:
        here = chain[-1]
        assert isinstance(here, click.Group)
        chain.append(here.commands[name])
    return chain


def takes_path(parameter: click.Parameter) -> bool:
    """Options that are declared as paths, and every argument, which may be given one."""
    return isinstance(parameter, click.Argument) or isinstance(
        parameter.type, click.Path | click.File
    )


def calls(group: click.Group, names: tuple[str, ...], place: str, good: Path) -> list[list[str]]:
    """How a command is called with one broken path each: every argument and option in turn."""
    chain = found(group, names)
    out = []
    for at, command in enumerate(chain):
        for broken in command.params:
            if not takes_path(broken) or (names, broken.name) in NOT_HERE:
                continue
            words: list[str] = []
            for depth, each in enumerate(chain):
                words += [names[depth - 1]] if depth else []
                words += _told(each, broken if depth == at else None, place, good)
            if names == ("run",):
                words += ["--driver", "http"]
                words += [] if broken.name == "out" else ["--out", str(good.parent / "run")]
            out.append(words)
    return out


def _told(
    command: click.Command, broken: click.Parameter | None, place: str, good: Path
) -> list[str]:
    words: list[str] = []
    for parameter in command.params:
        option = isinstance(parameter, click.Option)
        if parameter is broken:
            words += [parameter.opts[0], place] if option else [place]
        elif parameter.required and option:
            words += [parameter.opts[0], place if takes_path(parameter) else _WORD]
        elif not option and (parameter.required or parameter.name == "scenario"):
            words.append(str(good) if parameter.name != "name" else _WORD)
    return words


ALL = [(main, names) for names in commands(main)] + [
    (mock_main, names) for names in commands(mock_main)
]


def test_the_sweep_finds_the_commands() -> None:
    walked = {names for _, names in ALL}
    assert declared() - walked == set()
    assert {("run",), ("report",), ("reparse",), ("dataset", "check"), ("serve",)} <= walked


@pytest.mark.sweep(12)
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(each, marks=() if each in (a_file, garbage) else pytest.mark.slow)
        for each in PLACES
    ],
    ids=lambda each: each.__name__,
)
@pytest.mark.parametrize(("group", "names"), ALL, ids=lambda each: "-".join(each)
                         if isinstance(each, tuple) else "")  # fmt: skip
def test_every_path_of_every_command(
    group: click.Group,
    names: tuple[str, ...],
    place: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sentence with the fix and exit code 2, or 1; never a traceback; and whatever turns out
    to need nothing of the place ends as it should, servers when they are told to."""
    end_when_ready(names, monkeypatch.setattr)
    good = tmp_path / "one.yaml"
    good.write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    broken = str(place(tmp_path))
    for words in calls(group, names, broken, good):
        done = CliRunner().invoke(group, words)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done)
        assert done.exit_code in (0, 1, 2), (words, done.output)
        assert "Traceback" not in done.output
        if done.exit_code == 2 and "Usage: " not in done.stderr:
            assert done.stderr.count("error: ") == 1, (words, done.output)
            assert done.stderr.partition("\n  fix: ")[2].strip(), (words, done.output)
