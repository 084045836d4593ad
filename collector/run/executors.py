"""Where sessions are carried out: in processes of this machine, or by a Dask cluster.

The rest of a run knows no difference. The cluster's part is loaded only when it is asked for: it is
an extra, and this machine needs none of it.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.addresses import USER_IN_ADDRESS, shown
from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.contract.places import Place
from collector.fleet.cluster import check_cluster, fleet
from collector.scenario.plan import Plan
from collector.schedule import supervised
from collector.schedule.barrier import Schedule
from collector.schedule.supervised import Message, Worker
from collector.session.forked import forking

LOCAL = "local"
DASK = "dask"
#: Sessions from which on a process to fork them from costs less than it saves.
WORTH_FORKING = 4

Start = Callable[[SessionJob, "queue.Queue[Message]", Path], Worker]


@dataclass(frozen=True, slots=True)
class Executor:
    """``start``: as the engine takes it; ``None``: a process of this machine. ``trouble``: why no
    session can be carried out any more."""

    start: Start | None
    trouble: Callable[[], UserError | None]
    command: Sequence[str] | None = None
    """What starts a session's process on this machine; ``None``: the usual command."""


def check_executor(options: RunOptions, plan: Plan, place: Place, order: Schedule) -> None:
    """Refuse what cannot be carried out where it is to be. Raises UserError, before anything is
    written."""
    if options.executor == DASK:
        if options.scheduler is None:
            raise UserError(
                "--executor dask requires --scheduler",
                place="--executor dask",
                fix="give --scheduler, the address that `dask scheduler` prints",
            )
        if "@" in options.scheduler:
            raise UserError(
                USER_IN_ADDRESS,
                place="--scheduler",
                fix=f"leave them out: {shown(options.scheduler).replace('…@', '')}",
            )
        check_cluster(options, plan, place, order)
    elif options.scheduler is not None:
        raise UserError(
            "--scheduler requires --executor dask",
            place="--scheduler",
            fix="add --executor dask, or leave it out",
        )


@contextmanager
def executing(
    options: RunOptions,
    jobs: Mapping[str, SessionJob],
    out: RunDir,
    say: Callable[[str], None],
) -> Iterator[Executor]:
    """What carries out the sessions of a run, ready while the block runs. Raises UserError."""
    if options.executor != DASK:
        forked = len(jobs) >= WORTH_FORKING
        # Whoever has put another worker in its place (tests that kill) means that one.
        if forked and supervised.WORKER == supervised.USUAL:
            with forking(options.driver) as command:
                yield Executor(None, lambda: None, command)
            return
        yield Executor(None, lambda: None)
        return
    with fleet(out, jobs, options, say) as placing:
        yield Executor(placing.start, placing.trouble)
