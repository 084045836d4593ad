"""A path that the command line refuses, as every other error: the place, what is wrong, the fix.

Click says of an argument that is no file, or one that may not be read, how the command is used;
what the user wants to know is what to do about this path.
"""

from __future__ import annotations

from pathlib import Path

import click

from collector.environment import EnvironmentRefused, leads_nowhere

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
            return EnvironmentRefused(problem, place=f"{_name(error.param)} {path}", fix=fix)
    return None


def _name(parameter: click.Parameter) -> str:
    """As the user writes it: an option by its name, an argument by what the help calls it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(click.Context(click.Command(None)))
