"""The drivers by their names; each is loaded when it is first asked for.

A run without a browser never loads Playwright, and one with a browser never the other.
"""

from __future__ import annotations

from pkgutil import resolve_name

from collector.common.errors import UserError
from collector.drivers.base import CHROMIUM, DRIVERS, HTTP, Driver, Means

_CLASSES = {
    CHROMIUM: "collector.drivers.chromium:Chromium",
    HTTP: "collector.drivers.browserless:Http",
}


def driver_of(name: str) -> Driver:
    """The driver of a name (of :data:`DRIVERS`). Raises UserError when there is none."""
    if name not in _CLASSES:
        raise UserError(
            f"{name!r} is not a driver", place="--driver", fix=f"use {' or '.join(DRIVERS)}"
        )
    found: Driver = resolve_name(_CLASSES[name])()
    return found


def means_of(driver: str, *, headed: bool, real: bool = False) -> Means:
    """What a driver needs of this machine, before anything is opened or written.

    :param real: for a site beyond this machine, where a full Chromium is preferred: it looks the
        same to a page as a person's in more things; see docs/real-server.md.
    :raises UserError: it is not there, or there is no such driver.
    """
    return driver_of(driver).means(headed=headed, real=real)
