"""Real pages of 2018–2026 and redesigns of them: read, or refused aloud.

The pages and the two programs that judge the reading are test material beside the project
(``TWINWATCH_CORPUS``, default ``../shared/corpus``); without it these tests are skipped.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import CORPUS

REAL = CORPUS / "realpages"

pytestmark = pytest.mark.skipif(
    not (REAL / "check.py").exists(), reason=f"no real pages under {REAL} (TWINWATCH_CORPUS)"
)


@pytest.fixture(scope="module")
def collector(
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The command, forked: the programs call it once for each kind of redesign."""
    path = tmp_path_factory.mktemp("bin") / "collector"
    words = shlex.join(forked_processes[1]("collector"))
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


def judge(collector: Path, program: str, *arguments: str) -> str:
    """The last line of one of the corpus's programs."""
    done = subprocess.run(
        [sys.executable, str(REAL / program), *arguments, "--collector", str(collector)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "form",
    [pytest.param([], marks=pytest.mark.slow), ["--as-found"]],
    ids=["with-address", "as-found"],
)
def test_real_pages_are_read(form: list[str], collector: Path) -> None:
    """Every status and item, nothing invented, fields of found items at least 98 of a hundred."""
    limits = ["--min-items", "0.99", "--min-status", "0.97", "--max-invented", "0"]
    total = judge(collector, "check.py", str(REAL / "pages"), *form, *limits)
    shares = re.findall(r"(kind|title|channel|views|seconds|age) (\d+)/(\d+)", total)
    assert len(shares) == 6
    for name, right, seen in shares:
        assert int(right) >= 0.98 * int(seen), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "only",
    [["--only", "home-item,classes,new-card,json-video"], pytest.param([], marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def test_redesigns_lose_nothing_in_silence(only: list[str], collector: Path) -> None:
    """Some pages of each corpus under redesigns: the two programs' own criterion. Of those, one of
    an element, one of what styles, one that is new and one of the data beside the page differ most.
    """
    folders = [str(REAL / "pages"), str(CORPUS / "youtube")]
    limits = ["--sample", "4", "--min-recall", "0.97", "--min-items", "150", "--max-invented", "0"]
    total = judge(collector, "mutate.py", *folders, *only, *limits)
    assert "silent losses 0 pages" in total
