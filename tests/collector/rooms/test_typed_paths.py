"""A command that is printed can be typed: its paths arrive whole, none is taken for an option."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click
import pytest

from collector.common.typed import typed


@click.command()
@click.option("-r", "option", is_flag=True)
@click.argument("run_dir")
def _command(option: bool, run_dir: str) -> None:
    assert not option
    assert Path(run_dir).name == "-r"


@pytest.mark.parametrize(
    "name",
    [b"plain", b"my runs/a", b"-r", b"--out=x", b"a\nb", b"$HOME 'a' \"b\" `c`", "ü…".encode(),
     b"e\xff\xfe", b"-\xff'\\x41\n", b"~", b"*?[a]"],
)  # fmt: skip
def test_a_shell_gives_back_the_path(name: bytes) -> None:
    """What a shell makes of the word names the same file, and begins with no dash."""
    word = os.fsencode(typed(Path(os.fsdecode(name))))
    done = subprocess.run(["bash", "-c", b"printf %s " + word], capture_output=True, check=True)
    assert os.path.normpath(done.stdout) == os.path.normpath(name)
    assert not done.stdout.startswith(b"-")


def test_a_folder_named_like_an_option_is_no_option() -> None:
    _command.main([typed("-r")], standalone_mode=False)
