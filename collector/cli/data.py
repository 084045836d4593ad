"""Commands of this room are listed in ``commands``."""

from __future__ import annotations

import click

commands: list[click.Command] = []
