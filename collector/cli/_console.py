"""Where tables go: standard output, as wide as the terminal, or wide enough for all when piped."""

from __future__ import annotations

import sys

from rich.console import Console

#: Columns of a table that is piped to a file or another program.
PIPED = 200


def console() -> Console:
    """A console on standard output; nothing is cut off when nobody looks at it."""
    out = sys.stdout
    return Console(file=out, highlight=False, width=None if out.isatty() else PIPED)
