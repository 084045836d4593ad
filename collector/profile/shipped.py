"""The personas that come with the package: ``profiles/*.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from collector.problems import BadFile, problems_of
from collector.profile.persona import Persona, PersonaFile
from collector.yamlfile import read_yaml

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_dir(kind: str) -> Path:
    """Where the shipped ``scenarios`` or ``profiles`` lie: in the package, or beside it."""
    installed = _PACKAGE / "_shipped" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind


def read_persona(path: Path) -> Persona:
    """A persona file. Raises BadFile."""
    document = read_yaml(path)
    try:
        return PersonaFile.model_validate(document.data).persona()
    except ValidationError as error:
        raise BadFile(
            path.name, problems_of(error, model=PersonaFile, line_of=document.line_of)
        ) from error


@cache
def shipped_personas() -> dict[str, Persona]:
    """The shipped personas by name, in alphabetical order."""
    return {
        path.stem: read_persona(path) for path in sorted(shipped_dir("profiles").glob("*.yaml"))
    }
