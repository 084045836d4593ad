"""A killed run in a folder that cannot be written: its last commits lie in SQLite's log.

SQLite reads a log only with a file of its own beside it, which cannot be made there. So the
database and its log are copied to a private folder, and everything else is linked beside them.
Nobody writes such a run: whoever does has made that file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.contract.layout import RunDir


@contextmanager
def readable(root: Path) -> Iterator[Path]:
    """A folder from which the run can be read while the block runs: mostly its own."""
    store = RunDir(root).store
    if not needs_shadow(store):
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="twinwatch-view-") as name:
        shadow = Path(name)
        for entry in root.resolve().iterdir():
            if entry.name in (store.name, f"{store.name}-wal"):
                shutil.copyfile(entry, shadow / entry.name)
            else:
                (shadow / entry.name).symlink_to(entry)
        yield shadow


def needs_shadow(store: Path) -> bool:
    """Commits are pending in the log, and SQLite can neither use nor make the file it needs."""
    log = store.with_name(f"{store.name}-wal")
    return (
        store.is_file()
        and not os.access(store.parent, os.W_OK)
        and log.exists()
        and log.stat().st_size > 0
        and not store.with_name(f"{store.name}-shm").exists()
    )
