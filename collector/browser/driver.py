"""Playwright's driver process: started once a thread, shared by its puppets, gone with the last.

Its temporary files go into a folder of this process, because a killed run leaves them behind; the
folders of dead processes are swept at the next start.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from collector import posix

if TYPE_CHECKING:
    from playwright.sync_api import Playwright, PlaywrightContextManager

_PREFIX = "twinwatch-"
STOP_LIMIT_S = 15.0
_local = threading.local()
#: One start at a time: it reads the environment, and its child has to be told from others.
_starting = threading.Lock()


def sweep(root: Path | None = None) -> list[Path]:
    """Remove our temporary folders whose process is dead; returns what was removed."""
    root = root or Path(tempfile.gettempdir())
    swept = []
    for folder in root.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            ours = folder.is_dir() and folder.stat().st_uid == posix.user_id()
        except OSError:
            continue
        if ours and pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
    return swept


def make_folder() -> Path:
    """A private folder for the temporary files of one browser or driver of this process."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


@contextlib.contextmanager
def driver() -> Iterator[Playwright]:
    """The Playwright of this thread, started if need be, stopped when its last user leaves."""
    # Heavy: for those who start one.
    from playwright.sync_api import sync_playwright

    users = getattr(_local, "users", 0)
    if users == 0:
        sweep()
        _local.folder = make_folder()
        _local.manager = sync_playwright()
        try:
            with _starting:
                _local.playwright, _local.process = _start(_local.manager, _local.folder)
        except BaseException:
            shutil.rmtree(_local.folder, ignore_errors=True)
            raise
    _local.users = users + 1
    try:
        yield _local.playwright
    finally:
        _local.users -= 1
        if _local.users == 0:
            try:
                _stop(_local.playwright, _local.process)
            finally:
                shutil.rmtree(_local.folder, ignore_errors=True)


def _start(
    manager: PlaywrightContextManager, folder: Path
) -> tuple[Playwright, psutil.Process | None]:
    """Playwright and its process, whose temporary files go to ``folder``."""
    known = {child.pid for child in psutil.Process().children()}
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)  # read by the driver once, when it is spawned
    try:
        playwright = manager.start()
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if child.pid not in known and "run-driver" in child.cmdline():
                return playwright, child
    return playwright, None


def _stop(playwright: Playwright, process: psutil.Process | None) -> None:
    """End the driver; one that does not answer is killed."""
    if process is None:
        playwright.stop()
        return

    def kill() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()

    late = threading.Timer(STOP_LIMIT_S, kill)
    late.daemon = True
    late.start()
    try:
        playwright.stop()
    finally:
        late.cancel()
