"""What the tests of gates share: an outcome measured from a run by hand, gates compared whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.analysis.gates import Gate
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import Measured, measure_question
from collector.analysis.rundata import RunData


def asked(data: RunData, at: int = 0) -> Measured:
    """A declared outcome, measured."""
    declaration = declaration_of(data)
    return measure_question(data, declaration.questions[at], declaration)


def items(arm: str, news: int, length: int) -> str:
    """A list of an arm's own items, so many of them news."""
    return " ".join(f"{arm}{n}:{'news' if n < news else 'x'}" for n in range(length))


def same(found: Gate, expected: Gate) -> None:
    """Equal in every word; numbers but for what rounding leaves over."""
    assert replace(found, number=None) == replace(expected, number=None)
    if expected.number is None:
        assert found.number is None
    else:
        assert found.number == pytest.approx(expected.number, rel=1e-12, abs=1e-15)
