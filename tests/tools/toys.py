"""The collector beside a package of somebody else, which is found by its entry points alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def collector_beside(toy: Path | None, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``collector`` in a process of its own that has the package's folder on its path.

    :param toy: without one nothing is beside it.
    """
    path = os.pathsep.join(filter(None, [str(toy or ""), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-m", "collector.start", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
