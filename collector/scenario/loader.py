"""Scenarios from files: YAML by path or by the name of a shipped one, and Guardoni CSV.

Every refusal names the file, the line, the path (``arms.flat-earth.steps.3.watch.for``) and the
fix, and all that is wrong with a file is said at once.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from collector.problems import BadFile, Problem
from collector.scenario.guardoni import parse_guardoni
from collector.scenario.loaded import Loaded
from collector.scenario.parsing import parse_scenario
from collector.scenario.shipped import find_scenario
from collector.yamlfile import MAX_BYTES, decode

__all__ = ["Loaded", "load_scenario", "parse_scenario"]


def load_scenario(name_or_path: str | FilePath, *, describe: bool = False) -> Loaded:
    """A shipped scenario by name, or any YAML or Guardoni CSV by path. Raises UserError.

    :param describe: as of :func:`parse_scenario`: for a run, which collects what it can.
    """
    path = find_scenario(name_or_path)
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", fix="check the path")
        raise BadFile(str(path), [problem]) from error
    if path.suffix.lower() in (".csv", ".tsv"):
        return parse_guardoni(decode(raw, place=path.name), path=path, raw=raw)
    return parse_scenario(raw, place=path.name, path=path, describe=describe)
