"""CONTRIBUTING.md is literally true: the files that it names are there, and so are its commits."""

from __future__ import annotations

import re
import subprocess

import pytest
from places import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
#: A path with a folder; NAME and PLATFORM stand for one that the reader chooses.
_PATH = r"(?<![\w/.])((?:collector|mockserver|tests|docs)/[\w/.-]*\w/?)(?![\w*/.-]*[\w*/])"
PATHS = sorted(set(re.findall(_PATH, TEXT)))


def test_every_file_that_it_names_is_there() -> None:
    chosen = re.compile(r"\b(?:NAME|PLATFORM)\b")
    named = [path for path in PATHS if not chosen.search(path)]
    assert len(named) > 30
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_commit_that_it_names_is_there() -> None:
    """By the beginning of its subject."""
    asked = ["git", "log", "--format=%s"]
    log = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if log.returncode or (ROOT / ".git" / "shallow").exists():
        pytest.skip("this is no checkout with its history")
    subjects = log.stdout.splitlines()
    named = [" ".join(one.split()) for one in re.findall(r'The commit "([^"]+)"', TEXT)]
    assert len(named) == len(re.findall(r"\b[Tt]he commit\b", TEXT)) >= 2
    assert [one for one in named if not any(each.startswith(one) for each in subjects)] == []
