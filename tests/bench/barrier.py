"""How nearly eight puppets start at the same moment.

A real run on the bundled mock, without browsers: eight arms whose puppets stand at the barrier in
processes of their own. The skew of a start is the time between its first and its last puppet, as
the store keeps it. Prints the table and appends a line to ``docs/bench-results.jsonl``.

    python tests/bench/barrier.py --starts 20
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import serving

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "bench-results.jsonl"
PUPPETS = 8
#: Milliseconds that 95 of 100 starts of eight puppets have to stay below.
LIMIT_MS = 250.0


def skews_ms(starts: int, out: Path) -> list[float]:
    """Milliseconds between the first and the last puppet of each start, sorted."""
    steps = [{"visit": {"url": "home", "capture": False}}]
    arms = {f"arm-{number}": {"twins": starts, "steps": steps} for number in range(PUPPETS)}
    with serving(MockConfig(seed=1)) as server:
        run_scenario(
            parse_scenario({"name": "barrier", "factors": {}, "arms": arms}),
            RunOptions(out=out, submit_to="none", driver="http", workers=PUPPETS),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
    with Store(out / "store.db", readonly=True) as store:
        rows = store.rows(
            "SELECT block, max(skew_ms) AS ms, count(skew_ms) AS n FROM sessions GROUP BY block"
        )
        return sorted(row["ms"] for row in rows if row["n"] == PUPPETS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--dry", action="store_true", help="append nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = skews_ms(given.starts, Path(folder) / "run")
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "barrier",
        "puppets": PUPPETS,
        "starts": len(found),
        "processors": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "median_ms": round(statistics.median(found), 1),
        "p95_ms": round(found[math.ceil(0.95 * len(found)) - 1], 1),
        "largest_ms": round(found[-1], 1),
        "limit_ms": LIMIT_MS,
    }
    print(json.dumps(line))
    if not given.dry:
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
