"""``collector power``: what a design could find, before it is run."""

from __future__ import annotations

import click

from collector.common.errors import UserError


def twins_of(text: str) -> list[int]:
    """``5,8`` or ``3..14``. Raises UserError."""
    try:
        first, dots, last = text.partition("..")
        if dots:
            found = list(range(int(first), int(last) + 1))
        else:
            found = [int(each) for each in text.split(",")]
        if not found or not all(2 <= each <= 200 for each in found):
            raise ValueError("twins are 2 to 200")
    except ValueError as error:
        raise UserError(
            f"{text!r} is no number of twins: {error}", place="--twins", fix="--twins 5,8 or 3..14"
        ) from error
    return found


commands: list[click.Command] = []
