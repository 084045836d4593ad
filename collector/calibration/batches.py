"""Batches of audits in several processes: the same numbers with one process or with ten.

A batch has its own chance, derived from seed, truth, twins and its number; what a process returns
are the decisions, and they are added up in the order of the batches.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from collector.analysis.exchanges import MOST_EXACT
from collector.analysis.judging import judge
from collector.calibration.audits import (
    CHUNK,
    Audits,
    Platform,
    audits,
    design_of,
    generator_of,
    platform,
)
from collector.calibration.deciding import KINDS, Decisions, decide
from collector.calibration.frames import frame
from collector.calibration.probe import Probe
from collector.calibration.truths import Truth

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """One cell: a truth in a design, so many times."""

    truth: Truth
    history: float
    """The factor that ``audits.platform`` has found for the truth."""
    twins: int | None
    block: int | None
    experiments: int
    most: int = MOST_EXACT
    """Exchanges counted at most."""
    judged: int = 0
    """So many audits of the first batch are put before the report's own ``judge`` as well."""
    reach: bool = False
    """It is said of each audit from which shift it would have found it."""


@dataclass(frozen=True, eq=False)
class Batch:
    """What came of one batch of a job."""

    decisions: Decisions
    differing: tuple[str, ...]
    """Where ``judge`` says something else of the same data; empty is right."""


_own: list[tuple[Probe, int]] = []
_ground: dict[int, Platform] = {}
"""Of the job that this process works at."""


def _begin(probe: Probe, seed: int) -> None:
    _own[:] = [(probe, seed)]
    _ground.clear()


def _run(task: tuple[int, Job, int, int]) -> Batch:
    number, job, chunk, count = task
    probe, seed = _own[0]
    if number not in _ground:
        _ground.clear()
        _ground[number] = platform(probe, job.truth, history=job.history)
    return batch(probe, _ground[number], job, chunk, count, seed)


def batch(probe: Probe, ground: Platform, job: Job, chunk: int, count: int, seed: int) -> Batch:
    """One batch, in this process."""
    design = design_of(probe, job.twins, job.block)
    twins = max(puppet.twin for puppet in design.puppets)
    told = audits(ground, design, count, generator_of(seed, job.truth.name, twins, chunk))
    run_seed = int(probe.data.run["seed"])
    decisions = decide(probe, told, seed=run_seed, most=job.most, reach=job.reach)
    wanted = min(job.judged, count) if chunk == 0 else 0
    return Batch(decisions, tuple(differences(probe, told, decisions, wanted)))


def differences(probe: Probe, told: Audits, found: Decisions, count: int) -> Iterator[str]:
    """Each verdict of the first ``count`` audits in which ``judge`` differs, as one sentence."""
    for audit in range(count):
        judged = judge(frame(probe, told, audit)).verdicts
        for at, verdict in enumerate(judged):
            mine = KINDS[found.kind[audit, at]], found.gate[audit, at] or None
            p = found.p[audit, at]
            alike = mine == (verdict.verdict, verdict.gate) or (
                mine[0] is verdict.verdict and mine[1] == "nothing to compare"
            )
            if verdict.p is not None and abs(verdict.p - p) > 1e-9:
                alike = False
            if not alike:
                yield (
                    f"audit {audit}, {found.questions[at].name}: {mine[0]} (p = {p:.4g}) at once,"
                    f" {verdict.verdict} (p = {verdict.p}) by judge"
                )


def run(
    probe: Probe, jobs: Sequence[Job], *, seed: int, processes: int | None = None
) -> Iterator[tuple[Job, list[Batch]]]:
    """Every job with its batches, in the order given."""
    tasks = [
        (number, job, chunk, min(CHUNK, job.experiments - chunk * CHUNK))
        for number, job in enumerate(jobs)
        for chunk in range(-(-job.experiments // CHUNK))
    ]
    found: list[list[Batch]] = [[] for _ in jobs]
    with workers(probe, seed, processes, len(tasks)) as pool:
        at = 0
        for task, done in zip(tasks, pool.map(_run, tasks), strict=True):
            found[task[0]].append(done)
            while at < len(jobs) and len(found[at]) * CHUNK >= jobs[at].experiments:
                yield jobs[at], found[at]
                found[at] = []
                at += 1


@contextmanager
def workers(
    probe: Probe, seed: int, processes: int | None, tasks: int
) -> Iterator[ProcessPoolExecutor]:
    """Processes that know the probe and the seed (``own``): one a core by default, and no more than
    there are tasks."""
    with (
        _one_thread(),
        ProcessPoolExecutor(
            min(processes or os.cpu_count() or 1, tasks),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(probe, seed),
        ) as pool,
    ):
        yield pool


def own() -> tuple[Probe, int]:
    """Return the probe and the seed of the process that asks."""
    return _own[0]


@contextmanager
def _one_thread() -> Iterator[None]:
    """The processes share the cores: a matrix product of its own threads would only wait."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def joined(batches: Sequence[Batch]) -> Decisions:
    """The decisions of all batches of a job."""
    parts = [each.decisions for each in batches]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("kind", "gate", "estimate", "low", "high", "bounded", "p", "adjusted")
    }
    if reach := [part.found_from for part in parts if part.found_from is not None]:
        columns["found_from"] = np.concatenate(reach)
    return Decisions(parts[0].questions, **columns)
