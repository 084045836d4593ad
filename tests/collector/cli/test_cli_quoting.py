"""Commands that are printed to be copied: a path with a blank in it is one word of a shell."""

from __future__ import annotations

import ast
import re
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner
from synthetic_run import build

import collector
from collector.cli import main

_COMMAND = re.compile(r"\b(collector|mockserver) [a-z]+|\bchmod \d+")
#: What cannot hold a blank: numbers, checked names, our own words; or what is quoted already.
_PLAIN = re.compile(r"wanted\.rows|plan\.seed|shape|given|url|where|name|self\._mock\(\)|[A-Z]+")


def printed() -> Iterator[tuple[str, str]]:
    """(place, expression) of each value that is put into a command's text."""
    for path in sorted(Path(collector.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            said = ""
            for part in node.values:
                if isinstance(part, ast.Constant):
                    said += str(part.value)
                elif isinstance(part, ast.FormattedValue) and _COMMAND.search(said):
                    yield f"{path.name}:{node.lineno}", ast.unparse(part.value)


def test_every_value_in_a_printed_command_is_quoted() -> None:
    found = list(printed())
    assert len(found) > 10
    bare = [
        (place, value)
        for place, value in found
        if not re.match(r"((shlex\.)?quote|typed)\(", value) and not _PLAIN.fullmatch(value)
    ]
    assert not bare


def test_a_path_with_a_blank_survives_the_shell(tmp_path: Path) -> None:
    (tmp_path / "spa ce").mkdir()
    run = build(tmp_path / "spa ce" / "it's mine")
    with sqlite3.connect(run / "store.db") as db:
        db.execute("UPDATE runs SET state = 'interrupted'")
    told = CliRunner().invoke(main, ["status", str(run)])
    line = next(line for line in told.stdout.splitlines() if line.startswith("go on:"))
    assert shlex.split(line)[2:] == ["collector", "run", "--resume", str(run)]
