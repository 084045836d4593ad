"""The page about datasets: its commands work as written, and it says what the command can do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from places import ROOT

from collector.cli import main
from collector.cli.dataset import dataset

PAGE = (ROOT / "docs" / "dataset.md").read_text("utf-8")


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.slow
def test_the_commands_work_as_written(tmp_path: Path) -> None:
    assert len(commands()) == 6
    for line in commands():
        words = [
            str(tmp_path / word) if word.startswith(("datasets/", "runs/")) else word
            for word in shlex.split(re.sub(r"--rows \d+", "--rows 40", line))[1:]
        ]
        if words[:2] == ["dataset", "new"]:
            words += ["--processes", "1"]  # as many as there are cores write the same bytes
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, (line, result.output)


def test_the_page_names_every_option() -> None:
    new = dataset.commands["new"]
    for option in new.params:
        if not getattr(option, "hidden", False):
            assert f"`{option.opts[0]}" in PAGE, option.opts[0]
