"""A package of a platform of somebody else, tests/toy_platform, and a scenario for it."""

from __future__ import annotations

import importlib.util
from typing import Any

from places import TESTS

TOY = TESTS / "toy_platform"


def board() -> Any:
    """The package's module, for its pages; nothing of it is registered in this process."""
    found = importlib.util.spec_from_file_location("toyboard", TOY / "toyboard.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


#: The treated vote for the last notice, so that it comes first for everybody afterwards.
SCENARIO = """
name: board
platform: toyboard
labels: mock
analysis: {outcomes: [rank-overlap]}
before: [{visit: home}]
arms:
  control: {steps: [{pause: 1s}]}
  treated: {steps: [{vote: 3}]}
after: [{visit: home}]
"""
