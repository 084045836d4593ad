"""The command ``collector``: thin commands over the rooms below.

Standard output is data, standard error is talk. Exit codes: 0 done; 1 the work was done but
something is missing or failed (a cell, a submission, a check); 2 bad input or environment; 130
interrupted.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from typing import Any

import click

from collector import __version__
from collector.environment import refusal_of
from collector.errors import UserError

#: Modules below this package, each with a function or list of click commands named ``commands``.
_MODULES = (
    "run",
    "replay",
    "status",
    "plan",
    "power",
    "calibrate",
    "profiles",
    "scenarios",
    "browser",
    "data",
    "dataset",
    "importing",
    "ledger",
    "reparse",
    "corpus",
    "report",
    "verify",
    "completion",
)


class _Cli(click.Group):
    """A group that turns what the user or the machine did wrong into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            raise SystemExit(130) from None
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


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
def main() -> None:
    """Audit a recommender with sock puppets: plan, run, submit, report.

    \b
    collector scenarios                     what can be run
    collector run quick --out runs/quick    run it on the bundled mock
    collector status runs/quick             how far it is
    collector report runs/quick             write the HTML report

    Standard output is the result, standard error is talk. Exit codes: 0 done; 1 done, but
    something is missing or differs; 2 bad input or environment; 130 interrupted.
    """


for _name in _MODULES:
    for _command in importlib.import_module(f"{__name__}.{_name}").commands:
        main.add_command(_command)

if __name__ == "__main__":
    sys.exit(main())
