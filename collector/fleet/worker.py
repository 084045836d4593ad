"""The process of one session on another machine: ``python -m collector.fleet.worker``.

The same program as the process of a session at home, told and heard in the same way, but its
ledger is behind HTTP and its folder is a scratch one, with ``home.json`` in it. Protects the rule
that a session is done once however often it is started: one that somebody has is waited for, one
that has ended is reported as it ended.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Emit, Event, EventKind
from collector.fleet.client import Ended, HttpLedger, Taken
from collector.fleet.scratch import RemoteLedger, prepare_workdir, read_home
from collector.session import worker
from collector.session.session import carry_session
from collector.store import SessionState, Store
from collector.store.leases import Lease, Owner

_LOOK_S = 1.0
"""How often a lease that somebody else has is looked at; it may be given back at any time."""


def run_session(
    job: SessionJob,
    emit: Emit,
    *,
    wait_for_go: Callable[[], None],
    stopped: Callable[[], bool],
    cut: Callable[[], bool],
) -> SessionState:
    """Carry out ``job`` in the scratch folder ``job.out``; it and the folder it lies in are removed
    at the end, also when the Dask worker that made them is gone.

    :raises UserError: home cannot be reached, or what came from there cannot be used.
    :raises LeaseLost: the session is no longer this worker's; nothing was written since.
    """
    home = read_home(job.out)
    out = RunDir(job.out)
    try:
        with HttpLedger(home) as asking:
            try:
                lease = _claim(asking, job, stopped)
            except Ended as over:
                told = {"state": over.state, "detail": over.detail, "kept": True}
                emit(Event(EventKind.CLOSED, job.session, told))
                return over.state
            with Store(out.store) as store:
                prepare_workdir(out, store, asking, lease, job)
                with RemoteLedger(home, out, store, job) as ledger:
                    return carry_session(
                        job,
                        emit,
                        store=store,
                        ledger=ledger,
                        lease=asking.renew(lease, job.lease_s),
                        open_ledger=lambda: HttpLedger(home),
                        wait_for_go=wait_for_go,
                        stopped=stopped,
                        cut=cut,
                    )
    finally:
        shutil.rmtree(job.out.parent, ignore_errors=True)


def _claim(ledger: HttpLedger, job: SessionJob, stopped: Callable[[], bool]) -> Lease:
    """Claim the session; while another worker has it, wait for the end of that one's lease."""
    while True:
        try:
            return ledger.claim(job.session, Owner.this_process(), job.lease_s)
        except Taken as taken:
            if stopped():
                raise
            threading.Event().wait(min(taken.wait_s + 0.05, _LOOK_S))


if __name__ == "__main__":
    sys.exit(worker.main(run_session))
