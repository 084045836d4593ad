"""Rounds simulated by several processes, handed back in order.

What is written does not depend on how many there are: each round is a function of the job and its
number, and rounds are taken in the order of their numbers. The process that writes is one of them:
it simulates while the round to be written next is not there, so that no processor waits for another
and the world is held once less.
"""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from collector.datasets.records import Session
from collector.datasets.simulator import Job, Simulator

#: Rounds that are under way or wait to be written, for each process: memory stays what it is.
_AHEAD = 3
#: Objects between two looks for garbage: rows refer to nothing that refers to them.
_GARBAGE = 100_000

_simulator: Simulator | None = None


def _begin(job: Job) -> None:
    """Make ready to simulate a job; a process that was forked has the simulator already."""
    global _simulator
    if _simulator is None or _simulator.job is not job:
        _simulator = Simulator(job)
    # The world lives as long as the process.
    gc.freeze()
    gc.set_threshold(_GARBAGE)


def _round(number: int) -> list[Session]:
    assert _simulator is not None  # the pool's initializer made it
    return _simulator.draft(number)


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage seldom while rows are made and written; as before at the end."""
    before = gc.get_threshold()
    gc.set_threshold(_GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _settle() -> None:
    """Leave alone what is there: it is shared with those that are forked."""
    gc.collect()
    gc.freeze()


def _method() -> str:
    """How processes are begun. A fork shares the world, programs and locale data, a third of all
    the memory; it is safe only where no other thread could hold a lock."""
    return "fork" if threading.active_count() == 1 else "spawn"


def rounds(simulator: Simulator, processes: int) -> Generator[list[Session], None, None]:
    """Round 0, 1, 2, … without an end. Close the generator to end the processes.

    :param processes: as many simulate, this one among them.
    """
    if processes < 2:
        number = 0
        while True:
            yield simulator.round(number)
            number += 1
    global _simulator
    _simulator = simulator
    _settle()
    with ProcessPoolExecutor(
        processes - 1,
        mp_context=multiprocessing.get_context(_method()),
        initializer=_begin,
        initargs=(simulator.job,),
    ) as pool:
        #: In the order of their numbers: asked of another process, or made here.
        waiting: deque[Future[list[Session]] | list[Session]] = deque()
        try:
            number = 0
            while True:
                others = sum(isinstance(each, Future) and not each.done() for each in waiting)
                while others < 2 * (processes - 1) and len(waiting) < _AHEAD * processes:
                    waiting.append(pool.submit(_round, number))
                    number, others = number + 1, others + 1
                first = waiting[0]
                if isinstance(first, Future):
                    if not first.done() and len(waiting) < _AHEAD * processes:
                        waiting.append(simulator.draft(number))
                        number += 1
                        continue
                    first = first.result()
                waiting.popleft()
                yield simulator.completed(first)
        finally:
            for each in waiting:
                if isinstance(each, Future):
                    each.cancel()
