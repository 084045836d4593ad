"""Planted changes: ``make mutate-planted`` makes each one and asks whether a test notices.

For each entry of ``planted.toml`` the change is made in a private copy of the tree and the tests
named with it are run. They must have passed there without it, else they prove nothing. Prints
"killed" or "survived" a line; fails when more than one survives or an entry fits no more.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from copies import ROOT, environment, private_copy

DATA = Path(__file__).with_name("planted.toml")
#: Changes that may go unnoticed.
SPARED = 1
TIMEOUT_S = 900.0


class Fate(StrEnum):
    """What became of a change."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNPROVEN = "unproven"
    """The tests fail without the change too."""


@dataclass(frozen=True)
class Change:
    """One entry: text to replace in a file, and the tests that must notice."""

    id: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    why: str

    def problem(self) -> str | None:
        """Why the entry cannot be used today, or ``None``."""
        path = ROOT / self.file
        if not path.is_file():
            return f"there is no file {self.file}"
        count = path.read_text(encoding="utf-8").count(self.old)
        if count != 1:
            return f"its old text stands {count} times in {self.file}; it must stand there once"
        missing = [test for test in self.tests if not (ROOT / test.partition("::")[0]).is_file()]
        return f"there is no test {', '.join(missing)}" if missing else None


def changes() -> list[Change]:
    """All entries. Exits when one is stale, naming it."""
    with DATA.open("rb") as file:
        told = tomllib.load(file)["change"]
    found = [Change(**{**one, "tests": tuple(one["tests"])}) for one in told]
    ids = [one.id for one in found]
    stale = [f"{one.id}: {why}" for one in found if (why := one.problem()) is not None]
    stale += [f"{name}: two entries have this id" for name in {i for i in ids if ids.count(i) > 1}]
    if stale:
        raise SystemExit(f"{DATA.name}:\n  " + "\n  ".join(stale))
    return found


def passes(copy: Path, tests: Sequence[str]) -> bool:
    """Whether the tests pass in the copy; a run without an end has failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment(copy), capture_output=True, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1, 2):
        raise SystemExit(f"pytest {' '.join(tests)}: {done.stdout.decode()[-2000:]}")
    return done.returncode == 0


@cache
def proven(tests: tuple[str, ...]) -> bool:
    """Whether these tests pass in a copy that nothing was changed in."""
    with private_copy("unchanged") as copy:
        return passes(copy, tests)


def fate(change: Change) -> Fate:
    """Try a change in a copy of its own."""
    if not proven(change.tests):
        return Fate.UNPROVEN
    with private_copy(change.id) as copy:
        path = copy / change.file
        text = path.read_text(encoding="utf-8")
        if change.old not in text:
            raise SystemExit(f"{change.id}: {change.file} was changed while this ran")
        path.write_text(text.replace(change.old, change.new), encoding="utf-8")
        return Fate.SURVIVED if passes(copy, change.tests) else Fate.KILLED


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", help="changes to try (default: all)")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="copies at a time")
    given = parser.parse_args()
    found = changes()
    if unknown := {*given.ids} - {change.id for change in found}:
        parser.error(f"{DATA.name} has no change {', '.join(sorted(unknown))}")
    tried = [change for change in found if not given.ids or change.id in given.ids]
    killed = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for change, end in zip(tried, pool.map(fate, tried), strict=True):
            killed += end is Fate.KILLED
            print(f"{end:8} {change.id} {change.file}: {change.why}", flush=True)
    print(f"{killed} of {len(tried)} planted changes were noticed")
    return 0 if killed >= len(tried) - (SPARED if len(tried) == len(found) else 0) else 1


if __name__ == "__main__":
    sys.exit(main())
