"""Of several processes that share the suite each runs its own files, and all together every one."""

from __future__ import annotations

import doctest
from types import SimpleNamespace
from typing import Any

import pytest
import shares


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_every_file_is_in_one_share(number: int) -> None:
    dealt = shares.deal(shares.files(), shares.durations(), number)
    assert len(dealt) == number
    assert sorted(name for share in dealt for name in share) == sorted(shares.files())


def test_shares_are_level() -> None:
    """None has more than another by more than the file that it was given last."""
    seconds = shares.durations()
    dealt = shares.deal(shares.files(), seconds, 4)
    loads = [sum(seconds.get(name, shares.UNKNOWN_S) for name in share) for share in dealt]
    last = [seconds.get(share[-1], shares.UNKNOWN_S) for share in dealt]
    assert round(max(loads) - min(loads), 6) <= max(last)


def test_what_was_timed_is_there() -> None:
    gone = sorted(set(shares.durations()) - set(shares.files()))
    assert not gone, f"gone: {gone}; run the suite with --write-durations, or take them out"


@pytest.mark.parametrize(
    ("failing", "told"),
    [(None, ["call"]), *((when, ["setup", "call", "teardown"]) for when in ("call", "teardown"))],
)
def test_a_test_that_passed_is_told_once_and_another_whole(
    monkeypatch: pytest.MonkeyPatch, failing: str | None, told: list[str]
) -> None:
    reports = [SimpleNamespace(when=when, passed=when != failing, duration=1.5)
               for when in ("setup", "call", "teardown")]  # fmt: skip
    heard: list[Any] = []
    hook = SimpleNamespace(pytest_runtest_logreport=lambda report: heard.append(report))
    config = SimpleNamespace(workerinput={"share": [0, 3]})
    item: Any = SimpleNamespace(config=config, ihook=hook)
    monkeypatch.setattr(shares, "runtestprotocol", lambda *_, **__: reports)
    assert shares.pytest_runtest_protocol(item, None) is True
    assert [report.when for report in heard] == told
    assert sum(report.duration for report in heard) == 4.5
    config.workerinput = {}
    assert shares.pytest_runtest_protocol(item, None) is None


def test_the_examples_are_true() -> None:
    assert doctest.testmod(shares).failed == 0
