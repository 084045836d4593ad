"""Rounds simulated by several processes, handed back in order.

What is written does not depend on how many there are: each round is a function of the job and its
number, and rounds are taken in the order of their numbers.
"""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor

from collector.datasets.records import Session
from collector.datasets.simulator import Job, Simulator
from collector.platforms.locale.tags import LANGUAGES
from collector.platforms.youtube.locale.detect import guess_languages

#: Rounds that are asked for ahead of the one that is written, for each process.
_AHEAD = 3

_simulator: Simulator | None = None


def _begin(job: Job) -> None:
    """Make ready to simulate a job; a process that was forked has the simulator already."""
    global _simulator
    if _simulator is None or _simulator.job is not job:
        _simulator = Simulator(job)
    # The world lives as long as the process, and rows refer to nothing that refers to them.
    gc.freeze()
    gc.set_threshold(100_000)


def _round(number: int) -> list[Session]:
    assert _simulator is not None  # the pool's initializer made it
    return _simulator.round(number)


def _warm() -> None:
    """Load what every process would load for itself: it is shared with those that are forked."""
    guess_languages(["no such count"], LANGUAGES)
    gc.collect()
    gc.freeze()


def _method() -> str:
    """How processes are begun. A fork shares the world, programs and locale data, a third of all
    the memory; it is safe only where no other thread could hold a lock."""
    return "fork" if threading.active_count() == 1 else "spawn"


def rounds(simulator: Simulator, processes: int) -> Generator[list[Session], None, None]:
    """Round 0, 1, 2, … without an end. Close the generator to end the processes.

    :param processes: 1 simulates here; more start that many others.
    """
    if processes < 2:
        number = 0
        while True:
            yield simulator.round(number)
            number += 1
    global _simulator
    _simulator = simulator
    _warm()
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context(_method()),
        initializer=_begin,
        initargs=(simulator.job,),
    ) as pool:
        asked: deque[Future[list[Session]]] = deque()
        try:
            number = 0
            while True:
                while len(asked) < _AHEAD * processes:
                    asked.append(pool.submit(_round, number))
                    number += 1
                yield asked.popleft().result()
        finally:
            for future in asked:
                future.cancel()
