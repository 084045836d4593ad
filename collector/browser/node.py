"""Playwright's driver is a program of its own (Node); a minimal system may lack what it links to.

Without this check the first sign of it would be a connection that closes without a word in the
middle of a run.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from playwright._impl._driver import compute_driver_executable

from collector import posix
from collector.common.errors import UserError

LIMIT_S = 20.0
#: Debian's package of a library that the driver links to.
PACKAGES = {"libatomic.so.1": "libatomic1", "libstdc++.so.6": "libstdc++6"}


class DriverBroken(UserError):
    """Playwright's driver does not start; ``library`` is what it misses, if that is the cause."""

    def __init__(self, reason: str, library: str = "") -> None:
        self.library = library
        super().__init__(f"Playwright's driver does not start: {reason}", fix=fix_command(library))


def package_of(library: str) -> str | None:
    """The system's package that has ``library``, where there is apt."""
    return PACKAGES.get(library) if shutil.which("apt-get") else None


def fix_command(library: str) -> str:
    """The one command that mends a driver without ``library``."""
    package = package_of(library)
    sudo = "" if posix.is_root() else "sudo "
    if package:
        return f"{sudo}apt-get update && {sudo}apt-get install -y {package}"
    if library:
        return f"install the system's package that has {library}"
    return "set PLAYWRIGHT_NODEJS_PATH to a Node of version 20 or newer"


def check_driver() -> None:
    """Raises :class:`DriverBroken` when Playwright's driver cannot run here (takes some 30 ms)."""
    node = str(compute_driver_executable()[0])
    try:
        done = subprocess.run(
            [node, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DriverBroken(str(error)) from error
    if done.returncode:
        missing = re.search(r"(lib\S+?\.so\S*): cannot open", done.stderr)
        library = missing[1] if missing else ""
        words = f"it misses {library}" if library else (done.stderr.strip() or "no reason given")
        raise DriverBroken(words[-200:], library)
