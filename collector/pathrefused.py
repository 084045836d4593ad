"""What a command line refuses: the place, what is wrong, the fix, in one sentence and exit code 2.

Protects the rule that a traceback is a defect of the program, in both programs and from the first
argument on: what is asked for with ``--help`` cannot always be written either.

Click says of an argument that is no file, or one that may not be read, how the command is used;
what the user wants to know is what to do about this path.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from collector.addresses import shown
from collector.common.errors import UserError
from collector.environment import EnvironmentRefused, leads_nowhere, refusal_of
from collector.files import keep_for_owner
from collector.latecommands import LaterGroup

_T = TypeVar("_T")

#: How click's sentence ends → what is wrong, and the fix.
_WORDS = {
    "does not exist.": ("there is nothing of this name", "check the path"),
    "is a file.": ("this is a file, not a folder", "name a folder"),
    "is a directory.": ("this is a folder, not a file", "name a file"),
    "is not readable.": (
        "permission denied",
        "change who may read it, or take a copy that you may read",
    ),
}


def path_refused(error: click.BadParameter) -> EnvironmentRefused | None:
    """What ``error`` says of a path; ``None``: it is about something else.

    >>> error = click.BadParameter("File 'x' does not exist.", param=None)
    >>> path_refused(error) is None
    True
    """
    if error.param is None or not isinstance(error.param.type, click.Path):
        return None
    for end, (problem, fix) in _WORDS.items():
        if error.message.endswith(end):
            path = Path(error.message.removesuffix(end).partition(" ")[2].strip()[1:-1])
            if end == "does not exist." and leads_nowhere(path):
                problem, fix = "this is a link that leads nowhere", "name the file itself"
            return EnvironmentRefused(
                problem, place=f"{_name(error.param)} {_shown(str(path))}", fix=fix
            )
    return None


def _shown(path: str) -> str:
    """A path as it was given; of what begins like an address with a login, nothing of the login."""
    before, at, _ = path.partition("@")
    return shown(path) if at and ":" in before.partition("/")[0] else path


def _name(parameter: click.Parameter) -> str:
    """As the user writes it: an option by its name, an argument by what the help calls it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(click.Context(click.Command(None)))


class NumberIn(click.FloatRange):
    """A number of a range. Click lets ``nan`` through, which is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number. Raises BadParameter."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


class RefusingGroup(LaterGroup):
    """A group of commands that turns what the user or the machine did wrong into one message."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Return the context of a call; ``--help`` and ``--version`` print here."""
        return _refusing(lambda: super(RefusingGroup, self).make_context(*args, **kwargs))

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out a call, with files that stay their owner's whatever the umask."""
        keep_for_owner()
        return _refusing(lambda: super(RefusingGroup, self).invoke(ctx))


def _refusing(call: Callable[[], _T]) -> _T:
    try:
        return call()
    except click.BadParameter as error:
        refused = path_refused(error)
        if refused is None:
            raise
        raise _Refused(refused) from error
    except (UserError, OSError, sqlite3.Error, UnicodeEncodeError, RuntimeError) as error:
        found = refusal_of(error)
        if found is None:
            raise
        raise _Refused(found) from error


class _Refused(click.ClickException):
    def __init__(self, error: UserError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        click.echo(f"error: {self.message}", err=True)
