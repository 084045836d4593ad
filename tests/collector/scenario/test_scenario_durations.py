"""Durations always have a unit; what has none is refused with what to write instead."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.problems import Fixable
from collector.scenario.durations import Amount, format_duration, parse_amount, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("2m", 120),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        ("1m500ms", 60.5),
        ("2d", 172_800),
        (" 10S ", 10),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        (30, "write 30s for seconds or 30m for minutes"),
        (1.5, "write 1.5s"),
        ("30", "write 30s"),
        ("1:30", "write 1m30s"),
        ("1:00:05", "write 1h5s"),
        ("30 sec", "write 30s"),
        ("5 minutes", "write 5m"),
        ("250 milliseconds", "write 250ms"),
        ("1,5s", "write 1.5s"),
        ("30m1h", "larger units first"),
        ("1s1s", "larger units first"),
        ("-5s", "write it like"),
        ("1e3s", "write it like"),
        ("s", "write it like"),
        ("", "write it like"),
        ("٣٠s", "write it like"),
        ("0s", "at least 1ms"),
        ("0.2ms", "at least 1ms"),
        ("32d", "shorter"),
        ("99999999999d", "shorter"),
        (True, "write it like"),
        (None, "write it like"),
        ([1], "write it like"),
    ],
)
def test_anything_else_is_refused_with_a_fix(value: object, fix: str) -> None:
    with pytest.raises(Fixable) as caught:
        parse_duration(value)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("30%", Amount(percent=30)),
        ("12.5 %", Amount(percent=12.5)),
        ("100%", Amount(percent=100)),
        ("end", Amount(end=True)),
        ("30s", Amount(time=timedelta(seconds=30))),
    ],
)
def test_amounts_of_a_video(text: str, amount: Amount) -> None:
    assert parse_amount(text) == amount
    assert parse_amount(str(amount)) == amount


@pytest.mark.parametrize("text", ["0%", "101%", "-5%", "%", "ende"])
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(Fixable):
        parse_amount(text)


def test_a_bare_number_of_a_watch_may_mean_a_share() -> None:
    with pytest.raises(Fixable) as caught:
        parse_amount(30)
    assert caught.value.fix == "write 30s, 30m, 30% or end"


@given(st.integers(min_value=1, max_value=31 * 86_400_000))
def test_what_is_written_reads_back(milliseconds: int) -> None:
    time = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(time)) == time


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(Fixable):
        assert parse_duration(text) > timedelta()
