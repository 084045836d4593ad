"""The mutation tester over the modules that carry the claim: ``make mutate-modules``.

A thin driver of mutmut 3. For each room in ``modules.toml`` it makes a private copy, has mutmut
make every mutant of the room's files, draws a seeded sample of them (``--all``: takes each),
lets the room's tests have a go at each, and prints a line a room: mutants, tried, killed, score;
under it the same of each of its modules. Survivors are printed as diffs, unless
``equivalent.toml`` says why one cannot be told apart.
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

from copies import PARTS, ROOT, environment, private_copy

HERE = Path(__file__).parent
#: Share of a room's mutants that must die.
REQUIRED = 0.85
#: Mutants tried of each room unless all are.
SAMPLE = 120
SEED = 1

#: How mutmut writes a verdict: pytest's exit code, or one of its own.
_SURVIVED = {0: "survived", 5: "no tests", 33: "no tests"}
#: pytest did not take its arguments (mutmut calls this a timeout), or nothing was run at all.
_NEVER_RAN = {None: "not checked", 2: "interrupted", 34: "skipped", 255: "not run", -1: "not run"}

#: Put at the end of the copy's ``tests/conftest.py``: every mutant is tried in a session of pytest
#: of its own. It need not import all of the program to be ready for runs, which no room's test has;
#: what every session does import is there before the first.
_BRIEF_SESSIONS = """
from collector.analysis import certificate, plots

@pytest.fixture(scope="session", autouse=True)
def forked_processes() -> None:
    pass
"""

#: Run in the copy by the copy's own interpreter: names of all mutants, in order.
_NAMES = """
import json, sys
from pathlib import Path
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name
names = {}
for path in sys.argv[1:]:
    made = mutate_file_contents(path, Path(path).read_text(encoding="utf-8"), None, None)
    names[path] = [get_mutant_name(Path(path), name) for name in made.mutant_names]
print(json.dumps(names))
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
    """What became of a room's mutants, or of one module's."""

    room: str
    mutants: int
    tried: int
    killed: int
    equivalent: int
    survivors: tuple[Survivor, ...]
    modules: tuple[Score, ...] = ()
    """Of a room of several modules each one's own."""

    @property
    def share(self) -> float:
        """Killed of all that could be."""
        return self.killed / max(1, self.tried - self.equivalent)


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


def measure(room: Room, *, everything: bool, sample: int) -> Score:
    """Try a room's mutants in a private copy."""
    with private_copy(room.name.replace("/", "-")) as copy:
        _configure(copy, room)
        listed = _run([sys.executable, "-c", _NAMES, *room.files], copy)
        of_file: dict[str, list[str]] = json.loads(listed.stdout.splitlines()[-1])
        names = sorted(name for found in of_file.values() for name in found)
        if everything or len(names) <= sample:
            chosen = names
        else:
            chosen = sorted(random.Random(f"{SEED} {room.name}").sample(names, sample))
        done = _run(["mutmut", "run", "--max-children", "1", *chosen], copy, check=False)
        codes: dict[str, int | None] = {}
        for path in room.files:
            meta = copy / "mutants" / f"{path}.meta"
            if meta.exists():
                codes |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        missing = [name for name in chosen if codes.get(name) in _NEVER_RAN]
        if missing:
            what = ", ".join(sorted({_NEVER_RAN[codes.get(name)] for name in missing}))
            tail = (done.stdout + done.stderr)[-3000:]
            raise SystemExit(
                f"{room.name}: {len(missing)} mutants were never tried ({what})\n{tail}"
            )
        survivors = [
            _survivor(copy, of_file, name, _SURVIVED[code])
            for name in chosen
            if (code := codes[name]) in _SURVIVED
        ]
    modules = [
        _score(
            path,
            len(own),
            len({*own} & {*chosen}),
            [one for one in survivors if one.file == path],
        )
        for path, own in of_file.items()
    ]
    whole = _score(room.name, len(names), len(chosen), survivors)
    return replace(whole, modules=tuple(modules) if len(modules) > 1 else ())


def _score(name: str, mutants: int, tried: int, survivors: Sequence[Survivor]) -> Score:
    known = equivalents()
    left = tuple(one for one in survivors if not known.reason(one))
    return Score(name, mutants, tried, tried - len(survivors), len(survivors) - len(left), left)


def _configure(copy: Path, room: Room) -> None:
    """Tell mutmut of the room; the copy's own pyproject is where it looks."""
    settings = {
        "source_paths": ["collector", "mockserver"],
        "only_mutate": list(room.files),
        "also_copy": [part for part in PARTS if part not in ("collector", "mockserver", "tests")],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist"],
        "pytest_add_cli_args_test_selection": list(room.tests),
        "use_setproctitle": False,
        # a process that ran the tests already has what a mutant would have made in its caches
        "process_isolation": "forkserver",
        "use_git_change_detection": False,
    }
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
    return subprocess.run(command, cwd=copy, env=env, check=check, capture_output=True, text=True)


def _survivor(copy: Path, of_file: Mapping[str, list[str]], name: str, verdict: str) -> Survivor:
    shown = _run(["mutmut", "show", name], copy).stdout
    file = next(path for path, names in of_file.items() if name in names)
    function = re.sub(r"^x_?|__mutmut_\d+$", "", name.rpartition(".")[2]).replace("ǁ", ".")
    return Survivor(file, function.strip("."), shown.partition("\n")[2].strip(), verdict)


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


def equivalents() -> Equivalents:
    """What ``equivalent.toml`` says."""
    with (HERE / "equivalent.toml").open("rb") as file:
        told = tomllib.load(file)
    return Equivalents(
        {
            (one["file"], one["function"], _lines(one["old"]), _lines(one["new"])): one["why"]
            for one in told.get("mutant", [])
        },
        [(re.compile(one["pattern"]), one["why"]) for one in told.get("case", [])],
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def table(scores: Sequence[Score]) -> str:
    """The scores as a table, a room a line and below it a module a line."""
    lines = [
        "| room | mutants | tried | killed | equivalent | survived | score |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.room} | {s.mutants} | {s.tried} | {s.killed} | {s.equivalent}"
        f" | {len(s.survivors)} | {f'{100 * s.share:.1f} %' if s.tried > s.equivalent else '–'} |"
        for room in scores
        for s in (room, *room.modules)
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", help="rooms of modules.toml (default: all)")
    parser.add_argument("--all", action="store_true", help="try every mutant, not a sample")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="mutants tried of each room")
    given = parser.parse_args()
    known = rooms()
    if unknown := {*given.rooms} - {room.name for room in known}:
        parser.error(f"modules.toml has no room {', '.join(sorted(unknown))}")
    scores = []
    for room in known:
        if given.rooms and room.name not in given.rooms:
            continue
        score = measure(room, everything=given.all, sample=given.sample)
        scores.append(score)
        for one in score.survivors:
            print(f"\n{one.verdict}: {one.file} {one.function}\n{one.diff}", flush=True)
        print("\n".join(table([score]).splitlines()[2:]), flush=True)
    print("\n" + table(scores))
    low = [score.room for score in scores if score.share < REQUIRED]
    if low:
        print(f"below {REQUIRED:.0%}: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
