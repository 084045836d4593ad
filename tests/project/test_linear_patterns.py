"""No regular expression that meets a text of others is quadratic: all are found and tried."""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

import compiled_patterns
import pytest
from hostile_texts import hostile_texts
from places import TOOLS

HERE = TOOLS

#: Modules whose expressions meet only texts of this program or of its user's own files, or are
#: themselves the user's.
OWN_TEXTS = frozenset(
    {
        "collector.analysis.load",
        "collector.analysis.plots",
        "collector.analysis.rundata",
        "collector.browser.find",
        "collector.browser.node",
        "collector.recording.options",
        "collector.scenario.verbs.shared",
        "collector.session.choice",
    }
)

#: Characters of the shorter text; the longer one has four times as many.
SMALL = 1_500

Found = tuple[str, "re.Pattern[str] | re.Pattern[bytes]"]


@pytest.fixture(scope="module")
def patterns() -> list[Found]:
    """(module, expression), of every one that the project compiles."""
    program = [sys.executable, str(HERE / "compiled_patterns.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=True, cwd=HERE)
    found: list[Found] = []
    for line in map(json.loads, done.stdout.splitlines()):
        source = line["pattern"].encode("latin-1") if line["bytes"] else line["pattern"]
        if line["module"] not in OWN_TEXTS:
            found.append((line["module"], re.compile(source, line["flags"] & ~re.DEBUG)))
    return found


class TooLong(Exception):
    """A search that did not end."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Ends a search by its own processor time, which other programs do not add to."""

    def end(signum: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cpu_s(pattern: re.Pattern[str] | re.Pattern[bytes], text: str, limit: float) -> float:
    """CPU seconds of looking for an expression through a whole text; ``limit`` where it is more."""
    given: str | bytes = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
    begun = time.process_time()
    try:
        with at_most(limit):
            for _ in pattern.finditer(given):  # type: ignore[arg-type]
                pass
    except TooLong:
        return limit
    return time.process_time() - begun


@cache
def ordinary(size: int) -> float:
    """CPU seconds of an ordinary search, the measure of the others on any machine. It is measured
    on a text that is long beside the ticks of the clock of a machine."""
    text = "ordinary words of a title " * 150_000
    took = min(cpu_s(re.compile(r"\b[a-z]{3,9} (?=x)"), text, 60) for _ in range(2))
    return max(took, 0.01) * size / len(text)


def hardest(
    pattern: re.Pattern[str] | re.Pattern[bytes], size: int, limit: float
) -> tuple[float, int]:
    """The most CPU seconds that a text of a size costs, and the number of that text."""
    worst, which = 0.0, 0
    for number, text in enumerate(hostile_texts(pattern.pattern, pattern.flags, size)):
        took = cpu_s(pattern, text, limit)
        if took > worst:
            worst, which = took, number
        if took >= limit:
            break
    return worst, which


def nth(pattern: re.Pattern[str] | re.Pattern[bytes], size: int, number: int) -> str:
    for at, text in enumerate(hostile_texts(pattern.pattern, pattern.flags, size)):
        if at == number:
            return text
    return ""


def grows(pattern: re.Pattern[str] | re.Pattern[bytes]) -> str:
    """A text on which the work grows faster than the text; empty without one."""
    ordinary_s = ordinary(SMALL)
    floor, limit = 50 * ordinary_s, 4000 * ordinary_s
    small, which = hardest(pattern, SMALL, limit)
    if small < floor:
        return ""
    text = nth(pattern, 4 * SMALL, which)
    most = min(limit, 8 * small)
    # Twice: others on the processor make a search longer, and none shorter.
    return text if all(cpu_s(pattern, text, limit) >= most for _ in range(2)) else ""


def told(module: str, pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> str:
    return f"{module}: {pattern.pattern!r:.120} on {text[:60]!r}…"


@pytest.mark.slow
def test_they_are_all_found(patterns: list[Found]) -> None:
    """Those at the top of modules, those in functions and tables, those made of locale data."""
    written = list(compiled_patterns.written())
    literals = {node.value for _, node, _ in written if isinstance(node, ast.Constant)}
    missing = literals - {pattern.pattern for _, pattern in patterns}
    own = {node.value for module, node, _ in written
           if isinstance(node, ast.Constant) and module in OWN_TEXTS}  # fmt: skip
    modules = {module for module, _ in patterns}
    assert missing <= own
    assert len(patterns) > len(literals) > 300
    made = {module for module, node, _ in written
            if not isinstance(node, ast.Constant)}  # fmt: skip
    assert made - modules - OWN_TEXTS == set(), "nothing that runs here makes their expressions"
    assert {"collector.scrub.spellings", "collector.platforms.locale.patterns"} <= modules
    assert "[|·]" in {pattern.pattern for _, pattern in patterns}  # compiled by ``re.split``


@pytest.mark.slow  # the scrubber and the page readers: test_scrub_linear.py, test_parse_hostile.py
def test_four_times_the_text_is_less_than_eight_times_the_work(patterns: list[Found]) -> None:
    """1,500 and 6,000 characters of whatever is hardest for each expression."""
    slow = [told(module, pattern, text) for module, pattern in patterns if (text := grows(pattern))]
    assert not slow, "\n".join(slow)


@pytest.mark.slow
def test_pages_of_one_and_four_megabytes(patterns: list[Found]) -> None:
    """The same with the largest pages; and none costs what 1,000 ordinary searches cost."""
    most = 1000 * ordinary(1_000_000)
    floor = most / 300
    slow = []
    for module, pattern in patterns:
        _, which = hardest(pattern, SMALL, most)
        small = cpu_s(pattern, nth(pattern, 1_000_000, which), most)
        large = cpu_s(pattern, nth(pattern, 4_000_000, which), 4 * most)
        if small >= most or large >= 8 * max(small, floor):
            slow.append(told(module, pattern, nth(pattern, 200, which)) + f" {small:.1f} s")
    assert not slow, "\n".join(slow)


@pytest.mark.sweep(2)
@pytest.mark.parametrize("quadratic", [r"\s*:", r"(?:[\w-]+\.)*facebook", r"a[^>]*>", r"(a*)*b"])
def test_a_quadratic_expression_does_not_pass(quadratic: str) -> None:
    """The texts that are made here are hard indeed; the short one may be longer beside others."""
    assert any(grows(re.compile(quadratic)) for _ in range(3))
