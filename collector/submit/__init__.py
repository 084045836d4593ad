"""Submission of evidence: a durable outbox, and one dialect a kind of server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from collector import bounded
from collector.certificates import trusting
from collector.common.errors import UserError
from collector.common.identity import KeyPair
from collector.common.model import Capture
from collector.contract.places import no_api
from collector.contract.targets import BadTarget, api_root
from collector.environment import DiskFull, refusal_of
from collector.evidence import EvidenceStore
from collector.platforms.registry import spec_of
from collector.store import Store
from collector.submit.dialect import Dialect
from collector.submit.outbox import Outbox
from collector.submit.retry import Clock, RetryPolicy, SystemClock
from collector.submit.rows import OutboxState, Problem
from collector.submit.sender import FlushResult, OutboxBusy, flush

__all__ = [
    "BadTarget",
    "Clock",
    "FlushResult",
    "Outbox",
    "OutboxBusy",
    "OutboxState",
    "Problem",
    "RetryPolicy",
    "SystemClock",
    "api_root",
    "flush",
    "submit_run",
]

#: Seconds for one request: a body of 10 MB over a slow line.
REQUEST_TIMEOUT_S = 60.0


def submit_run(
    run_dir: Path,
    target: str,
    *,
    keys: Callable[[str], KeyPair],
    retry_refused: bool = False,
    policy: RetryPolicy | None = None,
    clock: Clock | None = None,
    progress: Callable[[FlushResult], None] | None = None,
    ca: Path | None = None,
) -> FlushResult:
    """Send to ``target`` (an API's root) everything of a run that it has not acknowledged.

    ``keys(puppet)`` is the puppet's key pair. Captures that were never queued, as in a run without
    submission, are queued first. ``retry_refused`` gives parked items another chance. ``ca`` is a
    PEM file of authorities that are trusted beside this machine's. Raises :class:`UserError` for a
    folder that holds no run, an address that is none, a busy outbox, a file without an authority.
    """
    url = api_root(target)
    context = trusting(ca)
    path = Path(run_dir) / "store.db"
    known = lru_cache(maxsize=None)(keys)
    with _told(path), Store(path, create=False) as store:
        outbox = Outbox(store.db)
        outbox.adopt(url)
        queued = outbox.captures(url)
        evidence = EvidenceStore(Path(run_dir) / "evidence")
        with store.transaction():
            for capture in store.captures():
                dialect = spec_of(capture.platform).load("dialect")
                if capture.id not in queued and dialect is not None:
                    key = known(capture.puppet).public_key
                    outbox.enqueue(
                        capture,
                        target=url,
                        public_key=key,
                        dialect=dialect,
                        html_of=partial(_page_of, evidence, capture),
                    )
        if retry_refused:
            outbox.requeue(url)
        with bounded.client(to=url, context=context, timeout=REQUEST_TIMEOUT_S) as client:
            return flush(
                outbox,
                client,
                known,
                dialect=dialect_of(store),
                html_of=evidence.get,
                target=url,
                policy=policy,
                clock=clock,
                progress=progress,
            )


def _page_of(evidence: EvidenceStore, capture: Capture) -> str:
    """The page of a capture; nothing where it cannot be read, which sending it will say."""
    try:
        return evidence.get(capture.content_hash)
    except (UserError, OSError, KeyError, ValueError):
        return ""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the machine refuses of a run's store, in words."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        elsewhere = "copy the run's folder to where you may write, and submit the copy"
        found = refusal_of(error, place=path)
        if found is None:
            raise
        if isinstance(found, DiskFull):
            found.exit_code = 1  # something may have been sent; what is queued stays
        else:
            found = refusal_of(error, place=path, fix=elsewhere) or found
        raise found from error


def dialect_of(store: Store) -> Dialect:
    """How the servers of a run's platform are spoken to. Raises UserError: it has none."""
    run = store.runs()[0]
    found: Dialect | None = spec_of(run["platform"]).load("dialect")
    if found is None:
        raise no_api(run["platform"])
    return found
