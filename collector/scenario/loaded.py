"""A scenario that was read: what it says, where it came from, and how errors call its places."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from collector.problems import BadFile, Path, Problem, dotted, problems_of
from collector.scenario.models import Mock, Scenario
from collector.yamlfile import Document, read_yaml


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario and where it came from. ``warnings`` say what a foreign file asked for in vain."""

    scenario: Scenario
    sha256: str
    """Of the file's bytes."""
    path: FilePath | None = None
    experiment_id: str | None = None
    """The ytTREX experiment that a Guardoni CSV would be registered as (40 hex)."""
    warnings: tuple[str, ...] = field(default=())
    document: Document | None = field(default=None, repr=False, compare=False)
    """What was read, with the lines of it; ``None`` for one made in code or of a CSV."""

    @classmethod
    def of(cls, scenario: Scenario) -> Loaded:
        """A scenario made in code; its hash is that of its content."""
        text = json.dumps(scenario.snapshot(), ensure_ascii=False, sort_keys=True)
        return cls(scenario, hashlib.sha256(text.encode()).hexdigest())

    @property
    def labels_path(self) -> FilePath | None:
        """The file of labels, if the scenario names one; relative to the scenario's own place."""
        file = self.scenario.label_file
        return None if file is None else beside(self.path, file)

    @property
    def place(self) -> str:
        """What errors call it."""
        return self.path.name if self.path is not None else "scenario"

    def problem(self, message: str, path: Path, fix: str) -> BadFile:
        """A refusal that names file, line and key."""
        line = self.document.line_of(path) if self.document is not None else None
        return BadFile(self.place, [Problem(message, dotted(path), line, fix)])

    def on_mock(
        self,
        *,
        world: str | None = None,
        recommender: Mapping[str, float] | None = None,
        faults: Mapping[str, float] | None = None,
        mechanism: str | None = None,
        truths: FilePath | None = None,
        era: str | None = None,
    ) -> Loaded:
        """The scenario on another mock: what is given here is added to what it says itself, or
        replaces it. It stands in the plan like something written in the file. Raises UserError."""
        if not (world or recommender or faults or mechanism or truths or era):
            return self
        was = self.scenario.mock or Mock()
        try:
            told = Mock(
                world=was.world if world is None else inlined(world, FilePath(world)),
                era=era or was.era,  # type: ignore[arg-type] # Mock checks it
                recommender={**was.recommender, **(recommender or {})},
                faults={**was.faults, **(faults or {})},
                mechanism=mechanism or was.mechanism,
                mobile=was.mobile,
                truths=was.truths if truths is None else truths_in(truths),
            )
        except ValidationError as error:
            raise BadFile("mock", problems_of(error, model=Mock)) from error
        return replace(self, scenario=self.scenario.model_copy(update={"mock": told}))


#: Worlds that need no file.
SIZES = ("small", "medium")


def beside(scenario: FilePath | None, file: str) -> FilePath:
    """A file that a scenario names, from where the scenario lies."""
    return (scenario.parent if scenario else FilePath()) / file


def inlined(world: str, path: FilePath) -> str | dict[str, Any]:
    """A world by its name, or what its file says. Raises BadFile."""
    if world in SIZES:
        return world
    data = read_yaml(path).data
    if not isinstance(data, dict):
        fix = "compare with docs/world.example.yaml"
        raise BadFile(str(path), [Problem("a world file is a mapping of keys to values", fix=fix)])
    return data


def truths_in(path: FilePath) -> list[dict[str, Any]] | dict[str, Any]:
    """What a truth file says; what it means is asked of the mock. Raises BadFile."""
    data = read_yaml(path).data
    if isinstance(data, dict) or (
        isinstance(data, list) and all(isinstance(each, dict) for each in data)
    ):
        return data
    fix = "write - {truth: NAME, …} lines; docs/mock.md has the names"
    raise BadFile(str(path), [Problem("a truth file is a list of truths", fix=fix)])
