"""A mock in a process of its own: ``python -m mockserver.child``.

The first line of standard input is its configuration (JSON), the first of standard output where it
answers. It lives as long as anybody holds the other end of its standard input: a run's supervisor
and its sessions do, so a session that outlives its supervisor still finds its site, and nothing
outlives them all.
"""

from __future__ import annotations

import gc
import json
import logging
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.environment import refusal_of
from mockserver.context import MockConfig
from mockserver.serve import serving

#: New objects between two searches for garbage: pages are made of many that refer to no other.
NEW_OBJECTS = 20_000
_PATHS = ("db", "state", "tubearchivist_load")


def main() -> int:
    """Serve one mock until standard input ends. Gives the exit code: 0, or 2 for a
    configuration that cannot be served, which is told in the line that would have told the
    address."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    line = sys.stdin.readline()
    if not line:  # whoever started this was killed before it could say what for
        return 0
    told: dict[str, Any] = json.loads(line)
    port = told.pop("port", 0)
    for name in _PATHS:
        if told.get(name) is not None:
            told[name] = Path(told[name])
    told["hosts"] = tuple(told.get("hosts", ()))
    try:
        with serving(MockConfig(**told, state_patient=True), port=port, demo=False) as server:
            gc.freeze()  # the world and the code stay: no search goes through them
            gc.set_threshold(NEW_OBJECTS)
            _say(url=server.url, origin=server.site(), token=server.truth_token)
            while sys.stdin.readline():
                pass
    except (UserError, OSError, sqlite3.Error) as error:
        found = refusal_of(error)
        if found is None:
            raise
        _say(problem=found.problem, place=found.place, fix=found.fix)
        return 2
    return 0


def _say(**values: str) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    sys.exit(main())
