"""One world and the sessions simulated in it; the same session gives the same rows in any process.

Nothing of a session depends on another one: every puppet is a viewer of its own, and the world's
recommender looks at one viewer at a time. So sessions may be simulated anywhere, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from collector.common.model import Platform
from collector.datasets.errors import NotSimulated
from collector.datasets.records import Session
from collector.datasets.rounds import Rounds
from collector.datasets.simulated import Puppet, Simulated
from collector.labelfile import read_label_file
from collector.mock.mockworld import labels_of, world_of
from collector.platforms.registry import spec_of
from collector.problems import BadFile, Problem
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK
from collector.scenario.planned import PlannedSession
from mockserver.world import World
from mockserver.world.truths import Truths


@dataclass(frozen=True)
class Job:
    """What is simulated; it can be sent to another process."""

    loaded: Loaded
    seed: int
    run: str
    published: bool = False
    """Count only posts that published data would hold."""


class Simulator:
    """Simulates the sessions of a job."""

    def __init__(self, job: Job, world: World | None = None) -> None:
        """
        :param world: in place of the one that the scenario asks for; its clock has to stand still.
        :raises UserError: no plan can be made of it, or its labels cannot be read.
        """
        self.job = job
        self.rounds = Rounds(job.loaded, job.seed)
        self.platform = Platform(self.rounds.plan.platform)
        made: type[Simulated] | None = spec_of(self.platform).load("simulated")
        if made is None:
            raise NotSimulated(
                f"lists of {self.platform} are not simulated",
                place=f"{job.loaded.place}: platform",
                fix="run it instead: collector run",
            )
        self._made = made
        # A clock that stands still: what a page shows depends on nothing but the seed.
        self.world = world or world_of(self.rounds.plan.scenario, job.seed, clock="0")

    @staticmethod
    def strange_to(truths: Truths) -> list[str]:
        """Truths that no simulated session can show."""
        return [
            truth.name
            for truth in truths.all
            if truth.name in ("corruption", "stall")
            or (truth.name == "label-errors" and truth.arms)
        ]

    @cached_property
    def label_sets(self) -> Mapping[str, Mapping[str, str]]:
        """Where labels come from → topic by item id; what a later one says of an item wins."""
        loaded = self.job.loaded
        return {
            source: labels_of(self.world, self.platform)
            if source == MOCK
            else _by_id(_at(loaded.labels_path), self.platform)
            for source in loaded.scenario.label_sources
        }

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Topic by item id."""
        return {item: label for some in self.label_sets.values() for item, label in some.items()}

    @cached_property
    def reader(self) -> Any:
        """Reads what the world's pages show and remembers it; simulators of one world may share
        it."""
        return self._made.reads(self.world)

    def round(self, number: int, *, most: int | None = None) -> list[Session]:
        """The sessions of a round, in order.

        :param most: stop at the page on which so many impressions are reached.
        """
        return self.completed(self.draft(number, most=most))

    def completed(self, sessions: list[Session]) -> list[Session]:
        """Sessions with rows in place of keys. Those of another process are to be handed over in
        the order in which it drafted them: what a key stands for, it tells once."""
        if any(session.listed for session in sessions):
            self.reader.complete(sessions)
        return sessions

    def draft(self, number: int, *, most: int | None = None) -> list[Session]:
        """The sessions of a round, in order, where what pages list may be keys still; as
        :meth:`round` otherwise."""
        made: list[Session] = []
        puppets: dict[str, Simulated] = {}
        left = most
        for planned in self.rounds.sessions(number):
            before = puppets.get(planned.puppet)
            simulated = self._session(planned, before.known if before else None, left)
            puppets[planned.puppet] = simulated
            made.append(simulated.simulate())
            if left is not None:
                left -= made[-1].rows
                if left <= 0:
                    break
        for simulated in puppets.values():
            simulated.forget()
        return made

    def _session(
        self, planned: PlannedSession, known: Puppet | None, most: int | None
    ) -> Simulated:
        return self._made(
            self.world,
            self.job.run,
            planned,
            known,
            seen=self.reader,
            labels=self.labels,
            most=most,
            published=self.job.published,
        )


def _by_id(path: Path, platform: Platform) -> Mapping[str, str]:
    """The labels of a file that names ids.

    :raises BadFile: it has patterns, which need a page to look at, and a dataset has none."""
    file = read_label_file(path, platform)
    if file.patterns.rows:
        fix = "name the ids, or run the scenario: collector run --driver http (power: --pilot RUN)"
        message = "a dataset, power and calibrate take labels by id only"
        raise BadFile(str(path), [Problem(message, fix=fix)])
    return file.labels


def _at(path: Path | None) -> Path:
    assert path is not None  # a source that is not the mock is a file
    return path
