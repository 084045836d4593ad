"""Every command takes what its options give it: a shared option that one forgets is a traceback."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
import pytest

from collector.cli import main as collector
from mockserver.cli import main as mockserver


def commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, with its path."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, f"{path} {name}")
    yield path, group


EVERY = [*commands(collector, "collector"), *commands(mockserver, "mockserver")]


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path for path, _ in EVERY])
def test_its_function_has_an_argument_for_each_option(path: str, command: click.Command) -> None:
    if command.callback is None:
        return
    signature = inspect.signature(command.callback)
    given = {one.name: None for one in command.params if one.expose_value and one.name}
    taken = [name for name in signature.parameters if name not in given]
    # A context or an object of the group's own comes first.
    context = [None] if taken and next(iter(signature.parameters)) == taken[0] else []
    signature.bind(*context, **given)
