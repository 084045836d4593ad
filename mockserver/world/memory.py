"""What a site remembers of a visitor, as plain data that can be given to another visitor.

Protects a mock from data that is none: what is taken in is checked whole before anything changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager


class NoMemory(ValueError):
    """Data that is not what a viewer's ``memory`` tells."""


@contextmanager
def checked() -> Iterator[None]:
    """Whatever is wrong with plain data that is read in this block is :class:`NoMemory`."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NoMemory(f"not the memory of a visitor: {error!r}") from error


def answer(choice: object) -> str | None:
    """An answer to the consent dialog, if there was one."""
    if choice is None or choice in ("accept", "reject"):
        return None if choice is None else str(choice)
    raise ValueError(f"{choice!r} is not an answer")


def finite(number: object) -> float:
    """A number of at least 0."""
    if isinstance(number, (int, float)) and math.isfinite(number) and number >= 0:
        return float(number)
    raise ValueError(f"{number!r} is not a number")
