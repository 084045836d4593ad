"""The supervisor's side of a fleet: sessions placed by Dask, the ledger served beside them.

Protects two rules: everything that a cluster lacks is said before anything is written; and the
engine sees a session far away as it sees one at home, so that barrier, time limits, interruption
and record are the same.
"""

from __future__ import annotations

import queue
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector import __version__
from collector.addresses import shown
from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.contract.places import Place, is_loopback
from collector.contract.progress import Event, EventKind
from collector.environment import with_extra
from collector.fleet.client import LedgerEndpoint
from collector.fleet.serve import EXPOSED, TOKEN_FILE, Served, serving, token_in
from collector.fleet.service import write_jobs
from collector.fleet.task import COMMAND_MODULE, KILL, Order, carry_session, look
from collector.scenario.plan import Plan
from collector.scenario.steps import StepKind
from collector.schedule.barrier import Schedule
from collector.schedule.supervised import Ended, Message

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 20.0
LOST_S = 180.0
"""What the session of a lost worker gets to be taken up by another: its lease has to be over, and
Dask has to notice."""
KILL_S = 10.0
"""A worker that was told to end a session and does not say that it did is given up after this."""
WORKER = (sys.executable, "-m", COMMAND_MODULE)


class ClusterRefused(UserError):
    """The cluster cannot carry out this run."""


def _distributed() -> Any:
    try:
        import distributed  # comes with an extra
    except ModuleNotFoundError as error:
        raise ClusterRefused(
            f"Dask is not installed ({error})",
            place="--executor dask",
            fix=with_extra("fleet"),
        ) from error
    return distributed


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterRefused(
            f"no Dask scheduler answers ({error})",
            place=f"--scheduler {scheduler}",
            fix="give the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786",
        ) from error
    try:
        yield client
    finally:
        client.close()


def address_of(ledger: str) -> tuple[str, int]:
    """``HOST`` or ``HOST:PORT`` as host and port; without a port any free one. Raises UserError."""
    host, colon, port = ledger.rpartition(":")
    if not colon or (host.count(":") and not host.endswith("]")):
        host, port = ledger, "0"
    if (
        not host
        or set(host) & set("@/?#")
        or not port.isascii()
        or not port.isdigit()
        or int(port) > 65535
    ):
        raise ClusterRefused(
            f"{shown(ledger)!r} is not an address", place="--ledger", fix="write HOST or HOST:PORT"
        )
    return host.strip("[]"), int(port)


def check_cluster(options: RunOptions, plan: Plan, place: Place, order: Schedule) -> None:
    """Refuse what the cluster cannot do. Raises UserError, before anything is written."""
    _check_options(options, plan)
    host, _ = address_of(options.ledger)
    with _connected(str(options.scheduler)) as client:
        slots = sum(client.nthreads().values())
        if slots < order.workers:
            raise ClusterRefused(
                f"the cluster has {slots} threads, and {order.workers} sessions are to run at once",
                place=f"--scheduler {options.scheduler}",
                fix="start more workers (one thread a puppet), or give fewer --workers",
            )
        try:
            found: Mapping[str, Mapping[str, str]] = client.run(look, options.driver)
        except (ImportError, AttributeError) as error:
            raise ClusterRefused(
                f"a worker lacks a matching twinwatch ({error})",
                place=f"--scheduler {options.scheduler}",
                fix=f"install twinwatch {__version__} where the workers run",
            ) from error
    for worker, about in sorted(found.items()):
        _check_worker(worker, about, place, host)


def _check_options(options: RunOptions, plan: Plan) -> None:
    for name in options.browser.asked():
        raise ClusterRefused(
            f"{name} cannot be used with Dask: its files would stay on the worker",
            place="--executor dask",
            fix="leave it out, or run on this machine",
        )
    if any(step.kind is StepKind.SCREENSHOT for one in plan.sessions for step in one.steps):
        raise ClusterRefused(
            "the step 'screenshot' cannot be used with Dask: its file would stay on the worker",
            place="--executor dask",
            fix="leave the step out, or run on this machine",
        )


def _check_worker(worker: str, about: Mapping[str, str], place: Place, ledger: str) -> None:
    elsewhere = about["host"] != socket.gethostname()
    if about["version"] != __version__:
        problem = f"it has twinwatch {about['version']}, and this is {__version__}"
        fix = f"install twinwatch {__version__} there"
    elif about["problem"]:
        problem, fix = about["problem"], "mend it there: collector doctor"
    elif elsewhere and place.on_loopback:
        problem = f"it is on {about['host']}, from where a mock on this machine cannot be reached"
        fix = "use workers on this machine, or a --site that all of them reach"
    elif elsewhere and is_loopback(ledger):
        problem = f"it is on {about['host']}, and the ledger would listen on {ledger} alone"
        fix = "name the address of this machine that workers reach: --ledger HOST"
    else:
        return
    raise ClusterRefused(problem, place=f"worker {worker}", fix=fix)


class Fleet:
    """Places the sessions of one run."""

    def __init__(
        self, client: Client, scheduler: str, served: Served, home: LedgerEndpoint
    ) -> None:
        self._client = client
        self._scheduler = scheduler
        self._served = served
        self._home = home
        self._topic = f"twinwatch-{secrets.token_hex(8)}"
        self._placed: dict[str, Placed] = {}
        client.subscribe_topic(self._topic, self._hear)

    def start(self, job: SessionJob, inbox: queue.Queue[Message], log: Path) -> Placed:
        """Give a session to the cluster. What it says arrives in ``inbox``, as from a process."""
        order = Order(
            session=job.session,
            home=self._home,
            says=self._topic,
            hears=f"{self._topic}-{job.session}",
            command=WORKER,
        )
        placed = Placed(self._client, self._served, order, inbox, log)
        self._placed[job.session] = placed
        placed.place()
        return placed

    def trouble(self) -> UserError | None:
        """Why no session can be reached any more; ``None`` while they can."""
        if self._client.status == "running":
            return None
        return ClusterRefused(
            "the Dask scheduler is gone",
            place=f"--scheduler {self._scheduler}",
            fix="start a scheduler and workers again",
        )

    def _hear(self, event: tuple[float, Any]) -> None:
        session, line = event[1]
        self._placed[session].hear(line)


class Placed:
    """One session in the cluster, as its supervisor sees it."""

    returns_s = LOST_S

    def __init__(
        self,
        client: Client,
        served: Served,
        order: Order,
        inbox: queue.Queue[Message],
        log: Path,
    ) -> None:
        self.session = order.session
        self._client = client
        self._served = served
        self._order = order
        self._inbox = inbox
        self._log = log
        self._lock = threading.Lock()
        self._closed = False
        self._over = threading.Event()
        self._future: Future | None = None

    def place(self) -> None:
        """Hand the session's task to Dask, once."""
        key = f"{self.session}-{secrets.token_hex(4)}"
        self._future = self._client.submit(carry_session, self._order, key=key, pure=False)
        self._future.add_done_callback(self._done)

    def tell(self, line: str) -> None:
        """Send a command (``go``, ``stop``, ``cut``) to the worker that has the session, or gets
        it later. Nothing is sent once the scheduler is gone."""
        if self._client.status == "running":
            # RuntimeError: the connection was closed at this very moment.
            with suppress(OSError, TimeoutError, RuntimeError):
                self._client.log_event(self._order.hears, line)

    def signal(self, number: signal.Signals) -> None:
        """End the session and refuse it to every worker, even if this one never answers."""
        self._served.service.give_up(self.session)
        self.tell(KILL)
        timer = threading.Timer(KILL_S, self._end, [-int(number)])
        timer.daemon = True
        timer.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it did not come in time."""
        return self._over.wait(timeout_s)

    def hear(self, line: str) -> None:
        """A line of the session's progress."""
        event = Event.from_line(line)
        with self._lock:
            if self._closed or self._over.is_set():
                return
            self._closed = event.kind is EventKind.CLOSED
            self._inbox.put(event)

    def _done(self, future: Future) -> None:
        if future.status == "finished":
            result: Mapping[str, Any] = future.result()
            with self._log.open("a", encoding="utf-8") as log:
                log.write(str(result["log"]))
            if result["closed"]:
                self.hear(str(result["closed"]))
            self._end(int(result["code"]))
        elif future.status == "error":
            text = f"its task failed: {future.exception()!r}"
            self.hear(Event(EventKind.PROBLEM, self.session, {"text": text}).to_line())
            self._end(70)
        elif self._client.status == "running":
            self._end(70)
        # Else the scheduler is gone, which is told by the fleet's trouble and ends the run.

    def _end(self, code: int) -> None:
        with self._lock:
            if not self._over.is_set():
                self._over.set()
                self._inbox.put(Ended(self.session, code))


@contextmanager
def fleet(
    out: RunDir, jobs: Mapping[str, SessionJob], options: RunOptions, say: Any
) -> Iterator[Fleet]:
    """Serve the run's ledger and stand ready to place its sessions, while the block runs.

    :param say: for a line to the person who runs this.
    :raises UserError: no scheduler, or the ledger cannot be served.
    """
    write_jobs(out, jobs)
    token = token_in(out.root / TOKEN_FILE)
    host, port = address_of(options.ledger)
    with serving(out, token, host, port) as served, _connected(str(options.scheduler)) as client:
        if not is_loopback(host):
            say(EXPOSED)
        say(f"the ledger answers at {served.url}; the sessions go to {options.scheduler}")
        yield Fleet(client, str(options.scheduler), served, LedgerEndpoint(served.url, token))
