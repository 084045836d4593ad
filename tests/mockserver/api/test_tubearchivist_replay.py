"""Recorded requests of real servers, replayed: the same status and JSON."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from places import CORPUS
from tubearchivist_tools import ADMIN, VIEWER

from mockserver.context import MockConfig
from mockserver.serve import serving

FOLDER = CORPUS / "tubearchivist"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (FOLDER / "replay.py").is_file(),
        reason="the recorded servers are not at hand (TWINWATCH_CORPUS)",
    ),
]


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("profile", "capture"),
    [("v0.3", "captured-v0.3"), ("v0.5", "captured-v0.5.10")],
)
def test_a_recorded_server_answers_alike(profile: str, capture: str) -> None:
    config = MockConfig(
        tubearchivist_profile=profile,
        tubearchivist_load=FOLDER / "fixtures.json",
        tubearchivist_tokens={"admin": ADMIN, "viewer": VIEWER},
    )
    with serving(config) as server:
        done = subprocess.run(
            [
                sys.executable,
                str(FOLDER / "replay.py"),
                server.url,
                str(FOLDER / f"{capture}.jsonl.gz"),
                "-v",
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    good, total = map(int, re.findall(r"(\d+)/(\d+) answers agree", done.stdout)[0])
    # Two more than these cannot: names that are drawn, and effects that were never recorded.
    assert total - good <= 2, done.stdout
