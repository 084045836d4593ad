"""Every command says what it does, shows an example, and is named in the README."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from places import ROOT

from collector.cli import main as collector
from collector.cli.profiles import profiles
from collector.latecommands import LaterGroup
from mockserver.cli import main as mockserver

README = (ROOT / "README.md").read_text("utf-8")


def leaves(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = [*leaves(collector, "collector"), *leaves(mockserver, "mockserver")]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_has_help_with_an_example(path: str, command: click.Command) -> None:
    text = command.help or ""
    assert len(text.split()) >= 5, f"{path} says too little"
    assert path in text, f"the help of {path} shows no example that starts with it"
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{path} {option.opts[0]} has no help"


def groups(group: click.Group, path: str) -> Iterator[str]:
    """The group and those in it, by what is typed."""
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from groups(command, f"{path} {name}")


TYPED = [
    *(path for path, _ in COMMANDS),
    *groups(collector, "collector"),
    *groups(mockserver, "mockserver"),
]


@pytest.mark.parametrize("path", TYPED)
def test_help_fits_a_terminal_of_80_columns(path: str) -> None:
    """No line is longer (examples go on after a backslash), and none is broken at the hyphen of a
    file's name, a word or an option: it would be read, and copied, as two."""
    program, *rest = path.split()
    main = collector if program == "collector" else mockserver
    told = (
        CliRunner().invoke(main, [*rest, "--help"], prog_name=program, env={"COLUMNS": "80"}).output
    )
    assert told.startswith(f"Usage: {path} ")
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert [line for line in told.splitlines() if re.search(r"\w-$", line)] == []


@pytest.mark.parametrize("path", sorted({" ".join(p.split()[:2]) for p, _ in COMMANDS}))
def test_every_command_is_in_the_readme(path: str) -> None:
    assert f"`{path}" in README or f"\n{path}" in README


def test_an_unknown_option_exits_with_2() -> None:
    result = CliRunner().invoke(collector, ["run", "--no-such-option"])
    assert result.exit_code == 2


@pytest.mark.parametrize(
    "group", [collector, profiles, mockserver], ids=["collector", "profiles", "mockserver"]
)
def test_the_list_of_commands_says_what_the_commands_say(group: LaterGroup) -> None:
    """It is written down, so that ``--help`` loads no command; here it is held against the commands
    themselves."""
    told = group.later
    assert told
    for module in sorted({module for module, _ in told.values()}):
        commands = importlib.import_module(f"{group.package}.{module}").commands
        here = {name: about for name, (where, about) in told.items() if where == module}
        assert here == {one.name: one.get_short_help_str(200) for one in commands}, module


@pytest.mark.parametrize("group", ["", "label", "profiles", "scenarios", "corpus", "dataset"])
def test_the_list_of_commands_says_each_sentence_to_its_end(group: str) -> None:
    """At the width of a small terminal a sentence goes on in the next line; none ends in dots."""
    told = CliRunner().invoke(collector, [*group.split(), "--help"], env={"COLUMNS": "80"}).output
    _, listed = told.split("Commands:")
    assert "..." not in listed
    assert max(map(len, listed.splitlines())) <= 80


def test_a_command_of_a_group_is_loaded_when_it_is_called_for() -> None:
    """Its list and its other commands load no browser's driver; the command itself does."""
    asked = (
        "import sys; from click.testing import CliRunner; from collector.cli import main;"
        " told = CliRunner().invoke(main, ['profiles', '--help']).output;"
        " assert 'Open a profile' in told, told;"
        " print('playwright' in sys.modules);"
        " told = CliRunner().invoke(main, ['profiles', 'open', '--help']).output;"
        " assert '--window' in told, told;"
        " print('playwright' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_the_list_of_commands_loads_none() -> None:
    asked = (
        "import sys; from click.testing import CliRunner; from collector.cli import main;"
        " told = CliRunner().invoke(main, ['--help']).output;"
        " assert 'Carry out SCENARIO' in told, told;"
        " heavy = ('playwright', 'numpy', 'matplotlib', 'pydantic');"
        " print(*(name for name in heavy if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
