"""Waves simulated by several processes, handed back in order.

What is written does not depend on how many there are: each wave is a function of the job and its
number, and waves are taken in the order of their numbers.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor

from collector.dataset.records import Session
from collector.dataset.simulator import Job, Simulator

#: Waves that are asked for ahead of the one that is written, for each process.
_AHEAD = 3

_simulator: Simulator | None = None


def _begin(job: Job) -> None:
    global _simulator
    _simulator = Simulator(job)


def _wave(number: int) -> list[Session]:
    assert _simulator is not None  # the pool's initializer made it
    return _simulator.wave(number)


def waves(simulator: Simulator, processes: int) -> Generator[list[Session], None, None]:
    """Wave 0, 1, 2, … without an end. Close the generator to end the processes.

    :param processes: 1 simulates here; more start that many others.
    """
    if processes < 2:
        number = 0
        while True:
            yield simulator.wave(number)
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
                    asked.append(pool.submit(_wave, number))
                    number += 1
                yield asked.popleft().result()
        finally:
            for future in asked:
                future.cancel()
