"""Milliseconds a list of every recommender over 100,000 videos, and of the whole way to a page.

``python tests/bench/rankers.py`` appends one JSON line to ``docs/bench-results.jsonl``. For each
recommender: the scores of all videos and their first 24, for a viewer with 20 watches behind it;
for the formula also a composed page. The processor's time is what a list costs; the clock's says
how busy the machine was. ``--videos small`` takes the usual world.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from collector.common.model import ItemKind, Surface
from mockserver.world import World
from mockserver.world.crowd import crowd
from mockserver.world.mechanisms import make_ranker, names, rank

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "bench-results.jsonl"
TIMES = 40


def measured(once: Callable[[int], object]) -> dict[str, float]:
    """Milliseconds on the clock and of the processor, for each of many calls."""
    for warm in range(3):
        once(-1 - warm)
    clock, processor = [], []
    for number in range(TIMES):
        began, before = time.perf_counter(), time.process_time()
        once(number)
        processor.append((time.process_time() - before) * 1000)
        clock.append((time.perf_counter() - began) * 1000)
    return {
        "median_ms": round(statistics.median(clock), 2),
        "fastest_ms": round(min(clock), 2),
        "processor_ms": round(statistics.median(processor), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="measure recommenders")
    parser.add_argument("--videos", default="medium", help="size of the world")
    world = World.build(seed=1, size=parser.parse_args().videos, clock="0")
    arrays = world._arrays
    viewer = world.viewer("bench")
    viewer.consent("reject")
    videos = [video for video in world.videos.values() if video.kind is ItemKind.VIDEO]
    for number, video in enumerate(videos[:: len(videos) // 20][:20]):
        viewer.watched(video.id, 120.0, 0.7, load=str(number))
    people = crowd(1, arrays, 10_000, 20)
    topics = np.zeros(len(arrays.topics))
    found: dict[str, dict[str, float]] = {}
    for name in names():
        ranker = make_ranker(name, 1, arrays)
        ranker.observe(people)
        seen = viewer.snapshot()

        def once(number: int, ranker: object = ranker, seen: object = seen) -> object:
            return rank(
                ranker, Surface.HOME, seen, arrays, 24, context=None, load=str(number),  # type: ignore[arg-type]
                similarity=None, search_topics=lambda query: topics,
            )  # fmt: skip

        found[name] = measured(once)
    page = measured(lambda number: world.feed(Surface.HOME, viewer, load=f"p{number}"))
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "bench": "rankers",
        "videos": len(arrays),
        "background_users": 10_000,
        "processors": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "lists": found,
        "page": page,
    }
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(record) + "\n")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
