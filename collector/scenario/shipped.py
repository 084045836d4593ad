"""The scenarios that come with the package, and how a name becomes a file."""

from __future__ import annotations

from pathlib import Path

from collector.common.errors import UserError
from collector.problems import did_you_mean
from collector.profile.shipped import shipped_dir

_SUFFIXES = (".yaml", ".csv")


def shipped_scenarios() -> dict[str, Path]:
    """The shipped scenarios by name (``quick``, ``guardoni-climate``), alphabetically."""
    found = [at for at in shipped_dir("scenarios").iterdir() if at.suffix in _SUFFIXES]
    return {path.stem: path for path in sorted(found)}


def find_scenario(name_or_path: str | Path) -> Path:
    """A path that exists, or the shipped file of that name. Raises UserError."""
    path = Path(name_or_path)
    if path.is_file():
        return path
    shipped = shipped_scenarios()
    name = str(name_or_path)
    for path_of in shipped.values():
        if name in (path_of.stem, path_of.name):
            return path_of
    if path.is_dir():
        raise UserError("is a directory", place=name, fix="name a scenario file in it")
    raise UserError(
        "no such file, and no shipped scenario of that name",
        place=name,
        fix=did_you_mean(path.stem, shipped),
    )
