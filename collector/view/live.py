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
"""Seconds after which they are made although nothing was committed, while the run is under way:
somebody may have died, and the time that is left grows shorter."""
SIGN_S = 5.0
"""Seconds after which something is sent although nothing is new: it finds out who still reads."""
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
    totals, under_way = "", True
    version, made, said = -1, float("-inf"), time.monotonic()
    with Store(root / "store.db", create=False, readonly=True) as store:
        while not over.is_set():
            now = time.monotonic()
            seen = _version(store)
            due = now - made >= (REST_S if seen != version else ANYWAY_S)
            if due and (seen != version or under_way):
                found = board(root, store)
                version, made, under_way = seen, time.monotonic(), not found.run.over
                drawn = {tile.status.name: draw_tile(tile) for tile in found.tiles}
                fresh = {name: html for name, html in drawn.items() if sent.get(name) != html}
                head = draw_totals(found)
                if fresh or head != totals:
                    told = {"totals": head, "order": list(drawn), "tiles": fresh,
                            "state": found.run.state}  # fmt: skip
                    yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n"
                    said = time.monotonic()
                sent, totals = drawn, head
            if time.monotonic() - said >= SIGN_S:
                yield ": nothing new\n\n"
                said = time.monotonic()
            over.wait(LOOK_S)


def _version(store: Store) -> int:
    """Another number whenever another connection has committed."""
    return int(next(store.rows("PRAGMA data_version"))["data_version"])
