"""Making a dataset: sessions, round after round, until there are enough impressions.

Protects two rules: the same scenario, seed, number and formats give the same bytes, whatever the
machine, the process and how many of them; a folder that bears the dataset's name is a whole one.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shlex import quote

from collector import __version__
from collector.common.typed import typed
from collector.datasets import card
from collector.datasets.errors import BadSize, DiskFull, NotSimulated, TargetTaken, full_disk
from collector.datasets.pool import few_collections, rounds
from collector.datasets.published import Published
from collector.datasets.records import COLUMNS, NUMBERED, Session, Values, values_of
from collector.datasets.simulator import Job, Simulator
from collector.datasets.writers import STORE, Writer, close_all, dictionary_rows, writers
from collector.drafts import drafting
from collector.environment import full_at
from collector.export import Format
from collector.mock.examine import examine
from collector.mock.mocktruths import truths_in
from collector.platforms.registry import Genre, platforms, spec_of
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK
from collector.store import TABLES
from collector.store.database import user_errors
from collector.store.rows import packed
from collector.store.times import to_iso

#: More impressions than this were not meant.
MOST_ROWS = 100_000_000
#: From so many impressions on several processes simulate.
_MANY = 50_000
#: Bytes that an impression takes with everything that belongs to it, at most.
_BYTES = {Format.JSONL: 1200, Format.CSV: 800, Format.PARQUET: 150, Format.SQLITE: 1100}


class Shape(StrEnum):
    """What a dataset looks like."""

    TWINWATCH = "twinwatch"
    """The tables of a run."""
    E18 = "e18"
    """The published election data."""


@dataclass(frozen=True)
class DatasetSpec:
    """What is asked for. ``seed`` ``None``: the scenario's own."""

    scenario: Loaded
    rows: int
    out: Path
    seed: int | None = None
    formats: Sequence[Format] = tuple(Format)
    shape: Shape = Shape.TWINWATCH
    licence: str = "CC0-1.0"
    processes: int | None = None


@dataclass(frozen=True)
class Built:
    """What was written."""

    out: Path
    rows: int
    """Impressions."""
    sessions: int
    counts: dict[str, int]
    plan_hash: str


def build(
    wanted: DatasetSpec,
    progress: Callable[[int], None] = lambda rows: None,
    told: Callable[[str], None] = lambda sentence: None,
) -> Built:
    """Write a dataset.

    :param progress: told how many impressions there are, after every round.
    :param told: told what weakens labels and addresses, a sentence each.
    :raises UserError: a size that is none, a folder that is taken, a scenario that cannot be
        simulated, a full disk. Nothing half-written stays.
    """
    _check(wanted)
    seed = wanted.scenario.scenario.seed if wanted.seed is None else wanted.seed
    published = wanted.shape is Shape.E18
    if published and spec_of(wanted.scenario.scenario.platform).genre is not Genre.FEED:
        feeds = [name for name, spec in platforms().items() if spec.genre is Genre.FEED]
        raise NotSimulated(
            "the shape e18 holds timelines, and this scenario is not one on a feed",
            place="--shape",
            fix=f"use --shape twinwatch, or a scenario with platform: {' or '.join(feeds)}",
        )
    for sentence in examine(wanted.scenario, seed=seed, site=MOCK):
        told(sentence)
    for truth in Simulator.strange_to(truths_in(wanted.scenario.scenario.snapshot())):
        raise wanted.scenario.of_truths(
            NotSimulated(
                f"{truth}: a dataset has no markup, no player and no labels of an arm",
                place="mock.truths",
                fix="leave it out, or run the scenario: collector run --driver http",
            )
        )
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", wanted.scenario.scenario.name)
    simulator = Simulator(Job(wanted.scenario, seed, f"{name}-dataset-{seed}", published))
    out = wanted.out.absolute()
    with full_disk(out), user_errors(out), full_at(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with drafting(out) as draft:
            draft.mkdir()
            made = _Dataset(wanted, simulator, draft)
            try:
                made.write(progress)
            except BaseException:
                made.abandon()
                raise
    return Built(out, made.rows, made.sessions, dict(made.counts), simulator.rounds.plan.hash)


def one_run(simulator: Simulator, folder: Path) -> Path:
    """One whole run of the simulator's scenario, as ``store.db`` in an existing folder.

    Without the checks, the other formats and the card of a data set: for who reads it at once.
    """
    wanted = DatasetSpec(simulator.job.loaded, 1, folder, simulator.job.seed, (Format.SQLITE,))
    made = _Dataset(wanted, simulator, folder)
    try:
        made._take(simulator.round(0))
        made._frame()
        close_all(made.writers)
    except BaseException:
        made.abandon()
        raise
    return folder


def _check(wanted: DatasetSpec) -> None:
    if not 1 <= wanted.rows <= MOST_ROWS:
        raise BadSize(
            f"{wanted.rows:,} is not a number of impressions",
            place="--rows",
            fix=f"give a number from 1 to {MOST_ROWS:,}",
        )
    out = wanted.out
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise TargetTaken(
            "there is something already",
            place=str(out),
            fix="name a new or an empty folder with --out",
        )
    parent = next(each for each in out.absolute().parents if each.exists())
    if not os.access(parent, os.W_OK):
        raise TargetTaken("cannot be written to", place=str(parent), fix="name another --out")
    needed = wanted.rows * sum(_BYTES[form] for form in wanted.formats)
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise DiskFull(
            f"about {needed / 1e9:,.1f} GB are needed and {free / 1e9:,.1f} GB are free",
            place=str(out),
            fix="ask for fewer --rows or fewer --format, or name another --out",
        )


class _Dataset:
    """One dataset while it is written."""

    def __init__(self, wanted: DatasetSpec, simulator: Simulator, folder: Path) -> None:
        self.wanted, self.simulator, self.folder = wanted, simulator, folder
        self.published = Published(folder) if wanted.shape is Shape.E18 else None
        self.writers: list[Writer] = (
            [self.published] if self.published else writers(folder, wanted.formats)
        )
        self.counts: Counter[str] = Counter(dict.fromkeys(TABLES, 0))
        self.rows = self.sessions = self.rounds = 0
        self.finished = ""
        self.mixes: dict[str, str] = {}
        self.parser = ""

    def abandon(self) -> None:
        """Let go of files that will not be whole."""
        for writer in self.writers:
            writer.abandon()

    def write(self, progress: Callable[[int], None]) -> None:
        """Everything: rows, then the card."""
        processes = self.wanted.processes
        if processes is None:
            processes = 1 if self.wanted.rows < _MANY else min(os.cpu_count() or 1, 8)
        with few_collections(), closing(rounds(self.simulator, processes)) as found:
            for sessions in found:
                left = self.wanted.rows - self.rows
                if sum(session.rows for session in sessions) > left:
                    sessions = self.simulator.round(self.rounds, most=left)
                before = self.rows
                self._take(sessions)
                progress(self.rows)
                if self.rows >= self.wanted.rows:
                    break
                if self.rows == before:
                    raise NotSimulated(
                        "the dataset would be empty: no step captures a page with a list",
                        place=self.wanted.scenario.scenario.name,
                        fix="use a scenario that captures pages (collector scenarios lists some)",
                    )
        self._frame()
        close_all(self.writers)
        if self.published is not None:
            self.counts = Counter(
                {"impressions": self.published.impressions, "posts": self.published.posts}
            )
        self._card()

    def _take(self, sessions: Sequence[Session]) -> None:
        """The rows of some sessions, table by table."""
        self.rounds += 1
        for table in TABLES:
            rows: list[Values] = [row for each in sessions for row in each.tables.get(table, ())]
            if not rows:
                continue
            if table in NUMBERED:
                start = self.counts[table] + 1
                rows = [(number, *row[1:]) for number, row in enumerate(rows, start)]
            self._write(table, rows)
        ends = COLUMNS["sessions"].index("finished")
        parser = COLUMNS["observations"].index("parser")
        for session in sessions:
            self.sessions += 1
            self.rows += session.rows
            self.mixes.update(session.mixes)
            self.finished = max(self.finished, *(r[ends] for r in session.tables["sessions"]))
            for row in session.tables["observations"][:1]:
                self.parser = row[parser]

    def _write(self, table: str, rows: Sequence[Values]) -> None:
        self.counts[table] += len(rows)
        for writer in self.writers:
            writer.write(table, rows)

    def _frame(self) -> None:
        """The rows that stand once: the run, the labels, the dictionary."""
        simulator, plan = self.simulator, self.simulator.rounds.plan
        started = to_iso(simulator.world.now())
        run = {
            "id": simulator.job.run,
            "scenario": plan.scenario_name,
            "platform": plan.platform,
            "site": "mock",
            "submit_to": "none",
            "seed": plan.seed,
            "plan_hash": plan.hash,
            "experiment_id": plan.experiment_id,
            "state": "finished",
            "started": started,
            "finished": self.finished,
            "command": self.command,
            "scenario_json": packed(dict(plan.scenario)),
            "analysis": packed(dict(plan.scenario.get("analysis") or {})),
            "versions": packed({"collector": __version__, "parser": self.parser}),
            "environment": packed(
                {
                    "simulated": True,
                    "world": {"seed": plan.seed, **(plan.scenario.get("mock") or {})},
                }
            ),
            "recommender": packed(simulator.world.describe()),
        }
        self._write("runs", [values_of("runs", run)])
        if self.published is not None:
            return
        rows: dict[str, tuple[str, str, str]] = {}
        for source, labels in simulator.label_sets.items():
            more = self.mixes if source == MOCK else {}
            rows |= {item: (item, label, source) for item, label in {**labels, **more}.items()}
        self._write("labels", [rows[item] for item in sorted(rows)])
        event = {
            "id": 1,
            "time": started,
            "run": simulator.job.run,
            "level": "info",
            "kind": "simulated",
            "message": "This is a dataset: simulated, without a browser; see README.md.",
            "data": "{}",
        }
        self._write("events", [values_of("events", event)])
        self._write("data_dictionary", dictionary_rows())

    @property
    def command(self) -> str:
        """The command line that makes the dataset again."""
        wanted, plan = self.wanted, self.simulator.rounds.plan
        path = wanted.scenario.path
        like = path.stem if path is not None else plan.scenario_name
        shape = "" if wanted.shape is Shape.TWINWATCH else f" --shape {wanted.shape}"
        formats = ",".join(form for form in Format if form in wanted.formats)
        given = "" if self.published or len(set(wanted.formats)) == 4 else f" --format {formats}"
        return (
            f"collector dataset new --like {typed(like)} --rows {wanted.rows}"
            f" --seed {plan.seed}{shape}{given}{self._mock()} --out DIR"
        )

    def _mock(self) -> str:
        """The options that make the mock what it was; files of a world or of truths as FILE."""
        told = self.simulator.rounds.plan.scenario.get("mock") or {}
        world = told.get("world")
        words = [] if world is None else ["--world", world if isinstance(world, str) else "FILE"]
        if "mechanism" in told:
            words += ["--recommender", f"mechanism={told['mechanism']}"]
        if "truths" in told:
            words += ["--truth", "FILE"]
        for option, key in (("--recommender", "recommender"), ("--fault", "faults")):
            for name, value in told.get(key, {}).items():
                words += [option, f"{name}={value:g}"]
        return "".join(f" {quote(word)}" for word in words)

    def _card(self) -> None:
        found = card.card_of(
            self.simulator,
            name=f"{self.simulator.job.run}-{self.wanted.rows}",
            shape=self.wanted.shape,
            rows=self.wanted.rows,
            rounds=self.rounds,
            parser=self.parser,
            licence=self.wanted.licence,
            command=self.command,
            counts=self.counts,
            files=card.files_of(self.folder),
        )
        card.write_card(self.folder, found)


__all__ = ["MOST_ROWS", "STORE", "Built", "DatasetSpec", "Shape", "build", "one_run"]
