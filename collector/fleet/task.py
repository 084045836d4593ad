"""What a Dask worker does for one session: start its process, pass on what is said both ways.

Protects two rules. Dask may run a task again when it loses a worker; the task does nothing itself,
and the process it starts asks the ledger first. Only the process group that was started here is
ever ended.
"""

from __future__ import annotations

import queue
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collector import __version__, posix
from collector.common.errors import UserError
from collector.contract.progress import Event, EventKind
from collector.drivers.choice import means_of
from collector.fleet.client import HttpLedger, LedgerEndpoint
from collector.fleet.scratch import write_home
from collector.schedule.supervised import Ended, Garbled, Message, Supervised

COMMAND_MODULE = "collector.fleet.worker"
KILL = "kill"
"""The word that ends the process group at once; the others go to the process."""
_LOG_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Order:
    """A session to be carried out, as it is given to Dask.

    ``says``: topic of the session's progress; ``hears``: topic of what the supervisor tells it.
    """

    session: str
    home: LedgerEndpoint
    says: str
    hears: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """Something the supervisor said."""

    text: str


def look(driver: str) -> Mapping[str, str]:
    """What a worker is: ``host``, ``version``, and why it could open no puppet (empty: it can)."""
    problem = ""
    try:
        means_of(driver, headed=False)
    except UserError as error:
        problem = error.problem
    return {"host": socket.gethostname(), "version": __version__, "problem": problem}


def carry_session(order: Order) -> Mapping[str, Any]:
    """Run the session's process to its end, on a Dask worker.

    :returns: ``code`` (how the process ended), ``closed`` (its last word as a line, or ``None``),
        ``log`` (the end of its standard error).
    """
    from distributed import get_client, get_worker  # comes with an extra

    says = get_worker()
    client = get_client()
    root = Path(tempfile.mkdtemp(prefix="twinwatch-fleet-"))
    inbox: queue.Queue[Message | _Word] = queue.Queue()
    log = root / "log"
    # Kept open: the session's process removes the folder when it is done.
    said = log.open("w+", encoding="utf-8", errors="replace")
    try:
        with HttpLedger(order.home) as ledger:
            job = replace(ledger.job(order.session), out=root / "scratch")
        job.out.mkdir(mode=0o700)
        write_home(job.out, order.home)
        process = Supervised(job, inbox, log, command=order.command)
        try:
            client.subscribe_topic(order.hears, lambda event: inbox.put(_Word(str(event[1]))))
            # What was said before this worker listened; hearing a word twice does no harm.
            for _, word in client.get_events(order.hears):
                inbox.put(_Word(str(word)))
            code, closed = _pass_on(
                process, inbox, lambda line: says.log_event(order.says, [order.session, line])
            )
        finally:
            client.unsubscribe_topic(order.hears)
            process.signal(posix.KILL)
            process.join(10)
        said.seek(0)
        return {"code": code, "closed": closed, "log": said.read()[-_LOG_CHARS:]}
    finally:
        said.close()
        shutil.rmtree(root, ignore_errors=True)


def _pass_on(process: Supervised, inbox: queue.Queue[Any], say: Any) -> tuple[int, str | None]:
    """Relay lines both ways until the process has ended; return its exit code and last line."""
    closed = None
    while True:
        match inbox.get():
            case _Word(text):
                if text == KILL:
                    process.signal(posix.KILL)
                else:
                    process.tell(text)
            case Ended(_, code):
                return code, closed
            case Garbled(session, line):
                problem = {"text": f"said what is not an event: {line[:200]}"}
                say(Event(EventKind.PROBLEM, session, problem).to_line())
            case Event() as event:
                line = event.to_line()
                if event.kind is EventKind.CLOSED:
                    closed = line
                say(line)
