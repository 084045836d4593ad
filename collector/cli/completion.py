"""``collector completion``: the script that teaches a shell this program's words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLES = {"collector": "_COLLECTOR_COMPLETE", "mockserver": "_MOCKSERVER_COMPLETE"}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option(
    "--for",
    "program",
    type=click.Choice(sorted(_VARIABLES)),
    default="collector",
    show_default=True,
    help="The program to complete.",
)
def completion(shell: str, program: str) -> None:
    """Print the script that completes commands, options, scenarios and profiles in SHELL.

    \b
    collector completion bash \\
        > ~/.local/share/bash-completion/completions/collector
    collector completion zsh > "${fpath[1]}/_collector"
    collector completion fish > ~/.config/fish/completions/collector.fish

    Needs bash 4.4 or later, or any zsh or fish.
    """
    found = get_completion_class(shell)
    assert found is not None  # the choice above names shells that click knows
    words = found(click.Group(program), {}, program, _VARIABLES[program])
    click.echo(words.source_template % words.source_vars())


commands: list[click.Command] = [completion]
