"""What can go wrong with a dataset, one class a cause; each names the place and the fix."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.common.errors import UserError


class BadSize(UserError):
    """A number of rows that is not a size of a dataset."""


class TargetTaken(UserError):
    """The folder to write holds something already."""


class NotSimulated(UserError):
    """The scenario asks for what a simulation cannot give."""


class DiskFull(UserError):
    """No room for another byte; nothing half-written stays."""


class NoDataset(UserError):
    """There is no dataset where one was expected."""


@contextmanager
def full_disk(place: Path) -> Iterator[None]:
    """Turns the system's "no space left" into the user's error."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            "the disk is full",
            place=str(place),
            fix="free some space, ask for fewer --rows or fewer --format, and try again;"
            " nothing half-written was left",
        ) from error
