"""The verdicts of the report with the captures behind them, computed once a state of the store."""

from __future__ import annotations

import threading
from pathlib import Path

from collector.analysis.behind import Behind, behind
from collector.analysis.judging import judge
from collector.analysis.load import load_run
from collector.contract.layout import RunDir

State = tuple[tuple[int, int], ...]


class Numbers:
    """The verdicts of the run in ``root``, as its report has them now."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._state: State | None = None
        self._found: tuple[Behind, ...] = ()

    def found(self) -> tuple[Behind, ...]:
        """Return every verdict with its puppets' captures; seconds of work for a large run.

        :raises UserError: there is no run, or its labels cannot be read.
        """
        with self._lock:
            state = self._now()
            if state != self._state:
                self._found, self._state = behind(judge(load_run(self.root))), state
            return self._found

    def _now(self) -> State:
        """Length and last change of the store and of its log."""
        store = RunDir(self.root).store
        files = (store, store.with_name(f"{store.name}-wal"))
        there = [path.stat() for path in files if path.exists()]
        return tuple((one.st_mtime_ns, one.st_size) for one in there)
