"""The command ``mockserver``: serve a world whose recommender is known.

Standard output carries the URL (or, with ``--json``, one line of JSON) and nothing else; progress
and diagnostics go to standard error. Exit codes: 0 stopped as asked; 2 bad input (an option, a
world file, a port that is taken).
"""

from __future__ import annotations

import sqlite3
import sys
from typing import Any, ClassVar

import click

from collector import __version__
from collector.common.errors import UserError
from collector.environment import refusal_of
from collector.latecommands import Later, LaterGroup
from collector.pathrefused import path_refused


class _Refused(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"error: {self.message}", err=True)


class _Cli(LaterGroup):
    """A group that turns a UserError into one message and exit code 2."""

    later: ClassVar[Later] = {
        "serve": ("servecommand", "Serve the sites and the APIs until interrupted."),
    }
    package = "mockserver"

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.BadParameter as error:
            refused = path_refused(error)
            if refused is None:
                raise
            raise _Refused(str(refused)) from error
        except (UserError, OSError, sqlite3.Error, UnicodeEncodeError, RuntimeError) as error:
            found = refusal_of(error)
            if found is None:
                raise
            raise _Refused(str(found)) from error


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """A mock platform whose recommender is known, and the APIs of the field, over one world.

    \b
    mockserver serve                    all of it, on http://127.0.0.1:8000/
    mockserver serve --port 0 --seed 7  another world on a free port
    """


if __name__ == "__main__":
    sys.exit(main())
