"""Where things lie: the tree, its tests, the folder of captured pages."""

from __future__ import annotations

import os
from pathlib import Path

#: The folder of tests, and the tree that they test.
TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
#: What tests share.
TOOLS = TESTS / "tools"
#: Captured pages and answers of original servers; tests of them skip when it is absent.
CORPUS = Path(os.environ.get("TWINWATCH_CORPUS") or ROOT.parent / "shared" / "corpus")


def file_of(name: str) -> Path:
    """The file of tests called ``name``, in whichever folder.

    :raises ValueError: there is none, or more than one.
    """
    (found,) = TESTS.rglob(name)
    return found
