"""Find a Chromium that Playwright can drive: the one named, one installed, one downloaded before.

A headless shell starts three times faster and takes half the memory of a full Chromium, so it is
preferred unless a visible window is asked for. Every candidate must answer ``--version`` in bounded
time: on Ubuntu ``chromium-browser`` may be a stub that only prints how to install a snap.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from collector import posix
from collector.browser.errors import BrowserMissing

#: Names the browser to use, before all others.
ENVIRONMENT = "TWINWATCH_CHROMIUM"
VERSION_LIMIT_S = 10.0
_VERSION = re.compile(r"\b(\d+\.\d+\.\d+\.\d+)\b")


class BrowserKind(StrEnum):
    """Which Chromium it is: without a window for good, or with one."""

    HEADLESS_SHELL = "headless-shell"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class BrowserBinary:
    """A browser that answered. ``version`` is its four-part number."""

    path: Path
    kind: BrowserKind
    version: str

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}, {self.version})"


_SHELL_NAMES = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell")
#: The binaries behind Debian's wrapper scripts start faster and add no flags of their own.
_SHELL_PATHS = ("/usr/lib/chromium/chromium-headless-shell",)
_FULL_PATHS = (
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/chromium-browser",
)
_FULL_NAMES = (
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge-stable",
)
_MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def kind_of(path: Path) -> BrowserKind:
    """By its file name, the only sign there is before it runs."""
    name = path.name.lower().replace("_", "-")
    return BrowserKind.HEADLESS_SHELL if "headless-shell" in name else BrowserKind.FULL


def playwright_folder() -> Path:
    """Where ``playwright install`` puts its browsers."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if named and named != "0":
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def _downloaded() -> Iterator[Path]:
    """Playwright's own browsers, newest revision first."""
    try:
        folder = playwright_folder()
    except RuntimeError:
        return  # who has no home has downloaded none into it
    patterns = (
        "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
        "chromium_headless_shell-*/chrome-*/headless_shell",
        "chromium-*/chrome-*/chrome",
        "chromium-*/chrome-*/Chromium.app/Contents/MacOS/Chromium",
    )
    for pattern in patterns:
        yield from sorted(folder.glob(pattern), key=_revision, reverse=True)


def _revision(path: Path) -> int:
    """The number in ``chromium-1255/chrome-linux64/chrome``."""
    for part in path.parts:
        if match := re.fullmatch(r"chromium(?:_headless_shell)?-(\d+)", part):
            return int(match[1])
    return 0


def candidates(prefer: BrowserKind | None = None) -> list[Path]:
    """Every browser file on this machine, in the order of trial; duplicates left out."""
    found: list[Path] = []
    for name in (*_SHELL_PATHS, *_SHELL_NAMES, *_FULL_PATHS, *_FULL_NAMES, *_MAC_PATHS):
        hit = name if name.startswith("/") else shutil.which(name)
        if hit and os.access(hit, os.X_OK) and Path(hit).is_file():
            found.append(Path(hit))
    found.extend(path for path in _downloaded() if os.access(path, os.X_OK))
    wanted = prefer or BrowserKind.HEADLESS_SHELL
    found.sort(key=lambda path: kind_of(path) is not wanted)  # stable within a kind
    return list(dict.fromkeys(found))


def probe(path: Path) -> BrowserBinary | None:
    """Ask ``path`` for its version; ``None`` when it does not answer like a Chromium."""
    try:
        answer = subprocess.run(
            [str(path), "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_LIMIT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(answer.stdout)
    if answer.returncode != 0 or match is None:
        return None
    return BrowserBinary(path, kind_of(path), match[1])


def find_browser(prefer: BrowserKind | str | None = None, *, headed: bool = False) -> BrowserBinary:
    """The browser to drive.

    ``prefer`` puts one kind first; ``headed`` accepts only a full browser (a headless shell has no
    window). Raises :class:`BrowserMissing` with the command that fixes it.
    """
    wanted = BrowserKind.FULL if headed else BrowserKind(prefer) if prefer else None
    named = os.environ.get(ENVIRONMENT)
    if named:
        path = Path(shutil.which(named) or named)
        binary = probe(path) if path.is_file() else None
        if binary is None:
            raise BrowserMissing(
                f"{named} is not a Chromium that answers --version",
                place=f"environment variable {ENVIRONMENT}",
                fix=f"unset {ENVIRONMENT}, or set it to the path of a Chromium or Chrome",
            )
        if headed and binary.kind is not BrowserKind.FULL:
            raise BrowserMissing(
                f"{named} is a headless shell and has no window",
                place=f"environment variable {ENVIRONMENT}",
                fix="run without --headed, or name a full Chromium",
            )
        return binary
    for path in candidates(wanted):
        if headed and kind_of(path) is not BrowserKind.FULL:
            continue
        binary = probe(path)
        if binary is not None:
            return binary
    raise BrowserMissing(
        "no full Chromium with a window was found" if headed else "no Chromium was found",
        fix=fix_command(headed=headed),
    )


def check_display() -> None:
    """A window needs a display. Raises :class:`BrowserMissing` on a Linux session without one."""
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise BrowserMissing(
            "this session has no display for a browser's window",
            place="--headed",
            fix="leave --headed out, or put xvfb-run -a before the command",
        )


def fix_command(*, headed: bool = False) -> str:
    """The one command that gets a browser on this kind of machine."""
    sudo = "" if posix.is_root() else "sudo "
    if shutil.which("apt-get") and not is_ubuntu():
        package = "chromium" if headed else "chromium-headless-shell"
        return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {package}"
    name = "chromium" if headed else "chromium-headless-shell"
    return f"{sys.executable} -m playwright install --with-deps {name}"


def is_ubuntu() -> bool:
    """Ubuntu's chromium packages are stubs for a snap, which cannot use a profile of ours."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return False
    return re.search(r"^ID=\"?ubuntu\"?$", text, re.MULTILINE) is not None
