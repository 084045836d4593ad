"""Speed of the page parser, measured beside two others on the same pages in the same run; then that
of the mock's APIs (``api.py``).

``make bench`` prints a table and appends one JSON line to ``docs/bench-results.jsonl``: versions,
ratios (the number to trust), medians and noise. The variants take turns page by page, in an order
shuffled anew each round, so that a machine that slows down slows them all.

- *ours*: the whole way from HTML to observation;
- *ours, no witness*: the same without the page's own JSON as a second witness;
- *bare tree*: building the tree alone, with the builder that the parser uses;
- *linkedom*: building the DOM alone (what the reference parser does first), 0.14.21 under Node;
- *beautifulsoup*: building the tree alone, on lxml.

Pages are captured ones (``TWINWATCH_CORPUS``, default ``../shared/corpus``) or, without them, pages
of the bundled mock. Without Node or npm the linkedom column is left out, and the line says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import api
from bs4 import BeautifulSoup
from rich.console import Console
from rich.table import Table
from selectolax.lexbor import LexborHTMLParser

from collector.platforms.youtube import PARSER, parse_page

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench-results.jsonl"
LINKEDOM = "0.14.21"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "twinwatch-bench"

Page = tuple[str, str]
"""(url, html)"""


def corpus_pages(folder: Path) -> list[Page]:
    """The last capture of each page of a corpus folder."""
    pages = []
    for path in sorted(folder.glob("youtube/[hsv]*/*.json.gz")):
        source = json.loads(gzip.decompress(path.read_bytes()))["sources"][-1]
        pages.append((source["href"], source["html"]))
    return pages


def mock_pages(count: int = 12) -> list[Page]:
    """Home, search and watch pages of the bundled mock."""
    from mockserver.app import create_app

    app = create_app()
    world = app.extensions["mock"].world
    client = app.test_client()
    world.viewer("benchbench1").consent("reject")
    client.set_cookie("VISITOR_INFO1_LIVE", "benchbench1", domain="youtube.localhost")
    urls = ["/", "/results?search_query=music", *(f"/watch?v={id_}" for id_ in world.videos)]
    pages = []
    for url in urls[:count]:
        answer = client.get(url, base_url="http://youtube.localhost")
        pages.append((f"http://youtube.localhost{url}", answer.get_data(as_text=True)))
    return pages


def linkedom_folder() -> Path | None:
    """A folder with linkedom of the pinned version, installed on first use; None without npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = CACHE / f"linkedom-{LINKEDOM}"
    if not (folder / "node_modules" / "linkedom").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
        done = subprocess.run([*command, f"linkedom@{LINKEDOM}"], capture_output=True, text=True)
        if done.returncode:
            print(f"bench: linkedom could not be installed: {done.stderr[-200:]}", file=sys.stderr)
            return None
    return folder


class Linkedom:
    """A Node process that times its own parsing; the files' reading is not counted."""

    def __init__(self, folder: Path, pages: list[Page], scratch: Path) -> None:
        self.paths = []
        for number, (_, html) in enumerate(pages):
            path = scratch / f"{number}.html"
            path.write_text(html, "utf-8")
            self.paths.append(path)
        self.process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("linkedom.mjs")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, number: int) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.paths[number]}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def interleaved(
    variants: dict[str, Callable[[int], float]], pages: int, rounds: int
) -> dict[str, list[list[float]]]:
    """``{variant: [[ms of each round] for each page]}``; the first, warming round is not kept."""
    order = random.Random(0)
    times: dict[str, list[list[float]]] = {name: [[] for _ in range(pages)] for name in variants}
    for round_ in range(rounds + 1):
        for page in range(pages):
            for name in order.sample(sorted(variants), len(variants)):
                ms = variants[name](page)
                if round_:
                    times[name][page].append(ms)
    return times


def parse_one(page: Page) -> int:
    url, html = page
    return len(parse_page(html, url).impressions)


def scaling(pages: list[Page]) -> dict[str, float]:
    """Pages a second with one process and with one a core, and the ratio."""
    work = pages * max(1, 160 // len(pages))
    cores = os.cpu_count() or 1
    rates = {}
    for jobs in (1, cores):
        with ProcessPoolExecutor(jobs) as pool:
            list(pool.map(parse_one, work[: jobs * 2]))
            begun = time.perf_counter()
            list(pool.map(parse_one, work, chunksize=4))
            rates[jobs] = len(work) / (time.perf_counter() - begun)
    return {"jobs": cores, "one": rates[1], "all": rates[cores], "ratio": rates[cores] / rates[1]}


def growth() -> dict[str, float]:
    """Milliseconds an item of a list with once, four and sixteen times the items of a home page."""
    url, html = mock_pages(1)[0]
    tag = "ytd-rich-item-renderer"
    start, end = html.find(f"<{tag}"), html.rfind(f"</{tag}>") + len(f"</{tag}>")
    result = {}
    for factor in (1, 4, 16):
        text = html[:start] + html[start:end] * factor + html[end:]
        best = min(timed(partial(parse_page, text, url)) for _ in range(5))
        result[f"{factor}x"] = best / len(parse_page(text, url).impressions)
        result[f"{factor}x items"] = len(parse_page(text, url).impressions)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="measure the parser beside linkedom and bs4")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    corpus = Path(os.environ.get("TWINWATCH_CORPUS", ROOT.parent / "shared" / "corpus"))
    pages = corpus_pages(corpus)
    origin = "captured pages" if pages else "pages of the mock"
    pages = pages or mock_pages()

    variants: dict[str, Callable[[int], float]] = {
        "ours": lambda n: timed(lambda: parse_page(pages[n][1], pages[n][0])),
        "ours, no witness": lambda n: timed(
            lambda: parse_page(pages[n][1], pages[n][0], witness=False)
        ),
        "bare tree": lambda n: timed(lambda: LexborHTMLParser(pages[n][1])),
        "beautifulsoup": lambda n: timed(lambda: BeautifulSoup(pages[n][1], "lxml")),
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = linkedom_folder()
        linkedom = Linkedom(folder, pages, Path(scratch)) if folder else None
        if linkedom:
            variants["linkedom"] = linkedom
        times = interleaved(variants, len(pages), options.rounds)
        if linkedom:
            linkedom.close()

    medians = {name: [statistics.median(page) for page in rows] for name, rows in times.items()}
    ours = medians["ours"]
    record: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "pages": len(pages),
        "origin": origin,
        "parser": PARSER,
        "versions": {
            "python": platform.python_version(),
            "selectolax": version("selectolax"),
            "beautifulsoup4": version("beautifulsoup4"),
            "linkedom": LINKEDOM if "linkedom" in variants else None,
        },
        "median_ms": {name: round(statistics.median(rows), 3) for name, rows in medians.items()},
        "noise": {
            name: round(
                statistics.median(
                    (max(page) - min(page)) / statistics.median(page) for page in rows
                ),
                3,
            )
            for name, rows in times.items()
        },
        "of_bare_tree": {
            name: round(
                statistics.median(
                    own / bare
                    for own, bare in zip(medians[name], medians["bare tree"], strict=True)
                ),
                2,
            )
            for name in ("ours", "ours, no witness")
        },
        "times_faster": {
            name: round(
                statistics.median(theirs / own for theirs, own in zip(rows, ours, strict=True)), 2
            )
            for name, rows in medians.items()
            if not name.startswith("ours")
        },
        "jobs": {key: round(value, 2) for key, value in scaling(pages).items()},
        "ms_per_item": {key: round(value, 3) for key, value in growth().items()},
    }
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(record) + "\n")

    table = Table(title=f"{len(pages)} {origin}, {options.rounds} rounds")
    for heading in ("", "median ms", "noise", "ours is … times faster"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name in sorted(variants, key=lambda name: record["median_ms"][name]):
        faster = record["times_faster"].get(name)
        table.add_row(
            name,
            f"{record['median_ms'][name]:.1f}",
            f"±{record['noise'][name]:.0%}",
            f"{faster:.1f}×" if faster else "",
        )
    console = Console()
    console.print(table)
    console.print(f"times the bare tree: {record['of_bare_tree']}")
    console.print(f"jobs: {record['jobs']}")
    console.print(f"milliseconds an item of the list: {record['ms_per_item']}")
    console.print(f"appended to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
    api.main([])
