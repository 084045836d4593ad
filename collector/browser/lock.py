"""One browser a profile: a lock of our own, because a headless shell takes none.

Two browsers on one profile start silently and corrupt it. The lock is an ``flock`` on a file beside
the profile, so it goes when its holder dies, however it dies; the holder's pid inside is for
people. A browser that outlives its killed parent for a moment is waited for.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from collector.browser.errors import ProfileLocked
from collector.common.errors import UserError
from collector.environment import refusals
from collector.files import private_handle
from collector.posix import lock

ORPHAN_LIMIT_S = 5.0


def lock_path(state_dir: Path) -> Path:
    """The lock file of a browser's state, beside its folder."""
    return state_dir.parent / f".{state_dir.name}.lock"


class ProfileLock:
    """Hold it while the browser of ``state_dir`` is open. Raises :class:`ProfileLocked`."""

    def __init__(self, state_dir: Path, *, browser: bool = True) -> None:
        """:param browser: False for a state that no browser ever has open: none can be left of
        one, and the machine's processes are not looked through."""
        self.state_dir = state_dir
        self._browser = browser
        self.path = lock_path(state_dir)
        self._fd: int | None = None

    def acquire(self) -> Self:
        """Take the lock, once a browser that a killed process left on the profile has ended.

        :raises ProfileLocked: another process has it, or that browser does not end.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = private_handle(self.path, os.O_RDWR)
        try:
            with refusals(self.path):
                free = lock(fd)
        except UserError:
            os.close(fd)
            raise
        if not free:
            pid = _pid_in(fd)
            os.close(fd)
            raise self._refusal(pid)
        try:
            self._wait_for_orphan()
        except ProfileLocked:
            os.close(fd)
            raise
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return self

    def release(self) -> None:
        """Give the profile back; harmless when it is not held. The file stays, so no race."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _refusal(self, pid: int | None) -> ProfileLocked:
        who = f"process {pid}" if pid else "another process"
        return ProfileLocked(
            f"the profile is in use by {who}",
            pid=pid,
            place=str(self.state_dir),
            fix=f"wait for {who} to end, or end it; a lock left by a dead process frees itself",
        )

    def _wait_for_orphan(self) -> None:
        """Let a browser whose parent was killed finish dying; it has the profile's files open."""
        if not self._browser or not self.state_dir.exists():
            return
        orphans = browsers_on(self.state_dir)
        _, alive = psutil.wait_procs(orphans, timeout=ORPHAN_LIMIT_S)
        if alive:
            raise self._refusal(alive[0].pid)


def browsers_on(state_dir: Path) -> list[psutil.Process]:
    """Main browser processes that run on this very profile; a wrapper script around one is not."""
    wanted = f"--user-data-dir={state_dir.resolve()}"
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if wanted in line and not any(word.startswith("--type=") for word in line):
            found[process.pid] = process
    wrappers = set()
    for process in found.values():
        with suppress(psutil.Error):  # it has just ended
            wrappers.add(process.ppid())
    return [process for pid, process in found.items() if pid not in wrappers]


def _pid_in(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else None
