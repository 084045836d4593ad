"""How long a snapshot of a trained puppet takes, and how small it is.

A real session with Chromium on the bundled mock: home, consent, a search, and a chain of videos
followed and watched. Then its state is taken and restored a number of times, each time to a fresh
place, with the data on disk. Prints the table and appends a line to ``docs/bench-results.jsonl``.

    python tests/bench/snapshots.py --watches 20
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from collector.browser import snapshot
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.profile import ProfileStore
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from mockserver.context import MockConfig
from mockserver.serve import serving

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "bench-results.jsonl"
LIMIT_MS, LIMIT_BYTES = 150.0, 1_000_000


def train(out: Path, watches: int) -> Path:
    """The state of a puppet that has watched so many videos."""
    chain = [{"follow": {"rank": 1, "unseen": True, "capture": False}}, {"watch": "30s"}]
    steps = [
        {"visit": {"url": "home", "capture": False}},
        {"consent": "reject"},
        {"search": "speedrun"},
        {"repeat": {"times": watches, "steps": chain}},
    ]
    with serving(MockConfig(seed=1)) as server:
        result = run_scenario(
            parse_scenario({"name": "trained", "arms": {"trained": {"steps": steps}}}),
            RunOptions(out=out, submit_to="none", speed="max"),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
    if result.missing:
        raise SystemExit(f"the puppet was not trained: {result.missing} steps of it are missing")
    return ProfileStore(result.out.profiles).get("trained-1").state_dir


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=20)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--dry", action="store_true", help="append nothing")
    given = parser.parse_args()
    take_ms, restore_ms = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = train(folder / "run", given.watches)
        whole = sum(path.stat().st_size for path in state.rglob("*") if path.is_file())
        for number in range(given.times):
            began = time.perf_counter()
            taken = snapshot.take(state, folder / "taken" / str(number))
            middle = time.perf_counter()
            snapshot.restore(taken.path, folder / "restored" / str(number) / "state")
            take_ms.append((middle - began) * 1000)
            restore_ms.append((time.perf_counter() - middle) * 1000)
    found = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "snapshots",
        "watches": given.watches,
        "processors": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "profile_bytes": whole,
        "bytes": taken.size,
        "take_ms": {"median": round(statistics.median(take_ms), 1), "most": round(max(take_ms), 1)},
        "restore_ms": {
            "median": round(statistics.median(restore_ms), 1),
            "most": round(max(restore_ms), 1),
        },
    }
    print(
        f"{taken.size:,} bytes of {whole:,} (limit {LIMIT_BYTES:,});"
        f" taken in {found['take_ms']} ms, restored in {found['restore_ms']} ms"
        f" (limit {LIMIT_MS:g} ms)"
    )
    if not given.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
    if taken.size >= LIMIT_BYTES or statistics.median(take_ms + restore_ms) >= LIMIT_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
