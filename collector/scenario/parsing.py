"""A scenario from YAML text or plain data; all that is wrong with it is said at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from collector.problems import BadFile, Path, Problem, dotted, problems_of
from collector.profile import PersonaFile
from collector.scenario.contradictions import contradictions, untested
from collector.scenario.loaded import Loaded, beside, inlined, truths_in
from collector.scenario.models import Analysis, Arm, Mock, Registration, Scenario
from collector.scenario.render import known_keys
from collector.scenario.steps import STEPS
from collector.yamlfile import Document, parse_yaml


def parse_scenario(
    source: bytes | str | Mapping[str, Any],
    *,
    place: str = "scenario",
    path: FilePath | None = None,
    describe: bool = False,
) -> Loaded:
    """A scenario from YAML text or plain data. ``place`` names it in errors. Raises BadFile.

    :param describe: a declared surface that nothing can be tested on is a warning, not a refusal.
    """
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
        try:
            said = inlined(world, beside(path, world))
        except BadFile as error:
            at: Path = ("mock", "world")
            message = str(error).partition("\n")[0]
            problem = Problem(message, dotted(at), document.line_of(at), error.fix)
            raise BadFile(place, [problem]) from error
        told = scenario.mock.model_copy(update={"world": said})
        scenario = scenario.model_copy(update={"mock": told})
    truths = None
    if scenario.mock is not None and isinstance(file := scenario.mock.truths, str):
        truths = (beside(path, file), truths_in(beside(path, file)))
        told = scenario.mock.model_copy(update={"truths": truths[1].data})
        scenario = scenario.model_copy(update={"mock": told})
    sha256 = hashlib.sha256(raw).hexdigest()
    loaded = Loaded(scenario, sha256, path, document=document, truths=truths)
    problems = list(contradictions(scenario, loaded.labels_path, document))
    in_vain = list(untested(scenario, document))
    if problems or (in_vain and not describe):
        raise BadFile(place, [*problems, *in_vain])
    notes = [f"{each.path}: {each.message}, so the report will withhold it" for each in in_vain]
    return replace(loaded, warnings=tuple(notes))


def _keys_at(path: Path) -> list[str] | None:
    """The keys a mapping at ``path`` may have."""
    names = [str(part) for part in path if not isinstance(part, int)]
    if not names:
        return list(Scenario.model_fields)
    if names == ["analysis"]:
        return list(Analysis.model_fields)
    if names == ["mock"]:
        return list(Mock.model_fields)
    if names == ["registration"]:
        return list(Registration.model_fields)
    if names[-1] == "persona":
        return list(PersonaFile.model_fields)
    if len(names) == 2 and names[0] == "arms":
        return list(Arm.model_fields)
    if names[-1] in STEPS:
        return known_keys(names[-1])
    return None
