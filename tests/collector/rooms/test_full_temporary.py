"""Where the folder of temporary files is full: one sentence, the place, the fix, exit code 2."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from places import ROOT, TOOLS

from collector.environment import DiskFull, refusal_of

#: In a process of its own: a disk of its own is made, filled, and lies where temporary files go.
BROKEN = """
import os, sys, tempfile
from pathlib import Path
from broken_environments import NotHere, _BIND, _mount, full_disk
from collector.start import main
stage, everywhere, words = Path(sys.argv[1]), sys.argv[2] == "everywhere", sys.argv[4:]
try:
    with full_disk(stage, 0 if everywhere else 4096):
        if everywhere:
            kept = os.open(stage, os.O_RDONLY)  # its name goes where a folder above it is hidden
            for place in sys.argv[3].split(os.pathsep):
                if Path(place).is_dir():
                    _mount(f"/proc/self/fd/{kept}", place, "", _BIND)
            os.chdir(f"/proc/self/fd/{kept}")
        else:
            os.chdir("/")
        os.environ["TMPDIR"], tempfile.tempdir = str(stage), None
        sys.argv = ["collector", *words]
        main()
except NotHere as error:
    print(f"not here: {error}")
"""
#: Where Python looks for a folder beside TMPDIR.
OTHERS = ("/tmp", "/var/tmp", "/usr/tmp")
COMMANDS = {
    "power": "power calibration --runs 20 --points 10 --twins 3 --processes 1",
    "calibrate": "calibrate calibration --n 20 --truth null --twins 3 --processes 1",
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("full", ["aside", pytest.param("everywhere", marks=pytest.mark.slow)])
def test_a_full_folder_of_temporary_files(tmp_path: Path, full: str, command: str) -> None:
    if full == "everywhere" and any(
        Path(place) in Path(own).resolve().parents
        for place in OTHERS
        for own in (ROOT, sys.prefix, sys.base_prefix)
    ):
        pytest.skip("the program itself lies in a folder of temporary files, which is hidden here")
    stage = tmp_path / "stage"
    stage.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, stage, full, os.pathsep.join(OTHERS), *command.split()],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(TOOLS)])},
    )
    if done.stdout.startswith("not here"):
        pytest.skip(done.stdout)
    assert done.returncode == 2, (done.stdout, done.stderr)
    said = done.stderr.splitlines()
    assert [line.partition(":")[0].strip() for line in said if line] == ["error", "fix"]
    assert str(stage) in said[0]
    assert "TMPDIR" in said[1]


def test_a_database_that_nobody_named_is_of_the_fuller_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not say what it could not write; the mock's own file lies aside."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("collector.environment._little_left", lambda place: place == str(tmp_path))
    found = refusal_of(error)
    assert isinstance(found, DiskFull)
    assert found.place == str(tmp_path)
    assert "TMPDIR" in found.fix
    named = refusal_of(error, place="runs/mine/store.db")
    assert named is not None
    assert (named.place, "TMPDIR" in named.fix) == ("runs/mine/store.db", False)
