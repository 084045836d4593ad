"""A cell that begins as a formula does, whatever stands before it, is text in every CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from collector.cells import plain_cell, safe_cell, text_cell
from mockserver.api.fbtrex.csvs import csv_text
from mockserver.api.yttrex.csvs import rfc4180

BEFORE = ["", " ", "\n", "\v", "\f", "\r\n", "\t", "\x00", "\x1b", "\ufeff", "\u00a0", "\u200b",
          "\u2028", "\u3000", "\u202e", " \ufeff\n "]  # fmt: skip
SIGNS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", "\uff1d=1",
         "=cmd|' /C calc'!A0"]  # fmt: skip


def api_yttrex(value: str) -> str:
    return next(csv.DictReader(io.StringIO(rfc4180(["a"], [{"a": value}]), newline="")))["a"]


def api_fbtrex(value: str) -> str:
    text = csv_text([{"source": value}], historical=False)
    return next(csv.DictReader(io.StringIO(text, newline="")))["source"]


@pytest.mark.parametrize("written", [safe_cell, api_yttrex, api_fbtrex])
@pytest.mark.parametrize("before", BEFORE, ids=ascii)
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_formula_is_text(written: Callable[[str], str], before: str, sign: str) -> None:
    cell = written(before + sign)
    assert cell == "'" + before + sign
    assert plain_cell(cell) == before + sign


@pytest.mark.parametrize("text", ["", "a=b", "1-1", "Ada", "a\n=1", "日本", "(=1)"])
@pytest.mark.parametrize("written", [safe_cell, api_yttrex, api_fbtrex])
def test_other_text_stays_as_it_is(written: Callable[[str], str], text: str) -> None:
    assert written(text) == text
    assert plain_cell(safe_cell("'" + text)) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["123456789012345678", "00000000123", "12345678E12", "1234567890e", "1.0", "1,5", "-5", "a1"],
)
def test_an_id_of_digits_keeps_each_of_them(text: str) -> None:
    """A spreadsheet rounds the first, takes the zeros of the second, multiplies the third out."""
    number = text.replace(",", ".").lower()
    made = number if number[-1].isdigit() and not number.startswith("a") else ""
    cell = text_cell(text)
    assert cell == ("'" + text if made else text)
    assert plain_cell(cell) == text
