"""See to it that there is a browser: an installed one, else Playwright's, else the system's.

Each step is one line, none can hang, and a second run finds the browser at once. When nothing
helps, the error names the one command that does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector import posix
from collector.browser.errors import BrowserMissing
from collector.browser.find import BrowserBinary, find_browser, fix_command, is_ubuntu
from collector.browser.node import DriverBroken, check_driver, package_of

DOWNLOAD_LIMIT_S = 300.0
PACKAGE_LIMIT_S = 600.0
SUDO_LIMIT_S = 10.0
#: One headless shell of 64 MB, else the full browser.
DEBIAN_PACKAGES = ("chromium-headless-shell", "chromium")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended; ``reason`` is empty when it went well."""

    reason: str = ""

    @property
    def ok(self) -> bool:
        """Return whether the command went well: there is no reason why it did not."""
        return not self.reason


Say = Callable[[str], None]
Run = Callable[[Sequence[str], float], Ran]
Find = Callable[[], BrowserBinary]
Check = Callable[[], None]


def run_command(command: Sequence[str], limit_s: float) -> Ran:
    """Run quietly for at most ``limit_s``; the reason of a failure is its last line."""
    environment = {
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000",
    }
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ran(f"not done within {limit_s:g} s")
    except OSError as error:
        return Ran(error.strerror or str(error))
    if done.returncode == 0:
        return Ran()
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("e:", "error"))]
    return Ran((telling or lines or [f"exit code {done.returncode}"])[-1][:200])


def ensure_browser(
    say: Say,
    *,
    run: Run = run_command,
    find: Find = find_browser,
    check: Check = check_driver,
) -> BrowserBinary:
    """The browser that puppets will use, installed if need be, and a driver that runs.

    Raises :class:`BrowserMissing` or :class:`DriverBroken`.
    """
    _ensure_driver(say, run, check)
    found = _find(find)
    if found is not None:
        say(f"browser: {found}")
        return found
    for step in (_from_playwright, _from_packages):
        step(say, run)
        found = _find(find)
        if found is not None:
            say(f"browser: {found}")
            return found
    raise BrowserMissing("no Chromium could be installed", fix=fix_command())


def _find(find: Find) -> BrowserBinary | None:
    if os.environ.get("TWINWATCH_CHROMIUM"):
        return find()  # a wrong choice is an error, not a reason to install another
    try:
        return find()
    except BrowserMissing:
        return None


def _from_playwright(say: Say, run: Run) -> None:
    say("browser: none installed; playwright install chromium-headless-shell")
    command = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]
    ran = run(command, DOWNLOAD_LIMIT_S)
    if not ran.ok:
        say(f"browser: playwright could not install it ({ran.reason})")


def _ensure_driver(say: Say, run: Run, check: Check) -> None:
    try:
        check()
    except DriverBroken as broken:
        package = package_of(broken.library)
        sudo = _sudo(run)
        if package is None or sudo is None:
            raise
        say(f"driver: it misses {broken.library}; apt-get install {package}")
        _update(say, run, sudo)
        run([*sudo, "apt-get", "install", "-y", "-qq", package], PACKAGE_LIMIT_S)
        check()


def _sudo(run: Run) -> list[str] | None:
    """What to put before a command that needs root; ``None``: not without a password."""
    if posix.is_root():
        return []
    return ["sudo", "-n"] if run(["sudo", "-n", "true"], SUDO_LIMIT_S).ok else None


def _update(say: Say, run: Run, sudo: list[str]) -> None:
    say("system: apt-get update")
    updated = run([*sudo, "apt-get", "update", "-qq"], PACKAGE_LIMIT_S)
    if not updated.ok:
        say(f"system: apt-get update failed ({updated.reason})")


def _from_packages(say: Say, run: Run) -> None:
    if shutil.which("apt-get") is None:
        say("browser: no apt-get on this machine, so no package of the system was tried")
        return
    if is_ubuntu():
        say("browser: Ubuntu's chromium package only points to a snap, which was not tried")
        return
    sudo = _sudo(run)
    if sudo is None:
        say("browser: packages need root, and sudo asks for a password")
        return
    _update(say, run, sudo)
    for package in DEBIAN_PACKAGES:
        say(f"browser: apt-get install {package}")
        install = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        ran = run(install, PACKAGE_LIMIT_S)
        if ran.ok:
            return
        say(f"browser: apt-get could not install {package} ({ran.reason})")
