"""Tiles that change, as server-sent events: only those that are not as they were sent before.

SQLite itself says cheaply whether anybody committed something; only then, and every few seconds
because time goes on, the tiles are made anew.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from collector.store import Store
from collector.view.tiles import Board, Tile, board

LOOK_S = 0.25
"""Seconds between two looks whether something was committed."""
REST_S = 0.5
"""Least seconds between two times that tiles are made."""
ANYWAY_S = 5.0
"""Seconds after which they are made although nothing was committed: somebody may have died."""
MOST_STREAMS = 4
"""Pages that follow a run at the same time: each keeps a thread busy."""


def changes(
    root: Path,
    over: threading.Event,
    draw_tile: Callable[[Tile], str],
    draw_totals: Callable[[Board], str],
) -> Iterator[str]:
    """Events of a stream, until the server ends: what is new since the one before.

    Each is JSON: ``totals`` (HTML), ``order`` (every puppet, in order), ``tiles`` (puppet → HTML,
    of those that changed), ``state`` of the run.
    """
    sent: dict[str, str] = {}
    totals = ""
    with Store(root / "store.db", create=False, readonly=True) as store:
        version, made = -1, float("-inf")
        while not over.is_set():
            now = time.monotonic()
            seen = _version(store)
            if (seen != version and now - made >= REST_S) or now - made >= ANYWAY_S:
                found = board(root, store)
                version, made = seen, time.monotonic()
                drawn = {tile.status.name: draw_tile(tile) for tile in found.tiles}
                fresh = {name: html for name, html in drawn.items() if sent.get(name) != html}
                head = draw_totals(found)
                if fresh or head != totals:
                    told = {"totals": head, "order": list(drawn), "tiles": fresh,
                            "state": found.run.state}  # fmt: skip
                    yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n"
                else:
                    yield ": nothing new\n\n"  # finds out whether anybody still reads
                sent, totals = drawn, head
            over.wait(LOOK_S)


def _version(store: Store) -> int:
    """Another number whenever another connection has committed."""
    return int(next(store.rows("PRAGMA data_version"))["data_version"])
