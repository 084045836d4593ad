"""How fast a dataset is written, and in how much memory.

``python tests/bench/dataset.py`` writes a million impressions in all four formats, checks them, and
appends one JSON line to ``docs/bench-results.jsonl``. Memory is the proportional set size of the
process and all its children together, sampled: what they share counts once. Beside the time on the
clock stand the processor seconds, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench-results.jsonl"
EVERY_S = 0.25


def _pss(process: psutil.Process) -> int:
    """Bytes of a process and its children; those that have just ended count nothing."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def measured(command: list[str]) -> dict[str, float]:
    """Run a command to its end: seconds on the clock and of the processor, peak megabytes."""
    began, before = time.perf_counter(), os.times()
    process = psutil.Popen(command, stdout=sys.stderr)
    peak = 0
    while True:
        try:
            code = process.wait(timeout=EVERY_S)
            break
        except psutil.TimeoutExpired:
            peak = max(peak, _pss(process))
    after = os.times()
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_s": round(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system,
            1,
        ),
        "peak_mb": round(peak / 2**20, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="measure collector dataset new and check")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--like", default="quick")
    parser.add_argument("--no-check", action="store_true")
    options = parser.parse_args()
    collector = [sys.executable, "-c", "from collector.cli import main; main()", "dataset"]
    load = [round(each, 1) for each in os.getloadavg()]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "dataset"
        made = measured(
            [
                *collector,
                "new",
                "--like",
                options.like,
                "--rows",
                str(options.rows),
                "--out",
                str(out),
            ]
        )
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        checked = None if options.no_check else measured([*collector, "check", str(out)])
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "dataset",
        "like": options.like,
        "rows": options.rows,
        "formats": "jsonl,csv,parquet,sqlite",
        "versions": {"python": platform.python_version(), "pyarrow": version("pyarrow")},
        "processors": os.cpu_count(),
        "load_before": load,
        "new": {**made, "rows_per_s": round(options.rows / made["seconds"])},
        "check": checked,
        "megabytes": round(size / 2**20, 1),
    }
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(record) + "\n")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
