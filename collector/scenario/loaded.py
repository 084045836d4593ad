"""A scenario that was read: what it says, where it came from, and how errors call its places."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from collector.common.errors import UserError
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
    truths: tuple[FilePath, Document] | None = field(default=None, repr=False, compare=False)
    """The file that the mock's truths were read from, where they stand in one of their own."""

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

    def of_truths(self, error: UserError) -> UserError:
        """A refusal of the mock's truths with file, line and key where they stand; any other one as
        it is.

        :param error: its place is ``mock.truths``, or ``mock.truths: truths.0.topic``.
        """
        part, _, key = error.place.partition(": ")
        if part != "mock.truths":
            return error
        at: Path = tuple(int(each) if each.isdigit() else each for each in key.split(".") if each)
        if self.truths is not None:
            name, document = str(self.truths[0]), self.truths[1]
            at = at if isinstance(document.data, dict) else at[1:]
            line = document.line_of(at)
        elif self.document is not None and isinstance(mock := self.document.data.get("mock"), dict):
            name = self.place
            listed = not isinstance(mock.get("truths"), dict)
            at = ("mock", "truths", *(at[1:] if listed else at))
            line = self.document.line_of(at)
        else:
            return error
        where = ": ".join(filter(None, (f"{name}:{line}" if line else name, dotted(at))))
        return type(error)(error.problem, place=where, fix=error.fix)

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
            file = None if truths is None else truths_in(truths)
            told = Mock(
                world=was.world if world is None else inlined(world, FilePath(world)),
                era=era or was.era,  # type: ignore[arg-type] # Mock checks it
                recommender={**was.recommender, **(recommender or {})},
                faults={**was.faults, **(faults or {})},
                mechanism=mechanism or was.mechanism,
                mobile=was.mobile,
                truths=was.truths if file is None else file.data,
            )
        except ValidationError as error:
            raise BadFile("mock", problems_of(error, model=Mock)) from error
        read = self.truths if truths is None or file is None else (truths, file)
        changed = self.scenario.model_copy(update={"mock": told})
        return replace(self, scenario=changed, truths=read)


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


def truths_in(path: FilePath) -> Document:
    """What a truth file says; what it means is asked of the mock. Raises BadFile."""
    document = read_yaml(path)
    data = document.data
    if isinstance(data, dict) or (
        isinstance(data, list) and all(isinstance(each, dict) for each in data)
    ):
        return document
    fix = "write - {truth: NAME, …} lines; docs/mock.md has the names"
    raise BadFile(str(path), [Problem("a truth file is a list of truths", fix=fix)])
