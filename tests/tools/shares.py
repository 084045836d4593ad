"""The test files dealt out to several processes, each of which reads and imports only its own.

pytest-xdist lets every process collect every test, on this suite a tenth of all the work. With
``-n N --dist each`` a process runs all that it has collected, and this plugin lets it collect a
share: whole files, and whole folders whose tests share a fixture of the session (``WHOLE``), so
that what a file or such a folder builds is built once. Shares are level by the seconds of
``tests/data/durations.json``, which ``--write-durations`` makes; a file that is not in it counts as
one of middling length.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

TESTS = Path(__file__).resolve().parents[1]
DURATIONS = TESTS / "data" / "durations.json"
#: Folders that are dealt whole: their ``conftest.py`` builds something costly once a session.
WHOLE = frozenset({"collector/packing", "collector/coding"})
#: Seconds of a file that was not timed.
UNKNOWN_S = 2.0

_SPECS = pytest.StashKey[list[Any]]()


def durations() -> dict[str, float]:
    """Seconds of each file that was timed, by its path below ``tests``."""
    timed: dict[str, float] = json.loads(DURATIONS.read_text("utf-8"))
    return timed


def files() -> list[str]:
    """Every test file, by its path below ``tests``."""
    return [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")]


def longest_first(names: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
    """Files by their length; those of one length by name.

    >>> longest_first(["a", "b"], {"a": 1})
    ['b', 'a']
    """
    return sorted(names, key=lambda name: (-seconds.get(name, UNKNOWN_S), name))


def deal(names: Iterable[str], seconds: Mapping[str, float], number: int) -> list[list[str]]:
    """Divide files among so many processes: the longest first, each to who has least to do; the
    files of a folder that is dealt whole are one.

    >>> deal(["a", "b", "c", "d"], {"a": 9, "b": 5, "c": 3}, 2)
    [['a'], ['b', 'c', 'd']]
    >>> deal(["a", "collector/coding/b", "collector/coding/c"], {"a": 9}, 2)
    [['a'], ['collector/coding/b', 'collector/coding/c']]
    """
    units: dict[str, list[str]] = {}
    for name in names:
        folder = name.rpartition("/")[0]
        units.setdefault(folder if folder in WHOLE else name, []).append(name)
    length = {
        unit: sum(seconds.get(name, UNKNOWN_S) for name in dealt) for unit, dealt in units.items()
    }
    shares: list[list[str]] = [[] for _ in range(number)]
    loads = [0.0] * number
    for unit in longest_first(units, length):
        least = loads.index(min(loads))
        shares[least].extend(longest_first(units[unit], seconds))
        loads[least] += length[unit]
    return shares


@functools.cache
def _share(mine: int, number: int) -> frozenset[Path]:
    return frozenset(TESTS / name for name in deal(files(), durations(), number)[mine])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-durations",
        action="store_true",
        help="keep the seconds of each file in tests/data/durations.json",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SPECS] = []
    config.pluginmanager.register(_Gathered(config), "twinwatch-durations")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process its share; one that takes the place of a dead one gets the share of that."""
    if node.config.option.dist == "each":
        specs = node.config.stash[_SPECS]
        if not any(node.gateway.spec is spec for spec in specs):
            specs.append(node.gateway.spec)
        mine = next(at for at, spec in enumerate(specs) if spec is node.gateway.spec)
        node.workerinput["share"] = [mine, len(node.config.option.tx)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A process with a share tells one report of a test that passed, with its seconds in all, and
    not five messages: telling and hearing them is a fiftieth of all the work."""
    if "share" not in getattr(item.config, "workerinput", {}):
        return None
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    passed = all(report.passed for report in reports)
    for report in reports:
        if report.when == "call" and passed:
            report.duration = sum(one.duration for one in reports)
        if report.when == "call" or not passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A process that has a share reads no other's files."""
    told = getattr(config, "workerinput", {}).get("share")
    if told and collection_path.suffix == ".py":
        return collection_path not in _share(*told) or None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would be all that runs in the end. The tests
    of a file stay in their order."""
    order = longest_first(files(), durations())
    place = {TESTS / name: at for at, name in enumerate(order)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


class _Gathered:
    """What the process that gathers all reports knows of them: seconds a file, and how many tests
    there are in all shares (pytest-xdist takes the number of the last one for it)."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._session: pytest.Session | None = None
        self._took: dict[str, float] = {}
        self._tests = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._tests += len(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._tests and self._session is not None:
            self._session.testscollected = self._tests
        name = report.nodeid.partition("::")[0].removeprefix("tests/")
        self._took[name] = self._took.get(name, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        if self._config.getoption("--write-durations") and not hasattr(self._config, "workerinput"):
            told = {name: round(took, 1) for name, took in sorted(self._took.items())}
            DURATIONS.write_text(json.dumps(told, indent=0) + "\n", "utf-8")
