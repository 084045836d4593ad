"""Lists, ranges and shares that ``collector power`` and ``calibrate`` are given, and odd ones."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.cli.power import twins_of
from collector.common.errors import UserError


@pytest.mark.parametrize(
    ("text", "found"),
    [("5,8", [5, 8]), ("8,5,8", [5, 8]), ("3..5", [3, 4, 5]), ("3..3", [3]), ("200", [200])],
)
def test_twins_are_a_list_or_a_range(text: str, found: list[int]) -> None:
    assert twins_of(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5..3", "the range ends before it begins\n  fix: --twins 3..5"),
        ("1..100000000000", "an arm must have 2 to 200 twins"),
        ("300..3", "an arm must have 2 to 200 twins"),
        ("0", "an arm must have 2 to 200 twins"),
        ("3..x", "write whole numbers"),
        ("3...5", "write whole numbers"),
        ("3,,5", "write whole numbers"),
        ("3.5", "write whole numbers"),
        ("", "write whole numbers"),
    ],
)
def test_twins_that_are_none(text: str, why: str) -> None:
    with pytest.raises(UserError) as refused:
        twins_of(text)
    assert f"{text!r} is not a number of twins: {why}" in str(refused.value)


@pytest.mark.sweep(2)
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--points x", "'x' is not a size in points: write numbers with commas between"),
        ("--points 5..3", "'5..3' is not a size in points: write numbers with commas between"),
        ("--points 5,nan", "a size must be above 0 and at most 100"),
        ("--points 0", "a size must be above 0 and at most 100"),
        ("--effect home.history", "'home.history' is not NAME=NUMBER"),
        ("--effect home.history=nan", "'home.history=nan' is not NAME=NUMBER"),
        ("--lost nan", "'nan' is not a number"),
        ("--lost 1", "is not in the range"),
        ("--block 0", "is not in the range"),
    ],
)
def test_what_is_no_number_is_refused_in_words(words: str, why: str) -> None:
    refused = CliRunner().invoke(main, ["power", "quick", *words.split()])
    assert refused.exit_code == 2
    assert why in refused.output
    for of_python in ("invalid literal", "could not convert", "base 10"):
        assert of_python not in refused.output
