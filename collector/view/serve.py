"""The page answers on loopback, under an address that nobody can guess, while a block runs."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.analysis.blinding import refuse_blinded
from collector.contract.layout import RunDir
from collector.serving import answering, bound_here
from collector.store import Store, no_run
from collector.view.app import make_app
from collector.view.live import MOST_STREAMS
from collector.view.shadow import readable

THREADS = MOST_STREAMS + 4
_MOST_BODY = 1_000


@contextmanager
def viewing(root: Path, *, live: bool = False, port: int = 0) -> Iterator[str]:
    """The page of a run answers on 127.0.0.1 while the block runs; yields its address.

    :param live: the tiles follow the run.
    :param port: 0 is any free one.
    :raises UserError: there is no run, it is blinded, or the port is taken.
    """
    with readable(root) as folder:
        _seen(folder)
        with _answering(folder, root.resolve().name, live, port) as address:
            yield address


@contextmanager
def _answering(root: Path, name: str, live: bool, port: int) -> Iterator[str]:
    token = secrets.token_urlsafe(24)
    bound, chosen, names = bound_here(port)
    over = threading.Event()
    app = make_app(root, token, names, over, name=name, follow=live)
    with answering(app, bound, ident="twinwatch", threads=THREADS, most_body_bytes=_MOST_BODY):
        try:
            yield f"http://127.0.0.1:{chosen}/{token}/"
        finally:
            over.set()


def _seen(root: Path) -> None:
    """Refuse a folder that cannot be looked at.

    :raises UserError: there is no run here, or nobody may look at it yet.
    """
    with Store(RunDir(root).store, create=False, readonly=True) as store:
        runs = store.runs()
        events = tuple(store.rows("SELECT kind FROM events"))
    if not runs:
        raise no_run(RunDir(root).store)
    run = runs[-1]
    refuse_blinded(
        run | {"scenario_json": json.loads(run["scenario_json"] or "{}")},
        events,
        root,
        "the page shows which puppet is of which arm",
        "collector status to watch it",
    )
