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

Everything else is run, line by line in the page's order, in a folder of its own. ``make``, ``pip``
and ``sbatch`` have stand-ins (``docs_stand_ins.py``); a script (``#!``) is run by the line that
names its file. An address of a network that is not there, and a real site, are this machine.
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
from docs_stand_ins import DASK_PORT, STAND_INS, answer, free_port, stands_in
from docs_tools import PROGRAMS

#: Programs whose lines are run; a line of another program has to be marked.
RUN = (*PROGRAMS, *STAND_INS, "curl", "dask", "sha256sum")
#: Commands that answer until they are stopped, and the line that is waited for (empty: the first).
SERVERS = {
    "mockserver serve": "",
    "collector view": "",
    "collector label page": "",
    "collector ledger serve": "",
    "collector profiles open": "http://",
    "dask scheduler": "Scheduler at",
    "dask worker": "Registered to",
}
#: As many machines as the page has, each with a worker.
MACHINES = 4
_FENCE = re.compile(
    r"(?P<marks>(?:^<!-- [^\n]* -->\n)*)^(?P<fence>`{3,})(?P<language>[a-z]*)\n"
    r"(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(
    r"^<!-- (not run|slow|exit 1|exit 0 or 1|save)(?:: (?:`([^`]+)`)?:? ?(.*?))? -->$", re.M
)
_PORT = re.compile(r"(127\.0\.0\.1|(?:(?:m\.)?(?:youtube|facebook)\.|toyboard\.)?localhost):8000\b")
#: What is not to be reached from here, and what answers in its place.
_ELSEWHERE = {"https://www.youtube.com": "http://youtube.localhost:8000", "10.0.0.5": "127.0.0.1"}


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
    :ivar environment: what commands find there; with any, each is a process of its own.
    """

    folder: Path
    port: Callable[[], int]
    between: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    own_port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    _dask_port: str = field(default_factory=free_port)
    _children: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, line: str, expected: tuple[int, ...] = (0,)) -> str:
        """What the line prints. Raises AssertionError where it ends with another code."""
        told = line
        for there, here in _ELSEWHERE.items():
            told = told.replace(there, here)
        told = told.replace(DASK_PORT, self._dask_port)
        if _PORT.search(told):
            told = _PORT.sub(lambda found: f"{found[1]}:{self.own_port or self.port()}", told)
        begins = re.match(r"(?:[A-Z_]+=\S.* )?collector (?:run|prereg) (?!-)", told)
        if begins and "--check" not in told and not re.search(r"--(driver|record)\b", told):
            told += " --driver http"
        if told.startswith(tuple(SERVERS)):
            machines = MACHINES if told.startswith("dask worker") else 1
            return "".join(self._serve(told, line) for _ in range(machines))
        code, printed = self._does(told)
        wanted = " or ".join(map(str, expected))
        assert code in expected, f"{line}\nended with {code}, not {wanted}\n{printed}"
        for begins, does in self.between.items():
            if line.startswith(begins):
                does(self.folder)
        return printed

    def _does(self, line: str) -> tuple[int, str]:
        if stands_in(line):
            return answer(line, self.folder)
        # No shell is needed: one command of ours, at most with a file for its output.
        is_plain = line.startswith("collector ") and not re.search(r"[|&;$~<]|>>", line)
        return self._ours(line) if is_plain and not self.environment else self._bash(line)

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
        return {**os.environ, "PATH": beside, "COLUMNS": "240", **self.environment}

    def _serve(self, told: str, line: str) -> str:
        """Start it, and wait for the line that says so: it answers now."""
        is_mock = told.startswith("mockserver serve")
        waits_for = next(said for begins, said in SERVERS.items() if told.startswith(begins))
        if is_mock:
            told = re.sub(r"--port \d+", "", told) + " --port 0 --json --until-eof"
        child = subprocess.Popen(
            shlex.split(told), cwd=self.folder, env=self._environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if waits_for else subprocess.PIPE,
        )  # fmt: skip
        self._children.append(child)
        assert child.stdout is not None
        said = [first := child.stdout.readline()]
        while first and waits_for not in first:
            said.append(first := child.stdout.readline())
        if not first:
            raise AssertionError(f"{line}\n{''.join(said)}{child.communicate()[1] or ''}")
        if is_mock:
            ready: dict[str, Any] = json.loads(first)
            self.own_port = int(ready["url"].rpartition(":")[2])
        if told.startswith("collector profiles open"):
            self.close()  # as its person does, who is done
        return first

    def close(self) -> None:
        """Stop what was started."""
        for child in self._children:
            child.send_signal(signal.SIGTERM)
            child.communicate()
        self._children.clear()
        self.own_port = None


def commands_of(block: Fenced) -> Iterator[str]:
    """The lines of a block that a test has to run or to have a reason for.

    A script has none: it is a file."""
    if block.language in ("sh", "bash", "console") and not block.text.startswith("#!"):
        yield from block.lines
