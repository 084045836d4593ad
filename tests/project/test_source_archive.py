"""A source archive holds what its own tests and papers speak of."""

from __future__ import annotations

from hatchling.builders.sdist import SdistBuilder
from places import ROOT

#: Files at the root that are for people, besides modules and settings.
FOR_PEOPLE = ("*.md", "*.cff", "*.lock", "*.toml", "*.py", "Makefile", "Containerfile*", "LICENSE")


def test_every_file_at_the_root_is_in_it() -> None:
    held = {each.relative_path for each in SdistBuilder(str(ROOT)).recurse_included_files()}
    there = {path.name for pattern in FOR_PEOPLE for path in ROOT.glob(pattern)}
    assert "CONTRIBUTING.md" in there
    assert there - held - {"pyproject.toml"} == set(), "name them in tool.hatch.build.targets.sdist"
    assert {"tests/toy_platform/toyboard.py", "docs/extending.md", "examples/analysis.qmd"} <= held
