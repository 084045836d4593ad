"""Scenarios from files: YAML by path or by the name of a shipped one, and Guardoni CSV.

Every refusal names the file, the line, the path (``arms.flat-earth.steps.3.watch.for``) and the
fix, and all that is wrong with a file is said at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from collector.problems import BadFile, Path, Problem, dotted, problems_of
from collector.scenario.contradictions import contradictions
from collector.scenario.models import Analysis, Arm, Mock, Scenario
from collector.scenario.render import known_keys
from collector.scenario.shipped import find_scenario
from collector.scenario.steps import STEPS
from collector.yamlfile import MAX_BYTES, Document, decode, parse_yaml, read_yaml


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
        return None if file is None else _beside(self.path, file)

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
        era: str | None = None,
    ) -> Loaded:
        """The scenario on another mock: what is given here is added to what it says itself, or
        replaces it. It stands in the plan like something written in the file. Raises UserError."""
        if world is None and not recommender and not faults and era is None:
            return self
        was = self.scenario.mock or Mock()
        try:
            told = Mock(
                world=was.world if world is None else _inlined(world, FilePath(world)),
                era=era or was.era,  # type: ignore[arg-type] # Mock checks it
                recommender={**was.recommender, **(recommender or {})},
                faults={**was.faults, **(faults or {})},
            )
        except ValidationError as error:
            raise BadFile("mock", problems_of(error, model=Mock)) from error
        return replace(self, scenario=self.scenario.model_copy(update={"mock": told}))


#: Worlds that need no file.
SIZES = ("small", "medium")


def _beside(scenario: FilePath | None, file: str) -> FilePath:
    """A file that a scenario names, from where the scenario lies."""
    return (scenario.parent if scenario else FilePath()) / file


def _inlined(world: str, path: FilePath) -> str | dict[str, Any]:
    """A world by its name, or what its file says. Raises BadFile."""
    if world in SIZES:
        return world
    data = read_yaml(path).data
    if not isinstance(data, dict):
        fix = "compare with docs/world.example.yaml"
        raise BadFile(str(path), [Problem("a world file is a mapping of keys to values", fix=fix)])
    return data


def load_scenario(name_or_path: str | FilePath) -> Loaded:
    """A shipped scenario by name, or any YAML or Guardoni CSV by path. Raises UserError."""
    path = find_scenario(name_or_path)
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", fix="check the path")
        raise BadFile(str(path), [problem]) from error
    if path.suffix.lower() in (".csv", ".tsv"):
        from collector.scenario.guardoni import parse_guardoni

        return parse_guardoni(decode(raw, place=path.name), path=path, raw=raw)
    return parse_scenario(raw, place=path.name, path=path)


def parse_scenario(
    source: bytes | str | Mapping[str, Any],
    *,
    place: str = "scenario",
    path: FilePath | None = None,
) -> Loaded:
    """A scenario from YAML text or plain data. ``place`` names it in errors. Raises BadFile."""
    if isinstance(source, Mapping):
        document = Document(dict(source), {})
        raw = json.dumps(source, ensure_ascii=False, sort_keys=True, default=str).encode()
    else:
        document = parse_yaml(source, place=place)
        raw = source.encode() if isinstance(source, str) else source
    try:
        scenario = Scenario.model_validate(document.data)
    except ValidationError as error:
        problems = problems_of(error, model=Scenario, line_of=document.line_of, keys_at=_keys_at)
        raise BadFile(place, problems) from error
    if scenario.mock is not None and isinstance(world := scenario.mock.world, str):
        told = scenario.mock.model_copy(update={"world": _inlined(world, _beside(path, world))})
        scenario = scenario.model_copy(update={"mock": told})
    loaded = Loaded(scenario, hashlib.sha256(raw).hexdigest(), path, document=document)
    if problems := list(contradictions(scenario, loaded.labels_path, document)):
        raise BadFile(place, problems)
    return loaded


def _keys_at(path: Path) -> list[str] | None:
    """The keys a mapping at ``path`` may have."""
    names = [str(part) for part in path if not isinstance(part, int)]
    if not names:
        return list(Scenario.model_fields)
    if names == ["analysis"]:
        return list(Analysis.model_fields)
    if names == ["mock"]:
        return list(Mock.model_fields)
    if names[-1] == "persona":
        from collector.profile import PersonaFile

        return list(PersonaFile.model_fields)
    if len(names) == 2 and names[0] == "arms":
        return list(Arm.model_fields)
    if names[-1] in STEPS:
        return known_keys(names[-1])
    return None
