"""Runs the shell of the documents as a reader's shell would, without a network.

Puppets are those without a browser (``--driver http``), but where a line records what one receives.

A page says in its source, right above a block and unseen by its readers, what is special about it:

``<!-- not run: REASON -->``              nothing of the block
``<!-- not run: `BEGINNING`: REASON -->``  lines that begin so
``<!-- slow -->``                          only in ``make test-all``
``<!-- slow: `BEGINNING` -->``             lines that begin so
``<!-- exit 1: `BEGINNING` -->``           the line ends with 1, as the page says
``<!-- exit 0 or 1: `BEGINNING` -->``      with 1 where this machine was busy
``<!-- save: FILE -->``                    the block is a file that the page says to save

Everything else is run, line by line in the page's order, in a folder of its own.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from docs_tools import PROGRAMS

#: Programs whose lines are run; a line of another program has to be marked.
RUN = (*PROGRAMS, "curl", "sha256sum")
#: Commands that answer until they are stopped: their first line is waited for.
SERVERS = ("mockserver serve", "collector view", "collector label page", "collector ledger serve")
_FENCE = re.compile(
    r"(?P<marks>(?:^<!-- [^\n]* -->\n)*)^(?P<fence>`{3,})(?P<language>[a-z]*)\n"
    r"(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(
    r"^<!-- (not run|slow|exit 1|exit 0 or 1|save)(?:: (?:`([^`]+)`)?:? ?(.*?))? -->$", re.M
)
_PORT = re.compile(r"(127\.0\.0\.1|(?:(?:m\.)?(?:youtube|facebook)\.)?localhost):8000\b")


@dataclass(frozen=True)
class Marks:
    """What a page says of a block: beginnings of lines (empty: all), and reasons."""

    not_run: Mapping[str, str] = field(default_factory=dict)
    slow: tuple[str, ...] = ()
    exit_1: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    save: str = ""

    def reason(self, line: str) -> str | None:
        """Why a line is not run; ``None``: it is."""
        return next((why for begins, why in self.not_run.items() if line.startswith(begins)), None)

    def codes(self, line: str) -> tuple[int, ...]:
        """Those with which a line may end."""
        if any(line.startswith(begins) for begins in self.either):
            return 0, 1
        return (1 if any(line.startswith(begins) for begins in self.exit_1) else 0,)

    def is_slow(self, line: str) -> bool:
        return any(line.startswith(begins) for begins in self.slow)


@dataclass(frozen=True)
class Fenced:
    """One block of a page, with its marks."""

    page: str
    number: int
    language: str
    text: str
    marks: Marks

    @property
    def lines(self) -> list[str]:
        """Commands as a shell reads them: continued lines joined, no remarks, no blank lines."""
        joined = re.sub(r"\s*\\\n\s*", " ", self.text)
        bare = (re.split(r"(?:^|\s)#\s|\s{3,}", line.strip())[0] for line in joined.splitlines())
        return [line.strip() for line in bare if line.strip()]


def fenced(path: Path, name: str) -> list[Fenced]:
    """Every fenced block of a page; those with a directive (``{…}``) are left out."""
    found = []
    for number, match in enumerate(_FENCE.finditer(path.read_text("utf-8")), 1):
        marks = _MARK.findall(match["marks"])
        written = len(match["marks"].splitlines())
        assert len(marks) == written, f"{name} block {number}: {match['marks']} is no mark"
        for kind, _, why in marks:
            assert kind != "not run" or len(why) > 10, f"{name} block {number} gives no reason"
        found.append(
            Fenced(
                name,
                number,
                match["language"],
                match["text"],
                Marks(
                    {begins: why for kind, begins, why in marks if kind == "not run"},
                    tuple(begins for kind, begins, _ in marks if kind == "slow"),
                    tuple(begins for kind, begins, _ in marks if kind == "exit 1"),
                    tuple(begins for kind, begins, _ in marks if kind == "exit 0 or 1"),
                    next((why for kind, _, why in marks if kind == "save"), ""),
                ),
            )
        )
    return found


@dataclass
class Shell:
    """A folder in which lines are run.

    :ivar port: of the mock that answers where a page says port 8000.
    :ivar between: beginning of a command → what a person does after it.
    """

    folder: Path
    port: Callable[[], int]
    between: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    own_port: int | None = None
    _children: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, line: str, expected: tuple[int, ...] = (0,)) -> str:
        """What the line prints. Raises AssertionError where it ends with another code."""
        told = line
        if _PORT.search(line):
            told = _PORT.sub(lambda found: f"{found[1]}:{self.own_port or self.port()}", line)
        begins = re.match(r"(?:[A-Z_]+=\S.* )?collector (?:run|prereg) (?!-)", told)
        if begins and "--check" not in told and not re.search(r"--(driver|record)\b", told):
            told += " --driver http"
        if told.startswith(SERVERS):
            return self._serve(told, line)
        code, printed = self._ours(told) if self._is_ours(told) else self._bash(told)
        wanted = " or ".join(map(str, expected))
        assert code in expected, f"{line}\nended with {code}, not {wanted}\n{printed}"
        for begins, does in self.between.items():
            if line.startswith(begins):
                does(self.folder)
        return printed

    @staticmethod
    def _is_ours(line: str) -> bool:
        """No shell is needed: one command of ours, at most with a file for its output."""
        return line.startswith("collector ") and not re.search(r"[|&;$~<]|>>", line)

    def _ours(self, line: str) -> tuple[int, str]:
        command, _, target = (part.strip() for part in line.partition(" > "))
        done = CliRunner().invoke(PROGRAMS["collector"], shlex.split(command)[1:])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if target:
            (self.folder / target).write_text(done.stdout, "utf-8")
        return done.exit_code, done.output

    def _bash(self, line: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self._environment(),
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def _environment(self) -> dict[str, str]:
        beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": beside, "COLUMNS": "240"}

    def _serve(self, told: str, line: str) -> str:
        """Start it, and wait for its first line: it answers now."""
        is_mock = told.startswith("mockserver serve")
        if is_mock:
            told = re.sub(r"--port \d+", "", told) + " --port 0 --json --until-eof"
        child = subprocess.Popen(
            shlex.split(told), cwd=self.folder, env=self._environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._children.append(child)
        assert child.stdout is not None
        first = child.stdout.readline()
        if not first:
            raise AssertionError(f"{line}\n{child.communicate()[1]}")
        if is_mock:
            ready: dict[str, Any] = json.loads(first)
            self.own_port = int(ready["url"].rpartition(":")[2])
        return first

    def close(self) -> None:
        """Stop what was started."""
        for child in self._children:
            child.send_signal(signal.SIGTERM)
            child.communicate()
        self._children.clear()
        self.own_port = None


def commands_of(block: Fenced) -> Iterator[str]:
    """The lines of a block that a test has to run or to have a reason for."""
    if block.language in ("sh", "bash", "console"):
        yield from block.lines
