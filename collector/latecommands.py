"""Commands whose module is loaded when they are called for: how the command line starts at once.

What a command needs stands at the top of its own module, and its module is found by its name when
the command is called for. Both command lines, ``collector`` and ``mockserver``, are such groups.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from typing import ClassVar, TypeAlias, TypeVar

import click

#: Name of a command → module of the group's package, with a list of click commands named
#: ``commands``; first line of its help.
Later: TypeAlias = Mapping[str, tuple[str, str]]

#: Characters of a command's sentence in the list: more than any has, so that none is cut off.
_WHOLE = 200


#: Stands for a hyphen within a word while lines are broken: no line is broken at it.
_KEPT = "\N{NON-BREAKING HYPHEN}"
_WITHIN = re.compile(r"(?<=\S)-(?=\S)")
_Loaded = TypeVar("_Loaded", bound=click.Command | None)


class WholeWords(click.HelpFormatter):
    """Help in which a file's name, a word or an option is never broken at its hyphen."""

    def write_text(self, text: str) -> None:
        """Write a paragraph, broken at spaces alone."""
        super().write_text(_WITHIN.sub(_KEPT, text))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a table of two columns (at most ``col_max`` characters in the first), the second
        broken at spaces alone."""
        kept = [(name, _WITHIN.sub(_KEPT, about)) for name, about in rows]
        super().write_dl(kept, col_max, col_spacing)

    def getvalue(self) -> str:
        """All that was written, with its hyphens."""
        return super().getvalue().replace(_KEPT, "-")


class _Context(click.Context):
    formatter_class = WholeWords


def _in_whole_words(command: _Loaded) -> _Loaded:
    """The command, whose help is written by ``WholeWords``."""
    if command is not None:
        command.context_class = _Context
    return command


class ListedGroup(click.Group):
    """A group whose list of commands says the sentence of each to its end."""

    context_class = _Context

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; ``None`` where there is none."""
        return _in_whole_words(super().get_command(ctx, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; a sentence that is too long goes on in the next line."""
        told = self._listed(ctx)
        with formatter.section("Commands"):
            formatter.write_dl([(name, told[name].get_short_help_str(_WHOLE)) for name in told])

    def _listed(self, ctx: click.Context) -> dict[str, click.Command]:
        """The commands by name, in the order of the list."""
        return {name: self.commands[name] for name in self.list_commands(ctx)}


class LaterGroup(ListedGroup):
    """A group that loads a command when it is called for; the list of its commands loads none."""

    later: ClassVar[Later] = {}
    package: ClassVar[str] = "collector.cli"
    """Where the modules of ``later`` are."""

    @property
    def commands(self) -> dict[str, click.Command]:
        """All of them by name, loaded."""
        self._load(module for module, _ in self.later.values())
        return self._loaded

    @commands.setter
    def commands(self, given: Mapping[str, click.Command]) -> None:
        """Take commands that are loaded already, by name."""
        self._loaded = dict(given)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Take a command that is loaded already, under its own name or another."""
        self._loaded[name or cmd.name or ""] = cmd

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the alphabet."""
        return sorted({*self.later, *self._loaded})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, loaded; ``None`` where there is none."""
        if cmd_name in self.later:
            self._load([self.later[cmd_name][0]])
        return _in_whole_words(self._loaded.get(cmd_name))

    def _listed(self, ctx: click.Context) -> dict[str, click.Command]:
        """The commands by name, those that are not loaded by their sentence alone."""
        told = {name: click.Command(name, help=about) for name, (_, about) in self.later.items()}
        return {name: told.get(name) or self._loaded[name] for name in self.list_commands(ctx)}

    def _load(self, modules: Iterable[str]) -> None:
        for name in modules:
            for command in importlib.import_module(f"{self.package}.{name}").commands:
                self._loaded[command.name] = command
