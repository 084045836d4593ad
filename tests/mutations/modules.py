"""The mutation tester over the modules that carry the claim: ``make mutate-modules``.

A thin driver of mutmut 3. For each room in ``modules.toml`` it makes a private copy, has mutmut
make every mutant of the room's files, draws a seeded sample of each file's (``--all``: takes each),
lets the room's tests have a go at each, and prints a line a module: mutants, tried, killed, score.
Survivors are printed as diffs, unless ``equivalent.toml`` says why one cannot be told apart.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from copies import PARTS, ROOT, environment, private_copy

HERE = Path(__file__).parent
#: Share of a module's mutants that must die.
REQUIRED = 0.85
#: Mutants tried of each module unless all are; one that has fewer is tried whole.
PER_MODULE = 20
SEED = 1

#: How mutmut writes a verdict: pytest's exit code, or one of its own.
_SURVIVED = {0: "survived", 5: "no tests", 33: "no tests"}
_LATE = {24, 36, 152, -24}
#: pytest did not take its arguments (mutmut calls this a timeout), or nothing was run at all.
_NEVER_RAN = {None: "not checked", 2: "interrupted", 34: "skipped", 255: "not run", -1: "not run"}

#: Put at the end of the copy's ``tests/conftest.py``: every mutant is tried in a session of pytest
#: of its own. It need not import all of the program to be ready for runs, which no room's test has;
#: what every session does import is there before the first. The quick files come first, and of each
#: its quick tests, by mutmut's own times: most mutants die of one of them.
_BRIEF_SESSIONS = """
import json
from collections import Counter
from pathlib import Path

from collector.analysis import certificate, plots

@pytest.fixture(scope="session", autouse=True)
def forked_processes() -> None:
    pass

def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    times = Path("mutmut-stats.json")
    if times.exists():
        took = Counter(json.loads(times.read_text())["duration_by_test"])
        files = Counter()
        for item in items:
            files[item.path] += took[item.nodeid]
        items.sort(key=lambda item: (files[item.path], str(item.path), took[item.nodeid]))
"""

#: Run in the copy by the copy's own interpreter: every mutant of the files is made, once; what is
#: run afterwards finds them, and their names, below ``mutants``.
_MAKE = """
import sys
from pathlib import Path
from mutmut.__main__ import create_file_mutants
for path in sys.argv[1:]:
    if error := create_file_mutants(Path(path)).error:
        raise error
"""

#: The same way: the mutants that are named, each with its file, as diffs.
_SHOW = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
asked = json.loads(sys.argv[1])
print(json.dumps({name: get_diff_for_mutant(name, path=path) for name, path in asked.items()}))
"""


@dataclass(frozen=True)
class Room:
    """Modules that are measured together, and the tests that concern them."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed."""

    file: str
    function: str
    diff: str
    verdict: str

    @property
    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was taken out and what was put in, without indentation."""
        body = [line for line in self.diff.splitlines() if not line.startswith(("---", "+++"))]
        gone = tuple(line[1:].strip() for line in body if line.startswith("-"))
        new = tuple(line[1:].strip() for line in body if line.startswith("+"))
        return gone, new


@dataclass(frozen=True)
class Score:
    """What became of a module's mutants."""

    module: str
    mutants: int
    tried: int
    killed: int
    late: int
    """Of the killed those that ran into their time limit: no test has judged them."""
    equivalent: int
    survivors: tuple[Survivor, ...]

    @property
    def share(self) -> float | None:
        """Killed of all that could be; ``None`` where there was nothing to kill."""
        there = self.tried - self.equivalent
        return self.killed / there if there else None


def rooms() -> list[Room]:
    """The rooms of ``modules.toml``; a pattern of files stands for all it matches."""
    with (HERE / "modules.toml").open("rb") as file:
        told = tomllib.load(file)["room"]
    found = []
    for room in told:
        files = [
            str(path.relative_to(ROOT))
            for pattern in room["files"]
            for path in sorted(ROOT.glob(pattern))
        ]
        if not files:
            raise SystemExit(f"modules.toml: {room['name']}: no file is called {room['files']}")
        for test in room["tests"]:
            if not (ROOT / test.partition("::")[0]).exists():
                raise SystemExit(f"modules.toml: {room['name']}: there is no test file {test}")
        found.append(Room(room["name"], tuple(files), tuple(room["tests"])))
    return found


def draw(of_file: Mapping[str, Sequence[str]], per_module: int | None) -> list[str]:
    """So many mutants of each file, the same ones each time; ``None`` takes all.

    What is drawn of a file depends on its own list alone, not on the rooms it is measured in.
    """
    chosen: list[str] = []
    for path, names in of_file.items():
        if per_module is None or len(names) <= per_module:
            chosen += names
        else:
            chosen += random.Random(f"{SEED} {path}").sample(sorted(names), per_module)
    return sorted(chosen)


def measure(room: Room, per_module: int | None) -> list[Score]:
    """Try mutants of each of a room's modules in a private copy."""
    with private_copy(room.name.replace("/", "-")) as copy:
        _configure(copy, room)
        _run([sys.executable, "-c", _MAKE, *room.files], copy)
        of_file = {path: list(_codes(copy, path)) for path in room.files}
        chosen = draw(of_file, per_module)
        done = _run(["mutmut", "run", "--max-children", "1", *chosen], copy, check=False)
        codes: dict[str, int | None] = {}
        for path in room.files:
            codes |= _codes(copy, path)
        missing = [name for name in chosen if codes.get(name) in _NEVER_RAN]
        if missing:
            what = ", ".join(sorted({_NEVER_RAN[codes.get(name)] for name in missing}))
            tail = (done.stdout + done.stderr)[-3000:]
            raise SystemExit(
                f"{room.name}: {len(missing)} mutants were never tried ({what})\n{tail}"
            )
        path_of = {name: path for path, own in of_file.items() for name in own}
        left = {name: path_of[name] for name in chosen if codes[name] in _SURVIVED}
        shown = _run([sys.executable, "-c", _SHOW, json.dumps(left)], copy).stdout
        diffs = json.loads(shown.splitlines()[-1])
        survivors = [
            Survivor(path, _function(name), diffs[name].strip(), _SURVIVED[codes[name]])
            for name, path in left.items()
        ]
    return [
        _score(
            path,
            own,
            {name: codes[name] for name in {*own} & {*chosen}},
            [one for one in survivors if one.file == path],
        )
        for path, own in of_file.items()
    ]


def _codes(copy: Path, path: str) -> dict[str, int | None]:
    """What mutmut has written of a file's mutants: names, and how each one's tests ended."""
    meta = copy / "mutants" / f"{path}.meta"
    found: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _score(
    path: str, own: Sequence[str], codes: Mapping[str, int | None], survivors: Sequence[Survivor]
) -> Score:
    known = equivalents()
    left = tuple(one for one in survivors if not known.reason(one))
    return Score(
        path,
        len(own),
        len(codes),
        len(codes) - len(survivors),
        sum(code in _LATE for code in codes.values()),
        len(survivors) - len(left),
        left,
    )


def _configure(copy: Path, room: Room) -> None:
    """Tell mutmut of the room; the copy's own pyproject is where it looks."""
    settings = {
        "source_paths": ["collector", "mockserver"],
        "only_mutate": list(room.files),
        "also_copy": [part for part in PARTS if part not in ("collector", "mockserver", "tests")],
        # nobody reads why a test failed: no assertion is rewritten, no difference is worked out
        "pytest_add_cli_args": [
            "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=no",
        ],
        "pytest_add_cli_args_test_selection": list(room.tests),
        "use_setproctitle": False,
        # so often the time its tests took just before, and at least 50 s: a busy machine is not
        # what a mutant dies of
        "timeout_multiplier": 5.0,
        "timeout_constant": 10.0,
        # a process that ran the tests already has what a mutant would have made in its caches
        "process_isolation": "forkserver",
        "use_git_change_detection": False,
    }  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
    with (copy / "tests" / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(_BRIEF_SESSIONS)


def _run(
    command: Sequence[str], copy: Path, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    # mutmut puts its own copy first on the path; the tree it was made of must not come before it
    env = {key: value for key, value in environment(copy).items() if key != "PYTHONPATH"}
    # four processes import all of it, one after another: nothing changes, so it is compiled once
    env["PYTHONDONTWRITEBYTECODE"] = ""
    return subprocess.run(command, cwd=copy, env=env, check=check, capture_output=True, text=True)


def _function(name: str) -> str:
    """The function of a mutant, ``Class.method`` of one in a class."""
    found = re.sub(r"^x_?|__mutmut_\d+$", "", name.rpartition(".")[2]).replace("ǁ", ".")
    return found.strip(".")


@dataclass(frozen=True)
class Equivalents:
    """Mutants that nobody can tell from the original, one by one and by rule."""

    mutants: Mapping[tuple[str, str, tuple[str, ...], tuple[str, ...]], str]
    case: Sequence[tuple[re.Pattern[str], str]]
    """Lines that may be written in either case, each with the reason."""

    def reason(self, one: Survivor) -> str | None:
        gone, new = one.lines
        if gone and [line.casefold() for line in gone] == [line.casefold() for line in new]:
            for pattern, why in self.case:
                if all(pattern.search(line) for line in gone):
                    return why
        return self.mutants.get((one.file, one.function, gone, new))


def rows_of_equivalents(kind: str) -> list[dict[str, Any]]:
    """All rows of ``mutant`` or ``case``: of ``equivalent.toml`` and its further files."""
    files = sorted(HERE.glob("equivalent*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text("utf-8")).get(kind, [])]


def equivalents() -> Equivalents:
    """What those files say."""
    return Equivalents(
        {
            (one["file"], one["function"], _lines(one["old"]), _lines(new)): one["why"]
            for one in rows_of_equivalents("mutant")
            for new in ([one["new"]] if isinstance(one["new"], str) else one["new"])
        },
        [(re.compile(one["pattern"]), one["why"]) for one in rows_of_equivalents("case")],
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def line(score: Score) -> str:
    """A module's row of the table."""
    share = "–" if score.share is None else f"{100 * score.share:.1f} %"
    return (
        f"| {score.module} | {score.mutants} | {score.tried} | {score.killed} | {score.late}"
        f" | {score.equivalent} | {len(score.survivors)} | {share} |"
    )


def table(scores: Sequence[Score]) -> str:
    """The scores as a table, a module a line."""
    head = [
        "| module | mutants | tried | killed | of these by time | equivalent | survived | score |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(line, scores)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "rooms", nargs="*", help="rooms of modules.toml, or modules of theirs (default: all rooms)"
    )
    parser.add_argument("--all", action="store_true", help="try every mutant, not a sample")
    parser.add_argument(
        "--per-module", type=int, default=PER_MODULE, help="mutants tried of each module"
    )
    given = parser.parse_args()
    known = {room.name: room for room in rooms()}
    known |= {file: replace(room, files=(file,)) for room in rooms() for file in room.files}
    if unknown := {*given.rooms} - {*known}:
        parser.error(f"modules.toml has no room or module {', '.join(sorted(unknown))}")
    if given.per_module < 1:
        parser.error("--per-module must be at least 1")
    scores: list[Score] = []
    for name in given.rooms or [room.name for room in rooms()]:
        found = measure(known[name], None if given.all else given.per_module)
        scores += found
        for one in (one for score in found for one in score.survivors):
            print(f"\n{one.verdict}: {one.file} {one.function}\n{one.diff}", flush=True)
        print("\n".join(["", *map(line, found)]), flush=True)
    print("\n" + table(scores))
    low = [score.module for score in scores if score.share is not None and score.share < REQUIRED]
    if low:
        print(f"below {REQUIRED:.0%}: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
