"""Rounds simulated by several processes, handed back in order.

What is written does not depend on how many there are: each round is a function of the job and its
number, and rounds are taken in the order of their numbers.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor

from collector.datasets.records import Session
from collector.datasets.simulator import Job, Simulator

#: Rounds that are asked for ahead of the one that is written, for each process.
_AHEAD = 3

_simulator: Simulator | None = None


def _begin(job: Job) -> None:
    global _simulator
    _simulator = Simulator(job)
    # The world lives as long as the process, and rows refer to nothing that refers to them.
    gc.freeze()
    gc.set_threshold(100_000)


def _round(number: int) -> list[Session]:
    assert _simulator is not None  # the pool's initializer made it
    return _simulator.round(number)


def rounds(simulator: Simulator, processes: int) -> Generator[list[Session], None, None]:
    """Round 0, 1, 2, … without an end. Close the generator to end the processes.

    :param processes: 1 simulates here; more start that many others.
    """
    if processes < 2:
        number = 0
        while True:
            yield simulator.round(number)
            number += 1
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
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
