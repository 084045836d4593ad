"""What this machine has for running puppets, measured: one puppet is really started.

For anything missing the report names the exact command that fixes it.
"""

from __future__ import annotations

import contextlib
import http.server
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from collector.browser.errors import BrowserError, BrowserMissing
from collector.browser.find import BrowserBinary, find_browser, fix_command
from collector.browser.node import DriverBroken, check_driver
from collector.browser.options import BrowserOptions
from collector.browser.puppet import open_puppet

LEAST_PYTHON = (3, 11)
#: Of the free memory, what puppets may take.
MEMORY_SHARE = 0.7
LEAST_DISK_MB = 500
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not as it must be, and the command that mends it."""

    what: str
    fix: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Puppet:
    """One puppet as measured: memory in MB (shared pages counted in proportion), times in s."""

    browser_mb: float
    driver_mb: float
    start_s: float

    @property
    def total_mb(self) -> float:
        """Each puppet runs in a process of its own, with a driver of its own."""
        return self.browser_mb + self.driver_mb


@dataclass(frozen=True, slots=True)
class Health:
    """The doctor's findings. ``ok``: a puppet can start."""

    python: str
    playwright: str | None
    browser: BrowserBinary | None
    puppet: Puppet | None
    free_memory_mb: int
    free_disk_mb: int
    cores: int
    missing: list[Missing] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Return whether a puppet was started and nothing that is missing is fatal."""
        return self.puppet is not None and not any(each.fatal for each in self.missing)

    @property
    def suggested_puppets(self) -> int:
        """As many at once as there are cores and memory for: one active puppet fills a core."""
        if self.puppet is None:
            return 0
        room = int(self.free_memory_mb * MEMORY_SHARE / max(self.puppet.total_mb, 1))
        return max(1, min(self.cores, room))

    def to_json(self) -> dict[str, Any]:
        """Return the findings with ``ok`` and ``suggested_puppets``, JSON-ready; sizes in MB."""
        found = asdict(self)
        if self.browser is not None:
            found["browser"]["path"] = str(self.browser.path)
        if self.puppet is not None:
            found["puppet"]["total_mb"] = self.puppet.total_mb
        return {**found, "ok": self.ok, "suggested_puppets": self.suggested_puppets}


def examine(*, headed: bool = False) -> Health:
    """Look at everything; never raises for what is missing."""
    missing: list[Missing] = []
    if sys.version_info < LEAST_PYTHON:
        missing.append(
            Missing(f"Python {platform.python_version()} is too old", "make PYTHON=python3.12")
        )
    playwright = _installed("playwright")
    if playwright is None:
        missing.append(
            Missing("Playwright is not installed", f"{sys.executable} -m pip install playwright")
        )
    browser, puppet = None, None
    try:
        browser = find_browser(headed=headed)
    except BrowserMissing as error:
        missing.append(Missing(error.problem, error.fix))
    disk_mb = shutil.disk_usage(tempfile.gettempdir()).free // _MB
    if disk_mb < LEAST_DISK_MB:
        missing.append(
            Missing(
                f"only {disk_mb} MB are free in {tempfile.gettempdir()}",
                "set TMPDIR to a folder on a bigger disk",
                fatal=False,
            )
        )
    if browser is not None and playwright is not None:
        try:
            check_driver()
            puppet = measure(browser, headed=headed)
        except DriverBroken as error:
            missing.append(Missing(error.problem, error.fix))
        except BrowserError as error:
            missing.append(Missing(str(error), fix_command(headed=headed)))
    return Health(
        python=platform.python_version(),
        playwright=playwright,
        browser=browser,
        puppet=puppet,
        free_memory_mb=psutil.virtual_memory().available // _MB,
        free_disk_mb=disk_mb,
        cores=_cores(),
        missing=missing,
    )


def measure(binary: BrowserBinary, *, headed: bool = False) -> Puppet:
    """Start a puppet on a page of this machine and weigh it. Raises :class:`BrowserError`."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with tempfile.TemporaryDirectory(prefix="twinwatch-doctor") as folder, _local_page() as url:
        began = time.monotonic()
        with open_puppet(
            state_dir=Path(folder) / "state",
            persona=_Anyone(),
            binary=binary,
            options=BrowserOptions(headed=headed),
        ) as puppet:
            puppet.goto(url)
            start_s = time.monotonic() - began
            new = [
                process
                for process in psutil.Process().children(recursive=True)
                if process.pid not in before
            ]
            weights = {process.pid: _weight_mb(process) for process in new}
            driver_mb = weights.pop(puppet.driver_pid or -1, 0.0)
            return Puppet(round(sum(weights.values()), 1), round(driver_mb, 1), round(start_s, 2))


@dataclass(frozen=True)
class _Anyone:
    locale: str = "en-US"
    timezone: str = "UTC"
    geolocation: tuple[float, float] | None = None
    viewport: tuple[int, int] = (1280, 800)
    user_agent: str | None = None
    color_scheme: str = "light"


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!DOCTYPE html><title>doctor</title><p>A puppet was here."
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Standard error is for the doctor's own words."""


@contextlib.contextmanager
def _local_page() -> Iterator[str]:
    """A page on a free port of this machine, while the block runs; gives its URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _weight_mb(process: psutil.Process) -> float:
    """Memory of a process: its own and its part of what it shares, where the system says."""
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0.0
    weight: int = getattr(full, "pss", 0) or getattr(full, "uss", 0) or full.rss
    return weight / _MB


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
