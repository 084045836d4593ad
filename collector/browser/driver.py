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

import psutil
from playwright.sync_api import Playwright, sync_playwright

_PREFIX = "twinwatch-"
_local = threading.local()


def sweep(root: Path | None = None) -> list[Path]:
    """Remove our temporary folders whose process is dead; returns what was removed."""
    root = root or Path(tempfile.gettempdir())
    swept = []
    for folder in root.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            ours = folder.is_dir() and folder.stat().st_uid == os.getuid()
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
    users = getattr(_local, "users", 0)
    if users == 0:
        sweep()
        _local.folder = make_folder()
        _local.manager = sync_playwright()
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(_local.folder)  # read by the driver once, when it is spawned
        try:
            _local.playwright = _local.manager.start()
        except BaseException:
            shutil.rmtree(_local.folder, ignore_errors=True)
            raise
        finally:
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before
    _local.users = users + 1
    try:
        yield _local.playwright
    finally:
        _local.users -= 1
        if _local.users == 0:
            try:
                _local.playwright.stop()
            finally:
                shutil.rmtree(_local.folder, ignore_errors=True)
