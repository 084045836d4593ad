"""Speed of a run without a browser: watches a second, and what each costs in processor time.

Every puppet follows recommendations and watches them, one after the other; each page is captured,
scrubbed, stored and parsed, each watch leaves its receipt. The bundled mock runs beside it and its
time counts, and stands apart too: it is one process, so no number of processors makes a run shorter
than that. ``make bench`` takes a small size; ``--full`` is 10 arms of 5 twins with 80 watches.

One JSON line is appended to ``docs/bench-results.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import load_scenario
from collector.schedule.display import display_for

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench-results.jsonl"

SCENARIO = """
name: bench
platform: youtube
seed: 1
persona: marie-us
before:
  - visit: {url: home, capture: false}
  - consent: reject
  - search: {query: live music, capture: false}
arms:
"""
ARM = """
  arm-%02d:
    twins: %d
    steps:
      - repeat:
          times: %d
          steps:
            - follow: {random: true, top: %d}
            - watch: 60s
"""


def scenario(arms: int, twins: int, watches: int) -> str:
    """Arms differ in how far down a list their puppets follow."""
    return SCENARIO + "".join(ARM % (arm, twins, watches, 5 + arm) for arm in range(1, arms + 1))


def processor_s() -> float:
    """Processor seconds of this process and of every process that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def mock_watched() -> Iterator[list[float]]:
    """Processor seconds of the bundled mock so far, the newest last, looked at every 0.2 s."""
    seen, ended = [0.0], threading.Event()

    def look() -> None:
        mock: psutil.Process | None = None
        while not ended.wait(0.2):
            try:
                if mock is None:
                    running = psutil.Process().children(recursive=True)
                    mock = next((p for p in running if "mockserver.child" in p.cmdline()), None)
                if mock is not None:
                    used = mock.cpu_times()
                    seen.append(used.user + used.system)
            except psutil.Error:
                continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def measure(arms: int, twins: int, watches: int, workers: int | None) -> dict[str, Any]:
    """One run; seconds are real, ``cpu_ms`` is processor time a watch, the mock's included, and
    ``mock_cpu_ms`` the mock's alone."""
    with tempfile.TemporaryDirectory(prefix="twinwatch-bench-") as folder:
        path = Path(folder, "bench.yaml")
        path.write_text(scenario(arms, twins, watches), "utf-8")
        options = RunOptions(
            out=Path(folder, "run"), driver="http", submit_to="none", workers=workers
        )
        began, used = time.perf_counter(), processor_s()
        with open(os.devnull, "w", encoding="utf-8") as nowhere, mock_watched() as mock:
            result = run_scenario(
                load_scenario(str(path)),
                options,
                display=display_for(Console(file=nowhere)),
                confirm=lambda question: False,
            )
        seconds, used = time.perf_counter() - began, processor_s() - used
        if result.missing or result.exit_code:
            raise SystemExit(f"the run is not whole: {result.missing} steps are missing")
    total = arms * twins * watches
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "browserless",
        "arms": arms,
        "twins": twins,
        "watches": total,
        "captures": result.captures,
        "processors": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "seconds": round(seconds, 1),
        "watches_a_second": round(total / seconds, 2),
        "cpu_ms": round(used / total * 1000, 1),
        "mock_cpu_ms": round(mock[-1] / total * 1000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="10 arms, 5 twins, 80 watches each")
    parser.add_argument("--arms", type=int, default=4)
    parser.add_argument("--twins", type=int, default=2)
    parser.add_argument("--watches", type=int, default=20)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--dry", action="store_true", help="append nothing")
    given = parser.parse_args()
    arms, twins, watches = (10, 5, 80) if given.full else (given.arms, given.twins, given.watches)
    line = measure(arms, twins, watches, given.workers)
    if not given.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    print(
        f"without a browser: {line['watches']} watches in {line['seconds']} s"
        f" ({line['watches_a_second']} a second, {line['cpu_ms']} ms of processor time each,"
        f" {line['mock_cpu_ms']} of them the mock's)"
    )


if __name__ == "__main__":
    main()
