"""How soon the page of a run is seen, with 200 puppets, in Chromium.

A made-up run is opened a number of times, each time in a fresh page; what is measured is the
browser's own first contentful paint, from the request on. Prints it and appends a line to
``docs/bench-results.jsonl``.

    python tests/bench/view.py --puppets 200
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from collector.browser.find import find_browser
from collector.view import viewing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from synthetic_run import Made, build

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "bench-results.jsonl"
LIMIT_MS = 1000.0
_PAINTED = """() => new Promise(done => new PerformanceObserver(list => list.getEntries()
  .filter(entry => entry.name === "first-contentful-paint").forEach(entry => done(entry.startTime))
).observe({type: "paint", buffered: true}))"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--puppets", type=int, default=200)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--dry", action="store_true", help="append nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run = build(Path(name) / "run", Made(twins=given.puppets // 2, watches=2))
        with viewing(run) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser().path, args=["--no-sandbox"]
            )
            paints = []
            for _ in range(given.times):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(address)
                paints.append(float(page.evaluate(_PAINTED)))
                page.close()
            browser.close()
    found = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "view",
        "puppets": given.puppets,
        "processors": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "paint_ms": {
            "median": round(statistics.median(paints), 1), "most": round(max(paints), 1),
        },
    }  # fmt: skip
    print(f"first paint {found['paint_ms']} ms (limit {LIMIT_MS:.0f})")
    if not given.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
    raise SystemExit(statistics.median(paints) > LIMIT_MS)


if __name__ == "__main__":
    main()
