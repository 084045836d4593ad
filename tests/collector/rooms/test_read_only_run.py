"""A finished run on a file system that cannot be written: read as always, and never a traceback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from one_visit import SCENARIO
from places import ROOT

from collector.cli import main

#: Mounts the folder once more, read-only, where only what is called here sees it; then the command
#: without root's right to pass over file rights.
MOUNTED = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 99
shift
exec setpriv --bounding-set -dac_override,-dac_read_search \
             --inh-caps -dac_override,-dac_read_search "$@" 2>&1
"""
#: Runs ``collector`` with a line of arguments at a time, each in a process of its own that need not
#: load all of it again: the output, then the exit code.
COMMANDS = """
import os, sys
from collector.cli import compare, data, figures, main, reparse, report, review, run, status
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        sys.argv = ["collector", *line.split()]
        main()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(f"<<{code}>>", flush=True)
"""


def can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return False
    asked = ["unshare", "-m", "bash", "-c", MOUNTED, "x", str(folder), "true"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def told(folder: Path, home: Path, *lines: str) -> list[tuple[int, str]]:
    """Exit code and output of ``collector`` with the arguments of each line."""
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", MOUNTED, "x", str(folder), sys.executable, "-c", COMMANDS],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "HOME": str(home), "NO_COLOR": "1"},
    )  # fmt: skip
    found = re.findall(r"(.*?)<<(\d+)>>\n", done.stdout, re.DOTALL)
    assert len(found) == len(lines), done.stdout + done.stderr
    return [(int(code), said) for said, code in found]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    (folder / "one.yaml").write_text(SCENARIO)
    asked = ["run", str(folder / "one.yaml"), "--driver", "http", "--out", str(folder / "run")]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    if not can_mount(folder / "run"):
        pytest.skip("nobody may mount here")
    return folder / "run"


@pytest.mark.slow
def test_what_writes_into_the_run_is_refused_with_a_way_out(run: Path, tmp_path: Path) -> None:
    """Case 11, at the command: report and submit ended in a traceback."""
    asked = {
        f"report {run}": "--out",
        f"submit {run} --submit-to http://127.0.0.1:9": "copy",
        f"figures {run}": "--out",
        f"compare {run} {run}": "--out",
        f"run --resume {run}": "copy",
    }
    for (line, fix), (code, said) in zip(asked.items(), told(run, tmp_path, *asked), strict=True):
        assert code == 2, f"{line}: {said}"
        assert said.count("error:") == 1, line
        assert str(run) in said, line
        assert fix in said.partition("fix:")[2], line
        assert "Traceback" not in said, line


@pytest.mark.slow
def test_what_reads_the_run_does_not_mind(run: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    asked = (
        f"status {run}", f"review {run}", f"report {run} --out {tmp_path}/report.html",
        f"export {run} --format csv --out {tmp_path}/csv",
        f"reparse {run} --out {tmp_path}/pages.jsonl",
        f"run --repeat {run} --out {tmp_path}/again",
    )  # fmt: skip
    for line, (code, said) in zip(asked, told(run, tmp_path, *asked), strict=True):
        assert code == 0, f"{line}: {said}"
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (tmp_path / "again" / "store.db").is_file()
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before
