"""docs/tutorial.md is one road: a reader who does what it says gets what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from docs_shell import Shell
from docs_stand_ins import stands_in
from docs_tools import DOCS, Block, blocks, commands

for module in ("pandas", "krippendorff", "statsmodels"):
    pytest.importorskip(module, reason="the tutorial needs 'twinwatch[coding,frames]'")

#: Commands that wait for a person (test_coding_page.py has this one).
WAITS = ("collector label page",)
#: Said by the page: the coders differ, so something is left to do.
EXIT_1 = "--contested"
#: Where each YAML block of the page is to be saved, in their order.
FILES = ("mine.yaml", "coding/codebook.yaml")


def in_a_shell(folder: Path, line: str, code: int) -> str:
    """What a line prints in a reader's shell, with the commands of this environment first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def in_this_process(folder: Path, line: str, code: int) -> str:
    return Shell(folder, port=int).run(line, (code,))


def said(shown: str, printed: str) -> bool:
    """``shown`` is in ``printed``, whatever the spaces; ``…`` stands for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in shown.split("…")]
    return re.search(".*".join(parts), printed) is not None


@pytest.fixture
def road() -> list[Block]:
    return blocks(DOCS / "tutorial.md")


@pytest.mark.parametrize("run", [in_this_process, pytest.param(in_a_shell, marks=pytest.mark.slow)])
@pytest.mark.slow
def test_a_reader_who_follows_the_page_gets_what_it_shows(
    run: Callable[[Path, str, int], str],
    road: list[Block],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every file is written, every command and Python block run, in the page's order; what a
    ``text`` block shows was printed by the commands before it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setenv("HOME", str(tmp_path))
    files = iter(FILES)
    printed, names = "", dict[str, object]()
    for block in road:
        if block.language == "yaml":
            target = tmp_path / next(files)
            target.write_text(block.text, "utf-8")
        elif block.language == "sh":
            for line in block.text.splitlines():
                if stands_in(line):
                    in_this_process(tmp_path, line, 0)
                elif not line.startswith(WAITS):
                    printed += run(tmp_path, line, 1 if EXIT_1 in line else 0)
        elif block.language == "python":
            exec(compile(block.text, block.name, "exec"), names)
        else:
            for line in block.text.splitlines():
                assert said(line, printed), f"{block.name} shows, and nothing printed: {line}"
    assert next(files, None) is None
    frames = capsys.readouterr().out
    assert re.search(r"^effect \+\d\d\.\d points, p = 0\.008$", frames, re.MULTILINE), frames
    assert (tmp_path / "runs/mine/report.html").is_file()
    assert (tmp_path / "mock-labels.html").is_file()


def test_the_page_walks_the_whole_road(road: list[Block]) -> None:
    """No station is left out: plan, run, report, own labels, report again, pack and check."""
    lines = [" ".join(words) for block in road for words in commands(block.text)]
    stations = ["plan", "run", "report", "label export", "label page", "label import", "report",
                "pack", "pack --verify"]  # fmt: skip
    left = iter(lines)
    for station in stations:  # each is found behind the one before it
        assert any(line.startswith(f"collector {station}") for line in left), station
    assert any(block.language == "python" and "twinwatch.load" in block.text for block in road)
