"""``--json``: the same words and the same form in every command.

With it, standard output holds one JSON document and nothing else; progress and diagnostics go to
standard error.
"""

from __future__ import annotations

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def emit(data: Any) -> None:
    """Print ``data`` as the command's JSON document."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
