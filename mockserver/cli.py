"""The command ``mockserver``: serve a world whose recommender is known.

Standard output carries the URL (or, with ``--json``, one line of JSON) and nothing else; progress
and diagnostics go to standard error. Exit codes: 0 stopped as asked; 2 bad input (an option, a
world file, a port that is taken).
"""

from __future__ import annotations

import sys
from typing import ClassVar

import click

from collector import __version__
from collector.latecommands import Later
from collector.pathrefused import RefusingGroup


class _Cli(RefusingGroup):
    """A group that turns a UserError into one message and exit code 2."""

    later: ClassVar[Later] = {
        "serve": ("servecommand", "Serve the sites and the APIs until interrupted."),
    }
    package = "mockserver"


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
